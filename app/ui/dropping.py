"""Files that a person drags from elsewhere and drops on the window."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)


def accept_files(area: tk.Widget, on_files: Callable[[list[Path]], None]) -> None:
    """Hand dropped files to ``on_files``; on systems without dragging nothing happens.

    Parameters
    ----------
    area
        Where files may be dropped: this widget and all that is in it.
    on_files
        Receives the paths, in the order in which they were dragged.
    """
    try:
        from tkinterdnd2 import DND_FILES, TkinterDnD

        TkinterDnD._require(
            area.winfo_toplevel()
        )  # what its own ``Tk`` class does; there is no public way
    except (ImportError, RuntimeError) as error:
        _log.info("Files cannot be dropped on the window: %s", error)
        return
    target: Any = area  # the library adds its methods to every widget

    def dropped(event: Any) -> str:
        on_files([Path(name) for name in area.tk.splitlist(event.data)])
        return str(event.action)

    target.drop_target_register(DND_FILES)
    target.dnd_bind("<<Drop>>", dropped)
