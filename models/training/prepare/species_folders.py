"""Pictures of which only the species is known: a folder of them for each species."""

from __future__ import annotations

from pathlib import Path

from models.training.prepare.captions import is_utf8
from models.training.prepare.folder import PICTURE_SUFFIXES
from models.training.prepare.problems import Kind, Problems
from models.training.prepare.source import PICTURE_SUFFIX, Source, species_name


def read_species_folders(folder: Path, problems: Problems) -> tuple[Source, ...]:
    """Read the names of ``SPECIES/PICTURE`` files; pictures are not opened.

    Returns
    -------
    What is whole; the rest is in `problems`.

    Raises
    ------
    ValueError
        The folder is none, or has no such pictures.
    """
    if not folder.is_dir():
        raise ValueError(f"There is no folder {folder}.")
    sources: dict[str, Source] = {}
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() not in PICTURE_SUFFIXES or path.name.startswith("."):
            continue
        name = path.relative_to(folder).as_posix()
        told, target = f"{folder.name}/{name}", Path(name).with_suffix(PICTURE_SUFFIX).as_posix()
        other = sources.get(target.casefold())
        if not is_utf8(name):
            problems.add(Kind.NOT_UTF8, told)
        elif other is not None:
            problems.add(
                Kind.DUPLICATE, told, f"would be written to {target}, as would {other.name}"
            )
        else:
            sources[target.casefold()] = Source(
                path=path,
                name=told,
                target=target,
                captions=(),
                species=species_name(path.parent.name),
                facts={"source_image": name},
            )
    if not sources:
        raise ValueError(f"{folder} has no pictures in folders that are named after species.")
    return tuple(sources.values())
