"""Pictures of kinds that Pillow knows and cannot show."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

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
