"""The window's last size and place, given back to it where they still make sense."""

from __future__ import annotations

import logging
import re
import tkinter as tk

_log = logging.getLogger(__name__)

_GRIP = 100  # pixels of a window that must be on a screen: enough to take hold of it


def restore_geometry(root: tk.Tk, geometry: str) -> None:
    """Give a window its last size, unless it would be larger than the screens are now.

    Widgets of tens of thousands of pixels take minutes to draw, or end the program. Its place
    comes back where it can be seen: the screen that it was on may be gone.

    Parameters
    ----------
    geometry : size and place, as Tk writes them.
    """
    screen_width = max(root.winfo_screenwidth(), root.winfo_vrootwidth())
    screen_height = max(root.winfo_screenheight(), root.winfo_vrootheight())
    left, top = root.winfo_vrootx(), root.winfo_vrooty()
    try:
        width, height, x, y = map(int, re.findall(r"-?\d+", geometry))
    except ValueError:
        _log.warning("The stored window size %r is no size", geometry)
        return
    if width > screen_width or height > screen_height:
        return
    root.geometry(f"{width}x{height}")
    across = left + _GRIP <= x + width and x + _GRIP <= left + screen_width
    if across and top <= y <= top + screen_height - _GRIP:  # its title bar is seen
        root.geometry(f"+{x}+{y}")
