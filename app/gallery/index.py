"""What the gallery's files say, remembered, so that thousands need not be opened again.

The index is never believed over the files, and nothing is lost with it: where it is missing,
broken, locked or of another version, it is empty, and the gallery fills it anew.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.gallery.entry import Entry
from app.pictures.picture_metadata import PictureMetadata

_log = logging.getLogger(__name__)

_VERSION = 5
_TIMEOUT = 5.0  # seconds that another copy of the program may take to write
_TABLE = """
CREATE TABLE IF NOT EXISTS pictures (
    name BLOB PRIMARY KEY,  -- as the system writes it: it need not be text
    mtime_ns INTEGER NOT NULL,
    metadata TEXT  -- as in the file; null: a picture that was not drawn here, not opened again
) WITHOUT ROWID
"""
Known = dict[str, tuple[int, Entry | None]]
"""File name to time of change and entry; None for a picture that was not drawn here."""


class Index:
    """A file of SQLite; each call opens it anew, so that any thread and any program may.

    Parameters
    ----------
    path : the file; it is made when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Known:
        """Return all that is remembered; nothing when the index cannot be read."""
        if not os.path.exists(self.path):
            return {}
        try:
            with self._connected() as connection:
                rows = connection.execute("SELECT * FROM pictures").fetchall()
            return dict(map(_remembered, rows))
        except (sqlite3.Error, TypeError, ValueError) as error:
            self._give_up(error)
            return {}

    def write(self, known: Known, gone: Iterable[str] = ()) -> None:
        """Remember pictures and forget others, in one step; a failure costs time, not pictures."""
        try:
            with self._connected() as connection:
                connection.executemany(
                    "DELETE FROM pictures WHERE name = ?", ((os.fsencode(name),) for name in gone)
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)",
                    (_row(name, mtime_ns, entry) for name, (mtime_ns, entry) in known.items()),
                )
        except (sqlite3.Error, ValueError) as error:
            self._give_up(error)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file; what happens inside happens as a whole or not at all."""
        with contextlib.suppress(OSError):  # SQLite says it better
            self.path.touch(mode=0o600)  # what SQLite adds to it is as private as the file
        connection = sqlite3.connect(self.path, timeout=_TIMEOUT)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # a lost last change is found again
            with connection:
                if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("DROP TABLE IF EXISTS pictures")
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute(_TABLE)
                yield connection
        finally:
            connection.close()

    def _give_up(self, error: Exception) -> None:
        """Remove an index that is broken; leave one that only cannot be used at this moment."""
        _log.warning("The gallery's index cannot be used (%s)", error)
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def _row(name: str, mtime_ns: int, entry: Entry | None) -> tuple[object, ...]:
    return os.fsencode(name), mtime_ns, None if entry is None else entry.metadata.to_json()


def _remembered(row: tuple[object, ...]) -> tuple[str, tuple[int, Entry | None]]:
    stored, mtime_ns, written = row
    if not isinstance(stored, bytes) or not isinstance(mtime_ns, int):
        raise TypeError("the index holds no name or time where one should be")
    name = os.fsdecode(stored)
    if written is None:
        return name, (mtime_ns, None)
    metadata = PictureMetadata.from_json(written)
    if metadata is None:
        raise ValueError("the index holds no metadata where some should be")
    return name, (mtime_ns, Entry(name, mtime_ns, metadata))
