"""Name the known weaknesses of the locked packages; works offline.

Run as ``python scripts/audit.py all.zip``. The file is the list of advisories for PyPI that
https://osv.dev publishes, the one that pip-audit reads over the network: fetch it on any machine
from https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip and carry it here. Ends with
status 1 when an advisory fits a locked version.

Why not a kept auditor: pip-audit cannot work offline (its issue 698), and osv-scanner, which can
read the same file, is a Go program that pip does not install.
"""

from __future__ import annotations

import argparse
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LOCKS = Path(__file__).resolve().parent.parent / "requirements"

Packages = dict[str, set[Version]]
"""The versions of each package; each Python and system has one of them."""


@dataclass(frozen=True)
class Weakness:
    """An advisory that fits a locked version."""

    package: str
    version: Version
    advisory: str
    summary: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}: {self.advisory} {self.summary}".rstrip()


def main() -> None:
    """Read, compare, report."""
    parser = argparse.ArgumentParser(description="Name the weaknesses of the locked packages.")
    parser.add_argument("advisories", type=Path, help="all.zip of the advisories for PyPI")
    path = parser.parse_args().advisories
    try:
        advisories = list(read_advisories(path))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise SystemExit(f"{path} cannot be read as a list of advisories: {error}") from error
    if not advisories:
        raise SystemExit(f"{path} holds no advisories.")
    packages = locked_packages(LOCKS.glob("*.lock"))
    newest = max(str(entry.get("modified", "")) for entry in advisories)
    print(f"{len(packages)} packages, {len(advisories)} advisories, the newest of {newest}")
    if weaknesses := list(find_weaknesses(packages, advisories)):
        raise SystemExit("\n".join(map(str, weaknesses)))
    print("No advisory fits a locked version.")


def locked_packages(locks: Iterable[Path]) -> Packages:
    """Read the packages of lock files."""
    found: Packages = {}
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        for name, version in re.findall(r"^([\w.-]+)==([\w.+!]+)", text, re.MULTILINE):
            found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


def read_advisories(path: Path) -> Iterator[dict[str, Any]]:
    """Read advisories in OSV's format (https://ossf.github.io/osv-schema), one a file.

    Raises
    ------
    OSError, ValueError, zipfile.BadZipFile
        The file is missing, is no archive, or holds something else.
    """
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            advisory = json.loads(archive.read(name))
            if not isinstance(advisory, dict) or "id" not in advisory:
                raise ValueError(f"{name} is no advisory")
            if not advisory.get("withdrawn"):
                yield advisory


def find_weaknesses(
    packages: Packages, advisories: Iterable[Mapping[str, Any]]
) -> Iterator[Weakness]:
    """Find each advisory that fits a version of a package."""
    for advisory in advisories:
        for affected in advisory.get("affected", ()):
            name = canonicalize_name(affected.get("package", {}).get("name", ""))
            for version in sorted(packages.get(name, ())):
                if _is_affected(version, affected):
                    yield Weakness(name, version, advisory["id"], advisory.get("summary", ""))


def _is_affected(version: Version, affected: Mapping[str, Any]) -> bool:
    if version in set(_versions(affected.get("versions", ()))):
        return True
    ranges = [part for part in affected.get("ranges", ()) if part.get("type") == "ECOSYSTEM"]
    return any(_is_within(version, part["events"]) for part in ranges)


def _is_within(version: Version, events: Iterable[Mapping[str, str]]) -> bool:
    """Follow a package's history, "introduced" and "fixed" in turn, up to a version."""
    weak = False
    for kind, at in sorted(_dated(events), key=lambda event: event[1]):
        if kind == "introduced" and version >= at:
            weak = True
        if (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            weak = False
    return weak


def _dated(events: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Version]]:
    for event in events:
        for kind, at in event.items():
            for version in _versions([at]):
                yield kind, version


def _versions(names: Iterable[str]) -> Iterator[Version]:
    """Read versions; some packages once used names that are none."""
    for name in names:
        try:
            yield Version(name)
        except InvalidVersion:
            continue


if __name__ == "__main__":
    main()
