"""Scores weights files against the photographs of a data folder."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchmetrics
from torch import Tensor

from models.painter import Painter
from models.request import SKETCHES, DrawRequest
from models.training.data.examples import METADATA, Example, read_examples
from models.training.evaluation.anatomy import ANATOMY, load_part_finder
from models.training.evaluation.confidence import Score, with_confidence
from models.training.evaluation.distances import (
    class_score,
    frechet_distance,
    kernel_distance,
    species_spread,
    spread,
)
from models.training.evaluation.drawings import (
    COLOUR_SEEDS,
    DIVERSITY_SEEDS,
    DIVERSITY_SENTENCES,
    choose_seeds,
    draw_and_see,
    obeyed_colours,
)
from models.training.evaluation.features import (
    NETWORK,
    NETWORK_NAME,
    FeatureNetwork,
    Features,
    seen_at,
)
from models.training.evaluation.judge import Judge
from models.training.evaluation.report import PictureScores, Report, StageScores
from models.training.runs.publishing import fingerprint, versions

FEWEST_PICTURES = 20  # two halves that ten groups can be made of


@dataclass(frozen=True)
class _Photographs:
    """What is known of photographs at one size."""

    features: Features
    species_spread: float | None
    pose_spread: float | None
    scores: PictureScores
    train_scores: PictureScores | None


class Evaluator:
    """Scores weights files against the same photographs, which are looked at only once.

    Parameters
    ----------
    judge : ``damsm.pt`` of a DAMSM trained on EfficientNet-Lite2, kept out of generator training.
    data : folder of species that training never saw.
    pictures : score so many, chosen at random; all of the folder by default.
    train : the training folder, whose photographs are scored against those of `data`, too.
    seed : decides which pictures, captions and seeds of drawings are chosen.
    device : "auto", "cpu" or "cuda".
    sketches : among how many each drawing is chosen; 1 is the plain network.

    Raises
    ------
    ValueError
        The judge or a data folder cannot be used, with the reason.
    """

    def __init__(
        self,
        judge: Path,
        data: Path,
        pictures: int | None = None,
        train: Path | None = None,
        seed: int = 0,
        device: str = "cpu",
        sketches: int = SKETCHES,
    ) -> None:
        self.seed, self.device, self._data, self._judge_path = seed, device, data, judge
        self._sketches = sketches
        chooser = np.random.default_rng(seed)
        examples = read_examples(data)
        chosen = _choose(len(examples), pictures, data, chooser)
        self._judge = Judge(judge, examples, chosen, chooser)
        self._examples = [examples[row] for row in chosen]
        self._train: list[Example] | None = None
        if train is not None:
            others = read_examples(train)
            self._train = [others[k] for k in _choose(len(others), len(chosen), train, chooser)]
        self._seeds = choose_seeds(len(chosen), chooser)
        # Of their own source, so that colours are the same however many pictures are scored.
        source = np.random.default_rng((seed, 1))
        self._further_seeds = choose_seeds(max(DIVERSITY_SEEDS, COLOUR_SEEDS), source)
        self._further_sentences = chooser.permutation(self._judge.sentences)[:DIVERSITY_SENTENCES]
        self._network: FeatureNetwork | None = None
        self._photographs: dict[int, _Photographs] = {}

    @property
    def asked(self) -> dict[str, Any]:
        """What scores depend on beside the weights: equal ones can be compared."""
        return {
            "judge": fingerprint(self._judge_path),
            "photographs": fingerprint(self._data / METADATA),
            "scored": len(self._examples),
            "seed": self.seed,
            "sketches": self._sketches,
        }

    def score(self, weights: Path, sizes: Sequence[int] = (), command: str = "") -> Report:
        """Score one weights file.

        Parameters
        ----------
        sizes : the stages to score, by their side in pixels; all that the weights have by default.
        command : the command line that repeats it, for the report.

        Raises
        ------
        ValueError
            The weights lack a size, or a photograph cannot be read.
        ModelError
            The weights cannot be used, with the reason.
        """
        painter = Painter.load(weights, self.device, self._sketches)
        sizes = tuple(sorted(set(sizes))) or painter.sizes
        for size in sizes:
            if size not in painter.sizes:
                have = ", ".join(map(str, painter.sizes))
                raise ValueError(f"{weights} draws {have} px, not {size}: choose other --sizes.")
        if self._network is None:
            parts = load_part_finder(self._judge_path, NETWORK)
            self._network = FeatureNetwork.of_judge(self._judge.damsm, painter.device, parts)
        network = self._network
        for size in sizes:  # before the drawings, which take long: a broken file is told at once
            self._see_photographs(network, size)
        drawn = draw_and_see(
            painter, network, self._judge.sentences, self._seeds, sizes, "drawings"
        )
        seeds = self._further_seeds[:DIVERSITY_SEEDS]
        sentences = [sentence for sentence in self._further_sentences for _ in seeds]
        varied = draw_and_see(
            painter, network, sentences, seeds * len(self._further_sentences), sizes, "seeds"
        )
        obeyed = obeyed_colours(painter, network, self._further_seeds[:COLOUR_SEEDS], sizes)
        stages = {
            size: self._stage(network, size, drawn[size], varied[size], obeyed[size])
            for size in sizes
        }
        return Report(
            weights=painter.model_name,
            data=self._data.name,
            judge=fingerprint(self._judge_path),
            network=NETWORK_NAME,
            species=len({example.species for example in self._examples}),
            seed=self.seed,
            sketches=painter.sketches_of(DrawRequest()) or 1,
            command=command,
            versions=f"{versions()}, torchmetrics {torchmetrics.__version__}, "
            f"Python {platform.python_version()}",
            stages=stages,
        )

    def _stage(
        self,
        network: FeatureNetwork,
        size: int,
        drawn: Features,
        varied: Features,
        obeyed: dict[str, list[bool]],
    ) -> StageScores:
        real = self._see_photographs(network, size)
        flags = torch.tensor(list(obeyed.values()), dtype=torch.double)
        scores = self._score(
            network, drawn.pooled, real.features.pooled, drawn.pooled, drawn.judged
        )
        return StageScores(
            **vars(scores),
            seen_at=seen_at(size),
            seed_diversity=self._diversity(varied.pooled, real.species_spread),
            pose_diversity=self._diversity(varied.places, real.pose_spread),
            colour_obedience=self._mean(flags.flatten()) if obeyed else None,
            colours={name: sum(shown) / len(shown) for name, shown in obeyed.items()},
            anatomy=self._anatomy(drawn),
            photographs_anatomy=self._anatomy(real.features),
            photographs=real.scores,
            train_photographs=real.train_scores,
        )

    def _see_photographs(self, network: FeatureNetwork, size: int) -> _Photographs:
        """Look at the photographs at this size and score them, unless that was done before."""
        side = min(size, seen_at(size))  # beyond what is seen, a larger photograph is no other
        if side not in self._photographs:
            features = network.see_photographs(self._examples, side, f"photographs, {side} px")
            half = len(self._examples) // 2
            species = [example.species for example in self._examples]
            one, other = features.pooled[:half], features.pooled[half : 2 * half]
            train_scores = None
            if self._train is not None:
                label = f"training photographs, {side} px"
                train = network.see_photographs(self._train, side, label).pooled
                same_number = features.pooled[: len(train)]
                train_scores = self._score(network, train, same_number, train, None)
            self._photographs[side] = _Photographs(
                features=features,
                species_spread=species_spread(features.pooled, species),
                pose_spread=species_spread(features.places, species),
                scores=self._score(network, one, other, features.pooled, features.judged),
                train_scores=train_scores,
            )
        return self._photographs[side]

    def _score(
        self,
        network: FeatureNetwork,
        one: Tensor,
        other: Tensor,
        classified: Tensor,
        judged: Tensor | None,
    ) -> PictureScores:
        """Score pictures.

        Parameters
        ----------
        one, other : (N, F) features, between which distances are measured.
        classified : (M, F) features for the class score.
        judged : (M, F) features for retrieval; None when the judge was trained on these pictures.
        """

        def distance(measure: Callable[[Tensor, Tensor], float]) -> Score:
            return with_confidence(
                lambda rows: measure(one[rows], other[rows]), len(one), self.seed
            )

        logits = network.classify(classified)
        return PictureScores(
            pictures=len(one),
            against=len(other),
            fid=distance(frechet_distance),
            kid=distance(kernel_distance),
            class_score=with_confidence(
                lambda rows: class_score(logits[rows]), len(logits), self.seed
            ),
            r_at_1=None if judged is None else self._mean(self._judge.chances(judged)),
            r_at_1_shuffled=(
                None if judged is None else self._mean(self._judge.shuffled_chances(judged))
            ),
        )

    def _diversity(self, features: Tensor, of_photographs: float | None) -> Score | None:
        """Spread of the seeds of a sentence, as a share of that of photographs of a species."""
        if of_photographs is None:
            return None
        groups = features.unflatten(0, (-1, DIVERSITY_SEEDS))
        return self._mean(torch.tensor([spread(group) / of_photographs for group in groups]))

    def _anatomy(self, features: Features) -> dict[str, Score]:
        """Shares of pictures that have each of `ANATOMY`; none without a part finder."""
        return {
            name: self._mean(has)
            for name, has in zip(ANATOMY, features.anatomy.unbind(1), strict=False)
        }

    def _mean(self, values: Tensor) -> Score:
        return with_confidence(lambda rows: float(values[rows].mean()), len(values), self.seed)


def _choose(
    count: int, wanted: int | None, folder: Path, chooser: np.random.Generator
) -> list[int]:
    """Rows of `wanted` of `count` pictures, in random order."""
    number = count if wanted is None else min(wanted, count)
    if number < FEWEST_PICTURES:
        raise ValueError(
            f"Scores need at least {FEWEST_PICTURES} pictures; {folder} has {count}"
            + (f", of which {wanted} were asked for." if wanted is not None else ".")
        )
    rows: list[int] = chooser.permutation(count)[:number].tolist()
    return rows
