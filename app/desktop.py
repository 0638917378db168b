"""What the system's desktop does for us: open files, take a picture to paste, say if it is dark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from app.errors import AppError
from app.pictures.picture_file import write_image

_TIMEOUT = 10  # seconds
# The file's path comes as an argument: it is never a part of a program.
_APPLE_SCRIPT = """on run arguments
    set the clipboard to (read (POSIX file (item 1 of arguments)) as «class PNGf»)
end run"""
# PowerShell would take an argument for a part of the program.
_PICTURE_VARIABLE = "SPEECH2BIRD_PICTURE"
_POWERSHELL = f"""Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$picture = [System.Drawing.Image]::FromFile($env:{_PICTURE_VARIABLE})
[System.Windows.Forms.Clipboard]::SetImage($picture)
$picture.Dispose()"""


class DesktopError(AppError):
    """The system did not do what it was asked for."""


def is_dark() -> bool:
    """Tell whether the system's own windows are dark; where that cannot be told, they are not.

    It may start a program and wait for it: not in Tk's thread.
    """
    import darkdetect

    return bool(darkdetect.isDark())


def open_path(path: Path) -> None:
    """Open a file or folder with the program the person chose for it; does not wait for it.

    Raises
    ------
    DesktopError
        It is not there, or there is no such program.
    """
    if not os.path.exists(path):
        raise DesktopError(f"There is no {path} yet.")
    if sys.platform == "win32":
        try:
            os.startfile(path)
        except OSError as error:
            raise DesktopError(f"Nothing here opens {path}; look there yourself.") from error
        return
    try:
        opener = "open" if sys.platform == "darwin" else "xdg-open"
        program = subprocess.Popen(
            [opener, path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it stays when this program is closed
        )
        failed = program.wait(_TIMEOUT) != 0
    except subprocess.TimeoutExpired:
        return  # a program that answers only when it is closed: it is open
    except OSError:
        failed = True
    if failed:
        raise DesktopError(f"Nothing here opens {path}; look there yourself.")


def copy_picture(image: Image.Image) -> None:
    """Put a picture on the clipboard.

    Raises
    ------
    DesktopError
        There is no way to here, or it failed.
    """
    command = _clipboard_command()
    try:
        with tempfile.TemporaryDirectory(prefix="speech2bird-") as folder:
            path = Path(folder) / "bird.png"
            write_image(image, path, format="PNG")
            if sys.platform == "darwin":
                _run([*command, str(path)])
            elif sys.platform == "win32":
                _run(command, environment={**os.environ, _PICTURE_VARIABLE: str(path)})
            else:
                with path.open("rb") as file:
                    _run(command, file.fileno())
    except (OSError, subprocess.SubprocessError) as error:
        raise DesktopError(
            "The picture could not be copied; saving it works without the clipboard."
        ) from error


def _clipboard_command() -> list[str]:
    if sys.platform == "darwin":
        return ["osascript", "-e", _APPLE_SCRIPT]
    if sys.platform == "win32":
        return ["powershell", "-NoProfile", "-Sta", "-Command", _POWERSHELL]
    if os.environ.get("WAYLAND_DISPLAY") and shutil.which("wl-copy"):
        return ["wl-copy", "--type", "image/png"]
    if shutil.which("xclip"):
        return ["xclip", "-selection", "clipboard", "-target", "image/png", "-in"]
    program = "wl-clipboard" if os.environ.get("WAYLAND_DISPLAY") else "xclip"
    raise DesktopError(
        f"To copy pictures, install the program {program}; saving the picture works without it."
    )


def _run(
    command: list[str],
    stdin: int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> None:
    # xclip and wl-copy go on in the background and give the picture to whoever pastes: a pipe for
    # their output would never end.
    subprocess.run(
        command,
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        timeout=_TIMEOUT,
        check=True,
    )
