"""The real program, used once in all its parts, and then left open.

Run as ``python -m tests.app.program.use_and_stay SOUND``, with a display and a microphone. It
prints "ready" when it has drawn, recorded, opened the sound (through text and straight from it),
morphed and looked at the gallery, and is closed when its input ends.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.ui import open_window
from app.ui.speak.speak_tab import SpeakState
from app.ui.toolkit.loader import LoadState
from app.ui.window import window
from tests.app.events import click, press, write

_TIMEOUT = 60  # seconds


class Used(window.MainWindow):
    """Uses itself before it waits for a person."""

    def run(self) -> None:
        logging.getLogger("app").warning("something for the log")
        self._draw()
        self._record()
        self._open(Path(sys.argv[1]))
        self._morph()
        self._look_at_the_gallery()
        print("ready", flush=True)
        self._stayed = threading.Thread(target=sys.stdin.readline, daemon=True)
        self._stayed.start()
        self._stay()
        super().run()

    def _draw(self) -> None:
        field = self.type_tab.field
        self.tabs.select(self.type_tab)
        write(field.text, "a red bird")
        click(field.draw_button)
        self._wait(lambda: not self.desk.busy and self.desk.drawing is not None)

    def _record(self) -> None:
        tab = self.speak_tab
        self.tabs.select(tab)
        click(tab.record_button)
        self._wait(lambda: tab.state_of_speech is SpeakState.RECORDING)
        self._wait(lambda: tab._recorder is not None and tab._recorder.seconds > 3.5)
        click(tab.record_button)
        self._wait(lambda: tab.state_of_speech is SpeakState.IDLE and not self.desk.busy)
        assert "bird" in tab.field.sentence, self.messages.text

    def _open(self, sound: Path) -> None:
        tab = self.speak_tab
        click(tab.way_row.buttons["both"])
        tab.open_sound(sound)
        self._wait(lambda: tab.state_of_speech is SpeakState.IDLE and not self.desk.busy)
        assert "bird" in tab.field.sentence, self.messages.text
        assert self.transcriber_loader.state is LoadState.READY

    def _morph(self) -> None:
        tab = self.morph_tab
        self.tabs.select(tab)
        for _ in range(3):
            press(tab.share.scale, "Right")
        self._wait(lambda: self.morph_desk.idle)

    def _look_at_the_gallery(self) -> None:
        self.tabs.select(self.gallery_tab)
        self._wait(lambda: len(self.gallery.find()) == 4)
        newest = self.gallery.find()[0]
        self.gallery.star(newest.name, True)
        self.gallery.thumbnail(newest, 64)
        self.keeper.remember(tab=3)

    def _stay(self) -> None:
        if self._stayed.is_alive():
            self.root.after(20, self._stay)
        else:
            self.close()

    def _wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _TIMEOUT
        while not done():
            assert time.monotonic() < deadline, self.messages.text
            self.root.update()
            time.sleep(0.002)


if __name__ == "__main__":
    window.MainWindow = Used  # type: ignore[misc]
    sys.exit(open_window())
