"""Nothing leaves this computer: no name is looked up, no socket opened, no file left elsewhere.

Libraries do such things by themselves, some time after they were used and below Python, so the
processes are watched from outside, and for a while.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from models.offline import SWITCHES
from tests.conftest import REPOSITORY
from tests.speech_fixtures import PlugIn, SpeakSentence
from tests.system_calls import network_calls, watched, written_elsewhere
from tests.training.conftest import write_data
from tests.training.runs.tiny import TINY

_WATCHED_FOR = 60  # seconds after everything was used; a library waited ten before it looked up

_OWN = (".config/speech2bird", ".local/share/speech2bird")

# What the system's own parts keep for every program with a window: GNOME's settings, which are
# asked whether it is dark, a list of fonts, and the sound service where there is one.
_OF_THE_SYSTEM = (".cache/dconf", ".cache/fontconfig", "/var/cache/fontconfig", ".config/pulse")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take from the environment what the program itself sets; give a folder for temporary files."""
    for name in SWITCHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    return temporary


@pytest.mark.timeout(300)
def test_the_window_reaches_out_to_nobody(
    display: None,
    fresh: Path,
    home: Path,
    tmp_path: Path,
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
) -> None:
    voice, log = spoken_sentence("a small red bird with black wings"), tmp_path / "calls"
    virtual_microphone(voice)
    sound = tmp_path / "sound.mp3"  # what reads it is another process
    soundfile.write(sound, *soundfile.read(voice))
    for folder in (".config", ".local/share", ".cache"):  # every home has them
        (home / folder).mkdir(parents=True)
    process = subprocess.Popen(
        watched([sys.executable, "-m", "tests.app.program.use_and_stay", sound], log),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(_WATCHED_FOR)
    process.communicate("done\n", timeout=30)
    assert process.returncode == 0
    assert network_calls(log) == []
    own = [home / place for place in (*_OWN, *_OF_THE_SYSTEM)]
    assert written_elsewhere(log, [*own, fresh, "/dev", "/proc"]) == []
    assert list(fresh.iterdir()) == []


@pytest.mark.timeout(300)
def test_commands_reach_out_to_nobody(
    fresh: Path, home: Path, tmp_path: Path, spoken_sentence: SpeakSentence
) -> None:
    out, log = tmp_path / "out", tmp_path / "calls"
    out.mkdir()
    birds, recipe = write_data(out / "birds"), out / "tiny.toml"
    recipe.write_text(TINY)
    sound = spoken_sentence("a small red bird with black wings")
    commands = {
        "main.py listen": [sound, "-o", out / "heard.png"],
        "main.py draw": ["a red bird", "-o", out / "drawn.png", "--size", "64"],
        "main.py listen --direct": [sound, "-o", out / "direct.png", "--size", "64"],
        # All that makes weights: expert, DAMSM, steps of the GAN, sketches, export.
        "-m models.training run": [recipe, "--data", birds, "--out", out / "run"],
    }
    for beginning, arguments in commands.items():
        command = watched([sys.executable, *beginning.split(), *arguments], log)
        ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        assert network_calls(log) == [], beginning
        assert written_elsewhere(log, [out, fresh, "/dev", "/proc"]) == [], beginning
    assert list(home.iterdir()) == []


def test_reaching_out_would_be_seen(fresh: Path, tmp_path: Path) -> None:
    log, elsewhere = tmp_path / "calls", tmp_path / "elsewhere"
    look_up = "import socket, os; os.mkdir('elsewhere'); socket.gethostbyname('speech2bird.test')"
    subprocess.run(
        watched([sys.executable, "-c", look_up], log), cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    assert network_calls(log) != []
    assert len(written_elsewhere(log, [fresh])) == 1 and elsewhere.exists()
    shell = f"{sys.executable} -c \"open('{elsewhere}/file', 'w')\"; ln -s x {elsewhere}/link"
    subprocess.run(watched(["sh", "-c", shell], log), env=os.environ | {"LC_ALL": "C"})
    assert network_calls(log) == []
    assert len(written_elsewhere(log, [fresh])) == 2, "children are watched, too"
    assert written_elsewhere(log, [elsewhere]) == []
