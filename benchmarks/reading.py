"""How much processor time reading a text takes: ``python -m benchmarks.reading``."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from functools import partial
from time import process_time

from models.reading import SentenceReader
from models.words.completion import completer
from models.words.lexicon import lexicon

TEXTS = (
    "a small red bird with black wings",
    "a northern cardinal sitting on a branch",
    "a crimson bird with a pop of yellow, no crest, on a red car",
    "please draw me an adelie pengiun with a navy beek",
    "a big zorgly bird with a zorgl on its plimp",
    "flamigo " * 120,
    "zorgl " * 160,
)
BEGUN = ("a small yel", "a northern car", "a bird with a zorg")
REPEATED = 20


def main() -> None:
    began = process_time()
    tables = lexicon()
    print(f"tables, once: {1000 * (process_time() - began):.0f} ms")
    reader = SentenceReader(tables.caption_words, 24, frozenset(tables.book.names))
    for text in TEXTS:
        _tell("read", text, partial(reader.understand, text))
    for text in BEGUN:
        _tell("complete", text, partial(completer().rest, text, reader.known))


def _tell(work: str, text: str, do: Callable[[], object]) -> None:
    seconds = timeit.repeat(do, timer=process_time, number=1, repeat=REPEATED)
    middle, most = sorted(seconds)[REPEATED // 2], max(seconds)
    print(f"{work} “{text[:50]}”: {1000 * middle:.2f} ms, {1000 * most:.2f} at most")


if __name__ == "__main__":
    main()
