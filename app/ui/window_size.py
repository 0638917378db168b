"""The window's last size and place, given back to it where they still make sense."""

from __future__ import annotations

import logging
import re
import tkinter as tk

_log = logging.getLogger(__name__)


def restore_geometry(root: tk.Tk, geometry: str) -> None:
    """Give a window its last size and place, unless it would be larger than the screens are now.

    Widgets of tens of thousands of pixels take minutes to draw, or end the program.

    Parameters
    ----------
    root
        The window.
    geometry
        Size and place, as Tk writes them.
    """
    width = max(root.winfo_screenwidth(), root.winfo_vrootwidth())
    height = max(root.winfo_screenheight(), root.winfo_vrootheight())
    try:
        wanted_width, wanted_height = map(int, re.split("[+-]", geometry)[0].split("x"))
        if wanted_width <= width and wanted_height <= height:
            root.geometry(geometry)
    except (tk.TclError, ValueError):
        _log.warning("The stored window size %r is no size", geometry)
