"""Pictures of kinds that Pillow knows and cannot show, and TIFFs of any pages."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def encoded(image: Image.Image, format: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()


def unreadable_pictures() -> Mapping[str, bytes]:
    """Files by name; EPS is one where there is no Ghostscript, and WMF outside of Windows."""
    image = Image.new("RGB", (160, 120), "red")
    box = struct.pack("<4h", 0, 0, 1600, 1200)
    wmf = b"\xd7\xcd\xc6\x9a\0\0" + box + struct.pack("<HIH", 720, 0, 0) + b"\1\0\t\0\0\3"
    bounds = struct.pack("<8i", 0, 0, 159, 119, 0, 0, 4000, 3000)
    emf = struct.pack("<2I", 1, 88) + bounds + b" EMF" + bytes(44)
    dds = bytearray(encoded(image, "DDS"))
    dds[80:88] = struct.pack("<I", 4) + b"XXXX"
    return {
        "drawing.eps": encoded(image, "EPS"),
        "plot.wmf": wmf + bytes(100),
        "chart.emf": emf,
        "weather.grib": b"GRIB\0\0\0\1" + bytes(100),
        "film.png": b"\0\0\1\xb3\x0a\0\x78" + bytes(100),
        "texture.dds": bytes(dds),
    }


Order = Literal["<", ">"]
"""Which byte of a number comes first: as in II or MM."""


@dataclass(frozen=True)
class Page:
    """A page of a TIFF.

    Attributes
    ----------
    pixels : uint8 (height, width, 3), or uint16 (height, width) of a camera's sensor.
    kind : its NewSubfileType; None leaves it out.
    pages : those that belong to it, as its SubIFDs.
    tags : further numbers of 16 bits.
    """

    pixels: NDArray[Any]
    kind: int | None = None
    pages: Sequence[Page] = ()
    tags: Mapping[int, int] = field(default_factory=dict)


def tiff(*pages: Page, order: Order = "<", big: bool = False) -> bytes:
    """Write pages as a camera or scanner does: those that belong to one are not in the row."""
    place, start = ("Q", 16) if big else ("I", 8)
    header = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}H", 43 if big else 42)
    written = bytearray(header + (struct.pack(f"{order}HH", 8, 0) if big else b""))
    written += bytes(start - len(written))
    before = start - struct.calcsize(place)  # where the place of the next page is to be told
    for page in pages:
        offset, end = _write_page(written, page, order, big)
        struct.pack_into(f"{order}{place}", written, before, offset)
        before = end
    return bytes(written)


def _write_page(written: bytearray, page: Page, order: Order, big: bool) -> tuple[int, int]:
    """Append a page; where it is, and where the place of the next one is to be told."""
    inner = [_write_page(written, each, order, big)[0] for each in page.pages]
    is_raw = page.pixels.dtype == np.uint16
    height, width = page.pixels.shape[:2]
    strip = page.pixels.astype(page.pixels.dtype.newbyteorder(order)).tobytes()
    values = {
        254: () if page.kind is None else (page.kind,),
        256: (width,),
        257: (height,),
        258: (16,) if is_raw else (8, 8, 8),
        259: (1,),
        262: (32803 if is_raw else 2,),  # a colour filter array, or RGB
        273: (len(written),),
        277: (1 if is_raw else 3,),
        279: (len(strip),),
        330: inner,
        **{tag: (value,) for tag, value in page.tags.items()},
    }
    written += strip
    place, count_of, room = ("Q", "Q", 8) if big else ("I", "H", 4)
    entries = b""
    for tag, numbers in sorted(values.items()):
        if not numbers:
            continue
        short = tag == 258 or tag in page.tags
        content = struct.pack(f"{order}{len(numbers)}{'H' if short else 'I'}", *numbers)
        if len(content) > room:
            content, behind = struct.pack(f"{order}{place}", len(written)), content
            written += behind
        entries += struct.pack(f"{order}HH{place}", tag, 3 if short else 4, len(numbers))
        entries += content.ljust(room, b"\0")
    offset = len(written)
    written += struct.pack(f"{order}{count_of}", len(entries) // (4 + 2 * room))
    written += entries + bytes(room)
    return offset, len(written) - room
