"""How a sentence says that the bird is seen: from where, and what it does."""

from __future__ import annotations

import re
from collections.abc import Collection

# Poses by the names that a request has for them.
_LEFT, _RIGHT, _CLOSE_UP = "left", "right", "close-up"
_ACTIVITIES = ("flying", "swimming")  # captions have the words, too

_CLOSE = r"\b(?:an? )?(?:extreme )?close[- ]?up(?: (?:photo|picture|view))?(?: of)?\b"
_FACING = r"\b(?:facing|looking|turned|faces|looks) (?:(?:to|towards?) )?(?:the |its )?"
_PHRASES = (
    (_LEFT, re.compile(_FACING + r"left\b")),
    (_RIGHT, re.compile(_FACING + r"right\b(?! at)")),
    (_CLOSE_UP, re.compile(_CLOSE)),
)
"""They say nothing of what the bird looks like: captions have none of these words."""


def without_pose(text: str) -> tuple[str, str | None]:
    """Take what is said of the pose alone out of a folded text; return it with the pose, if any."""
    for pose, phrase in _PHRASES:
        if phrase.search(text):
            return phrase.sub(" ", text), pose
    return text, None


def activity(words: Collection[str]) -> str | None:
    """Return the pose of what the bird does, by the words that are drawn, if they say it."""
    return next((pose for pose in _ACTIVITIES if pose in words), None)
