"""Captions as people have them, and as training reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from models.text_file import read_lines
from models.training.prepare.problems import Kind, Problems
from models.words.vocabulary import tokenize


def is_utf8(text: str) -> bool:
    """Whether a text can be written as UTF-8: names of files and JSON may hold lone surrogates."""
    return not any("\udc80" <= character <= "\udcff" for character in text)


def normalise(captions: Iterable[str], name: str, problems: Problems) -> tuple[str, ...]:
    """Bring captions to the form of all our data: lower-case words with single spaces.

    Captions without a word are left out and noted, and so are those that are not UTF-8.

    Parameters
    ----------
    name : the picture or file they belong to, for messages.
    """
    kept = []
    for number, caption in enumerate(captions, start=1):
        words = tokenize(caption)
        if not is_utf8(caption):
            problems.add(Kind.NOT_UTF8, name, f"caption {number}")
        elif words:
            kept.append(" ".join(words))
        else:
            problems.add(Kind.WORDLESS, name, f"caption {number} is {caption!r}")
    return tuple(kept)


def read_caption_folder(
    folder: Path, names: Iterable[str], problems: Problems
) -> dict[str, tuple[str, ...]]:
    """Read Reed's captions: a text file for each picture, a caption on each line.

    Parameters
    ----------
    folder : ``text_c10`` or ``text``, with a folder for each class.
    names : of the pictures, such as ``001.Black_footed_Albatross/..._0046_18.jpg``.

    Returns
    -------
    The captions of each picture; an empty tuple where there are none.
    """
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.txt")}
    captions: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(names):
        file = Path(name).with_suffix(".txt").as_posix()
        if file in files:
            files.remove(file)
            lines = [line for line in read_lines(folder / file) if line.strip()]
            captions[name] = normalise(lines, f"{folder.name}/{file}", problems)
        else:
            captions[name] = ()
    for file in sorted(files):
        problems.add(Kind.MISSING, f"{folder.name}/{file}", "captions of no picture of images.txt")
    return captions
