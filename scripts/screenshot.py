"""Take a screenshot of the real window with a drawn bird: docs/window.png.

Run as ``python scripts/screenshot.py [--output FILE] [--sentence TEXT] [--seed N]``. It uses the
display there is, or starts Xvfb; settings and pictures of the person are left alone.
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
    from app.ui.window import MainWindow

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
_SIZE = (1060, 720)  # pixels
_TIMEOUT = 120  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(description="Take a screenshot of the window.")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs" / "window.png")
    parser.add_argument("--sentence", default="a small red bird with black wings")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    server = None if os.environ.get("DISPLAY") else _start_xvfb()
    try:
        with tempfile.TemporaryDirectory() as home:
            for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
                os.environ[name] = home
            _take(options)
    finally:
        if server is not None:
            server.terminate()
            server.wait()
    print(options.output)
    return 0


def _take(options: argparse.Namespace) -> None:
    from app.engine.engines import Engines
    from app.settings import Settings
    from app.ui.window import MainWindow

    with Engines() as engines:
        window = MainWindow(engines, Settings())
        _draw_and_grab(window, options)
        window.close()
    window.runner.join(20)


def _draw_and_grab(window: MainWindow, options: argparse.Namespace) -> None:
    root = window.root
    root.geometry(f"{_SIZE[0]}x{_SIZE[1]}+0+0")
    window.tabs.select(window.type_tab)
    window.type_tab.field.sentence = options.sentence

    def wait(done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _TIMEOUT
        while not done():
            if time.monotonic() > deadline:
                raise SystemExit(f"The window did not get there: {window.messages.text}")
            root.update()
            time.sleep(0.005)

    window.desk.draw(options.sentence, options.seed)
    wait(lambda: not window.desk.busy)
    settled = time.monotonic() + 0.5  # the window's last changes of size are drawn
    wait(lambda: time.monotonic() > settled)
    left, top = root.winfo_rootx(), root.winfo_rooty()
    box = (left, top, left + root.winfo_width(), top + root.winfo_height())
    options.output.parent.mkdir(parents=True, exist_ok=True)
    ImageGrab.grab(bbox=box, xdisplay=os.environ.get("DISPLAY")).save(options.output)


def _start_xvfb() -> subprocess.Popen[bytes]:
    """Start a virtual screen and name it in DISPLAY."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1200x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as numbers:
        os.environ["DISPLAY"] = f":{numbers.readline().strip()}"
    return server


if __name__ == "__main__":
    sys.exit(main())
