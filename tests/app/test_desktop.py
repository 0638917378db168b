"""What the desktop is asked for, where it cannot do it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from PIL import Image

from app.desktop import DesktopError, copy_picture
from tests.app.pictures.test_picture_file import unwritable_folder
from tests.app.program.test_disk_full import room_for


@pytest.fixture(autouse=True)
def clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that would take the picture."""
    for name in ("xclip", "osascript"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\ncat > /dev/null\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_copying_without_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Image.effect_noise((64, 64), 60).convert("RGB")
    copy_picture(image)
    monkeypatch.setattr(tempfile, "tempdir", str(unwritable_folder(tmp_path)))
    with pytest.raises(DesktopError, match="could not be copied"):
        copy_picture(image)


def test_copying_with_a_full_disk() -> None:
    image = Image.effect_noise((64, 64), 60).convert("RGB")
    with room_for(100), pytest.raises(DesktopError, match="could not be copied"):
        copy_picture(image)
