"""What the gallery asks of the rest of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.picture_file import Picture
from app.picture_metadata import PictureMetadata


@dataclass(frozen=True)
class GalleryActions:
    """What the rest of the window does for the gallery.

    Attributes
    ----------
    show
        Shows a picture large; None shows that there is none.
    use_sentence
        Puts the sentence where it can be changed and drawn.
    draw_again
        Draws the sentence with the same seed.
    save, copy
        Save or copy the picture that is shown.
    open
        Opens a saved picture from anywhere.
    """

    show: Callable[[Picture | None], None]
    use_sentence: Callable[[PictureMetadata], None]
    draw_again: Callable[[PictureMetadata], None]
    save: Callable[[], None]
    copy: Callable[[], None]
    open: Callable[[], None]
