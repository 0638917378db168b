"""Caltech-UCSD Birds-200-2011 as it is downloaded, with Reed's or AttnGAN's captions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.sketches.pose import PARTS
from models.text_file import read_lines
from models.training.prepare.attngan import read_captions, read_file_names
from models.training.prepare.captions import is_utf8, normalise, read_caption_folder
from models.training.prepare.marks import read_box
from models.training.prepare.problems import Kind, Problems
from models.training.prepare.source import (
    PICTURE_SUFFIX,
    Box,
    Collection,
    Parts,
    Place,
    Source,
    species_name,
)
from models.training.prepare.split import ATTNGAN_TEST_SPECIES

INDEX_FILES = ("images.txt", "image_class_labels.txt", "classes.txt", "bounding_boxes.txt")
PARTS_FILE = "parts/part_locs.txt"
# CUB's own train_test_split.txt is not read: it puts every species on both sides, and a generator
# is to be judged on species it has never seen (see split.py).

CAPTION_FOLDERS = ("text_c10", "text")


@dataclass(frozen=True)
class _Index:
    """CUB's tables, by picture number or class number."""

    names: Mapping[int, str]
    labels: Mapping[int, int]
    classes: Mapping[int, str]
    boxes: Mapping[int, Box]
    parts: Mapping[int, Parts]


def read_cub(
    folder: Path, captions: Path, filenames: Path | None, problems: Problems
) -> Collection:
    """Read CUB's tables and the captions of its pictures; pictures are not opened.

    Parameters
    ----------
    folder : ``CUB_200_2011``, or the folder it lies in.
    captions : Reed's ``text_c10`` or ``text``, the folder one of these lies in, AttnGAN's
        ``captions.pickle``, or the folder it lies in with ``train`` and ``test``.
    filenames : folder with ``train/filenames.pickle`` and ``test/filenames.pickle``; None looks
        for them beside the captions.

    Returns
    -------
    What is whole; the rest is in `problems`.

    Raises
    ------
    ValueError
        These are not such folders, or a pickle is refused.
    """
    if not (folder / INDEX_FILES[0]).is_file() and (folder / "CUB_200_2011").is_dir():
        folder = folder / "CUB_200_2011"
    index = _read_index(folder, problems)
    if not captions.exists():
        raise ValueError(f"There are no captions: {captions} does not exist.")
    pickled = captions if captions.is_file() else captions / "captions.pickle"
    lists = _read_lists(filenames or pickled.parent, required=filenames is not None)
    if pickled.is_file():
        if lists is None:
            raise ValueError(
                f"{pickled} numbers its captions by train/filenames.pickle and "
                "test/filenames.pickle: put these beside it or name their folder (--filenames)."
            )
        spelt = read_captions(pickled, *lists)
        texts = {f"{name}.jpg": normalise(spelt[name], name, problems) for name in spelt}
    else:
        texts = read_caption_folder(_caption_folder(captions), index.names.values(), problems)
    if lists is None:
        test_species = ATTNGAN_TEST_SPECIES
    else:
        test_species = _compare_lists(*lists, index, problems)
    listed = None if lists is None else {f"{name}.jpg" for names in lists for name in names}
    sources = _assemble(folder, index, texts, listed, problems)
    return Collection(tuple(sources), test_species)


def _assemble(
    folder: Path,
    index: _Index,
    texts: Mapping[str, Sequence[str]],
    listed: set[str] | None,
    problems: Problems,
) -> Iterable[Source]:
    seen: set[str] = set()
    for number, name in index.names.items():
        path = folder / "images" / name
        faults = {
            Kind.DUPLICATE: name in seen,
            Kind.OUTSIDE: Path(name).is_absolute() or ".." in Path(name).parts,
            Kind.NOT_UTF8: not is_utf8(name),
            Kind.UNLISTED: listed is not None and name not in listed,
            Kind.NO_SPECIES: index.labels.get(number) not in index.classes,
            Kind.BAD_BOX: number not in index.boxes,
            Kind.BAD_PART: number not in index.parts,
        }
        if not faults[Kind.OUTSIDE]:
            faults[Kind.MISSING] = not path.is_file()
        if not faults[Kind.UNLISTED]:
            faults[Kind.UNCAPTIONED] = not texts.get(name)
        seen.add(name)
        for kind, is_so in faults.items():
            if is_so:
                problems.add(kind, name)
        if any(faults.values()):
            continue
        label = index.labels[number]
        yield Source(
            path=path,
            name=name,
            target=f"{number:05d}{PICTURE_SUFFIX}",
            captions=tuple(texts[name]),
            species=index.classes[label],
            box=index.boxes[number],
            parts=index.parts[number],
            is_stored=True,
            facts={"class_id": label, "cub_image": name},
        )


def _read_index(folder: Path, problems: Problems) -> _Index:
    missing = [
        name for name in (*INDEX_FILES, PARTS_FILE, "images") if not (folder / name).exists()
    ]
    if missing:
        raise ValueError(
            f"{folder} is not the folder CUB_200_2011: it has no {', '.join(missing)}. "
            "Give the folder that unpacking CUB_200_2011.tgz makes."
        )
    tables = [_read_table(folder / name, problems) for name in INDEX_FILES]
    names, labels, classes, boxes = tables
    return _Index(
        names=names,
        labels={key: int(value) for key, value in labels.items() if value.isdecimal()},
        classes={key: species_name(value) for key, value in classes.items()},
        boxes=_read_boxes(boxes, folder / "bounding_boxes.txt", problems),
        parts=_read_part_places(folder / PARTS_FILE, problems),
    )


def _read_table(path: Path, problems: Problems) -> dict[int, str]:
    """Read lines of a number and what belongs to it."""
    table: dict[int, str] = {}
    for number, line in enumerate(read_lines(path), start=1):
        key, _, value = line.strip().partition(" ")
        if not line.strip():
            continue
        if not key.isdecimal() or not value.strip():
            problems.add(Kind.BAD_LINE, f"{path.name}, line {number}", line.strip())
        elif int(key) in table:
            problems.add(Kind.DUPLICATE, f"{path.name}, line {number}", f"number {key}")
        else:
            table[int(key)] = value.strip()
    return table


def _read_boxes(table: Mapping[int, str], path: Path, problems: Problems) -> dict[int, Box]:
    boxes: dict[int, Box] = {}
    for key, value in table.items():
        try:
            box = read_box(value)
        except ValueError:
            problems.add(Kind.BAD_LINE, path.name, f"box {key} is {value!r}")
        else:
            if box is not None:
                boxes[key] = box
    return boxes


def _read_part_places(path: Path, problems: Problems) -> dict[int, dict[int, Place]]:
    """Read lines of picture, part, place to the right and down, and whether it can be seen.

    Returns
    -------
    The visible parts of each picture of which there is a line.
    """
    pictures: dict[int, dict[int, Place]] = {}
    seen: set[tuple[int, int]] = set()
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            picture, part, place, is_visible = _read_part(line)
        except ValueError:
            problems.add(Kind.BAD_LINE, f"{path.name}, line {number}", line.strip())
            continue
        if (picture, part) in seen:
            problems.add(
                Kind.DUPLICATE, f"{path.name}, line {number}", f"part {part} of picture {picture}"
            )
        seen.add((picture, part))
        visible = pictures.setdefault(picture, {})
        if is_visible:
            visible[part] = place
    return pictures


def _read_part(line: str) -> tuple[int, int, Place, bool]:
    """Read one line; ValueError says that it is built otherwise."""
    picture, part, across, down, visible = line.split()
    place = float(across), float(down)
    if not all(map(math.isfinite, place)) or visible not in ("0", "1"):
        raise ValueError
    if not 1 <= int(part) <= len(PARTS):
        raise ValueError
    return int(picture), int(part), place, visible == "1"


def _caption_folder(captions: Path) -> Path:
    inside = [captions / name for name in CAPTION_FOLDERS if (captions / name).is_dir()]
    folder = inside[0] if inside else captions
    if next(folder.rglob("*.txt"), None) is None:
        raise ValueError(
            f"{captions} holds neither captions.pickle nor text files with captions. Give Reed's "
            "folder text_c10 (or text), or AttnGAN's folder with captions.pickle."
        )
    return folder


def _read_lists(folder: Path, required: bool) -> tuple[list[str], list[str]] | None:
    train, test = (folder / part / "filenames.pickle" for part in ("train", "test"))
    missing = [str(path) for path in (train, test) if not path.is_file()]
    if missing and required:
        raise ValueError(f"There is no {' and no '.join(missing)}.")
    return None if missing else (read_file_names(train), read_file_names(test))


def _compare_lists(
    train: Sequence[str], test: Sequence[str], index: _Index, problems: Problems
) -> frozenset[str]:
    """Find the species of the test list and hold both lists against images.txt."""
    known = set(index.names.values())
    seen: set[str] = set()
    for name in (*train, *test):
        if f"{name}.jpg" not in known:
            problems.add(Kind.MISSING, f"{name}.jpg", "filenames.pickle names it, not images.txt")
        if name in seen:
            problems.add(Kind.DUPLICATE, name, "in filenames.pickle")
        seen.add(name)
    sides = [{species_name(name.partition("/")[0]) for name in names} for names in (train, test)]
    if shared := sorted(sides[0] & sides[1]):
        raise ValueError(
            f"The two filenames.pickle share {len(shared)} species ({', '.join(shared[:3])} ...). "
            "Weights are judged on species they have never seen: take AttnGAN's own lists, or "
            "Reed's captions and --test-species."
        )
    return frozenset(sides[1])
