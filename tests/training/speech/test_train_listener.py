"""The script that makes a listener from data, in one call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.checkpoints.checkpoint import text_identity
from models.sound.speech_checkpoint import load_speech_encoder
from models.training.damsm.model import load_damsm
from tests.training.conftest import write_squares
from tests.training.speech.test_kokoro import stand_in

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "train_listener.sh"


@pytest.mark.timeout(900)  # eight processes that load torch
def test_it_makes_a_listener_and_goes_on(
    tmp_path: Path, damsm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    for part in ("train", "test"):
        write_squares(data / part)
    kokoro = stand_in(tmp_path, monkeypatch)
    environment = os.environ | {
        "PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(kokoro)]),
        "UTTERANCES": "16",
        "TESTED": "8",
    }
    quick = ["epochs=1", "batch_size=8", "picture_size=64", "blocks=1", "front_end=log-mel"]
    call = ["bash", str(SCRIPT), *map(str, (data, damsm, kokoro, out)), *quick]
    for _ in range(2):
        done = subprocess.run(call, env=environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        made = load_speech_encoder(out / "listener.safetensors")
        assert made.teacher == text_identity(load_damsm(damsm).text_encoder)
        assert made.card["utterances_heard"] == "16"


def test_it_tells_how_it_is_called() -> None:
    done = subprocess.run(["bash", str(SCRIPT)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "scripts/train_listener.sh DATA DAMSM KOKORO OUT" in done.stderr
