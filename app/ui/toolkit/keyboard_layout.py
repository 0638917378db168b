"""Shortcuts on keyboards of which the layout writes other letters, or no digits, on the keys.

Keys of the numeric block that do not write are those of the same name elsewhere.

Tk names a key by what it writes: with a Russian layout the key O with Ctrl is Ctrl+щ to it, and
with a French one the key 1 is Ctrl+&. What such a key means is told here by an event of its own,
`Shortcut.position`, and by those of Tk that edit in text fields (Copy, Paste, Undo …).

A letter that the layout writes counts first: on a French keyboard Ctrl+A is the key that writes A.
"""

from __future__ import annotations

import string
import tkinter as tk
from collections.abc import Callable, Mapping

from app.ui.toolkit.shortcut import Shortcut

_MARKS = {",": "comma", ".": "period"}
# What a US keyboard writes, by the keycodes of X11 on Linux: those of evdev, with any layout.
_ROWS = {10: "1234567890", 24: "qwertyuiop", 38: "asdfghjkl", 52: "zxcvbnm,."}
_X11 = {first + place: key for first, row in _ROWS.items() for place, key in enumerate(row)}
_LOWEST = 9  # the keycode of Escape; Tk gives a key that the layout has not a lower one
# Windows itself numbers keys by the letters of their layout, and by the US ones where it has none.
_WINDOWS = {ord(key.upper()): key for key in string.ascii_lowercase + string.digits}
_WINDOWS |= {188: ",", 190: "."}

_SHIFT, _CONTROL = 0x1, 0x4
_OTHER = {"x11": 0x8 | 0x40 | 0x80, "win32": 0x20000}  # Alt, the system's key, AltGr

_KEYPAD = ("Delete", "Home", "End", "Prior", "Next", "Left", "Right", "Up", "Down")
_ON_KEYPAD = {"KP_Enter": "Return"} | {f"KP_{key}": key for key in _KEYPAD}

_PROBE = "KeyProbe"
_PROBED = "::keycode_probed"


def key_meant(
    writes: int,
    keycode: int,
    us: Mapping[int, str],
    find_layout: Callable[[], Mapping[str, int]],
) -> str:
    """Return the key that is meant by its position; "" where what it writes counts, or none is.

    Parameters
    ----------
    writes : what the key writes, as a keysym's number.
    us : what a US keyboard writes, by keycode.
    find_layout : called where it is needed; gives the keycodes of the letters and digits that the
        layout has, be it with Shift alone, or in another language to which one can switch.
    """
    # The numbers of ASCII are its own; from 0xFE00 on keys write nothing, as F1 and accents.
    written = chr(writes) if 0 < writes < 0x7F else ""
    if 0xFE00 <= writes <= 0xFFFF or written.isalnum() or written in (*_MARKS,):
        return ""
    layout = find_layout()
    for key, place in layout.items():
        if place == keycode:
            return key
    key = us.get(keycode, "")
    if key in _MARKS:
        return "" if written else key
    return "" if key in layout else key


class KeyboardLayout:
    """Tells a window's shortcuts and text fields what is meant by keys of any layout.

    A Mac needs none: with Command its keys are Latin ones, whatever they write without.
    """

    def __init__(self, root: tk.Tk) -> None:
        system = str(root.tk.call("tk", "windowingsystem"))
        self._root = root
        self._asks = system == "x11"
        self._us = _X11 if system == "x11" else _WINDOWS
        self._other = _OTHER.get(system, 0)
        if system in _OTHER:
            root.tk.call("bind", _PROBE, "<KeyRelease>", f"set {_PROBED} %k")
            root.bind_all("<KeyPress>", self._pressed, add="+")
        known = {key for event in root.event_info() for key in root.event_info(event)}
        for key in _ON_KEYPAD:
            if f"<Key-{key}>" not in known:  # where Tk does not edit with it
                root.bind_all(f"<KeyPress-{key}>", self._pressed_on_keypad)
                root.bind_all(f"<KeyRelease-{key}>", self._pressed_on_keypad)

    def _pressed_on_keypad(self, event: tk.Event[tk.Misc]) -> None:
        if not isinstance(event.widget, str):
            meant = f"<{event.type.name}-{_ON_KEYPAD[event.keysym]}>"
            event.widget.event_generate(meant, state=event.state, time=event.time)

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        state = int(event.state)
        if isinstance(event.widget, str) or state & self._other:
            return  # Tk's clone of the menu bar has keys of its own
        key = key_meant(event.keysym_num, event.keycode, self._us, self._layout)
        if not key:
            return
        shortcut = Shortcut(_MARKS.get(key, key), bool(state & _SHIFT), bool(state & _CONTROL))
        events = [*self._of_tk(shortcut), shortcut.position]  # the last may close the window
        for meant in events:
            event.widget.event_generate(meant, time=event.time)

    def _of_tk(self, shortcut: Shortcut) -> list[str]:
        """The events of Tk's own, such as Copy, that have this shortcut."""
        if not shortcut.command:
            return []
        keys = f"<Control-Key-{shortcut.key.upper() if shortcut.shift else shortcut.key}>"
        root = self._root
        return [event for event in root.event_info() if keys in root.event_info(event)]

    def _layout(self) -> dict[str, int]:
        """Ask Tk where the layout, which may change at any time, has its letters and digits.

        Tk tells it only of a key that is pressed or let go, and always in the widget with the
        focus, which for this moment has no bindings.
        """
        call = self._root.tk.call
        widget = str(call("focus"))
        if not self._asks or not widget:
            return {}
        tags = call("bindtags", widget)
        call("bindtags", widget, _PROBE)
        layout = {}
        try:
            for key in string.ascii_lowercase + string.digits:
                call("event", "generate", widget, "<KeyRelease>", "-keysym", key)
                layout[key] = int(self._root.tk.getvar(_PROBED))
        finally:
            call("bindtags", widget, tags)
        return {key: place for key, place in layout.items() if place >= _LOWEST}
