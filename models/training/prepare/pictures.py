"""One picture: read whatever its format, checked to the last pixel, cut around the bird."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from models.training.prepare.problems import Kind
from models.training.prepare.source import Box, Source

MAX_PIXELS = 80_000_000
"""Larger pictures are refused unread: a file of some kilobytes can unpack to fill the memory."""

QUALITY = 92
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
    rectangle : what to cut out of it.
    digest : SHA-256 (hex) of the picture's file.
    """

    source: Source
    rectangle: Rectangle
    digest: str

    @property
    def aspect(self) -> float:
        """Width / height of what is cut out."""
        left, top, right, bottom = self.rectangle
        return (right - left) / (bottom - top)

    def written_size(self, size: int) -> tuple[int, int]:
        """Width and height in pixels with the shorter side at most `size`: never enlarged."""
        left, top, right, bottom = self.rectangle
        width, height = right - left, bottom - top
        scale = min(1.0, size / min(width, height))
        return round(width * scale), round(height * scale)

    def recipe(self, size: int) -> str:
        """Describe the written picture exactly: it is written anew when this changes."""
        width, height = self.written_size(size)
        cut = ",".join(map(str, self.rectangle))
        return f"sha256 {self.digest} cut {cut} to {width}x{height} quality {QUALITY}"


def check(source: Source, min_side: int) -> Checked:
    """Decode a source's picture completely and find what to cut out of it.

    Raises
    ------
    PictureError
        The picture is broken, or what is to be cut out has a side under `min_side` pixels.
    """
    picture, digest = _open(source)
    if source.box is None:
        rectangle = (0, 0, *picture.size)
    else:
        rectangle = attngan_crop(source.box, *picture.size)
    left, top, right, bottom = rectangle
    if min(right - left, bottom - top) < min_side:
        what = "picture" if source.box is None else "crop"
        raise PictureError(Kind.TOO_SMALL, f"{what} of {right - left} x {bottom - top} px")
    return Checked(source, rectangle, digest)


def render(checked: Checked, size: int) -> Image.Image:
    """Cut a picture out and shrink it so that its shorter side has at most `size` pixels.

    The cut keeps its own proportions: `models.training.data.examples.unsquash` brings any picture
    to a square by its `aspect`, and a second squeeze would only blur it.
    """
    picture, _ = _open(checked.source)
    cut = picture.crop(checked.rectangle)
    wanted = checked.written_size(size)
    return cut if cut.size == wanted else cut.resize(wanted, Image.Resampling.LANCZOS)


def attngan_crop(box: Box, width: int, height: int) -> Rectangle:
    """Cut around a bounding box as AttnGAN does: 1.5 times its longer side, as a square.

    Where that leaves the picture it is cut off, so that crops at the border are not square.

    Parameters
    ----------
    width, height : of the picture, in pixels.

    Raises
    ------
    PictureError
        The box is empty or lies outside the picture.
    """
    box_left, box_top, box_width, box_height = box
    radius = int(max(box_width, box_height) * 0.75)
    centre_x = int((2 * box_left + box_width) / 2)
    centre_y = int((2 * box_top + box_height) / 2)
    is_inside = 0 <= centre_x < width and 0 <= centre_y < height
    if min(box_width, box_height) <= 0 or not is_inside:
        raise PictureError(Kind.BAD_BOX, f"{box} in a picture of {width} x {height} px")
    return (
        max(0, centre_x - radius),
        max(0, centre_y - radius),
        min(width, centre_x + radius),
        min(height, centre_y + radius),
    )


def _open(source: Source) -> tuple[Image.Image, str]:
    """Read a picture in RGB, and the checksum of its file."""
    try:
        content = source.path.read_bytes()
    except OSError as error:
        raise PictureError(Kind.DAMAGED, str(error.strerror or error)) from error
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError(Kind.TOO_LARGE, f"{picture.width} x {picture.height} px")
            if picture.mode == "F":
                raise PictureError(Kind.NOT_A_PICTURE, "its pixels are measurements, not colours")
            picture.load()
            # CUB's boxes count in the pixels as they are stored, so those are not turned.
            upright = picture if source.box else ImageOps.exif_transpose(picture)
            return to_rgb(upright), hashlib.sha256(content).hexdigest()
    except PictureError:
        raise
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
