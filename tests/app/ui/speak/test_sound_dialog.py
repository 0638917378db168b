"""The Speak tab's dialog for opening a sound, as Tk draws it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.file_kind import SOUND_ENDINGS
from app.ui.window.window import MainWindow

_LISTED = ("REC001.WAV", "Voice.Mp3", "memo.M4A", *(f"sound{ending}" for ending in SOUND_ENDINGS))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have dialogs of their own")
def test_all_sounds_that_can_be_read_are_listed(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    for name in (*_LISTED, "bird.png", "letter.txt"):
        (folder / name).touch()
    monkeypatch.chdir(folder)
    row, listed = window.speak_tab.sound_row, []

    def look() -> None:
        dialog = f"{row}.__tk_filedialog"
        tk = window.root.tk
        if not int(tk.eval(f"winfo exists {dialog}")):
            window.root.after(50, look)
            return
        for number in range(int(tk.eval(f"{dialog}.contents.icons index end"))):
            listed.append(tk.eval(f"{dialog}.contents.icons get {number}"))
        tk.eval(f"{dialog}.contents.f2.cancel invoke")

    window.root.after(300, look)
    window.tabs.select(window.speak_tab)
    row.open_button.invoke()
    assert sorted(listed) == sorted(_LISTED)
