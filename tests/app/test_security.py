"""The real program, seen from outside: no open port, and nothing that others can read."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logfile import log_path
from models.offline import SWITCHES
from tests.app.command_line import run
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

# Draws, keeps, gives a star, and looks at the thumbnail, as a person would; then it waits.
_VISIT = """
import logging, sys, threading
from app.ui import open_window, window
from app.ui.loader import LoadState

class Visited(window.MainWindow):
    def run(self):
        logging.getLogger("app").warning("something for the log")
        self.tabs.select(self.gallery_tab)
        self.desk.draw("a red bird")
        self.root.after(20, self.look)
        super().run()

    def look(self):
        entries = self.gallery.find()
        listening = self.transcriber_loader.state is LoadState.READY
        if self.desk.busy or not entries or not listening:
            self.root.after(20, self.look)
            return
        self.gallery.star(entries[0].name, True)
        self.gallery.thumbnail(entries[0], 64)
        self.keeper.remember(tab=3)
        print("ready", flush=True)
        self.seen = threading.Thread(target=sys.stdin.readline, daemon=True)
        self.seen.start()
        self.wait()

    def wait(self):
        if self.seen.is_alive():
            self.root.after(20, self.wait)
        else:
            self.close()

window.MainWindow = Visited
sys.exit(open_window())
"""


def fresh_environment() -> dict[str, str]:
    """Return this process's environment without what the program itself has set here."""
    return {name: value for name, value in os.environ.items() if name not in SWITCHES}


@pytest.fixture
def program(display: None, home: Path, tmp_path: Path) -> Iterator[int]:
    """Run the program with a usual umask until it has drawn and listens; its process's number."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", _VISIT],
        cwd=REPOSITORY,
        env=fresh_environment() | {"TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        umask=0o022,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process.pid
    process.communicate("done\n", timeout=30)
    assert process.returncode == 0


def family(number: int) -> list[int]:
    """Return a process and all that it started."""
    found = [number]
    for task in Path(f"/proc/{number}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def internet_sockets(numbers: list[int]) -> list[str]:
    """Return the lines about sockets of TCP and UDP that these processes have."""
    owned = set()
    for number in numbers:
        for handle in Path(f"/proc/{number}/fd").iterdir():
            try:
                target = os.readlink(handle)
            except FileNotFoundError:  # the folder itself was open for a moment
                continue
            if target.startswith("socket:["):
                owned.add(target[8:-1])
    lines = []
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        table = Path(f"/proc/{numbers[0]}/net/{kind}")
        if table.exists():
            rows = table.read_text().splitlines()[1:]
            lines += [row for row in rows if row.split()[9] in owned]
    return lines


def readable_by_others(folder: Path) -> list[Path]:
    """Return what others can read, or look into, in a folder that they can look into."""
    found = []
    for path in folder.iterdir():
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            if mode & (stat.S_IROTH | stat.S_IXOTH):
                found += [path, *readable_by_others(path)]
        elif mode & stat.S_IROTH and not stat.S_ISLNK(mode):
            found.append(path)
    return found


def test_no_port_is_open_and_nothing_is_for_others(
    program: int, home: Path, tmp_path: Path
) -> None:
    processes = family(program)
    assert len(processes) >= 3, "the window, what draws and what listens"
    assert internet_sockets(processes) == []

    assert log_path().exists() and list(home.rglob("*.png")) and list(home.rglob("*.jpg"))
    assert list(home.rglob("settings.json")) and list(home.rglob("index.sqlite3"))
    assert readable_by_others(home) == []
    assert readable_by_others(tmp_path / "temporary") == []


def test_an_open_port_and_a_readable_file_would_be_seen(tmp_path: Path) -> None:
    with socket.socket() as listening, socket.socket(type=socket.SOCK_DGRAM) as bound:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        bound.bind(("127.0.0.1", 0))
        assert len(internet_sockets([os.getpid()])) >= 2
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o644)
    assert tmp_path / "file" in readable_by_others(tmp_path)


def test_listening_leaves_nothing_behind(home: Path, spoken_sentence: SpeakSentence) -> None:
    """The library of the voice detector would keep a device id and a queue of events."""
    listened = run("listen", spoken_sentence("a red bird"), env=fresh_environment())
    assert listened.returncode == 0, listened.stderr
    assert list(home.rglob("*")) == []
