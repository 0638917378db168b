"""How much of a text fits where the window shows it."""

_LONGEST = 40  # characters


def short(text: str, longest: int = _LONGEST) -> str:
    """Return a word that fits into a row or a menu, or a sentence that fits into `longest`.

    A widget wider than X can draw would end the program.
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
