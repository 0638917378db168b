"""The bundle in a Debian without Python: its window opens, draws and keeps; it draws and listens.

``make test-bundle`` makes the bundle and runs this; it takes minutes and needs the administrator.
To debootstrap's smallest variant a font is added, as every desktop has one: no Python, no library
of X11 or of sound.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from app.pictures.picture_file import read_metadata
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

BUNDLE = REPOSITORY / "dist" / "speech2bird"
_PROGRAM = "/opt/speech2bird/speech2bird"
_FONT = "--include=fonts-dejavu-core,fontconfig-config"
_LARGEST = 1.2e9  # bytes
_SLOWER = 0.5  # seconds that the bundle's window may take longer
_NEEDED = ("debootstrap", "unshare", "xdotool", "Xvfb")
# In a space of mounts of its own: what is mounted is gone when the command ends.
_INSIDE = """
mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mkdir -p "$1/opt/speech2bird" &&
mount --bind "$2" "$1/opt/speech2bird" && mkdir -p "$1/tmp/.X11-unix" || exit 99
if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$1/tmp/.X11-unix"; fi
root=$1
shift 2
exec chroot "$root" env -i HOME=/root PATH=/usr/bin:/bin DISPLAY="$DISPLAY" OMP_NUM_THREADS=1 "$@"
"""


@pytest.fixture(scope="module")
def bare_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    assert not missing and os.geteuid() == 0, f"this needs the administrator and {missing}"
    assert BUNDLE.is_dir(), "run make bundle"
    root = tmp_path_factory.mktemp("bare") / "root"
    asked = ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Component: main"]
    sources = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    release, mirror = sources.split("\n")[0].split()  # where this computer's packages come from
    command: list[str | Path] = ["debootstrap", "--variant=minbase", _FONT, release, root, mirror]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert not list(root.glob("usr/bin/python*")) and not list(root.glob("usr/lib/python3*"))
    return root


def start(root: Path, *arguments: object) -> subprocess.Popen[str]:
    command: list[str | Path] = ["unshare", "--mount", "sh", "-c", _INSIDE, "sh", root, BUNDLE]
    return subprocess.Popen(
        [*command, _PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(root: Path, *arguments: object) -> str:
    process = start(root, *arguments)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return output


def test_the_size() -> None:
    files = [path for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files)
    print(f"{size / 1e9:.2f} GB in {len(files)} files")
    assert size < _LARGEST


def test_commands_draw_and_listen(bare_root: Path, spoken_sentence: SpeakSentence) -> None:
    """An MP3 is read by a process of its own."""
    run(bare_root, "draw", "a red bird", "-o", "/tmp/bird.png", "--seed", 3)
    metadata = read_metadata(bare_root / "tmp" / "bird.png")
    assert (metadata.sentence, metadata.seed, metadata.size) == ("a red bird", 3, 512)
    sound, rate = soundfile.read(spoken_sentence("a small yellow bird with a black head"))
    soundfile.write(bare_root / "tmp" / "said.mp3", sound, rate)
    assert run(bare_root, "listen", "/tmp/said.mp3") == "a small yellow bird with a black head\n"
    heard = run(bare_root, "listen", "/tmp/said.mp3", "--recogniser", "sphinx")
    assert "yellow bird" in heard


def test_doctor(display: None, bare_root: Path) -> None:
    told = run(bare_root, "doctor")
    assert "a bundle" in told and "Tk 8.6" in told and "drew 512 px" in told
    assert "Whisper loaded" in told
    # The system's own ALSA is used, and this system has none: that is told, and all else works.
    assert told.count("is missing") == 1 and "libasound.so.2" in told


@pytest.fixture
def window(display: None, bare_root: Path) -> Iterator[str]:
    """The number of the bundle's window, opened in the bare system."""
    process = start(bare_root)
    yield find_window()
    process.terminate()
    process.communicate(timeout=30)


def find_window() -> str:
    command = ["xdotool", "search", "--onlyvisible", "--name", "^speech2bird$"]
    deadline = time.monotonic() + 60
    while not (found := subprocess.run(command, capture_output=True, text=True).stdout.split()):
        assert time.monotonic() < deadline, "no window was opened"
        time.sleep(0.01)  # --sync would look twice a second
    return found[0]


def test_the_window_draws_and_keeps(window: str, bare_root: Path) -> None:
    """A sentence is typed by keys; what draws it is a process of its own."""
    in_text = ["mousemove", "--window", window, "200", "300", "click", "1"]
    for keys in (["key", "ctrl+2"], [*in_text, "type", "a blue bird"], ["key", "Return"]):
        subprocess.run(["xdotool", "windowfocus", "--sync", window, *keys], check=True)
        time.sleep(1)
    gallery = bare_root / "root" / ".local" / "share" / "speech2bird" / "gallery"
    deadline = time.monotonic() + 120
    while not (kept := list(gallery.glob("*.png"))):
        assert time.monotonic() < deadline, "no picture was kept"
        time.sleep(0.2)
    assert read_metadata(kept[0]).sentence == "a blue bird"


def test_its_window_is_as_quick(display: None, tmp_path: Path) -> None:
    """On this system, beside the same program from its source; the best of five each."""

    def seconds(command: list[str | Path]) -> float:
        environment = {**os.environ, "HOME": str(tmp_path)}
        begun = time.monotonic()
        process = subprocess.Popen(command, env=environment)
        find_window()
        took = time.monotonic() - begun
        process.terminate()
        process.wait(30)
        return took

    source = min(seconds([sys.executable, REPOSITORY / "main.py"]) for _ in range(5))
    bundle = min(seconds([BUNDLE / "speech2bird"]) for _ in range(5))
    print(f"window after {source:.2f} s from source, {bundle:.2f} s from the bundle")
    assert bundle < source + _SLOWER
