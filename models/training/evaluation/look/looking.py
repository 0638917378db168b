"""Looks at drawings where scores are blind: copies of photographs, parts' colours, fine detail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from models import Drawing
from models.painter import Painter
from models.training.data.examples import Example, read_examples
from models.training.data.photographs import bird_square
from models.training.evaluation.drawings import ask, draw, stage_of
from models.training.evaluation.features import FeatureNetwork
from models.training.evaluation.judge import load_judge
from models.training.evaluation.look.detail import Detail, against, luminance, measure, sharpness
from models.training.evaluation.look.look_report import LookReport, Pair
from models.training.evaluation.look.look_sheets import (
    TWO_COLOURS,
    TWO_COLOURS_SEEDS,
    enlarged,
    save_crops,
    save_nearest,
    save_sentences,
    save_two_colours,
)
from models.training.evaluation.look.nearest import Neighbour, Similarities, TrainingPhotographs
from models.training.evaluation.look.parts import tell_parts
from models.training.gan.samples import understood
from models.training.runs.publishing import fingerprint, versions
from models.whole_files import write_whole

DRAWINGS = 32
"""Captions drawn, each of another photograph: the figures stand on these."""

SHOWN_AT = 256
"""Side in pixels of the stage that is shown whole, or the largest below it that there is."""

_COPY_SIZE = 64


def look(
    weights: Path,
    judge: Path,
    data: Path,
    train: Path,
    out: Path,
    seed: int = 0,
    device: str = "auto",
    command: str = "",
) -> LookReport:
    """Write four sheets of pictures, ``look.json`` and ``look.md`` into a folder.

    The sheet of two colours is left out where the weights know no word of its English sentences.

    Parameters
    ----------
    judge : ``damsm.pt`` of a DAMSM trained on EfficientNet-Lite2: nearness is what its network
        sees, at the side it was trained for.
    data : folder of species that training never saw, whose captions are drawn.
    train : the training folder, whose photographs should not come out again.
    seed : decides which captions and seeds of drawings are chosen.
    device : "auto", "cpu" or "cuda".
    command : the command line that repeats it, for the report.

    Raises
    ------
    ValueError
        The weights have one stage only, or the judge or a data folder cannot be used, with the
        reason.
    ModelError
        The weights cannot be used, with the reason.
    """
    painter = Painter.load(weights, device)
    if len(painter.sizes) < 2:
        raise ValueError(f"{weights} draws {painter.sizes[0]} px only: two stages are needed.")
    damsm = load_judge(judge)
    side = damsm.picture_size
    examples, training_examples = read_examples(data), read_examples(train)
    asked = ask(painter, examples, data, seed, DRAWINGS)
    network = FeatureNetwork.of_judge(damsm, painter.device)
    training = TrainingPhotographs(network, training_examples)
    out.mkdir(parents=True, exist_ok=True)

    size = max(size for size in painter.sizes if size <= max(SHOWN_AT, painter.sizes[0]))
    largest = painter.sizes[-1]
    drawings = list(draw(painter, asked.sentences, asked.seeds, largest, "captions"))
    neighbours = training.nearest(stage_of(drawing, size) for drawing in drawings)
    save_nearest(out / "nearest.jpg", drawings, size, neighbours)
    save_sentences(out / "sentences.jpg", drawings)
    save_crops(out / "detail.jpg", drawings)
    two_colours = understood(TWO_COLOURS, painter.vocabulary, painter.max_words)
    if two_colours:
        save_two_colours(out / "two-colours.jpg", _draw_two_colours(painter, two_colours, size))

    report = LookReport(
        weights=painter.model_name,
        data=data.name,
        train=train.name,
        training_photographs=len(training_examples),
        judge=fingerprint(judge),
        seen_at=side,
        seed=seed,
        command=command,
        versions=versions(),
        similarities={
            f"drawings, {size} px": Similarities.of(neighbours),
            **_photographs_similarities(training, examples, asked.rows, training_examples),
        },
        pairs=[
            Pair.of(drawing.sentence, drawing.seed, neighbour)
            for drawing, neighbour in zip(drawings, neighbours, strict=True)
        ],
        parts=tell_parts(painter, damsm, network, two_colours, size),
        details=_details(drawings, [examples[row] for row in asked.rows]),
        sharpness_ratio=_sharpness_ratio(drawings),
    )
    write_whole(out / "look.json", report.to_json() + "\n")
    write_whole(out / "look.md", report.to_markdown())
    return report


def _draw_two_colours(painter: Painter, sentences: Sequence[str], size: int) -> list[Drawing]:
    asked = [sentence for sentence in sentences for _ in range(TWO_COLOURS_SEEDS)]
    seeds = [*range(TWO_COLOURS_SEEDS)] * len(sentences)
    return list(draw(painter, asked, seeds, size, "two colours"))


def _photographs_similarities(
    training: TrainingPhotographs,
    examples: Sequence[Example],
    rows: Sequence[int],
    training_examples: Sequence[Example],
) -> dict[str, Similarities]:
    """How near real photographs come, and how near copies would: the scale for drawings."""
    side = training.side
    real: list[Neighbour] = training.nearest(bird_square(example, side) for example in examples)
    copied = training_examples[:: max(1, len(training_examples) // len(rows))][: len(rows)]
    copies = training.nearest(_blurred(bird_square(example, side)) for example in copied)
    return {
        "photographs whose captions are drawn": Similarities.of([real[row] for row in rows]),
        "all photographs of unseen species": Similarities.of(real),
        f"training photographs, blurred as at {_COPY_SIZE} px": Similarities.of(copies),
    }


def _blurred(picture: Image.Image) -> Image.Image:
    small = picture.resize((_COPY_SIZE, _COPY_SIZE), Image.Resampling.LANCZOS)
    return small.resize(picture.size, Image.Resampling.BICUBIC)


def _details(drawings: Sequence[Drawing], examples: Sequence[Example]) -> dict[str, Detail]:
    last, before = drawings[0].image.width, drawings[0].stages[-2].width
    return {
        f"{last} px stage": measure([drawing.image for drawing in drawings]),
        f"{before} px stage, enlarged bicubically": measure([enlarged(d) for d in drawings]),
        f"{before} px stage": measure([drawing.stages[-2] for drawing in drawings]),
        f"photographs, {before} px": measure([bird_square(e, before) for e in examples]),
    }


def _sharpness_ratio(drawings: Sequence[Drawing]) -> float:
    ratios = [
        against(sharpness(luminance(drawing.image)), sharpness(luminance(enlarged(drawing))))
        for drawing in drawings
    ]
    return float(np.mean(ratios))
