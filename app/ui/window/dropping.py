"""Files that a person drags from elsewhere and drops on the window."""

from __future__ import annotations

import logging
import os
import platform
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.ui.toolkit.short_text import short

_log = logging.getLogger(__name__)

_NOTHING = (
    "There was no file in what you dropped. Drop a picture that was drawn here, or a sound file."
)
_A_LINK = (
    "You dropped a link to {address}, and nothing is fetched from there. Save the file on this "
    "computer, and drop that."
)

# On X, the library splits a list of addresses at every space, not at ends of lines alone: it must
# not see what programs leave unwritten as %20. The list comes as text, or as numbers of its bytes.
_KEEP_SPACES = r"""
if {[llength [info procs ::tkdnd::xdnd::normalise_data]]} {
    rename ::tkdnd::xdnd::normalise_data ::tkdnd::xdnd::normalise_words
    proc ::tkdnd::xdnd::normalise_data {type data} {
        if {[string match text/uri-list* $type]} {
            if {![catch {tkdnd::from_encoding utf-8 [tkdnd::bytes_to_string $data]} text]} {
                set data $text
            }
            set lines {}
            foreach line [split $data \n] {
                lappend lines [string map {{ } %20} [string trim $line]]
            }
            set data [join $lines \n]
        }
        normalise_words $type $data
    }
}
"""


def accept_files(
    area: tk.Widget,
    on_files: Callable[[list[Path], int], None],
    on_others: Callable[[str], None],
) -> None:
    """Hand dropped files to ``on_files``; on systems without dragging nothing happens.

    Parameters
    ----------
    area : where files may be dropped: this widget and all that is in it.
    on_files : receives the paths, in the order in which they were dragged, and how many things
        were dropped, links included.
    on_others : receives a sentence for the person when something else was dropped.
    """
    try:
        from tkinterdnd2 import DND_FILES, TkinterDnD

        TkinterDnD._require(
            area.winfo_toplevel()
        )  # what its own ``Tk`` class does; there is no public way
    except (ImportError, RuntimeError) as error:
        _log.info("Files cannot be dropped on the window: %s", error)
        return
    area.tk.eval(_KEEP_SPACES)
    target: Any = area  # the library adds its methods to every widget

    def dropped(event: Any) -> str:
        names = [name for name in area.tk.splitlist(event.data) if name]
        files = [path for path in map(_local, names) if path.is_absolute()]
        if files:
            on_files(files, len(names))
        else:
            on_others(_A_LINK.format(address=short(names[0])) if names else _NOTHING)
        return str(event.action)

    target.drop_target_register(DND_FILES)
    target.dnd_bind("<<Drop>>", dropped)


def _local(name: str) -> Path:
    """Return a dropped address as a path; of a file on this computer, it is absolute.

    The library takes off ``file://`` alone; some programs name the computer behind it, and some
    write ``file:/``.
    """
    host, slash, path = name.removeprefix("file:").partition("/")
    return Path(slash + path if host in ("", "localhost", platform.node()) else name)


def as_on_disk(path: Path) -> Path:
    """Return the file that a dropped name means, whose bytes may be no text.

    The library reads such a byte as the character of that number. Slow disks are waited for: not
    in Tk's thread.
    """
    if os.path.lexists(path):
        return path
    raw = (
        bytes([ord(character)]) if "\x80" <= character <= "\xff" else os.fsencode(character)
        for character in str(path)
    )
    meant = Path(os.fsdecode(b"".join(raw)))
    return meant if os.path.lexists(meant) else path
