"""What a picture was drawn from: for files, for people, and read back without trust."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from app import __version__
from app.pictures.likeness import likeness, read_likeness
from models.request import DrawRequest
from models.sketches.pose_wish import ANY, PartPlaces, read_places
from models.words.tokens import printable
from models.words.vocabulary import tokenize

if TYPE_CHECKING:
    from models import Drawing

# Far above what the model accepts; what claims more was not drawn here.
_LONGEST_JSON = 50_000  # characters
_LONGEST_NAME = 200  # characters of the texts that are no sentence

Source = Literal["text", "sound"]
STRAIGHT_FROM_SOUND = "Straight from sound"
IN_A_PICTURE = "as in another picture"


@dataclasses.dataclass(frozen=True)
class PictureMetadata:
    """What a picture was drawn from.

    Attributes
    ----------
    request : what draws it again: the description, as it was given (empty for a picture drawn
        straight from sound), the seed, and the width and height in pixels as it was drawn; a copy
        saved larger or smaller says the same.
    model : name of the model that drew it.
    version : version of speech2bird that drew it.
    created : local time with zone in ISO 8601, to the second.
    way : whether the picture was drawn from a text or straight from the sound of a voice.
    drawn_pose : where the parts of its bird were told to be, for others in the same pose; None for
        a model that is told no pose.
    drawn_likeness : the `likeness` of the picture as it was drawn, which tells whether the pose is
        still that of a picture; None for earlier versions, and where there is no pose.
    """

    request: DrawRequest
    model: str
    version: str = __version__
    created: str = dataclasses.field(
        default_factory=lambda: datetime.now().astimezone().isoformat(timespec="seconds")
    )
    way: Source = "text"
    drawn_pose: PartPlaces | None = None
    drawn_likeness: bytes | None = None

    @property
    def sentence(self) -> str:
        """The description, as it was given."""
        return self.request.sentence

    @property
    def seed(self) -> int:
        """Seed of the noise."""
        assert self.request.seed is not None
        return self.request.seed

    @property
    def size(self) -> int:
        """Width and height in pixels as it was drawn."""
        assert self.request.size is not None
        return self.request.size

    @property
    def title(self) -> str:
        """What to call the picture in front of a person."""
        return self.sentence if self.way == "text" else STRAIGHT_FROM_SOUND

    @classmethod
    def of(cls, drawing: Drawing) -> PictureMetadata:
        """Describe a drawing that was just made."""
        way: Source = "sound" if drawing.spans else "text"
        request = writable(drawing.request)
        drawn_likeness = likeness(drawing.image) if drawing.pose else None
        return cls(
            request,
            drawing.model_name,
            way=way,
            drawn_pose=drawing.pose,
            drawn_likeness=drawn_likeness,
        )

    @classmethod
    def from_json(cls, stored: Any) -> PictureMetadata | None:
        """Read what :meth:`to_json` wrote; None when it is absent or not ours.

        Anybody can write such a text into a picture: numbers out of range and long texts are
        refused, and characters that are no text become spaces.
        """
        if isinstance(stored, bytes):
            stored = stored.decode("utf-8", errors="replace")
        if not isinstance(stored, str) or len(stored) > _LONGEST_JSON:
            return None
        try:
            fields = json.loads(stored)
            if None in (fields["sentence"], fields["seed"], fields["size"]):
                return None
            request = DrawRequest.from_kept(fields)
            if "as_written" not in fields:  # earlier versions drew the words as they were
                request = dataclasses.replace(request, as_written=True)
            looked = fields.get("drawn_likeness")
            return cls(
                request,
                model=_plain_text(fields["model"], _LONGEST_NAME),
                version=_plain_text(fields["version"], _LONGEST_NAME),
                created=_plain_text(fields["created"], _LONGEST_NAME),
                way=_way(fields.get("way", "text")),
                drawn_pose=read_places(fields["drawn_pose"]) if fields.get("drawn_pose") else None,
                drawn_likeness=read_likeness(looked) if looked else None,
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

    def to_json(self, ascii_only: bool = False) -> str:
        """Return the metadata as one JSON object."""
        about = {
            "model": self.model,
            "version": self.version,
            "created": self.created,
            "way": self.way,
            "drawn_pose": self.drawn_pose,
            "drawn_likeness": self.drawn_likeness and self.drawn_likeness.hex(),
        }
        return json.dumps(self.request.kept() | about, ensure_ascii=ascii_only)

    def parameters(self) -> str:
        """Return the metadata for people: title, what was drawn of it, and the rest.

        What was drawn is left out where that is the very words of the title.
        """
        drawn_as = self.request.words
        told = f"Drawn as: {drawn_as}\n" if tokenize(drawn_as) != tokenize(self.sentence) else ""
        wish = self.request.pose
        pose = "" if wish == ANY else f"Pose: {wish if isinstance(wish, str) else IN_A_PICTURE}, "
        return (
            f"{self.title}\n{told}Seed: {self.seed}, Size: {self.size}x{self.size}, {pose}"
            f"Model: {self.model}, Version: speech2bird {self.version}"
        )


def writable(request: DrawRequest) -> DrawRequest:
    """Return a request whose texts can be written into a picture.

    Half a pair of UTF-16, as a command line with broken bytes has it, cannot.
    """

    def text(written: str) -> str:
        return written.encode("utf-8", "replace").decode("utf-8")

    drawn_as = None if request.drawn_as is None else text(request.drawn_as)
    return dataclasses.replace(request, sentence=text(request.sentence), drawn_as=drawn_as)


def file_stem(metadata: PictureMetadata) -> str:
    """Return a short file name without suffix: the title's first words and the seed."""
    return "-".join(tokenize(metadata.title))[:48].strip("-") + f"-{metadata.seed}"


def _plain_text(value: Any, longest: int) -> str:
    text = str(value)
    if len(text) > longest:
        raise ValueError("the text is too long")
    return printable(text)


def _way(value: Any) -> Source:
    if value not in get_args(Source):
        raise ValueError("there is no such way to draw")
    way: Source = value
    return way
