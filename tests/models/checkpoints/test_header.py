"""What a weights file says of its model is read without torch, and without trust."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models import Painter
from models.checkpoints.header import BUNDLED_WEIGHTS, describe_model
from models.errors import CheckpointError
from tests.conftest import REPOSITORY


def test_a_model_is_described_without_torch() -> None:
    program = (
        "import sys; from models.checkpoints.header import describe_model\n"
        "print(describe_model(), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True)
    assert done.stdout.decode().strip() == f"{describe_model()} False"


def test_the_description_is_that_of_the_model(painter: Painter) -> None:
    described = describe_model()
    assert (described.name, described.sizes) == (painter.model_name, painter.sizes)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "does not exist"),
        (b"no weights", "cannot be read as weights"),
        (BUNDLED_WEIGHTS.with_name("listener.safetensors").read_bytes(), "not a speech2bird"),
    ],
)
def test_what_is_no_model_is_told(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "bird.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointError, match=told):
        describe_model(path)
