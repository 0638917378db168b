"""What may report home is named until somebody has looked through that very version."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from scripts.audit import LOCKS, locked_packages
from scripts.telemetry import LOOKED_THROUGH, looked_through, name_and_version, suspicious_files


@pytest.mark.parametrize(
    ("file", "content", "suspicious"),
    [
        ("module.py", "import os", False),
        ("module.py", "TELEMETRY_HOST = 'example.org'", True),
        ("library.so.1.2", "\0https://example.org/telemetry\0", True),
        ("library.so.1.2", "", False),
        ("module.py", "from huggingface_hub import snapshot_download", True),
        ("README.md", "This has no telemetry.", False),
    ],
)
def test_files_are_searched(tmp_path: Path, file: str, content: str, suspicious: bool) -> None:
    described = tmp_path / "package-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: A_Package\nVersion: 1.0\n")
    (described / "RECORD").write_text(f"{file},,\ngone.py,,\n")
    (tmp_path / file).write_text(content)
    package = Distribution.at(described)
    assert name_and_version(package) == "a-package==1.0"
    assert list(suspicious_files(package)) == [file] * suspicious


def test_one_that_can_report_home_is_found() -> None:
    found = list(suspicious_files(distribution("huggingface-hub")))
    assert "huggingface_hub/constants.py" in found


def test_what_was_looked_through_is_what_is_locked() -> None:
    """After an update of the locks this fails until somebody has looked again."""
    locked = {
        f"{name}=={version}"
        for name, versions in locked_packages(LOCKS.glob("*.lock")).items()
        for version in versions
    }
    assert looked_through(LOOKED_THROUGH.read_text(encoding="utf-8")) <= locked
