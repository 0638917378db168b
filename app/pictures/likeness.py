"""Whether a picture still stands as it was drawn, or was mirrored, turned or cut since."""

from __future__ import annotations

from PIL import Image

_SIDE = 8  # places across and down; so few stay alike in any size and kind of file


def likeness(image: Image.Image) -> bytes:
    """Return how bright each place of a picture is, row by row: 64 bytes."""
    return _small(image).tobytes()


def read_likeness(kept: str) -> bytes:
    """Read the hexadecimal digits of a likeness; ValueError: they are none."""
    if len(kept) != 2 * _SIDE**2:
        raise ValueError("a likeness has 64 bytes")
    return bytes.fromhex(kept)


def is_as_drawn(image: Image.Image, drawn: bytes | None) -> bool:
    """Tell whether a picture is a square and like the drawn one as it stands, not otherwise turned.

    A square that was cut out of it is not noticed; nor is a turned one of unknown likeness (None).
    """
    small = _small(image)

    def agreement(turned: Image.Image) -> int:
        return sum(a * b for a, b in zip(turned.tobytes(), drawn or b"", strict=False))

    as_it_stands = agreement(small)
    return image.width == image.height and all(
        agreement(small.transpose(way)) <= as_it_stands for way in Image.Transpose
    )


def _small(image: Image.Image) -> Image.Image:
    return image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
