"""What the gallery asks of the rest of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.pictures.picture_metadata import PictureMetadata
from app.ui.picture.kept_picture import KeptPicture


@dataclass(frozen=True)
class GalleryActions:
    """What the rest of the window does for the gallery.

    Attributes
    ----------
    show : shows a picture large; None shows that there is none.
    use_sentence : puts the sentence where it can be changed and drawn.
    draw_again : draws what a picture was drawn from, with the same seed; its sound is beside its
        file.
    can_save : whether a picture is shown that can be saved and copied.
    save, copy : save or copy the picture that is shown.
    open : opens a saved picture from anywhere.
    """

    show: Callable[[KeptPicture | None], None]
    use_sentence: Callable[[PictureMetadata], None]
    draw_again: Callable[[PictureMetadata, Path], None]
    can_save: Callable[[], bool]
    save: Callable[[], None]
    copy: Callable[[], None]
    open: Callable[[], None]
