"""What the program remembers between two runs, as one JSON file in the user's folder."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import platformdirs

from app.files import link_target, make_private_folder, remove_abandoned, temporary_beside
from models.request import MOST_SKETCHES, SKETCHES

_log = logging.getLogger(__name__)

APP_NAME = "speech2bird"
Device = Literal["auto", "cpu", "cuda"]
Theme = Literal["system", "light", "dark"]
Way = Literal["text", "sound", "both"]

# What a number may be; of other ones nobody could make sense.
_RANGES = {
    "threads": range(1, 1025),
    "tab": range(4),
    "pictures": range(1, 10),
    "sketches": range(1, MOST_SKETCHES + 1),
}
_GEOMETRY = re.compile(r"\d{1,5}x\d{1,5}([+-]-?\d{1,5}){2}")  # Tk writes "+-5", too


def config_folder() -> Path:
    """Return the folder that holds the settings file (it may not exist yet)."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False)


def data_folder() -> Path:
    """Return the folder that holds drawn pictures and the log (it may not exist yet)."""
    return platformdirs.user_data_path(APP_NAME, appauthor=False)


@dataclasses.dataclass(frozen=True)
class Settings:
    """Choices of the person; every field has a default that works.

    Attributes
    ----------
    weights : weights file of the model that draws; None is the bundled one.
    models : weights files that were opened, the newest first: pictures that they drew are drawn
        again by them.
    device : where to draw; "auto" is the graphics card where there is one that can be used.
    threads : how many threads of the processor draw; None leaves it to torch.
    gallery_folder : where drawn pictures are kept; None is the folder in the user's data.
    microphone : name of the recording device; None is the system's default. Its number may change.
    recogniser : who listens: a key of ``app.speech.recognition.choices.RECOGNISERS``.
    whisper_folder : folder of another model for Whisper; None is the bundled one.
    way : what a spoken picture is drawn from: the text that was recognised, the sound, or one each.
    stop_when_silent : whether recording ends by itself when the person pauses.
    draw_when_stopped : whether what was said is drawn as soon as it is understood.
    sketch_while_speaking : whether a sketch follows the voice, where the sound itself is drawn.
    save_folder : where the last picture was saved to; None at first.
    geometry : the window's last size and place, as Tk writes it.
    tab : index of the tab that was in front: 0 Speak, 1 Type, 2 Morph, 3 Gallery.
    theme : whether the window is light or dark; "system" is as other windows are.
    sketches : among how many sketches a picture is chosen, by models that score sketches.
    pictures : how many pictures of a sentence are drawn, 1 to 9.
    has_drawn : whether a picture was ever drawn: until then the window says how to begin.
    """

    weights: str | None = None
    models: tuple[str, ...] = ()
    device: Device = "auto"
    threads: int | None = None
    gallery_folder: str | None = None
    microphone: str | None = None
    recogniser: str = "whisper"
    whisper_folder: str | None = None
    way: Way = "text"
    stop_when_silent: bool = False
    draw_when_stopped: bool = True
    sketch_while_speaking: bool = True
    save_folder: str | None = None
    geometry: str | None = None
    tab: int = 0
    theme: Theme = "system"
    sketches: int = SKETCHES
    pictures: int = 1
    has_drawn: bool = False

    @classmethod
    def load(cls, path: Path | None = None, otherwise: Settings | None = None) -> Settings:
        """Read the settings; whatever is missing, unknown or broken becomes the default.

        A newer or older program may have written the file, and a person may have edited it:
        neither is a reason not to start.

        Parameters
        ----------
        path : the file; None is the usual one.
        otherwise : what counts when there is no file, or none that can be read; None are the
            defaults.
        """
        otherwise = otherwise or cls()
        path = path or config_folder() / "settings.json"
        try:
            if path.exists() and not path.is_file():
                raise OSError("it is no file")  # nothing may ever come out of a pipe
            stored = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return otherwise
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("The settings in %s cannot be read (%s); using others", path, error)
            return otherwise
        if not isinstance(stored, dict):
            _log.warning("The settings in %s are not a JSON object; using others", path)
            return otherwise
        if stored.get("dark") is True:  # a file from before the system was followed
            stored.setdefault("theme", "dark")
        hints = get_type_hints(cls)
        known: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in hints
        }
        return cls(**{k: v for k, v in known.items() if _fits(k, v, hints[k])})

    def save(self, path: Path | None = None) -> None:
        """Write the settings in one step, so that a crash leaves the old file or the new one.

        Raises
        ------
        OSError
            The folder cannot be written to.
        """
        path = link_target(path or config_folder() / "settings.json")
        make_private_folder(path.parent)
        text = json.dumps(dataclasses.asdict(self), indent=2) + "\n"
        # Not brought to the disk at once: the window would wait for it.
        with temporary_beside(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
            os.replace(temporary, path)
        remove_abandoned(path.parent)

    def changed(self, **changes: Any) -> Settings:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **changes)


def _fits(name: str, value: object, hint: Any) -> bool:
    """Tell whether a JSON value can be the field's (True is not taken for a number)."""
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(name, each, str) for each in value)
    if isinstance(value, bool):
        return hint is bool
    if isinstance(value, int) and name in _RANGES:
        return value in _RANGES[name]
    if isinstance(value, str) and isinstance(value, hint):
        return _is_usable(value) and (name != "geometry" or _GEOMETRY.fullmatch(value) is not None)
    return isinstance(value, hint)


def _is_usable(text: str) -> bool:
    """Tell whether a text can be a file's name, as far as its characters go; none are no name."""
    try:
        return text != "" and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
