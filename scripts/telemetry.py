"""Name installed packages that may report home, and whose version nobody has looked through yet.

Run as ``python -m scripts.telemetry``; it works offline. Each file of a locked package, libraries
included, is searched for the words that go with telemetry, with checks for updates and with
fetching models. Who finds out what such a package does writes its version and the answer into
``requirements/telemetry.txt``; what turns it off belongs into ``models/offline.py``. Ends with
status 1 when a package is left.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from scripts.audit import LOCKS, locked_packages

LOOKED_THROUGH = Path(__file__).resolve().parent.parent / "requirements" / "telemetry.txt"

_WORDS = (
    b"telemetry",
    b"Telemetry",
    b"TELEMETRY",
    b"DO_NOT_TRACK",
    b"UPDATE_CHECK",
    b"check_for_update",
    # Models that are fetched by name, or looked for where a file is missing.
    b"hf_hub_download",
    b"snapshot_download",
    b"load_state_dict_from_url",
)
_ENDINGS = {".py", ".pyd", ".so", ".dylib", ".dll", ".exe", ".js", ".pth"}


def main() -> None:
    """Search, compare, report."""
    known = looked_through(LOOKED_THROUGH.read_text(encoding="utf-8"))
    locked = locked_packages(LOCKS.glob("*.lock"))
    packages = {
        name_and_version(package): package
        for package in distributions()
        if canonicalize_name(package.metadata["Name"]) in locked
    }
    left = [
        f"{name}: {', '.join(files)}"
        for name, package in sorted(packages.items())
        if name not in known and (files := list(suspicious_files(package)))
    ]
    if left:
        raise SystemExit(
            "\n".join(["Look through, then name in requirements/telemetry.txt:", *left])
        )
    print(f"{len(packages)} packages: none may report home, or it was looked through.")


def looked_through(text: str) -> set[str]:
    """Return the packages of requirements/telemetry.txt, as ``name==version``."""
    return {line.split()[0] for line in text.splitlines() if line[:1].isalnum()}


def name_and_version(package: Distribution) -> str:
    """Return ``name==version`` as in a lock file, whichever build it is."""
    version = Version(package.version).public
    return f"{canonicalize_name(package.metadata['Name'])}=={version}"


def suspicious_files(package: Distribution) -> Iterator[str]:
    """Find the files of a package that speak of such things."""
    for file in package.files or ():
        path = Path(str(file.locate()))
        if _ENDINGS.isdisjoint(path.suffixes) or not path.is_file() or not path.stat().st_size:
            continue
        with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as m:
            if any(m.find(word) >= 0 for word in _WORDS):
                yield str(file)


if __name__ == "__main__":
    main()
