"""What a program and all its children do with the network and with files, as the system sees it.

``strace`` (Linux) writes down each call that succeeds: what a library does below Python is there,
too, and a look-up or a file that lasts for a moment only.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

_LINKING = ("symlink", "symlinkat")
_MAKING = ("creat", "mkdir", "mkdirat", "mknod", "mknodat")
_MOVING = ("rename", "renameat", "renameat2", "link", "linkat")
_WRITING = (*_LINKING, *_MAKING, *_MOVING)
_CALLS = ("socket", "open", "openat", *_WRITING)
_FOR_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
_PATH = re.compile(r'(?:<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')


def watched(command: Iterable[object], log: Path) -> list[str]:
    """Return a command that does the same as ``command`` and writes its calls to ``log``."""
    if shutil.which("strace") is None:
        pytest.fail("These tests watch system calls: install strace (apt install strace).")
    options = ["-f", "--seccomp-bpf", "-z", "-y", "-s", "4096", "-e", f"trace={','.join(_CALLS)}"]
    return ["strace", *options, "-o", str(log), *map(str, command)]


def network_calls(log: Path) -> list[str]:
    """Return the calls that reach beyond this computer, or look for a way to do so.

    Sockets between processes (AF_UNIX) reach no further. Who looks up a name reads first whom to
    ask.
    """
    return [
        line
        for line in log.read_text(errors="replace").splitlines()
        if ("socket(" in line and "AF_UNIX" not in line) or '"/etc/resolv.conf"' in line
    ]


def written_elsewhere(log: Path, own: Iterable[Path | str]) -> list[str]:
    """Return the calls that make or change a file outside of these folders and files."""
    allowed = [Path(place) for place in own]
    found = []
    for line in log.read_text(errors="replace").splitlines():
        name = re.search(r"(\w+)\(", line)
        if name is None or not (_FOR_WRITING.search(line) or name[1] in _WRITING):
            continue
        paths = [Path(folder or "/", path) for folder, path in _PATH.findall(line)]
        if name[1] in _LINKING:
            del paths[0]  # what the link leads to
        if not all(any(path.is_relative_to(place) for place in allowed) for path in paths):
            found.append(line)
    return found
