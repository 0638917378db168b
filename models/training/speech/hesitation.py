"""How people begin again and search for words while they describe a bird."""

from __future__ import annotations

from numpy.random import Generator

_FILLERS = ("er", "erm", "uh", "um", "hm", "well", "you know", "like")


def hesitating(text: str, rng: Generator) -> str:
    """Return the text with a false start, a filler before a word, or both."""
    words = text.split()
    kind = rng.integers(3)
    if kind != 0:
        place = int(rng.integers(len(words)))
        words.insert(place, f"{rng.choice(_FILLERS)},")
        if place:
            words[place - 1] += ","
    if kind != 1:
        again = words[: int(rng.integers(1, min(3, len(words)) + 1))]
        if len(again[-1]) > 3 and rng.random() < 0.5:
            again[-1] = again[-1][: len(again[-1]) // 2 + 1]  # broken off
        words = [*again[:-1], f"{again[-1].rstrip(',')},", *words]
    return " ".join(words)
