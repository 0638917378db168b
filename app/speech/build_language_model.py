"""``python -m app.speech.build_language_model CAPTIONS``: teach the recognisers a subject.

Writes a trigram model of the captions, and a dictionary that says how its words sound; with
``--names``, also of sentences that name the birds of the bird book. Captions with a word that
neither CMU's dictionary nor ``added_pronunciations.txt`` can pronounce are left out: nearly all
such words are misspelled, and must not be heard.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from app.files import link_target
from app.speech.recognition.language_model import BIRD_DICTIONARY, BIRD_MODEL
from app.speech.recognition.pronunciations import ADDED, Phones, cmu_dictionary, read_pronunciations
from app.speech.recognition.spoken_names import plural, plural_sounds, spoken_names
from app.speech.recognition.tidy import tidy
from models.errors import TextFileError
from models.text_file import read_lines
from models.words.bird_book import bird_book

SELDOM = 2
"""Words written fewer times than this are left out with their captions."""

DISCOUNT = 0.1
"""Share of the probability that is kept for what was never seen."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Build a language model for listening.")
    parser.add_argument("captions", type=Path, help="text file, a caption a line")
    parser.add_argument("--model", type=Path, default=BIRD_MODEL, help="file to write")
    parser.add_argument("--dictionary", type=Path, default=BIRD_DICTIONARY, help="file to write")
    parser.add_argument("--names", action="store_true", help="learn all names of birds, too")
    options = parser.parse_args(arguments)

    try:
        lines = read_lines(options.captions)
    except TextFileError as error:
        raise SystemExit(str(error)) from error
    captions = [words for line in lines if (words := tidy(line).split())]
    pronunciations = read_pronunciations((cmu_dictionary(), ADDED))
    if options.names:
        named = spoken_names(bird_book(), [" ".join(words) for words in captions], Random(0))
        captions += [tidy(sentence).split() for sentence in named]
        add_plurals(pronunciations, bird_book().words)
    kept = pronounceable(captions, set(pronunciations))
    if not kept:
        raise SystemExit(
            f"No caption of {options.captions} can be learned from: each is empty, or has a word "
            f"that no dictionary knows or that is written fewer than {SELDOM} times in all. Give "
            f"more captions, or add words to {ADDED}."
        )
    words = sorted({word for caption in kept for word in caption})
    try:
        write_model(kept, link_target(options.model))
        known = {word: pronunciations[word] for word in words}
        write_dictionary(known, link_target(options.dictionary))
    except OSError as error:
        raise SystemExit(f"The model cannot be written: {error}.") from error
    print(f"{len(kept):,} of {len(captions):,} captions, {len(words):,} words")


def pronounceable(captions: list[list[str]], words: set[str]) -> list[list[str]]:
    """Return the captions all of whose words are known and not too rare."""
    counts = Counter(word for caption in captions for word in caption)
    usual = {word for word in words if counts[word] >= SELDOM}
    return [caption for caption in captions if caption and usual.issuperset(caption)]


def add_plurals(pronunciations: dict[str, list[Phones]], words: Iterable[str]) -> None:
    """Add how the plurals of words sound, where no dictionary says it."""
    for word in words:
        if word in pronunciations and (many := plural(word)) not in pronunciations:
            pronunciations[many] = plural_sounds(pronunciations[word])


def write_model(captions: list[list[str]], path: Path) -> None:
    """Write a trigram model of the captions in Sphinx's binary format."""
    from pocketsphinx import Config, LogMath, NGramModel, set_loglevel
    from pocketsphinx.lm import ArpaBoLM

    builder = ArpaBoLM(add_start=True, discount_mass=DISCOUNT)
    builder.read_corpus(io.StringIO("\n".join(" ".join(caption) for caption in captions)))
    builder.compute()
    set_loglevel("FATAL")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        arpa, binary = Path(folder, "model.arpa"), Path(folder, "model.lm.bin")
        if not builder.write_file(str(arpa)):
            raise OSError(f"The model cannot be written beside {path}.")
        NGramModel(Config(lm=str(arpa)), LogMath(), str(arpa)).write(str(binary))
        binary.replace(path)


def write_dictionary(words: dict[str, list[Phones]], path: Path) -> None:
    """Write pronunciations in Sphinx's format."""
    lines = []
    for word, ways in words.items():
        names = [word, *(f"{word}({number})" for number in range(2, len(ways) + 1))]
        lines += [f"{name} {' '.join(way)}" for name, way in zip(names, ways, strict=True)]
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    main()
