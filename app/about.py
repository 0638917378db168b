"""What the About box says: the model's card in short, and the terms of what comes along."""

from __future__ import annotations

import re
from pathlib import Path

from app.installation import ROOT

MODEL_CARD = ROOT / "weights" / "README.md"
LICENCE = ROOT / "LICENSE"

_MARKS = re.compile(r"\[([^]]*)\]\([^)]*\)|[*`]")  # links, bold type and code
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")

TERMS = (
    ("This program", "MIT licence"),
    (
        "The model that draws",
        "trained on photographs of CUB-200-2011: for non-commercial research and education only",
    ),
    ("Whisper tiny.en, which listens", "MIT licence, OpenAI"),
    ("Silero's voice detector", "MIT licence, Silero Team"),
    ("Sphinx and its model of English", "BSD licence, Carnegie Mellon University"),
    ("The Sun Valley theme", "MIT licence, rdbende"),
)


def card_summary(card: Path = MODEL_CARD) -> str:
    """Return how the model card's first two paragraphs begin, as plain text; empty without one."""
    try:
        text = card.read_text(encoding="utf-8")
    except OSError:
        return ""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if not part.startswith("#")]
    plain = (_MARKS.sub(r"\1", " ".join(part.split())) for part in paragraphs[:2])
    return " ".join(_SENTENCE_END.split(part, maxsplit=1)[0] for part in plain)
