"""Pictures as files that say what they were drawn from.

A picture carries its sentence, seed, size, model and program version, so that it can be drawn
again years later. PNG keeps them in text chunks (``speech2bird``: JSON, the one that is read;
``parameters``: the same for people and for other programs), JPEG in its comment and EXIF, WebP
in EXIF. Where another program made a file of another kind and kept one of them, it is read, too.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from app.errors import AppError
from app.file_kind import is_named_picture, kind_of
from app.files import is_read_only, is_special, link_target, replacing
from app.pictures.likeness import is_as_drawn
from app.pictures.picture_metadata import PictureMetadata
from models.open_picture import OF_UNREADABLE_KIND, UnreadablePictureError, open_picture
from models.upright import upright

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".webp": "WEBP",
}
"""The suffixes that a picture's name may end in, and what is then written."""
_CHUNK = "speech2bird"
_ASCII = b"ASCII\0\0\0"  # how EXIF says which characters a comment is written in
_LARGEST = 50_000_000  # pixels: a small file may claim enough of them to fill the memory
_LARGEST_FILE = 32_000_000  # bytes: those saved here have two millions at most
_PNG_EFFORT = 4  # of 9: a third of the time of the usual 6, for files that are 3 % larger
_START_OF_PNG = b"\x89PNG\r\n\x1a\n"
_END_OF_PNG = b"\0\0\0\0IEND\xae\x42\x60\x82"
_BRAND = slice(8, 12)  # which kind of MP4 a file says that it is
_PICTURES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"crx ")
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)


class PictureError(AppError):
    """A picture could not be written, or could not be read back."""


@dataclass(frozen=True)
class Picture:
    """A picture read from a file, RGB, and what it was drawn from."""

    image: Image.Image
    metadata: PictureMetadata


def check_no_folder(path: Path) -> None:
    """Refuse a folder in place of a picture's name.

    Raises
    ------
    PictureError
        It is one.
    """
    if os.path.isdir(path):
        raise PictureError(
            f"{path} is a folder; give the name of a picture in it, such as bird.png."
        )


def check_picture_path(path: Path) -> None:
    """Refuse, before minutes of drawing, a path that no picture can be written to.

    Raises
    ------
    PictureError
        The suffix is none of ``FORMATS``, the folder does not exist, the path is a folder, a pipe,
        a device or a file that is read-only, or the name is too long.
    """
    check_no_folder(path)
    if path.name.lower() in FORMATS:  # there is nothing before the ending
        raise PictureError(f"The name {path.name!r} is an ending alone: name it bird{path.name}.")
    if path.suffix.lower() not in FORMATS:
        raise PictureError(
            f"The name {path.name!r} must end in .png, .jpg or .webp, so that the picture's kind "
            "is clear."
        )
    folder = path.parent
    if os.path.isdir(folder):
        try:
            os.lstat(path)
            folder = link_target(path).parent
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:  # a name that is too long, or no name at all
            reason = _reason(error)
            raise PictureError(f"The picture cannot be saved as {path}: {reason}.") from error
    if not os.path.isdir(folder):
        raise PictureError(f"There is no folder {folder} to save the picture in.")
    if is_special(path):
        raise PictureError(f"{path} is a pipe or a device: give the name of a file.")
    if is_read_only(path):
        raise PictureError(
            f"The file {path} is read-only: give another name, or make it writable first."
        )
    if not os.access(folder, os.W_OK):
        raise PictureError(f"The folder {folder} cannot be written to.")


def save_picture(
    image: Image.Image, metadata: PictureMetadata, path: Path, size: int | None = None
) -> None:
    """Write a picture with its metadata; an older file of that name is replaced in one step.

    Parameters
    ----------
    image : RGB picture.
    metadata : what it was drawn from.
    path : name ending in one of ``FORMATS``, in a folder that exists.
    size : width and height to save it in, in pixels, of one that is no square the longer of them;
        None leaves it as it is.

    Raises
    ------
    PictureError
        The name does not fit, or the folder cannot be written to; no half file is left behind.
    """
    check_picture_path(path)
    if size is not None and size != max(image.size):
        image = within_square(image, size, Image.Resampling.LANCZOS)
    try:
        with replacing(path, follow_umask=True) as temporary:
            write_picture(image, metadata, temporary, FORMATS[path.suffix.lower()])
    except OSError as error:
        raise PictureError(f"The picture cannot be saved as {path}: {_reason(error)}.") from error


def within_square(image: Image.Image, side: int, resampling: Image.Resampling) -> Image.Image:
    """Return a picture as large as a square holds it, uncut; however narrow, it has a pixel."""
    longer = max(image.size)
    width, height = (max(1, round(length * side / longer)) for length in image.size)
    return image.resize((width, height), resampling)


def write_picture(
    image: Image.Image, metadata: PictureMetadata, path: Path, kind: str = "PNG"
) -> None:
    """Write a picture of a kind (a value of ``FORMATS``) to any name, straight away.

    Raises
    ------
    OSError
        It cannot be written; a part of it may be there.
    """
    if kind == "PNG":
        chunks = _png_chunks(metadata)
        write_image(image, path, format=kind, pnginfo=chunks, compress_level=_PNG_EFFORT)
    elif kind == "JPEG":
        comment = metadata.to_json()
        exif = _exif(metadata)
        write_image(image, path, format=kind, quality=95, subsampling=0, exif=exif, comment=comment)
    else:
        write_image(image, path, format=kind, quality=95, exif=_exif(metadata))


def write_image(image: Image.Image, path: Path, **options: Any) -> None:
    """Write an image as ``image.save(path, **options)`` does, all of it or with an error.

    Pillow lets some formats write to the file themselves, and these do not notice when a disk that
    is full takes only a part.

    Raises
    ------
    OSError
        It cannot be written; a part of it may be there.
    """
    encoded = io.BytesIO()
    image.save(encoded, **options)
    path.write_bytes(encoded.getvalue())  # a buffer caught in an error would crash Python 3.12.1


def read_picture(path: Path) -> Picture:
    """Read a picture that was saved here.

    The pose of one that was mirrored, turned or cut since is not known.

    Raises
    ------
    PictureError
        There is no such file, it is no whole picture, it is larger than any that is drawn here,
        or speech2bird did not draw it.
    """
    try:
        _check_file(path)
        with open_picture(path) as image:
            # Only the beginning was read until now: nobody waits for pictures of others. A PNG may
            # have it behind the pixels.
            metadata = None if image.format == "PNG" else _stored_metadata(image)
            if metadata is None and image.format != "PNG":
                raise _foreign(path)
            if image.width * image.height > _LARGEST:
                raise _too_large(path, f"{image.width} x {image.height} pixels")
            image.load()  # reads to the end: finds chunks behind the pixels, and missing halves
            metadata = metadata or _stored_metadata(image)
            pixels = upright(image).convert("RGB")
    except FileNotFoundError as error:
        raise PictureError(f"There is no picture {path}.") from error
    except UnreadablePictureError as error:
        raise PictureError(f"{path} is {error}.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{path} is {_what_it_is(path)}.") from error
    except Image.DecompressionBombError as error:
        raise _too_large(path, "it would fill the memory") from error
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or "it is damaged or incomplete"
        raise PictureError(f"The picture {path} cannot be read: {reason}.") from error
    if metadata is None:
        raise _foreign(path)
    if metadata.drawn_pose and not is_as_drawn(pixels, metadata.drawn_likeness):
        metadata = replace(metadata, drawn_pose=None)
    return Picture(pixels, metadata)


def _foreign(path: Path) -> PictureError:
    return PictureError(
        f"The picture {path} does not say which sentence and seed it was drawn from."
    )


def _what_it_is(path: Path) -> str:
    """Say what a file is that Pillow does not know."""
    with path.open("rb") as file:
        beginning = file.read(_BRAND.stop)
    if not beginning:
        return "an empty file"
    named = is_named_picture(path)
    is_one = beginning[4:8] == b"ftyp" and beginning[_BRAND] in _PICTURES
    if is_one or (named and path.suffix.lower() not in Image.registered_extensions()):
        return OF_UNREADABLE_KIND
    if kind_of(path) == "sound":
        return "a sound, not a picture: the tab Speak and `listen` take it"
    return "not a picture, or it is damaged" if named else "not a picture"


def _too_large(path: Path, why: str) -> PictureError:
    return PictureError(f"The picture {path} is too large: {why}.")


def _reason(error: Exception) -> str:
    """Return why the system refused something, in its own words."""
    return getattr(error, "strerror", None) or str(error)


def _check_file(path: Path) -> None:
    """Refuse what would be read for ever, like a pipe, or into too much memory."""
    if not path.is_file() and path.exists():
        raise PictureError(f"The picture {path} cannot be read: it is no file.")
    if path.exists() and path.stat().st_size > _LARGEST_FILE:
        raise PictureError(f"The file {path} is too large to be a picture that was drawn here.")


def read_metadata(path: Path) -> PictureMetadata:
    """Read what a saved picture was drawn from; errors as for :func:`read_picture`."""
    return read_picture(path).metadata


def peek_metadata(path: Path) -> PictureMetadata:
    """Read what a saved PNG was drawn from, in most cases without its pixels: for many files.

    Raises
    ------
    PictureError
        As for :func:`read_picture`; a picture that ends too early is noticed too.
    """
    metadata = None
    try:
        _check_file(path)
        with open(path, "rb") as file:
            file.seek(-len(_END_OF_PNG), os.SEEK_END)
            if file.read() == _END_OF_PNG:
                file.seek(0)
                with Image.open(file, formats=["PNG"]) as image:
                    metadata = PictureMetadata.from_json(image.info.get(_CHUNK))
                    is_large = image.width * image.height > _LARGEST
                if not (metadata or is_large or _may_be_ours(file)):
                    raise _foreign(path)
    except _UNREADABLE:
        pass  # the slow way finds the same, and the words for it
    return metadata or read_metadata(path)


def _may_be_ours(file: BinaryIO) -> bool:
    """Go through a PNG's chunks, passing over the pixels; False: no text in it is of ours."""
    keyword = _CHUNK.encode("ascii") + b"\0"
    file.seek(0)
    if file.read(len(_START_OF_PNG)) != _START_OF_PNG:
        return True
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return False
        behind = file.tell() + length + 4  # and its checksum
        if kind in (b"tEXt", b"zTXt", b"iTXt") and file.read(len(keyword)) == keyword:
            return True
        file.seek(behind)
    return True  # it ends too early


def _png_chunks(metadata: PictureMetadata) -> PngInfo:
    chunks = PngInfo()
    chunks.add_itxt(_CHUNK, metadata.to_json())
    chunks.add_itxt("parameters", metadata.parameters())
    # Keywords that the PNG specification itself gives a meaning.
    chunks.add_itxt("Description", metadata.title)
    chunks.add_text("Software", f"speech2bird {metadata.version}")
    return chunks


def _exif(metadata: PictureMetadata) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = metadata.parameters()
    exif[ExifTags.Base.Software] = f"speech2bird {metadata.version}"
    comment = _ASCII + metadata.to_json(ascii_only=True).encode("ascii")
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    return exif


def _stored_metadata(image: Image.Image) -> PictureMetadata | None:
    """Return what a file says that its picture was drawn from, wherever it does."""
    stored = image.info.get(_CHUNK) or image.info.get("comment")
    if metadata := PictureMetadata.from_json(stored):
        return metadata
    comment = None
    with contextlib.suppress(Exception):  # Pillow raises almost anything on what is no EXIF
        comment = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    return PictureMetadata.from_json(
        comment.removeprefix(_ASCII) if isinstance(comment, bytes) else comment
    )
