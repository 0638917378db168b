"""Files that are whole or not there, whatever stops the program; none replaced by accident.

What the program writes by itself is for the person alone: folders of mode 0700, files of 0600. A
file that a person saves under a name of their own may be read by whom their umask says, once it is
whole.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

PART_SUFFIX = ".part"
_ABANDONED = 3600  # seconds after which nobody is still writing a temporary file

_reading_umask = threading.Lock()


def make_private_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, for the person alone; one that is there stays.

    Raises
    ------
    OSError
        It cannot be made, or a file has its name.
    """
    missing = [folder, *itertools.takewhile(lambda parent: not parent.exists(), folder.parents)]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def open_private(path: str, flags: int) -> int:
    """Open a file as ``os.open`` does; a new one is for the person alone (an ``opener``)."""
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def replacing(path: Path, follow_umask: bool = False) -> Iterator[Path]:
    """Give an empty file beside ``path`` that takes its place once all is written.

    Parameters
    ----------
    path : the file to write; a link stays one, and what it leads to is replaced.
    follow_umask : whether this is a person's own file: those may read it who may read any new file
        of theirs, and one that is replaced stays as readable as it was, and is not replaced if it
        is read-only. Otherwise nobody else may read it.

    Raises
    ------
    OSError
        The folder cannot be written to, the file is read-only, or what has the name is a pipe or a
        device; an older file of that name is then still there.
    """
    path = link_target(path)
    if is_special(path):
        raise OSError(errno.EINVAL, "it is a pipe or a device, and no file", str(path))
    if follow_umask and is_read_only(path):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    with temporary_beside(path) as temporary:
        yield temporary
        if follow_umask:
            with contextlib.suppress(OSError):  # a file system that knows no such rights
                temporary.chmod(_usual_mode(path))
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)


def link_target(path: Path) -> Path:
    """Return what a link leads to, even if that is not there yet; of another name, the name.

    Raises
    ------
    OSError
        The link leads to itself.
    """
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


def is_read_only(path: Path) -> bool:
    """Tell whether there is a file that somebody protected against changes.

    The rights count, too: those who may change everything see them set all the same.
    """
    try:
        rights = path.stat().st_mode
    except (OSError, ValueError):  # not there, or no name at all: whoever writes it says so
        return False
    return stat.S_ISREG(rights) and (not rights & 0o222 or not os.access(path, os.W_OK))


def is_special(path: Path) -> bool:
    """Tell whether a pipe or a device has the name, which no file must replace."""
    return os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))


def make_writable(path: Path) -> None:
    """Let its owner change a file.

    Raises
    ------
    OSError
        It is somebody else's.
    """
    path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IWUSR)


@contextlib.contextmanager
def temporary_beside(path: Path) -> Iterator[Path]:
    """Give an empty file with a hidden name in the folder of ``path``, for the person alone.

    What still has that name in the end is removed.
    """
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}{PART_SUFFIX}")
    os.close(open_private(str(temporary), os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        yield temporary
    finally:
        # An unwritable or vanished folder was told by whoever tried to write.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Remove what killed programs left in a folder an hour ago or earlier, half written.

    Only names that :func:`temporary_beside` gives: the folder may be a person's own.
    """
    for path in folder.glob(f".*-{'[0-9a-f]' * 8}{PART_SUFFIX}"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _ABANDONED:
                path.unlink()


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
    with contextlib.suppress(OSError):  # some file systems refuse
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _usual_mode(path: Path) -> int:
    """Return the mode of the file there, or the one that a new file would have."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        with _reading_umask:
            umask = os.umask(0o077)  # it can only be read by setting it
            os.umask(umask)
        return 0o666 & ~umask


def rename_to_new(source: Path, path: Path) -> None:
    """Move a file within its file system, if nothing has the new name.

    Where a kill left it with both names, half moved from one folder to another, it is moved now.

    Raises
    ------
    FileExistsError
        Something has.
    """
    try:
        os.link(source, path)
    except FileExistsError:
        if not _is_half_moved(source, path):
            raise
        source.unlink()
    except OSError:  # a file system without second names
        if path.exists():
            raise FileExistsError(path) from None
        os.rename(source, path)
    else:
        source.unlink()


def _is_half_moved(source: Path, path: Path) -> bool:
    """Whether two names in different folders are the same file.

    In one folder they could be one name, written in capitals and small letters.
    """
    return os.path.samefile(source, path) and not os.path.samefile(source.parent, path.parent)
