"""What ``evaluate`` found, as JSON and as a Markdown table."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.training.evaluation.confidence import SPLITS, Score, shown
from models.training.runs.tables import table
from models.whole_files import write_whole


@dataclass(frozen=True)
class PictureScores:
    """Scores of a set of pictures.

    Attributes
    ----------
    pictures, against : how many were compared with how many photographs, for FID and KID.
    fid, kid : Frechet and kernel distance of features: small when pictures look alike.
    class_score : Inception Score's formula on the feature network's own ImageNet classes.
    r_at_1 : share of pictures that find their own sentence among 99 of other species; None for
        photographs that the judge was trained on.
    r_at_1_shuffled : the same with a sentence of another species in place of their own.
    """

    pictures: int
    against: int
    fid: Score
    kid: Score
    class_score: Score
    r_at_1: Score | None
    r_at_1_shuffled: Score | None


@dataclass(frozen=True)
class StageScores(PictureScores):
    """Scores of the drawings of one stage, with those of photographs beside them.

    Attributes
    ----------
    seen_at : side in pixels at which the feature network saw the pictures.
    seed_diversity : mean feature distance between seeds of one sentence, as a share of that
        between photographs of one species.
    pose_diversity : the same with features compared place by place.
        Both are None where no species has two photographs to compare with.
    colour_obedience : share of one-coloured birds that have the colour that was asked for; None
        when the weights know no word of what is asked.
    colours : the same for each colour that is asked for.
    anatomy, photographs_anatomy : shares of drawings and of photographs that have an eye, a beak,
        one head, a tail, and the first three; empty without a part finder.
    photographs : one half of the photographs against the other; retrieval of all of them.
    train_photographs : photographs of the training species against those of the data folder.
    """

    seen_at: int
    seed_diversity: Score | None
    pose_diversity: Score | None
    colour_obedience: Score | None
    colours: Mapping[str, float]
    anatomy: Mapping[str, Score]
    photographs_anatomy: Mapping[str, Score]
    photographs: PictureScores
    train_photographs: PictureScores | None


@dataclass(frozen=True)
class Report:
    """Scores of one weights file; `stages` has them by the side of the picture in pixels."""

    weights: str
    data: str
    species: int
    judge: str
    network: str
    seed: int
    sketches: int
    command: str
    versions: str
    stages: Mapping[int, StageScores]

    def to_json(self) -> str:
        """One line, so that the reports of many runs together are JSON lines."""
        return json.dumps(dataclasses.asdict(self))

    def to_markdown(self) -> str:
        """One table, what its numbers mean, and what made them."""
        header = [
            *("size", "pictures", "compared", f"FID ({self.network})", f"KID ({self.network})"),
            *(f"class score ({self.network})", "R@1 of 100", "R@1, shuffled captions"),
            *("seed diversity", "pose diversity", "colour obedience"),
        ]
        rows = []
        for size, stage in self.stages.items():
            own = [_percent(share) for share in (*_diversities(stage), stage.colour_obedience)]
            seen = f"**{size} px**, seen at {stage.seen_at}"
            rows.append(_row(seen, "**drawings**", stage, own))
            whole = ["–" if share is None else "100 %" for share in _diversities(stage)] + ["–"]
            rows.append(_row("", "photographs, half and half", stage.photographs, whole))
            if stage.train_photographs is not None:
                label = "photographs of training species"
                rows.append(_row("", label, stage.train_photographs, ["–"] * 3))
        colours = [
            self._colours(size, stage) for size, stage in self.stages.items() if stage.colours
        ]
        anatomy = self._anatomy() if any(stage.anatomy for stage in self.stages.values()) else []
        notes = [*anatomy, *self._notes(), "", *colours, "", *self._origin(), ""]
        return "\n".join([table(header, rows), "", *notes])

    def _anatomy(self) -> list[str]:
        """A table of what a part finder sees."""
        names = next(iter(self.stages.values())).anatomy
        rows = [
            [f"{size} px", label, *map(_percent, shares.values())]
            for size, stage in self.stages.items()
            for label, shares in (
                ("**drawings**", stage.anatomy),
                ("photographs", stage.photographs_anatomy),
            )
        ]
        return [table(["size", "pictures", *names], rows), ""]

    def _notes(self) -> list[str]:
        notes = [
            f"{self.network} took no part in training; these scores cannot be compared with a "
            "paper's, which look through another network. FID depends on the number of pictures: "
            "compare equal numbers, and a stage only with the photographs below it. "
            f"± is 95 % confidence by the jackknife over {SPLITS} splits, each without a tenth of "
            "the pictures. Chance R@1 is 1 %. R@1 and class score of the photographs are those of "
            "both halves."
        ]
        if any(size > stage.seen_at for size, stage in self.stages.items()):
            notes.append(
                "Squares round birds hold little detail beyond 256 px: larger drawings are "
                "reduced to that, and their finest detail is not judged."
            )
        return notes

    @staticmethod
    def _colours(size: int, stage: StageScores) -> str:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in stage.colours.items())
        return f"- Colours obeyed at {size} px: {shares.replace('%', ' %')}."

    def _origin(self) -> list[str]:
        made_by = [f"Made by `{self.command}`."] if self.command else []
        of = "one sketch each" if self.sketches == 1 else f"the best of {self.sketches} sketches"
        return [
            f"Weights: {self.weights}. Photographs: {self.data}, {self.species} species. "
            f"Judge: {self.judge}. Seed {self.seed}, {of}. {self.versions}.",
            *made_by,
        ]


def write_report(report: Report, folder: Path) -> None:
    """Write ``scores.json`` and ``scores.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "scores.json", report.to_json() + "\n")
    write_whole(folder / "scores.md", report.to_markdown())


def _diversities(stage: StageScores) -> tuple[Score | None, Score | None]:
    return stage.seed_diversity, stage.pose_diversity


def _row(size: str, label: str, scores: PictureScores, further: list[str]) -> list[str]:
    return [
        *(size, label, f"{scores.pictures} with {scores.against}"),
        *(shown(scores.fid, 0), shown(scores.kid, 3), shown(scores.class_score, 1)),
        *(_percent(scores.r_at_1), _percent(scores.r_at_1_shuffled)),
        *further,
    ]


def _percent(score: Score | None) -> str:
    return shown(score, 1, 100) + " %" * (score is not None)
