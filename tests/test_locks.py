"""What is installed is what was locked."""

import re
from collections import defaultdict
from importlib.metadata import distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from scripts.audit import locked_packages
from scripts.lock import locked_versions
from tests.conftest import REPOSITORY

LOCKS = sorted((REPOSITORY / "requirements").glob("*.lock"))
ALL = locked_packages(LOCKS)


def is_locked(name: str, version: Version) -> bool:
    """Whether a package is of a locked version, or not ours to lock."""
    locked = ALL.get(canonicalize_name(name))
    return locked is None or Version(version.public) in locked


def test_installed_packages_have_their_locked_versions() -> None:
    odd = [
        f"{package.name} {package.version}"
        for package in distributions()
        if not is_locked(package.name, Version(package.version))
    ]
    assert not odd, "not the version of requirements/*.lock: run make reinstall"


def test_every_requirement_is_locked() -> None:
    wanted = {canonicalize_name(Requirement(line).name) for line in requires("speech2bird") or []}
    assert wanted - {"speech2bird"} <= ALL.keys(), "run scripts/lock.py"


def test_every_locked_package_has_hashes() -> None:
    for path in LOCKS:
        blocks = re.split(r"^(?=[\w.-]+==)", path.read_text(), flags=re.MULTILINE)[1:]
        bare = [block.split()[0] for block in blocks if "--hash=sha256:" not in block]
        assert blocks and not bare, path


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_what_is_locked_can_be_locked_again(python: str) -> None:
    """It is what scripts/lock.py starts from, which finds nothing for two versions of a package."""
    environment = {"python_version": python, "python_full_version": f"{python}.1"}
    versions = defaultdict(set)
    for requirement in map(Requirement, locked_versions()):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            versions[requirement.name].add(str(requirement.specifier))
    assert not {name: found for name, found in versions.items() if len(found) > 1}
    has_no_newer_file = python == "3.12"
    assert (versions["pocketsphinx"] == {"==5.0.4"}) is has_no_newer_file
