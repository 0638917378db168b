"""What is taken back while speaking: 'a red bird, no wait, a blue bird'."""

from __future__ import annotations

from collections.abc import Sequence

from models.words.chunks import BREAK, LINKS, chunks
from models.words.parts import COLOURS, KINDS

_CORRECTIONS = (
    *("no wait", "wait no", "no sorry", "sorry", "i mean", "i meant", "actually no", "no actually"),
    *("or rather", "scratch that", "make that", "no make that", "no make it", f"no {BREAK}"),
)
_OF_CORRECTIONS = sorted(map(str.split, _CORRECTIONS), key=len, reverse=True)
_BEGIN_CORRECTIONS = frozenset(words[0] for words in _OF_CORRECTIONS)
_LONGEST_CHUNK = 12  # words
_BEFORE_CORRECTED = LINKS | frozenset(["and", "are", "has", "is", BREAK])


def without_corrections(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words without what was taken back while speaking, and what that is.

    'a red bird, no wait, a blue bird' is blue; 'red, I mean blue wings' are.
    """
    kept: list[str] = []
    taken_back: list[str] = []
    at = 0
    while at < len(words):
        end = _end_of_correction(words, at)
        if end == at:
            kept.append(words[at])
            at += 1
            continue
        at = end
        if end == len(words):
            break
        while kept and kept[-1] == BREAK:
            kept.pop()
        start = _start_of_corrected(kept, words[end : end + _LONGEST_CHUNK])
        if kept[start:]:
            taken_back.append(" ".join(kept[start:]))
        del kept[start:]
    return kept, taken_back


def _start_of_corrected(before: Sequence[str], after: Sequence[str]) -> int:
    """Where in `before` that begins which `after` corrects: a colour, a chunk, or a whole bird."""
    start = len(before)
    if after[0] in COLOURS and before and before[-1] in COLOURS:
        while start and before[start - 1] in COLOURS:
            start -= 1
        return start
    while start and before[start - 1] not in _BEFORE_CORRECTED:
        start -= 1
    if start and before[start - 1] in LINKS and after[0] in LINKS:
        start -= 1  # 'with a red head, I mean with a blue head'
    if KINDS & set(next(chunks(after))) and not KINDS & set(before[start:]):
        while start and before[start - 1] != BREAK:
            start -= 1
    return start


def _end_of_correction(words: Sequence[str], at: int) -> int:
    """Where what follows 'no wait', or 'sorry, I mean', begins; the same place if none is there."""
    end = at
    while at < len(words) and words[at] in _BEGIN_CORRECTIONS:
        for marker in _OF_CORRECTIONS:
            if list(words[at : at + len(marker)]) == marker:
                break
        else:
            break
        at += len(marker)
        while at < len(words) and words[at] == BREAK:
            at += 1
        end = at
    return end
