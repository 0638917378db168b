"""The system's dialogs for files: what they show, and what is asked before a file is replaced."""

from __future__ import annotations

import contextlib
import tkinter as tk
from collections.abc import Iterable
from pathlib import Path
from tkinter import filedialog, messagebox

from app.files import is_read_only, make_writable
from app.pictures.picture_file import FORMATS

ALL_FILES = ("All files", "*")
DRAWN_HERE = (*FORMATS, ".apng")
"""The endings of all pictures that can be opened."""


def file_type(name: str, suffixes: Iterable[str]) -> tuple[str, str]:
    """Return a choice of a dialog: what the files are called, and their endings in any case.

    Tk's own dialog, on Linux, takes .PNG for another ending than .png; cameras and recorders write
    either, and .Png.
    """
    patterns = [
        f"*.{form}"
        for suffix in suffixes
        for ending in [suffix.removeprefix(".")]
        for form in dict.fromkeys((ending, ending.upper(), ending.capitalize()))
    ]
    return name, " ".join(patterns)


PNG = file_type("PNG picture", (".png",))
JPEG = file_type("JPEG picture", (suffix for suffix, kind in FORMATS.items() if kind == "JPEG"))
WEBP = file_type("WebP picture", (".webp",))
ANIMATED_GIF = file_type("Animated GIF", (".gif",))
ANIMATED_PNG = file_type("Animated PNG", (".png",))


def dismiss_file_dialogs(root: tk.Misc) -> None:
    """Cancel the file dialogs that are open, before their window goes.

    Tk's own waits for an answer also when it is gone, if it was open before.
    """
    root.tk.setvar("::tk::Priv(selectFilePath)", "")


def ask_where_to_save(
    parent: tk.Misc,
    title: str,
    folder: str,
    name: str,
    file_types: tuple[tuple[str, str], ...],
) -> Path | None:
    """Let the person choose a file to write, and ask once more before one that is read-only.

    Parameters
    ----------
    title, folder, name : its title, where it begins, and what it proposes.
    file_types : as :func:`file_type` returns them.

    Returns
    -------
    Path or None
        None when the person gave up.
    """
    chosen = filedialog.asksaveasfilename(
        parent=parent,
        title=title,
        initialdir=folder,
        initialfile=name,
        defaultextension=Path(name).suffix,
        filetypes=file_types,
    )
    if not chosen:
        return None
    path = Path(chosen)
    if is_read_only(path):
        question = f"{path.name} is read-only. Replace it all the same?"
        if not messagebox.askyesno(title, question, default="no", parent=parent):
            return None
        with contextlib.suppress(OSError):  # somebody else's: saving says that it is read-only
            make_writable(path)
    return path
