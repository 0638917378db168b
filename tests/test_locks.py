"""What is installed is what was locked."""

import re
from importlib.metadata import distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

from tests.conftest import REPOSITORY

LOCKS = sorted((REPOSITORY / "requirements").glob("*.lock"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path) -> dict[str, set[str]]:
    """The versions of each package, of which each Python and system has one."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.+!]+)", path.read_text(), re.MULTILINE):
        found.setdefault(normal(name), set()).add(version)
    return found


ALL = {name: versions for path in LOCKS for name, versions in locked(path).items()}


def test_installed_packages_have_their_locked_versions() -> None:
    odd = [
        f"{package.name} {package.version}"
        for package in distributions()
        if package.version.split("+")[0] not in ALL.get(normal(package.name), package.version)
    ]
    assert not odd, "not the version of requirements/*.lock: run make reinstall"


def test_every_requirement_is_locked() -> None:
    wanted = {normal(Requirement(line).name) for line in requires("speech2bird") or []}
    assert wanted - {"speech2bird"} <= ALL.keys(), "run scripts/lock.py"


def test_every_locked_package_has_hashes() -> None:
    for path in LOCKS:
        blocks = re.split(r"^(?=[\w.-]+==)", path.read_text(), flags=re.MULTILINE)[1:]
        bare = [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
        assert blocks and not bare, path
