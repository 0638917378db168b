"""Several weights files in one table and on one sheet, the real photographs below them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from models.checkpoints.checkpoint import load_checkpoint
from models.painter import Painter
from models.request import DrawRequest
from models.training.evaluation.confidence import Score, shown
from models.training.evaluation.evaluator import Evaluator
from models.training.evaluation.report import StageScores
from models.training.evaluation.sheets import Panel, save_sheet
from models.training.gan.samples import SENTENCES, understood
from models.training.runs.tables import table
from models.whole_files import write_whole

SIDE = 128
"""Side in pixels of a picture on the sheet."""


def side_by_side(
    weights: Mapping[str, Path], evaluator: Evaluator, size: int, out: Path, command: str
) -> str:
    """Score weights files by the same photographs, and draw the same sentences with each.

    Parameters
    ----------
    weights : files by the name that the table gives them.
    size : side in pixels of the pictures that are scored.
    out : folder for ``side-by-side.md`` and ``side-by-side.jpg``.

    Returns
    -------
    The table.

    Raises
    ------
    ModelError, ValueError
        As `Evaluator.score`.
    """
    out.mkdir(parents=True, exist_ok=True)
    stages = {name: evaluator.score(path, [size]).stages[size] for name, path in weights.items()}
    header = (
        *("weights", "photographs seen", "KID", "FID", "R@1 of 100, %", "colour obedience, %"),
        *("seed diversity, %", "pose diversity, %", "eye, beak and one head, %", "tail, %"),
    )
    sentences = list(SENTENCES)
    painters = {name: Painter.load(path, evaluator.device) for name, path in weights.items()}
    for painter in painters.values():  # only what all of them know words of can be compared
        sentences = understood(sentences, painter.vocabulary, painter.max_words)
    rows, panels = [], []
    for name, path in weights.items():
        card = load_checkpoint(path).card
        seen = card.get("photographs_seen", card.get("pictures_seen", "–"))
        rows.append([name, seen, *_scores(stages[name])])
        if sentences:
            requests = [DrawRequest(sentence, 0, size, as_written=True) for sentence in sentences]
            drawings = painters[name].draw_batch(requests)
            panels.append(Panel([drawing.image for drawing in drawings], name))
    any_stage = next(iter(stages.values()))
    rows += _photographs(any_stage)
    if panels:
        save_sheet(out / "side-by-side.jpg", panels, columns=1, side=SIDE)
    note = f"{any_stage.pictures} drawings each, {size} px. Made by `{command}`."
    text = f"{table(header, rows)}\n\n{note}\n"
    write_whole(out / "side-by-side.md", text)
    return text


def _photographs(stage: StageScores) -> list[list[str]]:
    """What photographs reach: of the training species, where they were looked at, and these."""
    rows, train = [], stage.train_photographs
    if train is not None:
        distances = (shown(train.kid, 3), shown(train.fid, 0))
        rows.append(["photographs of training species", "–", *distances, *["–"] * 6])
    retrieved = shown(stage.photographs.r_at_1, 1, 100)
    whole = [
        "–" if share is None else "100" for share in (stage.seed_diversity, stage.pose_diversity)
    ]
    anatomy = _anatomy(stage.photographs_anatomy)
    rows.append(["these photographs", "–", "0", "0", retrieved, "–", *whole, *anatomy])
    return rows


def _scores(stage: StageScores) -> list[str]:
    return [
        *(shown(stage.kid, 3), shown(stage.fid, 0), shown(stage.r_at_1, 1, 100)),
        *(shown(stage.colour_obedience, 0, 100), shown(stage.seed_diversity, 0, 100)),
        shown(stage.pose_diversity, 0, 100),
        *_anatomy(stage.anatomy),
    ]


def _anatomy(shares: Mapping[str, Score]) -> list[str]:
    return [shown(shares.get(name), 0, 100) for name in ("whole", "tail")]
