"""The four-stage AttnGAN at work: a sentence goes in, a picture comes out.

>>> from models import Painter
>>> Painter.load().draw("a small red bird with black wings", seed=7).image.save("bird.png")

Importing this package is cheap: torch is loaded when ``Painter`` is first touched, so that a
program can show its window or its ``--help`` before that. ``Drawing`` and ``DrawRequest`` do
without torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.drawing import Drawing
    from models.painter import Painter
    from models.request import DrawRequest

__all__ = ["DrawRequest", "Drawing", "Painter"]


def __getattr__(name: str) -> object:
    if name == "Drawing":
        from models.drawing import Drawing

        return Drawing
    if name == "DrawRequest":
        from models.request import DrawRequest

        return DrawRequest
    if name == "Painter":
        from models.painter import Painter

        return Painter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
