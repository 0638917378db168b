"""Trains a set of recipes under one budget and puts their scores side by side.

Each recipe answers a question: it differs from the first of its kind in one thing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from models.painter import Painter
from models.training.data.examples import METADATA
from models.training.evaluation.confidence import Score
from models.training.evaluation.evaluator import Evaluator
from models.training.exchange.export import export
from models.training.exchange.publishing import fingerprint
from models.training.gan.samples import SENTENCES, understood
from models.training.gan.schedule import run_schedule
from models.training.gan.settings import PRESETS, Phase, Preset
from models.training.gan.trainer import load_gan
from models.training.runs.whole_files import whole_file, write_whole

_OTHER = "{} holds the run of another comparison (other {}): choose another --out"

SHOWN = (0, 1, 2, 4)
"""Which of the sample sentences are drawn side by side."""


@dataclass(frozen=True)
class Variant:
    """One recipe of a comparison.

    Attributes
    ----------
    size : side in pixels of the pictures that are scored.
    start_from : ``gan.pt`` of the run that it goes on from; None begins from nothing.
    """

    name: str
    preset: Preset
    size: int
    start_from: Path | None = None


def preset_variants(pictures: int) -> list[Variant]:
    """Both presets' 64 px stage from nothing; each sees so many photographs."""
    return [
        Variant(f"{name}, from nothing", PRESETS[name].with_stages(1).with_pictures([pictures]), 64)
        for name in ("speech2bird", "attngan")
    ]


def settings_variants(pictures: int, start_from: Path | None) -> list[Variant]:
    """The settings whose effects matter, tried on the 64 px stage of `speech2bird`.

    Parameters
    ----------
    pictures : photographs that each recipe sees.
    start_from : a run with a trained first stage, on which effects show early.
    """
    preset = PRESETS["speech2bird"].changed({"damsm_weight": 1.0})
    # Its later stages stay as they are: any of its runs can be gone on from.
    preset = replace(preset, phases=(Phase(pictures, preset.phases[0].settings),))

    def variant(name: str, **changes: Any) -> Variant:
        return Variant(name, preset.changed(changes), 64, start_from)

    return [
        variant("learning rate 2e-4, lambda 1, one generator step"),
        variant("generator learning rate 1.5e-4", generator_learning_rate=1.5e-4),
        variant("lambda 5", damsm_weight=5.0),
        variant("lambda 10", damsm_weight=10.0),
        variant("two generator steps", generator_steps=2),
    ]


def stage_count_variants(pictures: int, start_from: Path) -> list[Variant]:
    """Three against four stages, on top of a run whose first two stages are trained."""
    preset = PRESETS["speech2bird"]
    patches = Phase(pictures, preset.phases[-1].settings)
    four = replace(preset, phases=(patches,))
    three_stages = replace(patches.settings, stages=(2,))
    three = replace(preset, phases=(Phase(pictures, three_stages),))
    # The three-stage run's fourth stage is as it was at first: it enlarges bicubically.
    return [
        Variant("three stages, enlarged to 512 px", three, 512, start_from),
        Variant("four stages", four, 512, start_from),
    ]


class Comparison:
    """Runs variants, one after the other; one that is done is not run again.

    Parameters
    ----------
    out : folder for the runs, ``comparison.md``, ``comparison.json``, ``comparison.png`` and
        ``pictures.jpg``.
    """

    def __init__(
        self,
        train: Path,
        damsm: Path,
        evaluator: Evaluator,
        out: Path,
        device: torch.device,
    ) -> None:
        self.train, self.damsm, self.evaluator, self.out = train, damsm, evaluator, out
        self.device = device

    def run(self, variants: Sequence[Variant], command: str) -> str:
        """Train, score and compare; returns the table.

        Raises
        ------
        OSError, ValueError, FloatingPointError
            As `run_schedule` and `Evaluator.score`; or the folder holds another comparison.
        InterruptedError
            It was asked to stop; the recipe under way is saved.
        """
        rows = [self._scores(number, variant) for number, variant in enumerate(variants)]
        table = _table(rows, command)
        write_whole(self.out / "comparison.json", json.dumps(rows, indent=1) + "\n")
        write_whole(self.out / "comparison.md", table)
        _plot(rows, self.out / "comparison.png")
        self._draw(variants)
        return table

    def _folder(self, number: int) -> Path:
        return self.out / f"{number:02d}"

    def _scores(self, number: int, variant: Variant) -> dict[str, Any]:
        folder = self._folder(number)
        path = folder / "scores.json"
        self._begin(folder, variant)
        if path.exists():
            saved: dict[str, Any] = json.loads(path.read_text())
            if saved["name"] == variant.name and saved["budget"] == _budget(variant):
                return saved
            raise ValueError(_OTHER.format(folder, "recipes or numbers of pictures"))
        weights = self._train(variant, folder)
        scores = self.evaluator.score(weights, [variant.size]).stages[variant.size]
        state = load_gan(folder / "gan.pt")
        row = {
            "name": variant.name,
            "budget": _budget(variant),
            "pictures": state["phase_pictures"],
            "size": variant.size,
            "scored": scores.pictures,
            **{
                name: _value_and_margin(getattr(scores, name))
                for name in ("fid", "kid", "r_at_1", "colour_obedience", "seed_diversity")
            },
            "sharpness": self._sharpness(weights, variant.size),
        }
        write_whole(path, json.dumps(row) + "\n")
        return row

    def _begin(self, folder: Path, variant: Variant) -> None:
        """Note what a recipe is made of, or see that it still is when it was noted before.

        A folder that an earlier version left has no such note, and passes.
        """
        made_of = {
            "train": fingerprint(self.train / METADATA),
            "damsm": fingerprint(self.damsm),
            "start_from": variant.start_from and fingerprint(variant.start_from),
            **self.evaluator.asked,
        }
        path = folder / "made-of.json"
        if path.exists():
            noted = json.loads(path.read_text())
            if other := [name for name, value in made_of.items() if noted.get(name) != value]:
                raise ValueError(_OTHER.format(folder, ", ".join(other)))
        elif not (folder / "gan.pt").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(made_of) + "\n")

    def _train(self, variant: Variant, folder: Path) -> Path:
        complete = run_schedule(
            variant.preset,
            self.train,
            self.damsm,
            folder,
            self.device,
            resume=True,
            start_from=variant.start_from,
        )
        if not complete:
            raise InterruptedError("stopped; the same command goes on from here")
        weights = folder / "bird.safetensors"
        export(self.damsm, folder / "gan.pt", weights, variant.name, {}, self.train)
        return weights

    def _sharpness(self, weights: Path, size: int) -> float | None:
        """Mean sharpness of the sample sentences' drawings; None when no word of them is known."""
        painter = Painter.load(weights, str(self.device.type))
        sentences = understood(SENTENCES, painter.vocabulary, painter.max_words)
        if not sentences:
            return None
        drawings = painter.draw_batch(sentences, [0] * len(sentences), size)
        return sum(sharpness(drawing.image) for drawing in drawings) / len(drawings)

    def _draw(self, variants: Sequence[Variant], side: int = 160) -> None:
        """Draw some sentences with every variant (a row each), 512 px ones in their full size."""
        sheet = Image.new("RGB", (side * len(SHOWN) * 2, side * len(variants)))
        for number, variant in enumerate(variants):
            painter = Painter.load(self._folder(number) / "bird.safetensors", self.device.type)
            shown = [SENTENCES[number] for number in SHOWN]
            shown = understood(shown, painter.vocabulary, painter.max_words)
            for column, sentence in enumerate(shown):
                for seed in (0, 1):
                    image = painter.draw(sentence, seed, variant.size).image
                    place = (side * (2 * column + seed), side * number)
                    sheet.paste(image.resize((side, side), Image.Resampling.BICUBIC), place)
        with whole_file(self.out / "pictures.jpg") as temporary:
            sheet.save(temporary, format="JPEG", quality=90)


def _value_and_margin(score: Score | None) -> list[float] | None:
    return None if score is None else [score.value, score.margin]


def _budget(variant: Variant) -> dict[str, int]:
    return {"pictures": sum(phase.pictures for phase in variant.preset.phases)}


def _table(rows: Sequence[dict[str, Any]], command: str) -> str:
    def cell(row: dict[str, Any], name: str, scale: float, digits: int) -> str:
        if row[name] is None:
            return "–"
        value, margin = row[name]
        return f"{scale * value:.{digits}f} ± {scale * margin:.{digits}f}"

    lines = [
        "| recipe | pictures seen | scored at | KID | FID | R@1 of 100, % | colour obedience, % "
        "| seed diversity, % | sharpness |",
        "|" + " --- |" * 9,
    ]
    for row in rows:
        cells = [
            row["name"],
            f"{row['pictures']:,}",
            f"{row['size']} px",
            cell(row, "kid", 1, 3),
            cell(row, "fid", 1, 0),
            cell(row, "r_at_1", 100, 1),
            cell(row, "colour_obedience", 100, 0),
            cell(row, "seed_diversity", 100, 0),
            "–" if row["sharpness"] is None else f"{row['sharpness']:.1f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    notes = f"{rows[0]['scored']} drawings of unseen species each. Made by `{command}`."
    return "\n".join([*lines, "", notes, ""])


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
