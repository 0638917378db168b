"""Which page of a TIFF is its picture: a camera's raw file is one, and begins with a preview."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

_MOST_PAGES = 50  # to look at: each can lead to any number of others

_NEW_SUBFILE_TYPE, _SUBFILE_TYPE, _SUB_PAGES = 254, 255, 330
_REDUCED, _PAGE = 1, 2  # bits of the first: a smaller copy, one page of several
_OLD_REDUCED = 2  # of the second, which the first has replaced
_BIG = 43  # third byte of TIFFs that tell places in 64 bits


def is_preview(image: Image.Image) -> bool:
    """Whether a file begins with a page that is, as it says, a smaller copy of another one."""
    return isinstance(image, TiffImageFile) and _is_reduced(image.tag_v2)


def full_page(image: Image.Image) -> Image.Image | None:
    """Open the page that a preview is of, wherever it is in the file; None: none can be read.

    Raises
    ------
    Image.DecompressionBombError
        It has more pixels than Pillow opens.
    """
    assert isinstance(image, TiffImageFile) and image.fp is not None
    image.fp.seek(0)
    content = image.fp.read()
    for offset in _places_of_full_pages(content, image.tag_v2):
        try:
            page = Image.open(io.BytesIO(_beginning_at(offset, content)))
        except Image.DecompressionBombError:
            raise
        except Exception:  # Pillow says in many ways that it has no reader for raw pixels
            continue
        if page.width * page.height >= image.width * image.height:
            return page
    return None


def _places_of_full_pages(content: bytes, first: ImageFileDirectory_v2) -> Iterator[int]:
    waiting, seen = _led_to(first), {0}
    while waiting and len(seen) < _MOST_PAGES:
        offset = waiting.pop(0)
        if offset in seen:
            continue
        seen.add(offset)
        tags = ImageFileDirectory_v2(content[: 16 if content[2] == _BIG else 8])
        file = io.BytesIO(content)
        file.seek(offset)
        try:
            tags.load(file)
            waiting += _led_to(tags)
            is_full = not _is_reduced(tags) and _number(tags, _NEW_SUBFILE_TYPE) in (0, _PAGE)
        except Exception:  # Pillow raises almost anything on what is no page
            continue
        if is_full:
            yield offset


def _led_to(tags: ImageFileDirectory_v2) -> list[int]:
    """Where the pages are that a page names: those that belong to it, and the next one."""
    inner = tags.get(_SUB_PAGES, ())
    listed = inner if isinstance(inner, tuple) else (inner,)
    return [offset for offset in (*listed, tags.next) if isinstance(offset, int)]


def _is_reduced(tags: ImageFileDirectory_v2) -> bool:
    is_reduced = bool(_number(tags, _NEW_SUBFILE_TYPE) & _REDUCED)
    return is_reduced or _number(tags, _SUBFILE_TYPE) == _OLD_REDUCED


def _number(tags: ImageFileDirectory_v2, tag: int) -> int:
    value = tags.get(tag, 0)
    return value if isinstance(value, int) else 0


def _beginning_at(offset: int, content: bytes) -> bytes:
    """The same file with another page as its first one."""
    order = "<" if content.startswith(b"II") else ">"
    if content[2] == _BIG:
        return content[:8] + struct.pack(f"{order}Q", offset) + content[16:]
    return content[:4] + struct.pack(f"{order}I", offset) + content[8:]
