"""Pictures of others: their texts are limited, and nothing in them fills the memory."""

from __future__ import annotations

import functools
import json
import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.pictures.picture_file import PictureError, peek_metadata, read_metadata
from app.pictures.picture_metadata import PictureMetadata
from app.ui.window.window import MainWindow
from models.request import DrawRequest
from tests.app.events import drop
from tests.conftest import wait_until

METADATA = PictureMetadata(DrawRequest("a red bird", 7, 64), "test (0000)")
_START = b"\x89PNG\r\n\x1a\n"
_HUGE = 256 << 20  # bytes in a bomb
_LARGE = 28 << 20  # bytes in a text that is not compressed


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(*texts: bytes, side: int = 64, behind: bytes = b"") -> bytes:
    """Return a black picture with chunks before, and behind, its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    rows = bytes(min(side, 64) * (3 * side + 1))  # of a huge one, only the first
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return _START + header + b"".join(texts) + pixels + behind + chunk(b"IEND", b"")


@functools.cache
def zeros(size: int) -> bytes:
    """Return so many zero bytes, compressed to a thousandth."""
    return zlib.compress(bytes(size), 1)


def compressed_text(keyword: bytes, content: bytes) -> bytes:
    return chunk(b"zTXt", keyword + b"\0\0" + content)


def text(content: bytes, compressed: bool = False) -> bytes:
    return chunk(b"iTXt", b"speech2bird\0" + bytes([compressed, 0]) + b"\0\0" + content)


def ours(**changes: object) -> bytes:
    return json.dumps(json.loads(METADATA.to_json()) | changes).encode()


_DAMAGED, _FOREIGN = "damaged or incomplete", "does not say which sentence"
_PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb in zTXt": (lambda: png(compressed_text(b"speech2bird", zeros(_HUGE))), _DAMAGED),
    "a bomb in iTXt": (lambda: png(text(zeros(_HUGE), compressed=True)), _DAMAGED),
    "a bomb behind the pixels": (
        lambda: png(behind=text(zeros(_HUGE), compressed=True)),
        _DAMAGED,
    ),
    "a bomb in another text": (
        lambda: png(text(ours()), behind=compressed_text(b"Comment", zeros(_HUGE))),
        _DAMAGED,
    ),
    "a bomb in the colour profile": (
        lambda: png(chunk(b"iCCP", b"x\0\0" + zeros(_HUGE))),
        _DAMAGED,
    ),
    "many large texts": (
        lambda: png(*(compressed_text(b"k%d" % k, zeros(1 << 20)) for k in range(100))),
        _DAMAGED,
    ),
    "a large text": (lambda: png(chunk(b"tEXt", b"speech2bird\0" + b"a" * _LARGE)), _FOREIGN),
    "a text that is too long": (lambda: png(text(ours(sentence="b" * 60_000))), _FOREIGN),
    "a text that is no UTF-8": (lambda: png(text(b"\xff\xfe\xff")), _FOREIGN),
    "40,000 x 40,000 pixels": (lambda: png(side=40_000), "is too large: it would fill the memory"),
    "8,000 x 8,000 pixels": (lambda: png(side=8_000), "is too large: 8000 x 8000 pixels"),
}


@pytest.mark.parametrize("name", _PICTURES)
def test_refused_without_filling_the_memory(tmp_path: Path, name: str) -> None:
    make, reason = _PICTURES[name]
    path = tmp_path / "foreign.png"
    path.write_bytes(make())
    for read in (read_metadata, peek_metadata):
        if name == "a bomb in another text" and read is peek_metadata:
            continue  # does not come as far: what it looks for is before it
        tracemalloc.start()
        try:
            with pytest.raises(PictureError, match=reason):
                read(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < _HUGE * 0.9, f"{peak:,} bytes of memory"


def test_a_huge_file_in_the_gallery_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.write(_START + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)))
        file.write(struct.pack(">I", 2**31 - 1) + b"tEXt")  # one chunk up to the end
        file.truncate(2**31)  # takes no room
        file.seek(0, os.SEEK_END)
        file.write(chunk(b"IEND", b""))
    tracemalloc.start()
    with pytest.raises(PictureError, match="too large"):
        peek_metadata(path)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def drop_when_possible(window: MainWindow, path: Path) -> None:
    """Drop a file on the window as soon as it takes files, a moment after it opened."""
    ready = "namespace exists ::tkdnd::xdnd"
    wait_until(window, lambda: bool(window.root.tk.getboolean(window.root.tk.eval(ready))))
    drop(window, path)


_ESCAPES = "a\x1b]0;title\x07 red\x00\u202ebird\u200b\x85 with\r\x9b31m wings"


def test_texts_are_plain_before_anybody_sees_them(
    make_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    path = tmp_path / "foreign.png"
    path.write_bytes(png(text(ours(sentence=_ESCAPES, model="m\x1b[2J", created="\x07"))))
    metadata = read_metadata(path)
    for shown in (metadata.sentence, metadata.model, metadata.created):
        assert shown.isprintable()
    window = make_window()
    drop_when_possible(window, path)
    wait_until(window, lambda: "was drawn with seed 7" in window.messages.text)
    assert window.type_tab.field.sentence == metadata.sentence.strip()
    assert window.panel.kept is not None and window.panel.kept.metadata == metadata


def test_a_long_sentence_of_others_does_not_hurt_the_window(
    make_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    path = tmp_path / "foreign.png"
    path.write_bytes(png(text(ours(sentence="w" * 2_000, model="m" * 200))))
    window = make_window()
    drop_when_possible(window, path)
    wait_until(window, lambda: "was drawn with seed 7" in window.messages.text)
    window.root.update()


def test_a_bomb_dropped_on_the_window_is_told(
    make_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    window = make_window()
    for name in ("40,000 x 40,000 pixels", "a bomb in iTXt"):
        make, reason = _PICTURES[name]
        path = tmp_path / "bomb.png"
        path.write_bytes(make())
        window.messages.clear()
        drop_when_possible(window, path)
        wait_until(window, lambda: window.messages.text != "")
        assert window.messages.is_error and reason in window.messages.text
        assert window.panel.image is None
