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
from tests.conftest import REPOSITORY
from tests.speech_fixtures import PlugIn, SpeakSentence


@pytest.fixture
def program(
    display: None,
    home: Path,
    tmp_path: Path,
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
) -> Iterator[int]:
    """Run the program with a usual umask until all was used; its process's number."""
    sound = spoken_sentence("a small red bird with black wings")
    virtual_microphone(sound)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.app.program.use_and_stay", str(sound)],
        cwd=REPOSITORY,
        env=os.environ | {"TMPDIR": str(temporary)},
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
