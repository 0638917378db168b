"""Whether a picture shows the main colours of a bird, whatever its pose: shares of its pixels.

The bird is what stands in the middle and is unlike the picture's border. Colours overlap: what
light makes of brown counts as orange, too, since a checker that is strict fails photographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mask = NDArray[np.bool_]

NAMES = Path(__file__).with_name("well_known_names.tsv")

FIRST = {
    "black": 0.19, "white": 0.11, "grey": 0.16, "brown": 0.18, "red": 0.06, "orange": 0.06,
    "yellow": 0.08, "green": 0.1, "blue": 0.08, "purple": 0.02, "pink": 0.05,
}  # fmt: skip
"""Share of the bird that its first main colour has at least: about what tells photographs of birds
that the book gives the colour from others. They began on 560 kinds of which none is one of the
hundred, and were settled with photographs of the hundred in view."""
FURTHER = 0.4
"""The same for further colours, as a share of that."""

_SIDE = 48  # pixels
_RADIUS = 0.36  # of the side: where the bird is looked for
_LIKE_BORDER = 0.12  # of the largest difference of colours
_LEAST_BIRD = 0.3  # of the middle: with less, all of the middle is taken for it


@dataclass(frozen=True)
class WellKnown:
    """A name and its main colours, the largest area first; each is one of several."""

    name: str
    parts: tuple[str, ...]
    colours: tuple[frozenset[str], ...]

    def is_shown(self, shares: dict[str, float]) -> bool:
        """Whether a picture with such shares of colours shows the bird's."""
        return all(
            any(shares[colour] >= FIRST[colour] * (FURTHER if place else 1) for colour in colours)
            for place, colours in enumerate(self.colours)
        )


def read_names(path: Path = NAMES) -> list[WellKnown]:
    """Read the list."""
    names = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, described = line.partition("\t")
            pairs = [part.split() for part in described.split(", ")]
            parts = tuple(part for part, _ in pairs)
            names.append(
                WellKnown(name, parts, tuple(frozenset(colours.split("/")) for _, colours in pairs))
            )
    return names


def colour_shares(picture: Image.Image) -> dict[str, float]:
    """Return the share of the bird's pixels that may be called by each basic colour."""
    small = picture.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float64) / 255
    hsv = np.asarray(small.convert("HSV"), dtype=np.float64) / 255
    bird = _bird(pixels)
    return {colour: float(mask[bird].mean()) for colour, mask in _colours(hsv).items()}


def _bird(pixels: NDArray[np.float64]) -> Mask:
    """(S, S) which pixels are the bird's."""
    place = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    middle: Mask = np.hypot(*np.meshgrid(place, place)) < _RADIUS
    border: Sequence[NDArray[np.float64]] = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    usual = np.concatenate([np.median(side.reshape(4, -1, 3), axis=1) for side in border])
    differences = np.linalg.norm(pixels[:, :, None] - usual, axis=-1).min(axis=-1) / np.sqrt(3)
    bird: Mask = middle & (differences > _LIKE_BORDER)
    return bird if bird.sum() >= _LEAST_BIRD * middle.sum() else middle


def _colours(hsv: NDArray[np.float64]) -> dict[str, Mask]:
    hue, strength, light = hsv[..., 0] * 360, hsv[..., 1], hsv[..., 2]
    return {
        "black": (light < 0.25) | ((light < 0.36) & (strength < 0.35)),
        "white": (strength < 0.25) & (light > 0.62),
        "grey": (strength < 0.28) & (light > 0.25) & (light < 0.8),
        "brown": (hue > 8) & (hue < 52) & (strength > 0.15) & (light > 0.18) & (light < 0.78),
        "red": ((hue > 338) | (hue < 18)) & (strength > 0.45) & (light > 0.28),
        "orange": (hue > 10) & (hue < 44) & (strength > 0.5) & (light > 0.42),
        "yellow": (hue > 38) & (hue < 70) & (strength > 0.45) & (light > 0.5),
        "green": (hue > 62) & (hue < 172) & (strength > 0.18) & (light > 0.15),
        "blue": (hue > 175) & (hue < 262) & (strength > 0.2) & (light > 0.2),
        "purple": (hue > 250) & (hue < 330) & (strength > 0.18) & (light > 0.15),
        "pink": ((hue > 315) | (hue < 16)) & (strength > 0.13) & (strength < 0.62) & (light > 0.55),
    }
