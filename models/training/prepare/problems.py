"""What is wrong with the input: collected while reading, told all at once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

SHOWN = 5
"""How many of a kind the terminal shows; the report file has them all."""


class Kind(Enum):
    """What can be wrong; the value is the heading under which the names are listed."""

    MISSING = "Listed, but there is no such picture"
    UNCAPTIONED = "Pictures without captions"
    UNLISTED = "Pictures in neither of the two filenames.pickle"
    NOT_A_PICTURE = "Not a picture, or of a kind that cannot be read (save HEIC and others as JPEG)"
    DAMAGED = "Damaged or cut-off files (copy or fetch them again)"
    TOO_SMALL = "Too small (--min-side sets the limit)"
    TOO_LARGE = "Too many pixels (make them smaller)"
    BAD_BOX = (
        "Refused for a bounding box that is missing, not in pixels, empty or not inside its picture"
    )
    BAD_PART = (
        "Refused for places of parts that are missing, not understood or not inside their picture"
    )
    NOT_UTF8 = "Not UTF-8 (save the text file in that encoding)"
    BAD_LINE = "Lines that cannot be understood"
    DUPLICATE = "Listed twice, or two names for the same file"
    OUTSIDE = "File names that lead out of their folder"
    DISAGREEING = "Pictures given two different species, boxes or parts"
    NO_SPECIES = "Pictures without a species that classes.txt names"
    WORDLESS = "Captions without a word (always left out)"
    TESTED = "Without captions, of species that are kept for testing (always left out)"

    @property
    def is_fatal(self) -> bool:
        """Whether input with such a fault is refused unless broken parts may be skipped."""
        return self not in (Kind.WORDLESS, Kind.TESTED)


class Problems:
    """Faults by kind, each with the name of the file at fault."""

    def __init__(self) -> None:
        self._found: dict[Kind, list[str]] = {}

    def add(self, kind: Kind, name: str | Path, detail: str = "") -> None:
        """Take down one fault; bytes that are not UTF-8 in a name are shown as ``\\udcff``."""
        entry = f"{name}: {detail}" if detail else str(name)
        printable = entry.encode("utf-8", "backslashreplace").decode("utf-8")
        self._found.setdefault(kind, []).append(printable)

    @property
    def fatal(self) -> int:
        """How many faults there are that break something."""
        return sum(len(names) for kind, names in self._found.items() if kind.is_fatal)

    def __bool__(self) -> bool:
        return bool(self._found)

    def text(self, shown: int | None = None) -> str:
        """List the faults under their headings, at most `shown` of each kind."""
        lines = []
        for kind in Kind:
            names = self._found.get(kind)
            if not names:
                continue
            lines.append(f"{kind.value}: {len(names)}")
            lines += [f"  {name}" for name in names[:shown]]
            if shown is not None and len(names) > shown:
                lines.append(f"  ... and {len(names) - shown} more")
        return "\n".join(lines)
