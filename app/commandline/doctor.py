"""How the program is here: a report to read, and to send to whoever is to help.

It draws a picture to see that it can, and keeps nothing. What a person calls their files, devices
and folders is not in it; of the log there is what happened where, and not what was told.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app import __version__
from app.error_report import library_version
from app.installation import FORM, ROOT
from app.without_names import without_names

_LIBRARIES = (
    *("torch", "numpy", "pillow", "safetensors", "nltk", "SpeechRecognition", "faster-whisper"),
    *("ctranslate2", "pocketsphinx", "pyaudio", "soundfile", "soxr", "av", "sv-ttk"),
    *("tkinterdnd2", "darkdetect", "platformdirs"),
)
_SENTENCE, _SEED = "a small red bird with black wings", 7
_LOG_LINES = 30
_LOG_HEAD = re.compile(r"(\S+ \S+ (?:WARNING|ERROR|CRITICAL) [\w.]+): ")
_LOG_FRAME = re.compile(r'\s+File "(.*)", line (\d+), in (\S+)')
_LOG_ERROR = re.compile(r"([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit))(?::|$)")


def examine(tell: Callable[[str], None]) -> bool:
    """Look at everything, and tell it line by line; return whether a picture could be drawn.

    What is told has no names of the person or their files.
    """
    drawn = False
    for title, section in _SECTIONS.items():
        tell(f"[{title}]")
        try:
            for line in section():
                tell(without_names(line))
            drawn = drawn or section is _drawing
        except Exception as error:  # what is wrong is what is asked
            tell(without_names(f"failed: {type(error).__name__}: {error}"))
    return drawn


def _program() -> Iterator[str]:
    yield f"speech2bird {__version__}, {FORM}, Python {platform.python_version()}"
    processors = os.cpu_count()
    yield f"{platform.platform()}, {platform.machine()}, {processors} processors, {_memory()}"
    for name in ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG"):
        yield f"{name}: {os.environ.get(name, '(not set)')}"


def _memory() -> str:
    if sys.platform == "win32":
        return "memory unknown"
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.1f} GiB of memory"


def _libraries() -> Iterator[str]:
    for name in _LIBRARIES:
        yield f"{name} {library_version(name)}"


def _window() -> Iterator[str]:
    from app.ui.toolkit.screen import describe_screen

    yield describe_screen()


def _folders() -> Iterator[str]:
    from app.gallery.gallery import usual_folder
    from app.settings import Settings, config_folder, data_folder

    folders = {"settings": config_folder(), "log": data_folder(), "pictures": usual_folder()}
    chosen = Settings.load().gallery_folder
    if chosen is not None:
        folders["pictures"] = Path(chosen)
    folders["temporary files"] = Path(tempfile.gettempdir())
    for what, folder in folders.items():
        yield f"{what}: {_rights(folder)}"


def _rights(folder: Path) -> str:
    """Say whether a folder, or what it will be made in, can be written to, and how much."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    kept = "is there" if there == folder else "is not there yet"
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return f"{kept}, cannot be written to ({error.strerror})"
    return f"{kept}, can be written to, {shutil.disk_usage(there).free / 1e9:.1f} GB free"


def _models() -> Iterator[str]:
    from app.speech.recognition.language_model import BIRD_DICTIONARY, BIRD_MODEL
    from app.speech.recognition.whisper import bundled_whisper
    from models.painter import BUNDLED_WEIGHTS
    from models.sound.listener import BUNDLED_LISTENER
    from models.words.bird_book import BOOK

    files = [BUNDLED_WEIGHTS, BUNDLED_LISTENER, BIRD_MODEL, BIRD_DICTIONARY, BOOK]
    for path in [*files, bundled_whisper() / "model.bin"]:
        size = f"{path.stat().st_size / 1e6:.1f} MB" if path.is_file() else "is missing"
        yield f"{path.name} {size}"


def _microphones() -> Iterator[str]:
    from app.speech.devices.microphone import list_microphones

    found = list_microphones()
    for microphone in found:  # their names may be a person's: "Anna's phones"
        default = ", the default" if microphone.is_default else ""
        yield f"{microphone.rate} Hz, {microphone.channels} channels{default}"
    if not found:
        yield "none"


def _listening() -> Iterator[str]:
    from app.speech.recognition.recognisers import load_transcriber

    begun = time.monotonic()
    transcriber = load_transcriber()
    yield f"{transcriber.name} loaded in {time.monotonic() - begun:.1f} s"
    if transcriber.notice is not None:
        yield transcriber.notice


def _drawing() -> Iterator[str]:
    import torch

    from models import DrawRequest, Painter
    from models.painting.precision import chosen_precision

    begun = time.monotonic()
    painter = Painter.load()
    yield f"{painter.model_name} loaded in {time.monotonic() - begun:.1f} s"
    cards = [torch.cuda.get_device_name(card) for card in range(torch.cuda.device_count())]
    yield f"graphics cards: {', '.join(cards) or 'none that PyTorch can use'}"
    precision = str(chosen_precision("auto", painter.device)).removeprefix("torch.")
    yield f"draws on {painter.device} in {precision} with {torch.get_num_threads()} threads"
    begun = time.monotonic()
    drawing = painter.draw(DrawRequest(_SENTENCE, _SEED))
    colour = drawing.image.resize((1, 1)).getpixel((0, 0))
    size = drawing.image.width
    yield f"drew {size} px in {time.monotonic() - begun:.1f} s, on average of the colour {colour}"
    if drawing.notice is not None:
        yield drawing.notice


def _log() -> Iterator[str]:
    from app.logfile import last_lines

    yield from list(_what_happened(last_lines(_LOG_LINES * 10)))[-_LOG_LINES:] or ["nothing"]


def _what_happened(lines: list[str]) -> Iterator[str]:
    """Keep who logged something when, and through which lines of the program an error came."""
    for line in lines:
        if head := _LOG_HEAD.match(line):
            yield head[1]
        elif frame := _LOG_FRAME.match(line):
            yield f"  {_in_the_program(frame[1])}:{frame[2]} {frame[3]}"
        elif error := _LOG_ERROR.match(line):
            yield f"  {error[1]}"


def _in_the_program(file: str) -> str:
    with contextlib.suppress(ValueError):
        return Path(file).relative_to(ROOT).as_posix()
    return Path(file).name


_SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "program": _program,
    "libraries": _libraries,
    "window": _window,
    "folders": _folders,
    "models": _models,
    "microphones": _microphones,
    "listening": _listening,
    "drawing": _drawing,
    "log": _log,
}
