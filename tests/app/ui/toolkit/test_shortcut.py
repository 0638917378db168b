"""Shortcuts as menus write them and as Tk binds them."""

from __future__ import annotations

import pytest

from app.ui.toolkit.shortcut import Shortcut


@pytest.mark.parametrize(
    ("shortcut", "on_mac", "written", "sequences"),
    [
        (Shortcut("o"), False, "Ctrl+O", ["<Control-KeyPress-o>", "<Control-KeyPress-O>"]),
        (
            Shortcut("o", shift=True),
            False,
            "Ctrl+Shift+O",
            ["<Control-Shift-KeyPress-o>", "<Control-Shift-KeyPress-O>"],
        ),
        (Shortcut("q"), True, "Command+Q", ["<Command-KeyPress-q>", "<Command-KeyPress-Q>"]),
        (Shortcut("1"), False, "Ctrl+1", ["<Control-KeyPress-1>"]),
        (Shortcut("comma"), False, "Ctrl+,", ["<Control-KeyPress-comma>"]),
        (Shortcut("Return"), False, "Ctrl+Enter", ["<Control-KeyPress-Return>"]),
        (Shortcut("F1", command=False), True, "F1", ["<KeyPress-F1>"]),
    ],
)
def test_shortcut(shortcut: Shortcut, on_mac: bool, written: str, sequences: list[str]) -> None:
    assert shortcut.written(on_mac) == written
    assert shortcut.sequences(on_mac) == sequences
