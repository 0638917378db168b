"""From one bird to another in steps, as a strip of pictures or as an animation. No Tk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app import __version__
from app.files import replacing
from app.pictures.picture_file import PictureError, write_image
from models.request import Blend

STRIP_SIZE = 256  # pixels, the side of a picture in a strip
STRIP_SUFFIXES = (".png",)
ANIMATION_SUFFIXES = (".gif", ".png")
_STEP_TIME = 120  # milliseconds that a picture of an animation is shown
_END_TIME = 900  # milliseconds for the first and the last one


def way(blend: Blend, steps: int) -> list[Blend]:
    """Return the blends from its first sentence and seed to its second, in equal steps.

    Parameters
    ----------
    blend : which sentences and seeds; its own shares do not matter.
    steps : how many, at least 2: the ends are the first and the last.
    """
    shares = [step / (steps - 1) for step in range(steps)]
    return [
        Blend(blend.first, blend.second, share, blend.first_seed, blend.second_seed, share)
        for share in shares
    ]


def check_way_path(path: Path, animated: bool) -> None:
    """Refuse, before all pictures are drawn, a path that they cannot be saved as.

    Raises
    ------
    PictureError
        The suffix does not fit, or nothing can be written into the folder.
    """
    _check_suffix(path, ANIMATION_SUFFIXES if animated else STRIP_SUFFIXES)
    try:
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _not_saved(path, error) from error


def save_strip(pictures: Sequence[Image.Image], blend: Blend, path: Path) -> None:
    """Write pictures side by side as one PNG.

    Raises
    ------
    PictureError
        The name does not end in .png, or the folder cannot be written to.
    """
    _check_suffix(path, STRIP_SUFFIXES)
    side = pictures[0].height
    strip = Image.new("RGB", (side * len(pictures), side))
    for position, picture in enumerate(pictures):
        strip.paste(picture, (side * position, 0))
    _write(strip, path, format="PNG", pnginfo=_chunks(blend))


def save_animation(pictures: Sequence[Image.Image], blend: Blend, path: Path) -> None:
    """Write pictures as an animation that goes there and back for ever: GIF or animated PNG.

    Raises
    ------
    PictureError
        The name ends in neither .gif nor .png, or the folder cannot be written to.
    """
    _check_suffix(path, ANIMATION_SUFFIXES)
    there_and_back = [*pictures, *pictures[-2:0:-1]]
    times = [_STEP_TIME] * len(there_and_back)
    times[0] = times[len(pictures) - 1] = _END_TIME
    options: dict[str, Any] = {"save_all": True, "duration": times, "loop": 0}
    if path.suffix.lower() == ".gif":
        first, *others = [picture.quantize(256) for picture in there_and_back]
        _write(first, path, format="GIF", append_images=others, comment=_about(blend), **options)
    else:
        first, *others = there_and_back
        _write(first, path, format="PNG", append_images=others, pnginfo=_chunks(blend), **options)


def _about(blend: Blend) -> str:
    return (
        f"{blend.first} (seed {blend.first_seed}) to {blend.second} (seed {blend.second_seed}), "
        f"drawn by speech2bird {__version__}"
    )


def _chunks(blend: Blend) -> PngInfo:
    chunks = PngInfo()
    chunks.add_itxt("Description", _about(blend))
    chunks.add_text("Software", f"speech2bird {__version__}")
    return chunks


def _check_suffix(path: Path, suffixes: Sequence[str]) -> None:
    if path.suffix.lower() not in suffixes:
        raise PictureError(f"The name {path.name!r} must end in {' or '.join(suffixes)}.")


def _write(image: Image.Image, path: Path, **options: Any) -> None:
    try:
        with replacing(path, follow_umask=True) as temporary:
            write_image(image, temporary, **options)
    except OSError as error:
        raise _not_saved(path, error) from error


def _not_saved(path: Path, error: OSError) -> PictureError:
    reason = error.strerror or str(error)
    return PictureError(f"The pictures cannot be saved as {path}: {reason}.")
