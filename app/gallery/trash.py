"""What was deleted, until it is brought back or the program was used on thirty further days."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from app.files import make_private_folder, move_to_new, open_private, sync_folder
from app.gallery.stars import Stars

_log = logging.getLogger(__name__)

_KEPT_FOR = 30  # days on which the program was started
_TIME = "%Y%m%d-%H%M%S"
_STAR = "starred"  # an empty file beside a picture that had a star
_DAYS = "days"  # a file in which each of those days is a line


@dataclass(frozen=True)
class Trashed:
    """A deleted picture: its folder in the trash, and its file name."""

    folder: Path
    name: str


class Trash:
    """``trash`` in the gallery's folder: one folder for each deletion, named after its time.

    Parameters
    ----------
    pictures : the gallery's folder.
    stars : its stars, which go and come back with the pictures.
    """

    def __init__(self, pictures: Path, stars: Stars) -> None:
        self._pictures = pictures
        self._stars = stars
        self._folder = pictures / "trash"

    def put(self, name: str) -> Trashed:
        """Move a picture, its sound and its star here.

        The picture goes first: whatever stops the program in between, sound and star can be told
        from its name.

        Raises
        ------
        OSError
            The picture is gone already, or the folder cannot be written to.
        """
        time = datetime.now().strftime(_TIME)
        trashed = Trashed(self._folder / f"{time}-{secrets.token_hex(4)}", name)
        make_private_folder(trashed.folder)
        try:
            (self._pictures / name).rename(trashed.folder / name)
        except OSError:
            trashed.folder.rmdir()
            raise
        sync_folder(trashed.folder)
        try:
            self._put_belongings(trashed)
        except OSError as error:  # a full disk: the picture can be brought back all the same
            _log.warning("What belongs to %s is not all in the trash: %s", name, error)
        sync_folder(self._pictures)
        return trashed

    def restore(self, trashed: Trashed) -> str:
        """Move a picture back with all it had, and return its name: a new one if it is taken.

        Raises
        ------
        OSError
            It is no longer in the trash, or the gallery's folder cannot be written to.
        """
        picture = trashed.folder / trashed.name
        path = move_to_new(picture, self._pictures / trashed.name)
        self._restore_belongings(trashed, path)
        return path.name

    def _restore_belongings(self, trashed: Trashed, path: Path) -> None:
        """Move the sound and the star of a picture that is back already; then nothing is here."""
        sound = (trashed.folder / trashed.name).with_suffix(".flac")
        if os.path.exists(sound):
            move_to_new(sound, path.with_suffix(".flac"))
        if (trashed.folder / _STAR).exists():
            self._stars.set(path.name, True)
        shutil.rmtree(trashed.folder, ignore_errors=True)

    def _put_belongings(self, trashed: Trashed) -> None:
        """Move the sound and the star of a picture that is here already."""
        sound = Path(trashed.name).with_suffix(".flac")
        if os.path.exists(self._pictures / sound):
            (self._pictures / sound).rename(trashed.folder / sound)
        if self._stars.has(trashed.name):
            (trashed.folder / _STAR).touch(mode=0o600)
            self._stars.set(trashed.name, False)

    def _finish(self, folder: Path) -> None:
        """Do what a kill left undone: a picture came back, or went, and its sound did not."""
        for file in list(folder.iterdir()):
            name = file.with_suffix(".png").name
            there, here = (self._pictures / name).exists(), (folder / name).exists()
            if file.suffix == ".flac" and there and not here:
                if (self._pictures / file.name).exists():
                    continue  # another picture has that name now
                self._restore_belongings(Trashed(folder, name), self._pictures / name)
            elif file.suffix == ".png" and not there:
                self._put_belongings(Trashed(folder, name))

    def empty(self, today: date | None = None) -> None:
        """Remove for good what was here on thirty days, and finish what a kill stopped.

        The days are those on which the program was started, each counted once: a clock that is
        set ahead deletes nothing.
        """
        with contextlib.suppress(OSError):  # there is no trash yet, or it cannot be read
            for folder in self._folder.iterdir():
                try:
                    datetime.strptime(folder.name[:15], _TIME)
                except ValueError:
                    continue  # a person's own
                with contextlib.suppress(OSError):  # tried again at the next start
                    self._finish(folder)
                    if _days_of(folder, today or date.today()) > _KEPT_FOR:
                        shutil.rmtree(folder, ignore_errors=True)


def _days_of(folder: Path, today: date) -> int:
    """Count the days on which a deletion was seen, with today, which is written down."""
    seen = folder / _DAYS
    days = set(seen.read_bytes().split()) if seen.exists() else set()
    day = today.isoformat().encode()
    if day not in days:
        with open(seen, "ab", opener=open_private) as file:
            file.write(day + b"\n")
    return len(days | {day})
