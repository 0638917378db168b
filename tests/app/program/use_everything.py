"""A person's whole visit in a process of its own, with the time the window stood still meanwhile.

Run as ``python -m tests.app.program.use_everything FOLDER``, with a display and a microphone. It
prints one JSON object: for each part of the visit the window's longest silence and the longest
that was its own fault (see ``Heartbeat``), in seconds, and the names of all imported modules.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tkinter import filedialog

from app.engine.engines import Engines
from app.settings import Settings
from app.ui.speak.speak_tab import SpeakState
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from tests.app.events import Heartbeat, click, point_at, point_away, press, write

SENTENCE = "a small red bird with black wings"
_TIMEOUT = 60  # seconds


class Visit:
    """Uses one window, part by part."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.silences: dict[str, tuple[float, float]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        heartbeat = Heartbeat(self._window.root)
        yield
        heartbeat.stop()
        self.silences[name] = (heartbeat.longest, heartbeat.busiest)

    def load(self) -> None:
        self._wait(lambda: self._window.transcriber_loader.state is LoadState.READY)

    def type_and_draw(self) -> None:
        field = self._window.type_tab.field
        self._window.tabs.select(self._window.type_tab)
        write(field.text, SENTENCE)
        click(field.draw_button)
        self._wait(lambda: not self._window.desk.busy)
        assert self._window.desk.drawing is not None, self._window.messages.text

    def enlarge_and_draw(self) -> None:
        """Fill a screen of four thousand pixels."""
        self._window.root.geometry("3840x2160")
        click(self._window.panel.again_button)
        self._wait(lambda: not self._window.desk.busy)

    def draw_nine(self) -> None:
        self._window.panel.count_box.set(9)
        click(self._window.panel.again_button)
        self._wait(lambda: not self._window.desk.busy)
        self._window.panel.count_box.set(1)

    def point(self) -> None:
        """Point at every word, with nine pictures and with one of them."""
        canvas = self._window.panel.canvas
        for tile in (None, 4):
            if tile is not None:
                click(canvas, at=canvas.place_of(tile))
            for label in self._window.panel.view.word_row.labels:
                point_at(label)
                point_away(label)

    def morph(self) -> None:
        tab = self._window.morph_tab
        self._window.tabs.select(tab)
        for _ in range(30):
            press(tab.share.scale, "Right")
        self._wait(lambda: self._window.morph_desk.idle)
        assert self._window.panel.image is not None

    def speak(self) -> None:
        """Words and a sketch follow the voice, and two pictures are drawn of it."""
        tab = self._window.speak_tab
        self._window.tabs.select(tab)
        click(tab.way_row.buttons["both"])
        click(tab.record_button)
        self._wait(lambda: tab.state_of_speech is SpeakState.RECORDING)
        self._wait(lambda: bool(tab.live_words.shown) and tab.live_sketch.seed is not None)
        self._wait(lambda: tab._recorder is not None and tab._recorder.seconds > 4)
        click(tab.record_button)
        self._wait(lambda: tab.state_of_speech is SpeakState.IDLE)
        assert "bird" in tab.field.sentence, self._window.messages.text
        self._wait(lambda: not self._window.desk.busy)
        assert self._window.desk.drawing is not None

    def save(self, path: Path) -> None:
        # The file dialog is the one part of the window that no program can click.
        filedialog.asksaveasfilename = lambda **options: str(path)
        click(self._window.panel.save_button)
        assert self._window.saver.dialog is not None
        self._window.saver.dialog.save_button.invoke()
        self._wait(lambda: path.name in self._window.messages.text)

    def _wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _TIMEOUT
        while not done():
            assert time.monotonic() < deadline, self._window.messages.text
            self._window.root.update()
            time.sleep(0.002)


def main(folder: Path) -> None:
    with Engines() as engines:
        window = MainWindow(engines, Settings.load())
        window.root.update()
        visit = Visit(window)
        with visit.part("loading"):
            visit.load()
        with visit.part("drawing"):
            visit.type_and_draw()
        with visit.part("drawing nine"):
            visit.draw_nine()
        with visit.part("pointing"):
            visit.point()
        with visit.part("morphing"):
            visit.morph()
        with visit.part("speaking"):
            visit.speak()
        for kind in ("png", "jpg"):
            with visit.part(f"saving {kind}"):
                visit.save(folder / f"bird.{kind}")
        with visit.part("large"):
            visit.enlarge_and_draw()
        begun, busy = time.monotonic(), time.process_time()
        window.close()
        visit.silences["closing"] = (time.monotonic() - begun, time.process_time() - busy)
    window.runner.join(10)
    print(json.dumps({"silences": visit.silences, "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
