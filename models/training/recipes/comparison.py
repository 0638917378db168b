"""Trains several recipes under one budget and puts their scores side by side."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from models.painter import Painter
from models.request import DrawRequest
from models.training.data.folder import DataFolder
from models.training.evaluation.confidence import Score, shown
from models.training.evaluation.evaluator import Evaluator
from models.training.evaluation.sheets import Panel, save_sheet
from models.training.gan.samples import SENTENCES, understood
from models.training.gan.trainer import load_gan
from models.training.recipes.recipe import Recipe
from models.training.recipes.recipe_run import DRAWING_FILE, RecipeRun
from models.training.runs import distributed
from models.training.runs.tables import table
from models.whole_files import whole_file, write_whole

SHOWN = (0, 1, 2, 4)
"""Which of the sample sentences are drawn side by side."""
_SIDE = 160  # pixels of such a picture

_BETWEEN_VALUES = re.compile(r",(?![^\[{]*[\]}])")
"""A comma that is in no list or table."""


@dataclass(frozen=True)
class Variant:
    """One recipe of a comparison, and its name in the table."""

    name: str
    recipe: Recipe


def variants_of(
    recipes: Sequence[str], changes: Sequence[str], photographs: int | None = None
) -> list[Variant]:
    """Each recipe with each choice among the values of the changes.

    Parameters
    ----------
    recipes : names or files.
    changes : such as ``phase.0.damsm_weight=1,5,10``: a key, and one or several values.
    photographs : how many each sees; by default as many as the shortest recipe has.

    Raises
    ------
    FileNotFoundError, ValueError
        As of `Recipe.read`; or two are the same, or a recipe has fewer photographs.
    """
    choices = [_values(change) for change in changes]
    named = []
    for name, *chosen in itertools.product(recipes, *choices):
        told = [change for change, several in zip(chosen, choices, strict=True) if len(several) > 1]
        named.append((", ".join([Path(name).stem, *told]), name, chosen))
    names = [shown for shown, *_ in named]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{twice[0]} is named twice: give the files different names")
    counts = [_photographs(Recipe.read(name, chosen)) for _, name, chosen in named]
    budget = min(counts) if photographs is None else photographs
    if short := [shown for shown, count in zip(names, counts, strict=True) if count < budget]:
        raise ValueError(f"{short[0]} sees {min(counts):,} photographs, not {budget:,}")
    return [
        Variant(shown, Recipe.read(name, [*chosen, f"photographs={budget}"]))
        for shown, name, chosen in named
    ]


def _values(change: str) -> list[str]:
    """One change for each of the values that are named."""
    key, equals, values = change.partition("=")
    return [f"{key}{equals}{value}" for value in _BETWEEN_VALUES.split(values)]


def _photographs(recipe: Recipe) -> int:
    return sum(phase.photographs for phase in recipe.phases)


@dataclass(frozen=True)
class Comparison:
    """Runs variants, one after the other; one that is done is not run again.

    Recipes that agree in expert, DAMSM and scorer of sketches share them.

    Attributes
    ----------
    out : folder for the runs, ``comparison.md``, ``comparison.json``, ``comparison.png`` and
        ``pictures.jpg``.
    minutes : longest time that the phases of each are trained.
    """

    data: DataFolder
    evaluator: Evaluator
    out: Path
    device: torch.device
    minutes: float = math.inf
    seed: int = 0

    def run(self, variants: Sequence[Variant], command: str) -> str:
        """Train, score and compare; returns the table.

        Raises
        ------
        OSError, ValueError, FloatingPointError
            As of `RecipeRun` and `Evaluator.score`; or the folder holds another comparison.
        InterruptedError
            It was asked to stop; the recipe under way is saved.
        """
        # At the largest size that all of them train.
        size = min(max(max(phase.stages) for phase in each.recipe.phases) for each in variants)
        runs = [
            RecipeRun(each.recipe, self.data, self.out / f"{number:02d}", self.device, self.seed)
            for number, each in enumerate(variants)
        ]
        rows = []
        for number, (variant, run) in enumerate(zip(variants, runs, strict=True)):
            run.begin(resume=True)
            for earlier in runs[:number]:
                run.take_over(earlier)
            distributed.wait_for_all()
            rows.append(self._scores(variant.name, run, size))
        text = _table(rows, command)
        if distributed.is_first():
            write_whole(self.out / "comparison.json", json.dumps(rows, indent=1) + "\n")
            write_whole(self.out / "comparison.md", text)
            _plot(rows, self.out / "comparison.png")
            self._draw(variants, runs, size)
        return text

    def _scores(self, name: str, run: RecipeRun, size: int) -> dict[str, Any]:
        path = run.out / "scores.json"
        minutes = None if math.isinf(self.minutes) else self.minutes
        asked = {
            "name": name,
            "budget": _photographs(run.recipe),
            "minutes": minutes,
            "size": size,
            **self.evaluator.asked,
        }
        if not path.exists():
            self._train(run)
            weights = run.export()
            if distributed.is_first():
                write_whole(path, json.dumps(asked | self._score(run, weights, size)) + "\n")
            distributed.wait_for_all()
        row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if other := [key for key, value in asked.items() if row.get(key) != value]:
            raise ValueError(
                f"{run.out} holds a run of another comparison (other {', '.join(other)}): choose "
                "another --out"
            )
        return row

    def _train(self, run: RecipeRun) -> None:
        run.train_expert()
        run.train_damsm()
        for number in range(len(run.recipe.phases)):
            complete = run.train_phase(number, self.minutes - run.minutes())
            if not complete:
                if run.minutes() < self.minutes - 1e-6:
                    raise InterruptedError("stopped; the same command goes on from here")
                break
        run.train_sketch_scorer()

    def _score(self, run: RecipeRun, weights: Path, size: int) -> dict[str, Any]:
        scores = self.evaluator.score(weights, [size]).stages[size]
        position = load_gan(run.begun()[-1])["position"]
        return {
            "seen": position["seen_before"] + position["seen"],
            "minutes_trained": round(run.minutes(), 1),
            "pictures": scores.pictures,
            **{
                name: score and [score.value, score.margin]
                for name in ("fid", "kid", "r_at_1", "colour_obedience", "seed_diversity")
                for score in [getattr(scores, name)]
            },
            "sharpness": self._sharpness(weights, size),
        }

    def _sharpness(self, weights: Path, size: int) -> float | None:
        """Mean sharpness of the sample sentences' drawings; None when no word of them is known."""
        painter = Painter.load(weights, str(self.device.type))
        sentences = understood(SENTENCES, painter.vocabulary, painter.max_words)
        if not sentences:
            return None
        requests = [DrawRequest(sentence, 0, size, as_written=True) for sentence in sentences]
        drawings = painter.draw_batch(requests)
        return sum(sharpness(drawing.image) for drawing in drawings) / len(drawings)

    def _draw(self, variants: Sequence[Variant], runs: Sequence[RecipeRun], size: int) -> None:
        """Draw some sentences with every recipe, a row each."""
        panels = []
        for variant, run in zip(variants, runs, strict=True):
            painter = Painter.load(run.out / DRAWING_FILE, self.device.type)
            shown = [SENTENCES[number] for number in SHOWN]
            requests = [
                DrawRequest(sentence, seed, size, as_written=True)
                for sentence in understood(shown, painter.vocabulary, painter.max_words)
                for seed in (0, 1)
            ]
            pictures = [painter.draw(request).image for request in requests]
            panels.append(Panel(pictures, variant.name))
        save_sheet(self.out / "pictures.jpg", panels, columns=1, side=_SIDE)


def _table(rows: Sequence[dict[str, Any]], command: str) -> str:
    header = (
        *("recipe", "photographs", "minutes", "scored at", "KID", "FID", "R@1 of 100, %"),
        *("colour obedience, %", "seed diversity, %", "sharpness"),
    )

    def cell(row: dict[str, Any], name: str, digits: int, scale: float = 1) -> str:
        return shown(row[name] and Score(*row[name]), digits, scale)

    cells = [
        [
            row["name"],
            f"{row['seen']:,}",
            f"{row['minutes_trained']:.0f}",
            f"{row['size']} px",
            *(cell(row, "kid", 3), cell(row, "fid", 0), cell(row, "r_at_1", 1, 100)),
            *(cell(row, "colour_obedience", 0, 100), cell(row, "seed_diversity", 0, 100)),
            "–" if row["sharpness"] is None else f"{row['sharpness']:.1f}",
        ]
        for row in rows
    ]
    notes = f"{rows[0]['pictures']} drawings of unseen species each. Made by `{command}`."
    return f"{table(header, cells)}\n\n{notes}\n"


def _plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    from matplotlib.figure import Figure

    measures = (
        ("kid", "KID (less is better)"),
        ("r_at_1", "R@1 of 100"),
        ("colour_obedience", "colour obedience"),
        ("seed_diversity", "seed diversity"),
    )
    figure = Figure(figsize=(13, 1.2 + 0.4 * len(rows)), layout="constrained")
    all_axes = figure.subplots(1, len(measures), sharey=True)
    for axes, (name, label) in zip(all_axes, measures, strict=True):
        nothing = (math.nan, math.nan)
        values, margins = zip(*(row[name] or nothing for row in rows), strict=True)
        places = range(len(rows))
        axes.barh(places, values, xerr=margins, color="#4c78a8", ecolor="#333333", capsize=2)
        axes.set_yticks(places, [f"{row['name']} ({row['size']} px)" for row in rows])
        axes.set_title(label, fontsize=10)
    all_axes[0].invert_yaxis()  # the first recipe on top, in all of them
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)


def sharpness(picture: Image.Image) -> float:
    """Mean absolute Laplacian of a picture's brightness, of 255: what blur lacks."""
    grey = torch.tensor(list(picture.convert("L").tobytes())).view(1, 1, *reversed(picture.size))
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]).view(1, 1, 3, 3)
    return torch.nn.functional.conv2d(grey.float(), kernel).abs().mean().item()
