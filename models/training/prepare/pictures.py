"""One picture: read whatever its format, checked to the last pixel, cut square round the bird."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from models.open_picture import UnreadablePictureError, open_picture
from models.sketches.pose import PARTS
from models.training.prepare.problems import Kind
from models.training.prepare.source import Box, Parts, Place, Source
from models.upright import upright

MAX_PIXELS = 80_000_000
"""Larger pictures are refused unread: a file of some kilobytes can unpack to fill the memory."""

QUALITY = 92

CONTEXT = 1.5
"""Side of the square in units of the box's longer side: training cuts smaller ones out of it."""

PART_OUTSIDE = 0.1
"""How far beyond the picture a part may be marked, as a share of the picture: CUB has some that
are a few pixels out. What is farther was counted otherwise."""

Rectangle = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


class PictureError(Exception):
    """A picture cannot be used."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Checked:
    """A source whose picture is whole.

    Attributes
    ----------
    rectangle : the square to cut out of it.
    digest : SHA-256 (hex) of the picture's file.
    """

    source: Source
    rectangle: Rectangle
    digest: str

    @property
    def cut_side(self) -> int:
        """Side of the square in the picture, in pixels."""
        return self.rectangle[2] - self.rectangle[0]

    def written_side(self, size: int) -> int:
        """Side of the written square, at most `size` pixels: never enlarged."""
        return min(size, self.cut_side)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the bird as shares of the square's side."""
        if self.source.box is None:
            return 0.0, 0.0, 1.0, 1.0
        left, top, width, height = self.source.box
        return *self._share(left, top), width / self.cut_side, height / self.cut_side

    @property
    def parts(self) -> Parts:
        """Where the visible parts are, as shares of the square's side."""
        return {number: self._share(*place) for number, place in self.source.parts.items()}

    def _share(self, across: float, down: float) -> Place:
        left, top = self.rectangle[:2]
        return (across - left) / self.cut_side, (down - top) / self.cut_side

    def recipe(self, size: int) -> str:
        """Describe the written picture exactly: it is written anew when this changes."""
        cut, side = ",".join(map(str, self.rectangle)), self.written_side(size)
        return f"sha256 {self.digest} cut {cut} to {side}x{side} quality {QUALITY}"


def check(source: Source, min_side: int) -> Checked:
    """Decode a source's picture completely and find what to cut out of it.

    Raises
    ------
    PictureError
        The picture is broken, its box or a part is not in it, or the square to be cut out has a
        side under `min_side` pixels.
    """
    picture, digest = _open(source)
    width, height = picture.size
    for number, (across, down) in source.parts.items():
        if max(abs(across / width - 0.5), abs(down / height - 0.5)) > 0.5 + PART_OUTSIDE:
            place = f"{PARTS[number - 1]} at ({across:g}, {down:g})"
            raise PictureError(Kind.BAD_PART, f"{place} in a picture of {width} x {height} px")
    rectangle = square_round(source.box or (0, 0, width, height), width, height)
    checked = Checked(source, rectangle, digest)
    if checked.cut_side < min_side:
        whole = f" of a picture of {width} x {height} px"
        raise PictureError(
            Kind.TOO_SMALL, f"a square of {checked.cut_side} x {checked.cut_side} px{whole}"
        )
    return checked


def render(checked: Checked, size: int) -> Image.Image:
    """Cut the square out and shrink it to at most `size` pixels each way."""
    picture, _ = _open(checked.source)
    cut = picture.crop(checked.rectangle)
    side = checked.written_side(size)
    return cut if side == cut.width else cut.resize((side, side), Image.Resampling.LANCZOS)


def square_round(box: Box, width: int, height: int) -> Rectangle:
    """Find the square round a bird: on its middle, or where the picture ends, moved inside.

    Its side is `CONTEXT` times the box's longer side, or the picture's shorter one, whichever is
    less. A bird that is longer than the picture's shorter side loses its ends.

    Parameters
    ----------
    width, height : of the picture, in pixels.

    Raises
    ------
    PictureError
        The box is empty or lies outside the picture.
    """
    box_left, box_top, box_width, box_height = box
    centre_x, centre_y = box_left + box_width / 2, box_top + box_height / 2
    is_inside = 0 <= centre_x < width and 0 <= centre_y < height
    if min(box_width, box_height) <= 0 or not is_inside:
        numbers = ", ".join(f"{number:g}" for number in box)
        raise PictureError(Kind.BAD_BOX, f"({numbers}) in a picture of {width} x {height} px")
    side = max(1, int(min(CONTEXT * max(box_width, box_height), width, height)))
    left, top = (
        min(max(0, round(centre - side / 2)), limit - side)
        for centre, limit in ((centre_x, width), (centre_y, height))
    )
    return left, top, left + side, top + side


def _open(source: Source) -> tuple[Image.Image, str]:
    """Read a picture in RGB, and the checksum of its file."""
    try:
        content = source.path.read_bytes()
    except OSError as error:
        raise PictureError(Kind.DAMAGED, str(error.strerror or error)) from error
    try:
        with open_picture(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError(Kind.TOO_LARGE, f"{picture.width} x {picture.height} px")
            if picture.mode == "F":
                raise PictureError(Kind.NOT_A_PICTURE, "its pixels are measurements, not colours")
            picture.load()
            turned = picture if source.is_stored else upright(picture)
            return to_rgb(turned), hashlib.sha256(content).hexdigest()
    except PictureError:
        raise
    except UnreadablePictureError as error:
        raise PictureError(Kind.NOT_A_PICTURE, str(error)) from error
    except UnidentifiedImageError as error:
        reason = "an empty file" if not content else "no known format"
        raise PictureError(Kind.NOT_A_PICTURE, reason) from error
    except Image.DecompressionBombError as error:
        raise PictureError(Kind.TOO_LARGE, "more than Pillow opens") from error
    except Exception as error:  # decoders raise almost anything on a damaged file
        raise PictureError(Kind.DAMAGED, str(error)) from error


def to_rgb(picture: Image.Image) -> Image.Image:
    """Bring any kind of pixels to RGB as a screen would show it.

    What is transparent becomes white, 16-bit greys lose their lower half, and colours of another
    space (CMYK, Display P3) are converted by the profile in the file.
    """
    profile = picture.info.get("icc_profile")
    if picture.mode == "I" or picture.mode.startswith("I;16"):
        return _from_wide_grey(picture)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    elif picture.mode not in ("RGB", "CMYK", "L"):
        picture = picture.convert("RGB")
    return _to_srgb(picture, profile) if profile else picture.convert("RGB")


def _from_wide_grey(picture: Image.Image) -> Image.Image:
    pixels = np.asarray(picture).astype(np.int64)
    if pixels.max(initial=0) > 255:
        pixels >>= 8
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture.convert("RGB")  # a profile that is broken or meant for other pixels
    assert converted is not None
    return converted
