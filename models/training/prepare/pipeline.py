"""From a collection to a data folder: check everything, then write, or write nothing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from tqdm.contrib.concurrent import thread_map

from models.training.data.photographs import MOST_DETAIL
from models.training.prepare.pictures import Checked, PictureError, check
from models.training.prepare.problems import SHOWN, Kind, Problems
from models.training.prepare.source import Collection, Source, species_key
from models.training.prepare.split import choose_test_species
from models.training.prepare.writer import FOLDERS, claim, refuse_foreign, write_folder
from models.whole_files import write_whole


@dataclass(frozen=True)
class Settings:
    """How to prepare.

    Attributes
    ----------
    size : longest side of a written picture, in pixels.
    min_side : shortest side that the square round a bird may have, in pixels.
    test_species : how many species to test on, or a file that names them; None: see `split`.
    skip_broken : whether to leave broken pictures and captions out instead of refusing them.
    """

    size: int = MOST_DETAIL
    min_side: int = 64
    test_species: str | None = None
    skip_broken: bool = False


def prepare(collection: Collection, out: Path, settings: Settings, problems: Problems) -> str:
    """Write ``out/train``, ``out/test`` and, for pictures without captions, ``out/more``.

    Parameters
    ----------
    problems : what is known to be wrong already; the faults of pictures are added.

    Returns
    -------
    What was done, as text for a person.

    Raises
    ------
    ValueError
        Something is broken and not to be skipped (the message lists it all, and so does a report
        beside `out`; nothing else was written), or no split is possible.
    """
    refuse_foreign(out)
    checked = _check_all(collection.sources, settings.min_side, problems)
    report = _save_report(problems, out)
    if problems.fatal and not settings.skip_broken:
        raise ValueError(
            f"nothing was written, because of faults in the input: {problems.fatal}\n"
            f"{problems.text(SHOWN)}\n"
            f"The full list is in {report}. Mend them, or leave them out with --skip-broken."
        )
    species = {one.source.species for one in checked if one.source.captions}
    if not species:
        raise ValueError(f"There is not one whole picture with captions.\n{problems.text(SHOWN)}")
    test_species = choose_test_species(species, settings.test_species, collection.test_species)
    folders = _share_out(checked, test_species, problems)
    _save_report(problems, out)
    claim(out, {"size": settings.size, "left_out": problems.fatal})
    lines = []
    for name in FOLDERS:
        part = folders[name]
        # Where an earlier run left pictures in `more`, they are told to be none of the folder's.
        if part or (name == "more" and (out / name).is_dir()):
            written = write_folder(out / name, part, settings.size)
            lines.append(_describe(out / name, part, written))
    if problems:
        heading = "Left out" if problems.fatal else "Noted"
        lines.append(f"{heading} (the full list is in {report}):\n{problems.text(SHOWN)}")
    return "\n".join(lines)


def _share_out(
    checked: Sequence[Checked], test_species: Set[str], problems: Problems
) -> dict[str, list[Checked]]:
    """Say what goes where; what shows species of the test folder without captions goes nowhere."""
    tested = {species_key(species) for species in test_species}
    folders: dict[str, list[Checked]] = {name: [] for name in FOLDERS}
    for one in checked:
        source = one.source
        if source.captions:
            folders["test" if source.species in test_species else "train"].append(one)
        elif species_key(source.species) in tested:
            problems.add(Kind.TESTED, source.name, source.species)
        else:
            folders["more"].append(one)
    return folders


def _check_all(sources: Sequence[Source], min_side: int, problems: Problems) -> list[Checked]:
    def attempt(source: Source) -> Checked | PictureError:
        try:
            return check(source, min_side)
        except PictureError as error:
            return error

    with warnings.catch_warnings():
        # Pictures that are too large or damaged are refused with their names; Pillow's warnings
        # have none.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
        # Threads are enough: Pillow decodes, scales and encodes without holding Python's lock.
        results = thread_map(attempt, sources, desc="checking", unit=" pictures", leave=False)
    checked = []
    for source, result in zip(sources, results, strict=True):
        if isinstance(result, Checked):
            checked.append(result)
        else:
            problems.add(result.kind, source.name, result.detail)
    return checked


def _save_report(problems: Problems, out: Path) -> Path:
    """Write all faults beside the folder, which itself is not to be touched; or none, no file."""
    out = out.resolve()
    report = out.with_name(f"{out.name}-problems.txt")
    if problems:
        report.parent.mkdir(parents=True, exist_ok=True)
        write_whole(report, problems.text() + "\n")
    else:
        report.unlink(missing_ok=True)
    return report


def _describe(folder: Path, part: Sequence[Checked], written: int) -> str:
    species = len({one.source.species for one in part})
    captions = sum(len(one.source.captions) for one in part)
    kept = f" ({len(part) - written} were there already)" if written < len(part) else ""
    described = f", {captions} captions" if captions else ""
    return f"{folder}: {len(part)} pictures{kept}{described}, {species} species"
