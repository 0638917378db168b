"""Tables of words that stand for other words, kept as text that a person can edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

Words = tuple[str, ...]


def read_table(path: Path) -> dict[Words, Words]:
    """Read a table: words that are written, a tab, words that are meant; ``#`` begins a comment.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When a line is not two groups of words with a tab between, or has the same words again.
    """
    table: dict[Words, Words] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        written, _, meant = (tuple(part.split()) for part in line.partition("\t"))
        if not (written and meant) or written in table:
            raise ValueError(f"{path.name}, line {number}: {line!r} is no new entry")
        table[written] = meant
    return table


class Rewriting:
    """Puts what is meant in the place of what is written."""

    def __init__(self, table: Mapping[Words, Words]) -> None:
        self.table = dict(table)
        self._longest: dict[str, int] = {}
        for written in self.table:
            self._longest[written[0]] = max(len(written), self._longest.get(written[0], 0))

    def pieces(self, words: Sequence[str]) -> Iterator[tuple[Words, Words]]:
        """Give the words piece by piece: what is written, and what is meant (mostly the same).

        From the left, the longest entry first; what is meant is not looked up again.
        """
        at = 0
        while at < len(words):
            longest = min(self._longest.get(words[at], 0), len(words) - at)
            for length in range(longest, 0, -1):
                written = tuple(words[at : at + length])
                if written in self.table:
                    yield written, self.table[written]
                    break
            else:
                length = 1
                yield (words[at],), (words[at],)
            at += length
