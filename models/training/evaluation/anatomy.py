"""Whether a drawn bird has an eye, a beak, a tail and one head, as a part finder sees it.

The part finder looks through a network that no training uses. A part that is there once has its
probability in one place; where there are two heads, it is shared out between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from models.painter import Painter, choose_device
from models.part_head import gathered
from models.pose import PART_GROUPS
from models.training.data.examples import read_examples
from models.training.data.photographs import Photographs, kept_side
from models.training.evaluation.drawings import ask, draw, stage_of
from models.training.evaluation.features import NETWORK, pixel_batches
from models.training.expert.expert import load_expert
from models.training.features.image_features import resize

SIDE = 192
"""Side in pixels at which pictures are looked at."""

NEAR, NEAR_CROWN = 0.12, 0.15
"""How far from its most probable place a part's probability counts, as a share of the side."""

FOUND, ONE_HEAD = 0.6, 0.75
"""Shares of a part's probability that must lie there."""

MOST_UNSEEN = 0.5
"""Probability that a part is not to be seen, above which it counts as not found."""

_GROUPS = list(PART_GROUPS)


@dataclass(frozen=True)
class Anatomy:
    """What is found in N pictures, each (N,) booleans."""

    eye: Tensor
    beak: Tensor
    one_head: Tensor
    tail: Tensor

    @property
    def whole(self) -> Tensor:
        """Eye, beak and exactly one head."""
        return self.eye & self.beak & self.one_head

    @property
    def shares(self) -> dict[str, float]:
        """The share of pictures that have each, and of whole birds."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        named["whole"] = self.whole
        return {name: float(has.double().mean()) for name, has in named.items()}

    @classmethod
    def join(cls, parts: Sequence[Anatomy]) -> Anatomy:
        return cls(
            *(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(cls))
        )


class Anatomist:
    """Looks for parts.

    Parameters
    ----------
    path : ``expert.pt`` of the recipe `judge`.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no such file, it is damaged, or looks through another network.
    """

    def __init__(self, path: Path, device: torch.device) -> None:
        expert = load_expert(path)
        if expert.features.name != NETWORK:
            raise ValueError(
                f"The part finder {path} looks through {expert.features.name}, as generators do in "
                "training. Train one with: run judge"
            )
        self._features, self._parts = expert.features.to(device), expert.parts.to(device)
        self._device = device

    def examine(self, pictures: Iterable[Image.Image]) -> Anatomy:
        """Look at pictures of one size."""
        return Anatomy.join([self._examine(batch) for batch in pixel_batches(pictures)])

    def examine_photographs(self, photographs: Photographs, size: int) -> Anatomy:
        """Look at the squares round birds, shrunk to `size` pixels."""
        rows = torch.arange(len(photographs)).split(32)
        return Anatomy.join([self._look(photographs.centred(part, size)) for part in rows])

    def _examine(self, batch: Tensor) -> Anatomy:
        return self._look(batch.float().div(127.5).sub(1))

    @torch.inference_mode()
    def _look(self, pictures: Tensor) -> Anatomy:
        signed = pictures.to(self._device).contiguous(memory_format=torch.channels_last)
        maps, _ = self._features(resize(signed, SIDE))
        probability = self._parts(maps).softmax(2).cpu()
        seen = probability[..., -1] < MOST_UNSEEN
        near, near_crown = gathered(probability, NEAR), gathered(probability, NEAR_CROWN)
        eye, beak, crown, tail = (_GROUPS.index(part) for part in ("eye", "beak", "crown", "tail"))
        found = (near > FOUND) & seen
        return Anatomy(
            eye=found[:, eye],
            beak=found[:, beak],
            one_head=(near_crown[:, crown] > ONE_HEAD) & seen[:, crown],
            tail=found[:, tail],
        )


def anatomy_table(rows: Sequence[tuple[str, Anatomy]]) -> str:
    """Shares in percent, a row for each set of pictures, as Markdown."""
    names = ("eye", "beak", "one_head", "tail", "whole")
    lines = [
        "| pictures | number | eye | beak | one head | tail | eye, beak and one head |",
        "|" + " --- |" * 7,
    ]
    for label, anatomy in rows:
        shares = anatomy.shares
        cells = " | ".join(f"{100 * shares[name]:.0f}" for name in names)
        lines.append(f"| {label} | {len(anatomy.eye)} | {cells} |")
    return "\n".join(lines)


def examine_weights(
    weights: Sequence[Path],
    part_finder: Path,
    data: Path,
    size: int,
    pictures: int | None = None,
    seed: int = 0,
    device: str = "auto",
) -> str:
    """Draw captions of a data folder with each weights file and look for parts.

    Parameters
    ----------
    part_finder : ``expert.pt`` of the recipe `judge`.
    data : folder of species that training never saw.
    size : side in pixels of the drawings, and of the photographs beside them.
    pictures : draw so many captions, one a photograph; of all photographs by default.

    Returns
    -------
    A table in Markdown, photographs first.

    Raises
    ------
    ValueError, ModelError
        A file or folder cannot be used, or a weights file does not draw that size.
    """
    chosen = choose_device(device)
    anatomist, examples = Anatomist(part_finder, chosen), read_examples(data)
    painters = [Painter.load(path, device) for path in weights]
    for painter, path in zip(painters, weights, strict=True):
        if size not in painter.sizes:
            raise ValueError(f"{path} draws {', '.join(map(str, painter.sizes))} px, not {size}")
    asked_of = [ask(painter, examples, data, seed, pictures) for painter in painters]
    photographs = Photographs([examples[row] for row in asked_of[0].rows], kept_side(size))
    rows = [("photographs", anatomist.examine_photographs(photographs, size))]
    for painter, path, asked in zip(painters, weights, asked_of, strict=True):
        drawings = draw(painter, asked.sentences, asked.seeds, size, path.name)
        anatomy = anatomist.examine(stage_of(drawing, size) for drawing in drawings)
        rows.append((f"{path.parent.name}/{path.name}", anatomy))
    return anatomy_table(rows)
