"""Files that are whole or not there: a stop, a kill or a full disk leaves an earlier one alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, durable: bool = True) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; renamed when the block ends well.

    Parameters
    ----------
    durable : whether to wait until the disk has it, so that even a power cut leaves it whole.

    Raises
    ------
    OSError
        It cannot be written, as on a disk that is full; the error has its name.
    """
    temporary = path.with_name(f".{path.name}.partial")
    try:
        yield temporary
        if durable:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text file as a whole."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
