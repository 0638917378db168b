"""The gallery: the one door to the kept pictures, without Tk; any thread may use it."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from app.files import (
    make_private_folder,
    move_to_new,
    remove_abandoned,
    replacing,
    sync_file,
    temporary_beside,
)
from app.gallery.entry import Entry
from app.gallery.index import Index, Known
from app.gallery.stars import Stars
from app.gallery.thumbnails import Thumbnails
from app.gallery.trash import Trash, Trashed
from app.pictures.picture_file import PictureError, peek_metadata, write_picture
from app.pictures.picture_metadata import PictureMetadata, file_stem
from app.settings import data_folder
from models.words.tokens import fold

if TYPE_CHECKING:
    from app.speech.sound.recording import Recording
    from models import Drawing

_log = logging.getLogger(__name__)

_PORTION = 0.3  # seconds of looking through a folder after which what was found is shown and kept
_KEPT_HERE = re.compile(r"\d{8}-\d{6}-")


def usual_folder() -> Path:
    """Return the folder for pictures of a person who chose no other one."""
    return data_folder() / "gallery"


class Gallery:
    """The folder in which every drawn picture is kept, so that none is lost by drawing another.

    Parameters
    ----------
    folder : where the pictures are; None is ``gallery`` in the user's data folder. It is made when
        the first picture comes.
    is_chosen : whether a person chose it, and it was there: it is not made anew, since it may be on
        a drive or in a network that is not connected now.
    """

    def __init__(self, folder: Path | None = None, is_chosen: bool = False) -> None:
        self.folder = folder or usual_folder()
        self._is_chosen = is_chosen
        self._index = Index(self.folder / "index.sqlite3")
        self._stars = Stars(self.folder)
        self._trash = Trash(self.folder, self._stars)
        self._thumbnails = Thumbnails(self.folder)
        self._lock = threading.Lock()
        self._looking = threading.Lock()  # held by who looks through the folder
        self._left_out: set[str] = set()  # names that the log has
        self._known: Known | None = None  # None: the index was not read yet
        self._newest_first: list[Entry] | None = None  # None: to be sorted anew

    def keep(self, drawing: Drawing, recording: Recording | None = None) -> Path:
        """Write a drawing as PNG under a new name and return its path.

        Parameters
        ----------
        drawing : a finished drawing.
        recording : what the sentence was spoken with, if it was; it becomes a FLAC file beside.

        Raises
        ------
        PictureError
            The folder cannot be made or written to, or is not connected.
        """
        self._check_connected()
        try:
            make_private_folder(self.folder)
        except OSError as error:
            raise PictureError(
                f"The folder {self.folder} for drawn pictures cannot be made: {error.strerror}."
            ) from error
        metadata = PictureMetadata.of(drawing)
        clock = re.sub(r"\D", "", metadata.created[:19])
        path = self.folder / f"{clock[:8]}-{clock[8:]}-{file_stem(metadata)}.png"
        with _told(f"The picture cannot be saved as {path}"), temporary_beside(path) as temporary:
            write_picture(drawing.image, metadata, temporary)
            sync_file(temporary)
            path = move_to_new(temporary, path)
        if recording is not None:
            _keep_sound(recording, path.with_suffix(".flac"))
        self._add(path.name, metadata)
        return path

    def paths(self) -> list[Path]:
        """Return the kept pictures' files, newest first; names begin with the time of drawing."""
        return sorted(self.folder.glob("*.png"), reverse=True)

    def refresh(
        self,
        on_found: Callable[[], None] = lambda: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Compare what is known with the folder: other programs and people change it too.

        Slow where the index is missing: every picture's metadata is then read. The folder is
        looked through once at a time; who comes while it is waits, and then looks again.

        Parameters
        ----------
        on_found : called now and then meanwhile: more is known.
        cancelled : asked for each picture; what was learnt until then is kept.

        Raises
        ------
        PictureError
            The folder is there and cannot be read, or is not connected.
        """
        while not self._looking.acquire(timeout=_PORTION):
            if cancelled():
                return
            on_found()
        try:
            self._look_through(on_found, cancelled)
        finally:
            self._looking.release()

    def _check_connected(self) -> None:
        if self._is_chosen and not os.path.exists(self.folder):  # nor a name that is too long
            raise PictureError(
                f"The folder {self.folder} for drawn pictures is not there. Is its drive "
                "connected? You can choose another one in the settings."
            )

    def _look_through(self, on_found: Callable[[], None], cancelled: Callable[[], bool]) -> None:
        self._check_connected()
        before = self._load()
        with _told(f"The pictures in {self.folder} cannot be looked through"):
            there = self._scan()
        changed = [name for name, mtime in there.items() if before.get(name, (None,))[0] != mtime]
        # Those that were kept here come first: a person waits for them, and not for others.
        changed.sort(key=lambda name: (_KEPT_HERE.match(name) is None, -there[name]))
        left_out: dict[str, PictureError] = {}
        self._learn({}, before.keys() - there.keys())
        read: Known = {}
        told = time.monotonic()
        for name in changed:
            if cancelled():
                break
            try:
                metadata = peek_metadata(self.folder / name)
                read[name] = there[name], Entry(name, there[name], metadata)
            except PictureError as error:
                left_out[name] = error
                if not _can_come_right(error):  # otherwise not remembered, hence tried again
                    read[name] = there[name], None
            if time.monotonic() - told > _PORTION:
                self._learn(read)
                read = {}
                on_found()
                told = time.monotonic()
        self._learn(read)
        self._log_left_out(left_out)

    def _learn(self, read: Known, gone: Collection[str] = ()) -> None:
        with self._lock:
            known = self._load_locked()
            for name in gone:
                known.pop(name, None)
            known.update(read)
            self._newest_first = None
        if read or gone:
            self._index.write(read, gone)

    def _log_left_out(self, left_out: dict[str, PictureError]) -> None:
        """Log, once and in a line, what is no picture of ours: a folder may have thousands."""
        new = [str(error) for name, error in left_out.items() if name not in self._left_out]
        self._left_out.update(left_out)
        if new:
            more = f" And {len(new) - 1:,} other files." if len(new) > 1 else ""
            _log.warning("Left out of the gallery: %s%s", new[0], more)

    def find(self, words: str = "", starred_only: bool = False) -> list[Entry]:
        """Return the pictures whose sentence has all of these words or beginnings, newest first.

        What is known counts: :meth:`refresh` looks at the folder.
        """
        wanted = _words_of(words) or fold(words).split()
        starred = self.starred() if starred_only else None
        return [
            entry
            for entry in self._sorted()
            if (starred is None or entry.name in starred)
            and (not wanted or _matches(entry.metadata.title, wanted))
        ]

    def starred(self) -> frozenset[str]:
        """Return the file names of all pictures with a star."""
        return self._stars.names()

    def star(self, name: str, starred: bool) -> None:
        """Give a picture a star or take it away.

        Raises
        ------
        PictureError
            The folder cannot be written to.
        """
        with _told("The star cannot be kept"):
            self._stars.set(name, starred)

    def delete(self, name: str) -> Trashed:
        """Move a picture into the trash, with its sound and star.

        Raises
        ------
        PictureError
            It is gone already, or the folder cannot be written to.
        """
        with _told(f"The picture {name} cannot be deleted"):
            trashed = self._trash.put(name)
        with self._lock:
            self._load_locked().pop(name, None)
            self._newest_first = None
        self._index.write({}, [name])
        return trashed

    def restore(self, trashed: Trashed) -> str:
        """Undo a deletion and return the picture's file name.

        Raises
        ------
        PictureError
            It is no longer in the trash, or the folder cannot be written to.
        """
        with _told(f"The picture {trashed.name} cannot be brought back"):
            name = self._trash.restore(trashed)
        with contextlib.suppress(PictureError):  # somebody damaged it: the file is back anyway
            self._add(name, peek_metadata(self.folder / name))
        return name

    def sound(self, name: str) -> Path | None:
        """Return the file with what was said for a picture; None when it was not spoken."""
        path = (self.folder / name).with_suffix(".flac")
        return path if os.path.exists(path) else None  # False for a name that is too long

    def thumbnail(self, entry: Entry, side: int) -> Image.Image | None:
        """Return a picture ``side`` pixels wide and high; None when it cannot be read."""
        return self._thumbnails.load(entry, side)

    def tidy(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Remove what nobody needs: the old trash, thumbnails of gone pictures, halves of files.

        Parameters
        ----------
        cancelled : as for :meth:`refresh`.

        Raises
        ------
        PictureError
            The folder is there and cannot be read.
        """
        self.refresh(cancelled=cancelled)
        if cancelled():
            return  # what is not known yet must not make thumbnails look needless
        self._trash.empty()
        self._thumbnails.tidy(self._sorted())
        remove_abandoned(self.folder)
        remove_abandoned(self.folder / "thumbnails")

    def _add(self, name: str, metadata: PictureMetadata) -> None:
        """Know a picture that was just written."""
        with contextlib.suppress(FileNotFoundError):  # deleted again by another program
            mtime_ns = _changed((self.folder / name).stat())
            known: Known = {name: (mtime_ns, Entry(name, mtime_ns, metadata))}
            with self._lock:
                self._load_locked().update(known)
                self._newest_first = None
            self._index.write(known)

    def _scan(self) -> dict[str, int]:
        """Return the names of the folder's pictures and when each was changed."""
        found = {}
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder) as files:
            for file in files:
                if file.name.lower().endswith(".png") and not file.name.startswith("."):
                    with contextlib.suppress(OSError):  # gone, or a link that leads to itself
                        if file.is_file():
                            found[file.name] = _changed(file.stat())
        return found

    def _load(self) -> Known:
        with self._lock:
            return dict(self._load_locked())

    def _load_locked(self) -> Known:
        if self._known is None:
            self._known = self._index.read()
        return self._known

    def _sorted(self) -> list[Entry]:
        with self._lock:
            if self._newest_first is None:
                entries = [entry for _, entry in self._load_locked().values() if entry is not None]
                self._newest_first = sorted(entries, key=Entry.age_key, reverse=True)
            return self._newest_first


def _changed(status: os.stat_result) -> int:
    """Return when a file was changed, in nanoseconds, within the 64 bits that the index has.

    They end in 2262; of a wrong clock's later years the number is still another for each time.
    """
    return (status.st_mtime_ns + 2**63) % 2**64 - 2**63


def _can_come_right(error: PictureError) -> bool:
    """Whether a picture may be readable soon, though nobody changes it.

    Only the system's errors have a number: rights and failing disks. What is no picture stays none.
    """
    return getattr(error.__cause__, "errno", None) is not None


def _words_of(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def _matches(sentence: str, wanted: list[str]) -> bool:
    """Tell whether each wanted word begins a word of the sentence."""
    words = _words_of(sentence)
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _keep_sound(recording: Recording, path: Path) -> None:
    """Write what was said as FLAC; without it the picture is still a picture."""
    import soundfile

    try:
        # In memory first: libsndfile does not tell when the end no longer fits on the disk.
        encoded = io.BytesIO()
        soundfile.write(encoded, recording.samples, recording.rate, format="FLAC")
        with replacing(path) as temporary:
            temporary.write_bytes(encoded.getvalue())
    except (OSError, RuntimeError) as error:  # libsndfile's errors are RuntimeErrors
        _log.warning("What was said cannot be kept as %s: %s", path, error)


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Turn an error of the file system into a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise PictureError(f"{what}: it is no longer there.") from error
    except OSError as error:
        raise PictureError(f"{what}: {error.strerror or error}.") from error
