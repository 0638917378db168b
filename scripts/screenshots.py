"""Take screenshots of the real window in each of its states, for README and user guide.

Run as ``python scripts/screenshots.py [--states NAME ...] [--output FOLDER]``: each state light and
dark, and both once more on a sharp screen (twice the pixels), and a sheet of all states in each of
these looks. In docs/guide only those stay that README or guide show. It starts a virtual screen of
its own; settings and pictures of the person are left alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageGrab

if TYPE_CHECKING:
    from PIL import Image

    from app.engine.engines import Engines
    from app.settings import Theme, Way
    from app.ui.window.window import MainWindow

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
_GUIDE = REPOSITORY / "docs" / "guide"
_PAGES = (REPOSITORY / "README.md", REPOSITORY / "docs" / "guide.md")
_SENTENCE = "a bright yellow bird with a black head"
_NINE = "a small red bird with black wings"
_SPOKEN = "a bright yellow bird with a black head"
_BETWEEN = 50  # per cent of the way from one bird to the other
_TIMEOUT = 120  # seconds
_NO_DEVICE = """\
</usr/share/alsa/alsa.conf>
pcm.!default { type hw card 99 }
pcm.!hw { type hw card 99 }
"""
_LOOKS: dict[str, tuple[Theme, int]] = {
    "light": ("light", 1),
    "dark": ("dark", 1),
    "sharp": ("light", 2),
    "sharp-dark": ("dark", 2),
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Take screenshots of the window.")
    names = [*STATES, *STATES_WITHOUT_MODEL]
    parser.add_argument("--output", type=Path, default=_GUIDE)
    parser.add_argument("--states", nargs="+", choices=names, default=names)
    parser.add_argument("--looks", nargs="+", choices=_LOOKS, default=list(_LOOKS))
    parser.add_argument("--look", choices=_LOOKS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    if options.look is not None:  # on the virtual screen already
        with tempfile.TemporaryDirectory() as home:
            for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
                os.environ[name] = home
            _take(options)
        return 0
    for look in options.looks:
        scale = _LOOKS[look][1]
        screen = f"-screen 0 {1200 * scale}x{900 * scale}x24 -dpi {96 * scale} -nolisten tcp"
        again = [sys.executable, *sys.argv, "--look", look]
        subprocess.run(["xvfb-run", "-a", "-s", screen, *again], check=True)
        _sheet([options.output / f"{state}-{look}.jpg" for state in options.states], look).save(
            options.output / f"states-{look}.jpg", quality=80
        )
    if options.output == _GUIDE:
        _remove_unused()
    return 0


def _remove_unused() -> None:
    """Remove the single screenshots that no page shows: they are in the sheets."""
    pages = "".join(page.read_text(encoding="utf-8") for page in _PAGES)
    for path in _GUIDE.glob("*.jpg"):
        if path.name not in pages:
            path.unlink()


def _take(options: argparse.Namespace) -> None:
    from app.engine.engines import Engines

    for states, weights in (
        (STATES, None),
        (STATES_WITHOUT_MODEL, Path("/media/stick/bird.safetensors")),
    ):
        wanted = [state for state in options.states if state in states]
        if wanted:
            with Engines(weights) as engines:
                _take_from(engines, {state: states[state] for state in wanted}, options)


def _take_from(
    engines: Engines, states: dict[str, Callable[[MainWindow], None]], options: argparse.Namespace
) -> None:
    from app.settings import Settings
    from app.ui.window.window import MainWindow

    theme, scale = _LOOKS[options.look]
    window = MainWindow(engines, Settings(theme=theme))
    window.root.geometry(f"{1060 * scale}x{720 * scale}+0+0")
    for name, bring_about in states.items():
        bring_about(window)
        _settle(window)
        path = options.output / f"{name}-{options.look}.jpg"
        _grab(window).save(path, quality=88)
        print(path, flush=True)
    window.close()
    window.runner.join(20)


def _sheet(paths: list[Path], look: str, columns: int = 3) -> Image.Image:
    """Put screenshots side by side, 400 points wide each, with their names."""
    from PIL import Image, ImageDraw

    scale = _LOOKS[look][1]
    width, height, title = 400 * scale, 288 * scale, 18 * scale
    rows = -(-len(paths) // columns)
    sheet = Image.new("RGB", (columns * width, rows * (height + title)), "#808080")
    for number, path in enumerate(paths):
        left, top = number % columns * width, number // columns * (height + title)
        with Image.open(path) as shot:
            shot.thumbnail((width - 8, height))
            sheet.paste(shot, (left + 4, top + title))
        name = path.stem.removesuffix(f"-{look}")
        ImageDraw.Draw(sheet).text((left + 6, top + 2), name, "white", font_size=13 * scale)
    return sheet


def _wait(window: MainWindow, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit(f"The window did not get there: {window.messages.text}")
        window.root.update()
        time.sleep(0.005)


def _settle(window: MainWindow) -> None:
    """Let the window's last changes be drawn."""
    settled = time.monotonic() + 0.6
    _wait(window, lambda: time.monotonic() > settled)


def _grab(window: MainWindow) -> Image.Image:
    root = window.root
    left = root.winfo_rootx()
    top = int(root.geometry().rsplit("+", 1)[1])  # of the menu bar, which is above the root
    box = (left, top, left + root.winfo_width(), root.winfo_rooty() + root.winfo_height())
    return ImageGrab.grab(bbox=box, xdisplay=os.environ.get("DISPLAY")).convert("RGB")


def _draw(window: MainWindow, sentence: str, seed: int, count: int = 1) -> None:
    window.tabs.select(window.type_tab)
    window.type_tab.field.sentence = sentence
    window.panel.count_box.set(count)
    window.desk.draw(sentence, seed)
    _wait(window, lambda: not window.desk.busy)


def _loading(window: MainWindow) -> None:
    window.tabs.select(window.speak_tab)


def _drawn(window: MainWindow) -> None:
    _draw(window, _SENTENCE, 16)


def _attention(window: MainWindow) -> None:
    window.panel.view._point(2)


def _drawing(window: MainWindow) -> None:
    """Nine pictures, of which some are there when the screenshot is taken."""
    window.panel.count_box.set(9)
    window.type_tab.field.sentence = _NINE
    window.desk.draw(_NINE, 1)


def _nine(window: MainWindow) -> None:
    _wait(window, lambda: not window.desk.busy)
    _draw(window, _NINE, 1, 9)


def _unknown_words(window: MainWindow) -> None:
    _draw(window, "a bluue bird like a zeppelin", 3)


def _named(window: MainWindow) -> None:
    window.messages.clear()
    _draw(window, "a cardinal on a branch", 3)


def _spoken(window: MainWindow) -> None:
    window.messages.clear()
    window.tabs.select(window.speak_tab)
    window.speak_tab.field.sentence = "this is a blue bird with a white belly"
    window.desk.draw(window.speak_tab.field.sentence, 2)
    _wait(window, lambda: not window.desk.busy)


def _say(window: MainWindow, way: Way, seed: int) -> None:
    """Have a sentence spoken and drawn."""
    window.tabs.select(window.speak_tab)
    window.panel.count_box.set(1)
    window.speak_tab.field.sentence = ""
    seed_bar = window.panel.seed_bar
    seed_bar.entry.delete(0, "end")
    seed_bar.entry.insert(0, str(seed))  # which keeps it, too
    window.speak_tab.way_row.buttons[way].invoke()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        command = ["flite", "-voice", "slt", "-t", _SPOKEN, "-o", str(path)]
        subprocess.run(command, check=True, capture_output=True)
        window.speak_tab.open_sound(path)
        before = window.desk.drawing
        _wait(window, lambda: window.desk.drawing is not before and not window.desk.busy)
    seed_bar.lock_button.invoke()


def _straight(window: MainWindow) -> None:
    from app.pictures.attention_sheet import most_attended

    _say(window, "sound", 18)
    drawing, row = window.desk.drawing, window.panel.view.waveform_row
    assert drawing is not None
    (piece,) = most_attended(drawing.attention[-1], 1)
    row.event_generate("<Motion>", x=row.x_of(piece), y=10)


def _both(window: MainWindow) -> None:
    _say(window, "both", 16)
    window.speak_tab.way_row.buttons["text"].invoke()


def _morph(window: MainWindow) -> None:
    window.tabs.select(window.morph_tab)
    _settle(window)  # the fields fill when the tab is seen
    scale = window.morph_tab.share.scale
    scale.set(_BETWEEN)
    scale.event_generate("<ButtonRelease-1>", x=1, y=1)
    _wait(window, lambda: window.morph_desk.idle)


def _gallery(window: MainWindow) -> None:
    window.tabs.select(window.gallery_tab)


def _no_microphone(window: MainWindow) -> None:
    configuration = Path(os.environ["HOME"]) / "asound.conf"
    configuration.write_text(_NO_DEVICE)
    os.environ["ALSA_CONFIG_PATH"] = str(configuration)
    window.tabs.select(window.speak_tab)
    window.speak_tab.record_button.invoke()
    _wait(window, lambda: window.messages.is_error)


def _error(window: MainWindow) -> None:
    try:
        raise RuntimeError("an example")
    except RuntimeError as error:
        window.messages.unexpected(error)


def _disk_full(window: MainWindow) -> None:
    """What saving says there; tests fill a real disk."""
    window.messages.error(
        "The picture cannot be saved as ~/Pictures/bird.png: No space left on device."
    )


def _card_full(window: MainWindow) -> None:
    """What a drawing says that had to leave the graphics card."""
    from models.painting.fallback import OUT_OF_MEMORY

    window.messages.clear()
    window.messages.note(OUT_OF_MEMORY)


def _settings(window: MainWindow) -> None:
    window.messages.clear()
    window.program.show_settings()


def _no_model(window: MainWindow) -> None:
    _wait(window, lambda: window.messages.is_error)


def _about(window: MainWindow) -> None:
    _wait(window, lambda: window.painter_loader.value is not None)
    window.program.show_about()


STATES: dict[str, Callable[[MainWindow], None]] = {
    bring_about.__name__.removeprefix("_").replace("_", "-"): bring_about
    for bring_about in (
        *(_loading, _drawn, _attention, _drawing, _nine, _unknown_words, _named, _spoken),
        *(_straight, _both, _morph, _gallery, _no_microphone, _error, _disk_full, _card_full),
        *(_settings, _about),
    )
}
STATES_WITHOUT_MODEL = {"no-model": _no_model}

if __name__ == "__main__":
    sys.exit(main())
