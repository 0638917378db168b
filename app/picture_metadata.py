"""What a picture was drawn from: for files, for people, and read back without trust."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from app import __version__
from models.drawing import MAX_SEED
from models.vocabulary import tokenize

if TYPE_CHECKING:
    from models import Drawing

# Far above what the model accepts; what claims more was not drawn here.
_LONGEST_JSON = 50_000  # characters
_LONGEST_SENTENCE = 2_000  # characters
_LONGEST_NAME = 200  # characters of the other texts
_LARGEST_SIZE = 2**15  # pixels

Source = Literal["text", "sound"]
STRAIGHT_FROM_SOUND = "Straight from sound"


@dataclasses.dataclass(frozen=True)
class PictureMetadata:
    """What a picture was drawn from.

    Attributes
    ----------
    sentence
        The description, as it was given; empty for a picture drawn straight from sound.
    seed
        Seed of the noise.
    size
        Width and height in pixels as it was drawn; a copy saved larger or smaller says the same.
    model
        Name of the model that drew it.
    version
        Version of speech2bird that drew it.
    created
        Local time with zone in ISO 8601, to the second.
    way
        Whether the picture was drawn from a text or straight from the sound of a voice.
    """

    sentence: str
    seed: int
    size: int
    model: str
    version: str = __version__
    created: str = dataclasses.field(
        default_factory=lambda: datetime.now().astimezone().isoformat(timespec="seconds")
    )
    way: Source = "text"

    @property
    def title(self) -> str:
        """What to call the picture in front of a person."""
        return self.sentence if self.way == "text" else STRAIGHT_FROM_SOUND

    @classmethod
    def of(cls, drawing: Drawing) -> PictureMetadata:
        """Describe a drawing that was just made."""
        # Half a pair of UTF-16, as a command line with broken bytes has it, cannot be written.
        sentence = drawing.sentence.encode("utf-8", "replace").decode("utf-8")
        way: Source = "sound" if drawing.spans else "text"
        return cls(sentence, drawing.seed, drawing.image.width, drawing.model_name, way=way)

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
            return cls(
                sentence=_plain_text(fields["sentence"], _LONGEST_SENTENCE),
                seed=_number(fields["seed"], 0, MAX_SEED),
                size=_number(fields["size"], 1, _LARGEST_SIZE),
                model=_plain_text(fields["model"], _LONGEST_NAME),
                version=_plain_text(fields["version"], _LONGEST_NAME),
                created=_plain_text(fields["created"], _LONGEST_NAME),
                way=_way(fields.get("way", "text")),
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

    def to_json(self, ascii_only: bool = False) -> str:
        """Return the metadata as one JSON object."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=ascii_only)

    def parameters(self) -> str:
        """Return the metadata for people: the title, then the rest on a line of its own."""
        return (
            f"{self.title}\nSeed: {self.seed}, Size: {self.size}x{self.size}, "
            f"Model: {self.model}, Version: speech2bird {self.version}"
        )


def file_stem(metadata: PictureMetadata) -> str:
    """Return a short file name without suffix: the title's first words and the seed."""
    return "-".join(tokenize(metadata.title))[:48].strip("-") + f"-{metadata.seed}"


def _plain_text(value: Any, longest: int) -> str:
    text = str(value)
    if len(text) > longest:
        raise ValueError("the text is too long")
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)


def _way(value: Any) -> Source:
    if value not in get_args(Source):
        raise ValueError("there is no such way to draw")
    way: Source = value
    return way


def _number(value: Any, least: int, largest: int) -> int:
    number = int(value)
    if not least <= number <= largest:
        raise ValueError("the number is out of range")
    return number
