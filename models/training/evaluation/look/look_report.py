"""What ``look`` found, as JSON and as Markdown tables."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.training.evaluation.features import NETWORK_NAME
from models.training.evaluation.look.detail import PERIODS, SIDES, Detail
from models.training.evaluation.look.nearest import Neighbour, Similarities
from models.training.evaluation.look.parts import SEEDS, PartsTold
from models.training.runs.tables import table


@dataclass(frozen=True)
class Pair:
    """A drawing and the training photograph nearest to it."""

    sentence: str
    seed: int
    nearest: str
    mirrored: bool
    similarity: float

    @classmethod
    def of(cls, sentence: str, seed: int, neighbour: Neighbour) -> Pair:
        name = neighbour.example.path.name
        return cls(sentence, seed, name, neighbour.mirrored, neighbour.similarity)


@dataclass(frozen=True)
class LookReport:
    """Figures of one weights file.

    Attributes
    ----------
    training_photographs : how many the nearest was looked for among, each mirrored as well.
    seen_at : side in pixels at which the network saw pictures.
    similarities : of each kind of pictures to their nearest training photograph.
    pairs : each drawing and its nearest training photograph.
    parts : how often drawings of two-colour sentences are told from those of the same sentences,
        colours exchanged.
    details : figures of fine detail, of each kind of pictures.
    sharpness_ratio : sharpness of the last stage over that of the stage before it, enlarged
        bicubically to the same side; the mean of the drawings' ratios.
    """

    weights: str
    data: str
    train: str
    training_photographs: int
    judge: str
    seen_at: int
    seed: int
    command: str
    versions: str
    similarities: Mapping[str, Similarities]
    pairs: Sequence[Pair]
    parts: Sequence[PartsTold]
    details: Mapping[str, Detail]
    sharpness_ratio: float

    def to_json(self) -> str:
        """One line, so that the reports of many runs together are JSON lines."""
        return json.dumps(dataclasses.asdict(self))

    def to_markdown(self) -> str:
        """Two tables, what their numbers mean, and what made them."""
        made_by = [f"Made by `{self.command}`."] if self.command else []
        lines = [
            table(
                ["similarity to the nearest training photograph", "pictures", *_SIMILARITIES],
                [[kind, *_similarity_cells(s)] for kind, s in self.similarities.items()],
            ),
            "",
            f"Cosine of {NETWORK_NAME}'s features at {self.seen_at} px, nearest of "
            f"{self.training_photographs:,} training photographs, mirrored and not.",
            "",
            *self._told(),
            table(
                ["detail", "pictures", "sharpness", _CHECKERBOARDS, _BLOCKS, _SEAMS],
                [[kind, *_detail_cells(detail)] for kind, detail in self.details.items()],
            ),
            "",
            f"The last stage is **{self.sharpness_ratio:.2f} times** as sharp as the one before "
            "it, enlarged bicubically. Sharpness is the variance of the Laplacian, comparable at "
            "one size. 1 is no checkerboard, no blocks and no seam.",
            "",
            f"Weights: {self.weights}. Photographs: {self.data}, training: {self.train}. "
            f"Judge: {self.judge}. Seed {self.seed}. {self.versions}.",
            *made_by,
        ]
        return "\n".join([*lines, ""])

    def _told(self) -> list[str]:
        if not self.parts:
            return []
        shares = [told.share for told in self.parts]
        return [
            f"Colours on their parts: of {len(shares)} sentences with two colours and the same "
            f"with their colours exchanged, {len(SEEDS)} seeds each, the judge gives "
            f"**{sum(shares) / len(shares):.0%}** of the pairs of drawings each its own sentence "
            "(chance: 50%).",
            "",
        ]


_SIMILARITIES = ("lowest", "mean", "highest")
_PERIODS = ", ".join(map(str, PERIODS))
_CHECKERBOARDS = f"checkerboard of {_PERIODS} px"
_BLOCKS = f"blocks of {_PERIODS} px"
_SEAMS = f"seam {', '.join(SIDES)}"


def _similarity_cells(similarities: Similarities) -> list[str]:
    values = (similarities.lowest, similarities.mean, similarities.highest)
    return [str(similarities.pictures), *(f"{value:.2f}" for value in values)]


def _detail_cells(detail: Detail) -> list[str]:
    sharpness = f"{detail.sharpness:.0f} at {detail.side} px"
    ratios = (detail.checkerboard, detail.blocks, detail.seams)
    cells = [", ".join(f"{ratio:.2f}" for ratio in figures.values()) for figures in ratios]
    return [str(detail.pictures), sharpness, *cells]
