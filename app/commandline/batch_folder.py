"""The folder that a file of captions is drawn into: whose it is, and what is done already.

Line k of the captions becomes ``00000k.png``, drawn with the seed SEED + k. SEED stands in
``seed.txt``, so that whoever goes on draws the same pictures.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.commandline.steps import SEEDS, drawing_paths
from app.errors import AppError
from app.files import rename_to_new, sync_file, sync_folder, temporary_beside
from app.pictures.picture_file import PictureError, peek_metadata
from app.pictures.picture_metadata import IN_A_PICTURE, PictureMetadata, writable
from models.request import DrawRequest
from models.sketches.pose_wish import ANY, PoseWish
from models.words.spelling import mend
from models.words.vocabulary import tokenize

_SEED_FILE = "seed.txt"
_ASPECTS = ("model", "size", "sentence", "seed", "wording", "pose", "number of sketches")


class FolderError(AppError):
    """The folder belongs to other captions, or cannot be used."""


@dataclass(frozen=True)
class BatchFolder:
    """What is to be in a folder.

    Attributes
    ----------
    path : the folder; it exists.
    lines : the captions.
    seed : of line 0.
    model : name of the model.
    sizes : the stages that are drawn, in pixels; the last is the picture's.
    stages, attention : whether these are saved, too.
    as_written : whether the words of a line are drawn as they are.
    drawn_as : what each line is drawn as, where it was understood otherwise; None elsewhere.
    pose : in which each bird is drawn.
    sketches : among how many the best is finished; None where nothing chooses.
    """

    path: Path
    lines: Sequence[str]
    seed: int
    model: str
    sizes: tuple[int, ...]
    stages: bool = False
    attention: bool = False
    as_written: bool = False
    drawn_as: Mapping[int, str] = field(default_factory=dict)
    pose: PoseWish = ANY
    sketches: int | None = None

    def picture(self, index: int) -> Path:
        """Return the name of a line's picture."""
        return self.path / f"{index:06}.png"

    def seed_of(self, index: int) -> int:
        """Return the seed that a line is drawn with."""
        return (self.seed + index) % SEEDS

    def request(self, index: int) -> DrawRequest:
        """Return what is drawn of a line."""
        return DrawRequest(
            self.lines[index],
            self.seed_of(index),
            self.sizes[-1],
            self.as_written,
            self.drawn_as.get(index),
            sketches=self.sketches,
            pose=self.pose,
        )

    def drawn(self) -> set[int]:
        """Return the lines of which all pictures are there, each of them looked at.

        Raises
        ------
        FolderError
            One of them is another run's, or cannot be read.
        """
        return {index for index in range(len(self.lines)) if self._is_drawn(index)}

    def _is_drawn(self, index: int) -> bool:
        paths = drawing_paths(self.picture(index), self.sizes, self.stages, self.attention)
        there = [path for path in paths if path.exists()]
        for path in there:
            self._check(path, index)
        return len(there) == len(paths)

    def _check(self, path: Path, index: int) -> None:
        try:
            found, expected = peek_metadata(path), self._metadata(index)
        except PictureError as error:
            raise FolderError(
                f"{error} Delete it to have it drawn anew, or choose another folder; nothing was "
                "changed."
            ) from error
        for aspect in _ASPECTS:
            is_there, should_be = _aspect(found, aspect), _aspect(expected, aspect)
            if is_there != should_be:
                raise FolderError(
                    f"{path} is from another run: its {aspect} is {_short(is_there)}, here it "
                    f"would be {_short(should_be)}. Choose another folder, or give the same "
                    "captions and options as then; nothing was changed."
                )

    def _metadata(self, index: int) -> PictureMetadata:
        """What a line's picture says once it was written and read."""
        metadata = PictureMetadata(writable(self.request(index)), self.model)
        return PictureMetadata.from_json(metadata.to_json()) or metadata


def _aspect(metadata: PictureMetadata, aspect: str) -> object:
    if aspect == "wording":  # as the model reads it: how it is written does not change a picture
        return " ".join(mend(tokenize(metadata.request.words)))
    if aspect == "pose":
        return metadata.request.pose
    if aspect == "number of sketches":
        return metadata.request.sketches
    return getattr(metadata, aspect)


def settle_seed(folder: BatchFolder, seed_is_given: bool) -> BatchFolder:
    """Take the seed that the folder was begun with, or begin it with that which it has here.

    Of several processes that begin it at once, one decides for all.

    Raises
    ------
    FolderError
        Another seed was given than it was begun with; or it has pictures of another run, and then
        nothing is changed.
    """
    kept = _kept_seed(folder.path)
    if kept is None:
        folder.drawn()  # a folder of other pictures is not to be begun
        kept = _keep_seed(folder.path, folder.seed)
    if seed_is_given and kept != folder.seed:
        raise FolderError(
            f"The pictures in {folder.path} were begun with --seed {kept} (it stands in "
            f"{_SEED_FILE}): give that one or none to go on, or choose another folder."
        )
    return replace(folder, seed=kept)


def _kept_seed(folder: Path) -> int | None:
    path = folder / _SEED_FILE
    try:
        text = path.read_text(encoding="ascii", errors="replace")[:100].strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FolderError(f"The file {path} cannot be read: {error.strerror}.") from error
    if not text.isdecimal() or int(text) >= SEEDS:
        raise FolderError(f"The file {path} holds no seed: choose another folder, or delete it.")
    return int(text)


def _keep_seed(folder: Path, seed: int) -> int:
    """Write the seed down, unless another process was first; return the one that counts."""
    path = folder / _SEED_FILE
    try:
        with temporary_beside(path) as temporary:
            temporary.write_text(f"{seed}\n", encoding="ascii")
            sync_file(temporary)
            rename_to_new(temporary, path)
        sync_folder(folder)
    except FileExistsError:
        pass
    except OSError as error:
        raise FolderError(f"The file {path} cannot be written: {error.strerror}.") from error
    kept = _kept_seed(folder)
    return seed if kept is None else kept


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return IN_A_PICTURE
    return repr(textwrap.shorten(value, 60)) if isinstance(value, str) else str(value)
