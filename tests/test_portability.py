"""What only some systems have, and where the program guards against that.

``make lint`` lets mypy look for modules and functions that Windows or macOS do not have. This finds
what mypy cannot see: places, programs, libraries and options. Each one is named here, with what
guards it: text that must be in the same function, or in the module's own lines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY

_POSIX_MODULES = {
    *("fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "readline", "syslog", "crypt"),
    *("posix", "spwd", "nis", "curses"),
}
_POSIX_FUNCTIONS = {
    *("fork", "forkpty", "wait", "waitpid", "getuid", "geteuid", "getgid", "getegid", "setsid"),
    *("getpgid", "setpgid", "killpg", "kill", "chown", "lchown", "mkfifo", "mknod", "nice"),
    *("sched_getaffinity", "sysconf", "statvfs", "uname", "getloadavg", "sync", "getgroups"),
    *("symlink", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "O_NONBLOCK", "posix_fadvise", "fchmod"),
}
_POSIX_OPTIONS = {"preexec_fn", "pass_fds", "start_new_session", "process_group", "umask"}
_STRINGS = re.compile(
    r"/(proc|tmp|dev|sys|etc|usr|var|home|bin|opt|run)(/|$)|.*\.(so|dylib|dll)(\.\d+)*$|xdg-open$"
    r"|(wl-copy|xclip|osascript|powershell|update-desktop-database|SC_\w+|AF_UNIX)$"
)

_GUARDED = {
    # On Windows the process is given a handle instead.
    ("app/engine/inheriting.py", "pass_fds"): 'sys.platform == "win32"',
    ("app/engine/inheriting.py", "start_new_session"): 'sys.platform == "win32"',
    # Each system's own way to open a file, and to take a picture to paste.
    ("app/desktop.py", "start_new_session"): 'sys.platform == "win32"',
    ("app/desktop.py", "xdg-open"): 'sys.platform == "win32"',
    ("app/desktop.py", "osascript"): 'sys.platform == "darwin"',
    ("app/desktop.py", "powershell"): 'sys.platform == "win32"',
    ("app/desktop.py", "wl-copy"): "shutil.which(",
    ("app/desktop.py", "xclip"): "shutil.which(",
    ("app/ui/__init__.py", "signal.SIGHUP"): 'sys.platform != "win32"',
    ("app/logfile.py", "os.O_NONBLOCK"): 'sys.platform != "win32"',
    ("app/commandline/ranks.py", "os.sched_getaffinity"): 'hasattr(os, "sched_getaffinity")',
    ("app/commandline/doctor.py", "os.sysconf"): 'sys.platform == "win32"',
    ("app/commandline/doctor.py", "SC_PAGE_SIZE"): 'sys.platform == "win32"',
    ("app/commandline/doctor.py", "SC_PHYS_PAGES"): 'sys.platform == "win32"',
    ("app/menu_entry/__init__.py", "update-desktop-database"): "shutil.which(",
    # Libraries that print too much where they are: an OSError where they are not.
    ("app/speech/devices/portaudio.py", "libasound.so.2"): "contextlib.suppress(OSError",
    ("app/speech/devices/portaudio.py", "libjack.so.0"): "contextlib.suppress(OSError",
}
"""Who uses what, and its guard."""


def _modules() -> Iterator[Path]:
    yield REPOSITORY / "main.py"
    for package in ("app", "models"):
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            if "training" not in path.parts:  # for Linux and macOS: the README says so
                yield path


def _used(node: ast.AST) -> list[str]:
    """Name what a node uses that only some systems have."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names if alias.name in _POSIX_MODULES]
        case ast.ImportFrom(module=str(name)) if name in _POSIX_MODULES:
            return [name]
        case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in _POSIX_FUNCTIONS:
            return [f"os.{name}"]
        case ast.Attribute(value=ast.Name(id="signal"), attr=name) if _is_posix_signal(name):
            return [f"signal.{name}"]
        case ast.keyword(arg=str(name)) if name in _POSIX_OPTIONS:
            return [name]
        case ast.Constant(value=str(text)) if text in _POSIX_OPTIONS or _STRINGS.match(text):
            return [text]
    return []


def _is_posix_signal(name: str) -> bool:
    usual = ("SIGINT", "SIGTERM", "SIGABRT", "SIG_DFL", "SIG_IGN")
    return name.startswith("SIG") and name not in usual


def found(code: str) -> Iterator[tuple[str, str]]:
    """Give each use, and the text of the function that it is in, or of the module."""

    def visit(node: ast.AST, around: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            around = ast.get_source_segment(code, node) or ""
        for used in _used(node):
            yield used, around
        for child in ast.iter_child_nodes(node):
            yield from visit(child, around)

    yield from visit(ast.parse(code), code)


def test_all_that_only_some_systems_have_is_guarded() -> None:
    seen = set()
    for path in _modules():
        name = path.relative_to(REPOSITORY).as_posix()
        for used, around in found(path.read_text(encoding="utf-8")):
            seen.add((name, used))
            guard = _GUARDED.get((name, used))
            assert guard is not None, f"{name}: what does another system do about {used}?"
            assert guard in around, f"{name}: {used} has lost its guard, {guard}"
    assert seen == _GUARDED.keys(), "what is guarded no more has to go from the list"


def test_what_is_looked_for_is_found() -> None:
    code = (
        "import os, fcntl, signal, subprocess\n"
        "def f():\n    os.fork()\n    signal.signal(signal.SIGHUP, g)\n    signal.SIGINT\n"
        "    subprocess.run(a, preexec_fn=b)\n    open('/proc/self/maps')\n"
        "    '/tmp'\n    'a/tmp'\n"
    )
    used = [used for used, _ in found(code)]
    assert used == ["fcntl", "os.fork", "signal.SIGHUP", "preexec_fn", "/proc/self/maps", "/tmp"]


def test_powershell_starts_what_make_starts() -> None:
    """The same locks in the same order, though nothing here can run it."""
    script = (REPOSITORY / "run.ps1").read_text(encoding="ascii")
    locks = re.findall(r"Install-Locked (\w+)", script)
    assert locks == ["build", "pyaudio", "run", "torch"]
    assert "main.py" in script and "--require-hashes" in script
    # Windows PowerShell would stop at the first redirected line of a program's stderr.
    assert '"Stop"' not in script
    programs = re.findall(r"^ *& (?!\$python main.py).*", script, re.MULTILINE)
    assert len(programs) == script.count("$LASTEXITCODE -") == 4, "a failure goes unnoticed"
