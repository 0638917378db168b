"""The audit names each advisory that fits a locked version, and no other."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from scripts.audit import find_weaknesses, locked_packages
from tests.conftest import REPOSITORY


def advisory(name: str = "pillow", **affected: Any) -> dict[str, Any]:
    return {
        "id": "TEST-1",
        "modified": "2026-01-01",
        "summary": "a picture runs code",
        "affected": [{"package": {"name": name, "ecosystem": "PyPI"}, **affected}],
    }


def history(*events: tuple[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in events]}]}


TWICE = history(("introduced", "0"), ("fixed", "1.2"), ("introduced", "3"), ("fixed", "3.1"))


@pytest.mark.parametrize(
    ("version", "affected", "weak"),
    [
        ("1.1", history(("introduced", "0"), ("fixed", "1.2")), True),
        ("1.2", history(("introduced", "0"), ("fixed", "1.2")), False),
        ("1.10", history(("introduced", "0"), ("fixed", "1.9")), False),
        ("2.0", TWICE, False),
        ("3.0.5", TWICE, True),
        ("3.1", TWICE, False),
        ("1.4", history(("introduced", "1.0"), ("last_affected", "1.4")), True),
        ("1.5", history(("introduced", "1.0"), ("last_affected", "1.4")), False),
        ("0.9", history(("introduced", "1.0")), False),
        ("1.1", {"versions": ["1.1", "not a version"]}, True),
        ("1.1", {"versions": ["1.0"]}, False),
        ("1.1", {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
    ],
)
def test_versions_are_placed_in_a_packages_history(
    version: str, affected: dict[str, Any], weak: bool
) -> None:
    found = find_weaknesses({"pillow": {Version(version)}}, [advisory(**affected)])
    assert bool(list(found)) is weak


def test_names_are_compared_as_pip_does() -> None:
    packages = {"speech-recognition": {Version("1.0")}}
    assert list(find_weaknesses(packages, [advisory("Speech_Recognition", versions=["1.0"])]))
    assert not list(find_weaknesses(packages, [advisory("recognition", versions=["1.0"])]))


def audit(path: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(REPOSITORY / "scripts" / "audit.py"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def write(path: Path, *advisories: Any) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, entry in enumerate(advisories):
            archive.writestr(f"{number}.json", json.dumps(entry))
    return path


def test_the_locks_are_compared_with_a_file_of_advisories(tmp_path: Path) -> None:
    (pillow,) = locked_packages((REPOSITORY / "requirements").glob("*.lock"))["pillow"]
    old = advisory(**history(("introduced", "0"), ("fixed", "1.0")))
    clean = audit(write(tmp_path / "clean.zip", old))
    assert clean.returncode == 0 and "No advisory fits" in clean.stdout
    fits = advisory(versions=[str(pillow)])
    weak = audit(write(tmp_path / "weak.zip", old, fits))
    assert weak.returncode == 1 and f"pillow {pillow}: TEST-1 a picture runs code" in weak.stderr
    withdrawn = audit(write(tmp_path / "withdrawn.zip", old, {**fits, "withdrawn": "2026-02-01"}))
    assert withdrawn.returncode == 0


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_what_is_no_list_of_advisories_is_not_called_clean(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "all.zip"
    if content is not None:
        path.write_bytes(content)
    result = audit(path)
    assert result.returncode == 1 and "cannot be read" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_or_other_archive_is_not_called_clean(tmp_path: Path) -> None:
    assert "holds no advisories" in audit(write(tmp_path / "empty.zip")).stderr
    assert "is no advisory" in audit(write(tmp_path / "other.zip", ["something"])).stderr
