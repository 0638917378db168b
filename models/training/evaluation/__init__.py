"""Scores of a weights file on species that training never saw, with a network kept out of it.

>>> from models.training.evaluation import evaluate
>>> report = evaluate(Path("weights/bird.safetensors"), Path("damsm.pt"), Path("birds/test"))
>>> report.stages[256].kid.value
"""

from models.training.evaluation.colours import dominant_colour
from models.training.evaluation.evaluator import Evaluator, evaluate
from models.training.evaluation.report import PictureScores, Report, StageScores

__all__ = [
    "Evaluator",
    "PictureScores",
    "Report",
    "StageScores",
    "dominant_colour",
    "evaluate",
]
