"""What holds a GAN run back: what its discriminators know, and which loss pulls at the drawings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from models.training.gan.trainer import GanTrainer
from models.training.runs.tables import table


@dataclass(frozen=True)
class Scored:
    """What one discriminator says, without regard to sentences; a number for each of its scales.

    Attributes
    ----------
    name : side in pixels of its stage's pictures, and whether it sees heads.
    known, unseen, drawn : mean scores of photographs it was trained on, of photographs it never
        saw, and of drawings.
    """

    name: str
    known: tuple[float, ...]
    unseen: tuple[float, ...]
    drawn: tuple[float, ...]

    @property
    def by_heart(self) -> float:
        """How far unseen photographs are from known ones on the way to drawings; a share.

        0: they look as real as known ones. 1: as false as drawings; the discriminator knows its
        photographs by heart and has nothing more to teach.
        """
        known, unseen, drawn = (sum(part) for part in (self.known, self.unseen, self.drawn))
        return (known - unseen) / (known - drawn) if known != drawn else 0.0


@dataclass(frozen=True)
class Diagnosis:
    """Findings about one run.

    Attributes
    ----------
    pulls : mean of `GanStep.pulls`, by loss.
    """

    photographs_seen: int
    batches: int
    scored: tuple[Scored, ...]
    pulls: dict[str, float]

    def to_markdown(self) -> str:
        rows = [
            [
                *(one.name, _scales(one.known), _scales(one.unseen), _scales(one.drawn)),
                f"{100 * one.by_heart:.0f}",
            ]
            for one in self.scored
        ]
        scores = ("known photographs", "unseen ones", "drawings")
        hardest_first = sorted(self.pulls.items(), key=lambda pull: -pull[1])
        pulls = [(name, f"{pull:.2g}") for name, pull in hardest_first]
        return (
            f"{self.photographs_seen:,} photographs seen; means of {self.batches} batches.\n\n"
            f"{table(['stage, px', *scores, 'known by heart, %'], rows)}\n\n"
            f"{table(['loss', 'pull at the drawings'], pulls)}"
        )


def diagnose(known: GanTrainer, unseen: GanTrainer, batches: int = 12) -> Diagnosis:
    """Look at the networks of a phase with its own batch size; they are not changed.

    Parameters
    ----------
    known, unseen : the same networks, with the photographs they are trained on and with others.
    batches : how many are looked at, of each.
    """
    scores: dict[str, list[list[Tensor]]] = defaultdict(list)
    pulls: dict[str, list[float]] = defaultdict(list)
    for batch, other_batch in islice(zip(known.sampler, unseen.sampler, strict=False), batches):
        answers, answers_unseen = known.gan.score(batch), unseen.gan.score(other_batch)
        scores["known"].append([_means(real.unconditional) for real, _, _ in answers])
        scores["unseen"].append([_means(real.unconditional) for real, _, _ in answers_unseen])
        scores["drawn"].append([_means(drawn.unconditional) for _, _, drawn in answers])
        for name, pull in known.gan.pulls(batch).items():
            pulls[name].append(pull)
    scored = tuple(
        Scored(
            view.name,
            **{
                name: tuple(torch.stack([part[number] for part in parts]).mean(0).tolist())
                for name, parts in scores.items()
            },
        )
        for number, view in enumerate(known.gan.views)
    )
    means = {name: sum(parts) / len(parts) for name, parts in pulls.items()}
    return Diagnosis(known.photographs_before, batches, scored, means)


def _means(scales: Sequence[Tensor]) -> Tensor:
    return torch.stack([scores.float().mean() for scores in scales])


def _scales(scores: Sequence[float]) -> str:
    return ", ".join(f"{score:.2f}" for score in scores)
