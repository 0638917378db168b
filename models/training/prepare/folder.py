"""One's own pictures: a folder of them, and a CSV or JSON file with their captions."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from models.text_file import read_text
from models.training.prepare.captions import is_utf8, normalise
from models.training.prepare.marks import read_box, read_parts
from models.training.prepare.problems import Kind, Problems
from models.training.prepare.source import PICTURE_SUFFIX, Box, Collection, Parts, Place, Source

JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
PICTURE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic")
)
"""Files of these names are expected to be listed; others in the folder are not looked at."""
_DELIMITERS = ",;\t|"  # spreadsheets of many countries write semicolons
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # what Excel is told by a first line
_FILE_NAME = re.compile(r'"file_name"\s*:\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class _Row:
    """What one line of the captions file says; without a box or parts that were refused."""

    where: str
    file_name: str
    captions: tuple[str, ...]
    species: str
    box: Box | None
    parts: Parts
    has_bad_marks: bool


@dataclass(frozen=True)
class _Refused:
    """A line of which a fault was told: its picture is not one that has no captions."""

    file_name: str


@dataclass
class _Entry:
    """What all lines say of one picture; of species, boxes and lists of parts one is right."""

    captions: list[str] = field(default_factory=list)
    species: dict[str, None] = field(default_factory=dict)
    boxes: dict[Box, None] = field(default_factory=dict)
    parts: dict[tuple[tuple[int, Place], ...], None] = field(default_factory=dict)
    has_bad_marks: bool = False

    @property
    def disagreement(self) -> str:
        if len(self.species) > 1:
            return ", ".join(self.species)
        if len(self.boxes) > 1:
            return f"{len(self.boxes)} boxes"
        return f"{len(self.parts)} lists of parts" if len(self.parts) > 1 else ""


def read_folder(folder: Path, captions: Path, problems: Problems) -> Collection:
    """Read the captions of a folder's pictures; pictures are not opened.

    Parameters
    ----------
    captions : CSV with the columns ``file_name``, ``caption`` and perhaps ``species``, ``box`` and
        ``parts`` (a picture may have several lines), or JSON lines with ``file_name``,
        ``captions`` or ``caption``, and perhaps the others, or one JSON list of such objects. File
        names are relative to `folder`.
        A picture without a species is taken for a kind of its own, and its name stands in. One
        with a species may do without captions.

    Returns
    -------
    What is whole; the rest is in `problems`.

    Raises
    ------
    ValueError
        The folder is none, or the captions file names no columns, or is another JSON document.
    """
    if not folder.is_dir():
        raise ValueError(f"There is no folder {folder}.")
    if captions.is_dir():
        raise ValueError(
            f"{captions} is a folder: give the one file with all captions, a CSV with the columns "
            "file_name and caption, or JSON lines."
        )
    if not captions.exists():
        raise ValueError(f"There is no file {captions} with captions.")
    read = _read_json if captions.suffix.lower() in JSON_SUFFIXES else _read_csv
    entries, refused = _join(read(captions, problems), folder, problems)
    files = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in PICTURE_SUFFIXES
        # Nor what systems put there for themselves, as thumbnails in @eaDir.
        and not any(part.startswith((".", "@")) for part in path.relative_to(folder).parts)
    ]
    named = entries.keys() | refused
    likeness = _Likeness(files)
    misspelt = {likeness.find(name) for name in named - set(files)}
    for name in files:
        if name not in named and name not in misspelt:
            problems.add(Kind.UNCAPTIONED, name)
    return Collection(tuple(_assemble(folder, likeness, entries, refused, problems)))


def _join(
    rows: Iterable[_Row | _Refused], folder: Path, problems: Problems
) -> tuple[dict[str, _Entry], set[str]]:
    """Bring the lines of each picture together; return the names in refused lines, too."""
    entries: dict[str, _Entry] = {}
    refused: set[str] = set()
    for row in rows:
        path = PurePosixPath(row.file_name)
        if isinstance(row, _Refused):
            refused.add(str(path))
        elif not all(is_utf8(text) for text in (row.file_name, row.species, *row.captions)):
            problems.add(Kind.NOT_UTF8, row.where, row.file_name)
            refused.add(str(path))
        elif path.is_absolute() or ".." in path.parts:
            problems.add(Kind.OUTSIDE, row.where, row.file_name)
            refused.add(_seen_from(folder, path))
        else:
            entry = entries.setdefault(str(path), _Entry())
            entry.captions += normalise(row.captions, f"{row.where}, {path}", problems)
            if row.species:
                entry.species[row.species] = None
            if row.box:
                entry.boxes[row.box] = None
            if row.parts:
                entry.parts[tuple(sorted(row.parts.items()))] = None
            entry.has_bad_marks |= row.has_bad_marks
    return entries, refused


def _assemble(
    folder: Path,
    likeness: _Likeness,
    entries: dict[str, _Entry],
    refused: Set[str],
    problems: Problems,
) -> Iterator[Source]:
    targets: dict[str, str] = {}
    for name, entry in entries.items():
        path = folder / name
        target = PurePosixPath(name).with_suffix(PICTURE_SUFFIX).as_posix()
        # Compared without case, since macOS and Windows take A.jpg and a.jpg for the same file.
        other = targets.setdefault(target.casefold(), name)
        if not path.is_file():
            problems.add(Kind.MISSING, name, _difference(name, likeness.find(name)))
        elif not entry.captions and not entry.species:
            if name not in refused:
                problems.add(Kind.UNCAPTIONED, name)
        elif entry.disagreement:
            problems.add(Kind.DISAGREEING, name, entry.disagreement)
        elif other != name:
            problems.add(Kind.DUPLICATE, name, f"would be written to {target}, as would {other}")
        elif not entry.has_bad_marks:  # where the bird is was told, and is not known
            yield Source(
                path=path,
                name=name,
                target=target,
                captions=tuple(entry.captions),
                species=next(iter(entry.species), name),
                box=next(iter(entry.boxes), None),
                parts=dict(next(iter(entry.parts), ())),
                facts={"source_image": name},
            )


def _seen_from(folder: Path, path: PurePosixPath) -> str:
    """The name of a file in its folder, however it was told; as it was told if it is elsewhere."""
    file, root = (Path(os.path.abspath(name)) for name in (folder / path, folder))
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(path)


def _alike(name: str) -> str:
    """What is the same for names that people take for the same."""
    path = PurePosixPath(name.replace("\\", "/").replace("%20", " "))
    is_picture = path.suffix.lower() in PICTURE_SUFFIXES
    return unicodedata.normalize(
        "NFC", str(path.with_suffix("") if is_picture else path)
    ).casefold()


class _Likeness:
    """Finds the file that is meant by a name that no file has."""

    def __init__(self, files: Sequence[str]) -> None:
        self._whole = {_alike(name): name for name in files}
        last = [PurePosixPath(alike).name for alike in map(_alike, files)]
        count = Counter(last)
        self._last = {
            alike: name for alike, name in zip(last, files, strict=True) if count[alike] == 1
        }

    def find(self, name: str) -> str | None:
        """Return it, be it in another folder; None where there is none, or more than one."""
        alike = _alike(name)
        return self._whole.get(alike) or self._last.get(PurePosixPath(alike).name)


def _difference(name: str, found: str | None) -> str:
    """Say how the name of a file that is there differs from the one that was written."""
    if found is None:
        return ""
    if _alike(name) != _alike(found):
        return f"there is {found}; names are told from the folder of pictures on"
    if "\\" in name:
        return f"there is {found}; folders are told by /, not by \\"
    if "%20" in name:
        return f"there is {found}; a space is written as it is, not %20"
    if PurePosixPath(name).suffix.lower() != PurePosixPath(found).suffix.lower():
        return f"there is {found}; endings are told, too"
    composed = unicodedata.normalize("NFC", name)
    if composed == unicodedata.normalize("NFC", found):
        form = "NFC, and the file's in NFD" if name == composed else "NFD, and the file's in NFC"
        return (
            "there is a file whose name looks the same; its accents are written otherwise (this "
            f"name is in {form}): rename it"
        )
    return f"there is {found}; capital letters differ"


def _read_csv(path: Path, problems: Problems) -> Iterator[_Row | _Refused]:
    lines, told = read_text(path).split("\n"), ""
    skipped = 0  # lines before the first one of a picture
    for line in lines:
        skipped += 1
        if separator := _SEPARATOR.fullmatch(line):
            told = separator[1]
        elif line.strip(f" {_DELIMITERS}"):
            break
    columns, delimiter = _columns(path, lines[skipped - 1], told or _DELIMITERS)
    content = io.StringIO("\n".join(lines[skipped:]), newline="")
    reader = csv.DictReader(content, columns, delimiter=delimiter, strict=True)
    while True:
        begin = skipped + reader.reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(Kind.BAD_LINE, f"{path.name}, line {begin}", str(error))
            # A quote that is never closed swallows what follows.
            for line in lines[begin - 1 : skipped + reader.reader.line_num]:
                cells = line.split(delimiter)[columns.index("file_name") :]
                yield from (_Refused(cell.strip(' "')) for cell in cells[:1])
            continue
        if not any(text.strip() for text in fields.values() if isinstance(text, str)):
            continue  # a blank line, as spreadsheets write it
        where = f"{path.name}, line {skipped + reader.line_num}"
        file_name = (fields["file_name"] or "").strip()
        caption = fields["caption"]
        if None in fields or caption is None or not file_name:
            problems.add(Kind.BAD_LINE, where, f"wanted: {len(columns)} columns, and a file name")
            yield _Refused(file_name)
            continue
        species, box, parts = (
            (fields.get(column) or "").strip() for column in ("species", "box", "parts")
        )
        captions = (caption,) if caption.strip() else ()
        yield _marked(where, file_name, captions, species, (box, parts), problems)


def _marked(
    where: str,
    file_name: str,
    captions: tuple[str, ...],
    species: str,
    marks: tuple[object, object],
    problems: Problems,
) -> _Row:
    """Read a line's box and parts; those that cannot be are told, with the line."""
    box: Box | None = None
    parts: Parts = {}
    has_bad_marks = False
    try:
        box = read_box(marks[0])
    except ValueError as error:
        problems.add(Kind.BAD_BOX, f"{where}, {file_name}", str(error))
        has_bad_marks = True
    try:
        parts = read_parts(marks[1])
    except ValueError as error:
        problems.add(Kind.BAD_PART, f"{where}, {file_name}", str(error))
        has_bad_marks = True
    return _Row(where, file_name, captions, species, box, parts, has_bad_marks)


def _columns(path: Path, header: str, delimiters: str) -> tuple[list[str], str]:
    """Return the names of the columns, and the delimiter that leads to them."""
    for delimiter in delimiters:
        read = next(csv.reader([header], delimiter=delimiter), [])
        columns = [column.strip().lower() for column in read]
        if {"file_name", "caption"} <= set(columns):
            break
    else:
        raise ValueError(
            f"The first line of {path} must name the columns file_name and caption (and species, "
            f"box and parts, where they are known), but it is {header.strip()[:80]!r}."
        )
    for column in filter(None, columns):
        if columns.count(column) > 1:
            raise ValueError(
                f"The first line of {path} names the column {column} more than once; a further "
                "caption of a picture has a line of its own."
            )
    return columns, delimiter


def _read_json(path: Path, problems: Problems) -> Iterator[_Row | _Refused]:
    text = read_text(path)
    listed = _listed(path, text)
    unit, lines = ("line", text.split("\n")) if listed is None else ("entry", listed)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{path.name}, {unit} {number}"
            try:
                yield _read_line(line, where, problems)
            except ValueError as error:
                problems.add(Kind.BAD_LINE, where, str(error))
                yield _Refused(_name_in(line))


def _name_in(line: str) -> str:
    """Return the file name in a line of JSON that may be damaged; nothing where there is none."""
    found = _FILE_NAME.search(line)
    try:
        return str(json.loads(found[1])) if found else ""
    except ValueError:
        return ""


def _listed(path: Path, text: str) -> list[str] | None:
    """Return what one JSON document lists, each entry as a line; None for JSON lines."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        begins = text.startswith("[") or text.split("\n", 1)[0].strip() == "{"
        if error.msg == "Extra data" or not begins:  # a second line, or a first one that is damaged
            return None
        raise ValueError(f"{path} is damaged: {error}.") from error
    if isinstance(document, dict) and "file_name" in document:
        document = [document]
    if not isinstance(document, list):
        raise ValueError(
            f"{path} is one JSON document, but no list of pictures. Wanted is a line, or an entry "
            'of a list, for each picture: {"file_name": "wren/1.jpg", "caption": "a brown bird"}.'
        )
    return list(map(json.dumps, document))


def _read_line(line: str, where: str, problems: Problems) -> _Row:
    entry = json.loads(line)
    if not isinstance(entry, dict):
        raise ValueError("not a JSON object")
    file_name, species = entry.get("file_name"), entry.get("species") or ""
    captions = entry.get("captions", entry.get("caption"))
    captions = [captions] if isinstance(captions, str) else captions or []
    if not isinstance(file_name, str) or not file_name:
        raise ValueError("file_name is not a text")
    if not isinstance(captions, list) or not all(isinstance(text, str) for text in captions):
        raise ValueError("caption is not a text, or captions not a list of texts")
    if not isinstance(species, str):
        raise ValueError("species is not a text")
    if not captions and not species:
        raise ValueError("neither captions nor a species")
    marks = (entry.get("box"), entry.get("parts"))
    return _marked(where, file_name, tuple(captions), species, marks, problems)
