"""Files that are whole or not there, whatever stops the program; none replaced by accident."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

PART_SUFFIX = ".part"


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path`` that takes its place once all is written.

    Raises
    ------
    OSError
        The folder cannot be written to; an older file of that name is then still there.
    """
    with temporary_beside(path) as temporary:
        yield temporary
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)


@contextlib.contextmanager
def temporary_beside(path: Path) -> Iterator[Path]:
    """Give a hidden name in the folder of ``path``; what still has it in the end is removed."""
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        yield temporary
    finally:
        # An unwritable or vanished folder was told by whoever tried to write.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def move_to_new(source: Path, path: Path) -> Path:
    """Move a file to ``path``, or to path-2, path-3 and so on, and return its new name.

    No file is ever replaced, not even one that another program makes at the same moment.

    Raises
    ------
    OSError
        The file is gone, or one of the folders cannot be written to.
    """
    for number in itertools.count(2):
        try:
            rename_to_new(source, path)
            break
        except FileExistsError:
            stem = path.stem if number == 2 else path.stem.rpartition("-")[0]
            path = path.with_stem(f"{stem}-{number}")
    sync_folder(path.parent)
    return path


def sync_file(path: Path) -> None:
    """Return once the file's contents are on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk, where the system can do that."""
    with contextlib.suppress(OSError):  # Windows opens no folders; some file systems refuse
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def rename_to_new(source: Path, path: Path) -> None:
    """Move a file within its folder, if nothing has the new name.

    Raises
    ------
    FileExistsError
        Something has.
    """
    if os.name == "nt":
        os.rename(source, path)  # never replaces there
        return
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without second names
        if path.exists():
            raise FileExistsError(path) from None
        os.rename(source, path)
    else:
        source.unlink()
