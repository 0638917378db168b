"""Of a TIFF that begins with a preview the photograph is taken, or it is called what it is."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.open_picture import UnreadablePictureError, open_picture
from tests.odd_pictures import Order, Page, tiff

FULL = np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8)
SMALL = FULL[::4, ::4]
SENSOR = np.zeros((120, 160), dtype=np.uint16)
PREVIEW, WHOLE, ONE_OF_SEVERAL, MASK = 1, 0, 2, 4

KINDS_OF_TIFF = pytest.mark.parametrize(
    ("order", "big"), [("<", False), (">", False), ("<", True)], ids=["II", "MM", "BigTIFF"]
)


def opened(content: bytes) -> NDArray[Any]:
    with open_picture(io.BytesIO(content)) as picture:
        return np.asarray(picture)


@KINDS_OF_TIFF
@pytest.mark.parametrize(
    "pages",
    [
        [Page(SMALL, PREVIEW, [Page(SENSOR, WHOLE)])],  # DNG
        [Page(SMALL, PREVIEW, [Page(FULL, PREVIEW), Page(SENSOR, WHOLE)])],  # NEF
        [Page(SMALL, PREVIEW), Page(SENSOR)],
        [Page(SMALL, PREVIEW), Page(SMALL[::2, ::2])],
        [Page(SMALL, PREVIEW, [Page(FULL, MASK)])],
        [Page(SMALL, PREVIEW)],
    ],
)
def test_a_preview_is_not_taken_for_the_photograph(
    pages: list[Page], order: Order, big: bool
) -> None:
    told = "a camera's raw file, or another of which only a preview .40 x 30 pixels. can be read"
    with pytest.raises(UnreadablePictureError, match=told):
        opened(tiff(*pages, order=order, big=big))


@KINDS_OF_TIFF
@pytest.mark.parametrize(
    "pages",
    [
        [Page(SMALL, PREVIEW), Page(FULL, WHOLE)],
        [Page(SMALL, PREVIEW), Page(SENSOR), Page(FULL)],
        [Page(SMALL, PREVIEW), Page(FULL, PREVIEW), Page(FULL, ONE_OF_SEVERAL)],
        [Page(SMALL, PREVIEW, [Page(FULL, WHOLE)])],  # TIFF/EP, of cameras, too
        [Page(SMALL, PREVIEW, [Page(SENSOR, WHOLE), Page(FULL, WHOLE)]), Page(SMALL)],
        [Page(SMALL, tags={255: 2}), Page(FULL, tags={255: 1})],
    ],
)
def test_the_photograph_behind_its_preview_is_taken(
    pages: list[Page], order: Order, big: bool
) -> None:
    assert np.array_equal(opened(tiff(*pages, order=order, big=big)), FULL)


@KINDS_OF_TIFF
@pytest.mark.parametrize(
    "pages",
    [
        [Page(FULL)],
        [Page(FULL, WHOLE), Page(SMALL, PREVIEW)],
        [Page(FULL, pages=[Page(SMALL, PREVIEW)])],
        [Page(FULL), Page(SMALL)],
        [Page(FULL, ONE_OF_SEVERAL), Page(np.tile(FULL, (2, 2, 1)), ONE_OF_SEVERAL)],
        [Page(FULL, tags={255: 3}), Page(SMALL, tags={255: 2})],
    ],
)
def test_an_ordinary_tiff_is_its_first_page(pages: list[Page], order: Order, big: bool) -> None:
    assert np.array_equal(opened(tiff(*pages, order=order, big=big)), FULL)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_compressed_tiff_of_several_pages_is_its_first_one(compression: str | None) -> None:
    buffer = io.BytesIO()
    Image.fromarray(FULL).save(
        buffer,
        "TIFF",
        save_all=True,
        append_images=[Image.fromarray(np.ascontiguousarray(SMALL))],
        compression=compression,
    )
    assert np.array_equal(opened(buffer.getvalue()), FULL)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_pages_that_lead_to_each_other_or_nowhere_end() -> None:
    content = bytearray(tiff(Page(SMALL, PREVIEW)))
    (first,) = struct.unpack_from("<I", content, 4)
    for offset in (first, len(content) + 1000, 3):
        struct.pack_into("<I", content, len(content) - 4, offset)
        with pytest.raises(UnreadablePictureError):
            opened(bytes(content))


def test_a_photograph_too_large_to_open_is_not_called_unreadable() -> None:
    content = tiff(Page(SMALL, PREVIEW), Page(FULL))
    height = struct.pack("<HHII", 257, 4, 1, 120)
    assert content.count(height) == 1
    huge = content.replace(height, struct.pack("<HHII", 257, 4, 1, 1 << 22))
    with pytest.raises(Image.DecompressionBombError):
        opened(huge)
