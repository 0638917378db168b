"""The program in the menu of the desktop, for this person alone (freedesktop.org: Linux, BSD).

An entry in the menu, its icon in eight sizes, and *Open with* for pictures. Those drawn here are no
kind of their own: file managers would not show what is in them.
Nothing outside of the person's data folder is touched, and :func:`remove` leaves it as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.errors import AppError
from app.files import replacing
from app.installation import START

ICONS = Path(__file__).with_name("icons")
"""Named speech2bird-48.png and so on. Drawn by the weights of November 2026 ("a small red bird with
black wings", seed 100), cut out and given an eye, a branch and a sky by hand."""

_NAME = "speech2bird"
_TIMEOUT = 30  # seconds
_ENTRY = """\
[Desktop Entry]
Type=Application
Version=1.1
Name=speech2bird
GenericName=Bird drawing
Comment=Say or type what a bird looks like, and get its picture
Exec={command} open %f
Icon=speech2bird
Terminal=false
Categories=Graphics;2DGraphics;
Keywords=bird;draw;speech;picture;
MimeType=image/png;
StartupNotify=true
StartupWMClass=Speech2bird
"""


class MenuError(AppError):
    """The menu of this desktop cannot be changed."""


def install() -> Path:
    """Put the program into the menu, or renew what is there; return the entry's file.

    Raises
    ------
    MenuError
        The desktop has another kind of menu, or the folder cannot be written to.
    """
    data = _data_folder()
    entry = data / "applications" / f"{_NAME}.desktop"
    try:
        for icon in ICONS.glob("*.png"):
            target = _icon(data, icon)
            target.parent.mkdir(parents=True, exist_ok=True)
            with replacing(target, follow_umask=True) as part:
                shutil.copyfile(icon, part)
        entry.parent.mkdir(parents=True, exist_ok=True)
        with replacing(entry, follow_umask=True) as part:
            part.write_text(_ENTRY.format(command=_quoted(START)), encoding="utf-8")
        os.utime(data / "icons" / "hicolor")  # desktops look again
    except OSError as error:
        raise MenuError(f"The menu cannot be changed: {error}.") from error
    _refresh(entry.parent)
    return entry


def remove() -> None:
    """Take the program out of the menu again, with all that came with it.

    Raises
    ------
    MenuError
        As for :func:`install`.
    """
    data = _data_folder()
    entry = data / "applications" / f"{_NAME}.desktop"
    icons = [_icon(data, icon) for icon in ICONS.glob("*.png")]
    try:
        for path in (entry, *icons):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise MenuError(f"The menu cannot be changed: {error}.") from error
    _refresh(entry.parent)
    for icon in icons:
        _remove_empty(icon.parent, data)
    _remove_empty(entry.parent, data)


def _data_folder() -> Path:
    if sys.platform in ("darwin", "win32"):
        raise MenuError("Only Linux desktops have a menu that speech2bird can be put into.")
    given = os.environ.get("XDG_DATA_HOME", "")  # the standard: relative ones do not count
    return Path(given) if os.path.isabs(given) else Path.home() / ".local" / "share"


def _icon(data: Path, icon: Path) -> Path:
    size = icon.stem.rpartition("-")[2]
    return data / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{_NAME}.png"


def _quoted(command: list[str]) -> str:
    """Write a command as entries have it: a string in which quotes, $ and % mean something."""
    parts = []
    for part in command:
        for special in ("\\", '"', "`", "$"):
            part = part.replace(special, f"\\{special}")
        # The file's own escapes come on top of those of the command.
        part = part.replace("\\", "\\\\").replace("%", "%%")
        parts.append(f'"{part}"')
    return " ".join(parts)


def _refresh(applications: Path) -> None:
    """Renew the list of what opens which files, where the desktop has such a list.

    A list of nothing is removed: it came with our entry.
    """
    program = shutil.which("update-desktop-database")
    if program is not None and applications.is_dir():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([program, applications], capture_output=True, timeout=_TIMEOUT)
    cache = applications / "mimeinfo.cache"
    with contextlib.suppress(OSError):
        if cache.read_text(encoding="utf-8").split() == ["[MIME", "Cache]"]:
            cache.unlink()


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove folders without a file, up to ``top``, which stays."""
    with contextlib.suppress(OSError):  # there is something in it
        while folder != top:
            folder.rmdir()
            folder = folder.parent
