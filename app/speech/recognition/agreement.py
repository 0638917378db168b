"""Which words of guesses about a growing sound will stay: those on which two in a row agree.

"Local agreement" (Liu et al., 2020; for Whisper: Macháček et al., 2023): the end of a guess changes
when more is heard, its beginning hardly ever does.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


class Agreement:
    """Takes one guess after the other.

    Attributes
    ----------
    settled : words that do not change any more.
    open : words of the last guess behind them.
    """

    def __init__(self) -> None:
        self.settled: list[str] = []
        self.open: list[str] = []

    def take(self, guess: str) -> None:
        """Take in what was understood of a longer sound."""
        before, words = self.settled + self.open, guess.split()
        now = self.settled + words[self._place(words) :]
        agreed = same_beginning(before, now)
        self.settled, self.open = now[:agreed], now[agreed:]

    def _place(self, words: list[str]) -> int:
        """Return where in a guess the words begin that follow the settled ones."""
        count = len(self.settled)
        blocks = SequenceMatcher(None, self.settled, words, autojunk=False).get_matching_blocks()
        found = [block for block in blocks if block.size]
        if not found:
            return count
        # Settled words behind the last that both have were understood as others this time.
        return found[-1].b + count - found[-1].a


def same_beginning(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many words (or letters, of strings) two have in common at their beginning."""
    pairs = zip(first, second, strict=False)
    differ = (at for at, (one, other) in enumerate(pairs) if one != other)
    return next(differ, min(len(first), len(second)))
