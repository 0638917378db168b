"""The scorer of sketches: it begins with the expert's blocks, learns, and is written as a whole."""

from pathlib import Path

import torch

from models.sketches.sketch_scorer import SketchScorer
from models.training.damsm.model import load_damsm
from models.training.data.folder import DataFolder
from models.training.features.image_features import ImageFeatures
from models.training.sketches.sketches import (
    SketchTraining,
    begin_with,
    load_sketch_scorer,
    train_sketch_scorer,
)
from tests.training.conftest import CPU


def test_its_blocks_see_what_the_picture_network_sees() -> None:
    features, scorer = ImageFeatures(), SketchScorer(8)
    begin_with(scorer, features)
    pictures = torch.rand(2, 3, 96, 96) * 2 - 1
    hidden, maps = scorer.stem(pictures * (127.5 / 128)), []
    for block in scorer.blocks:
        hidden = block(hidden)
        maps.append(hidden)
    for tap, wanted in zip((2, 4, 10), features(pictures)[0], strict=False):
        torch.testing.assert_close(maps[tap], wanted, rtol=1e-3, atol=1e-3)


def test_it_is_trained_the_same_way_again_and_read_back(
    data: DataFolder, damsm: Path, tmp_path: Path
) -> None:
    settings = SketchTraining(epochs=1, batch_size=8)
    paths = [tmp_path / name / "sketches.pt" for name in ("one", "other")]
    for path in paths:
        examples = [*data.train, *data.more]
        train_sketch_scorer(examples, load_damsm(damsm), path, settings, CPU, seed=4)
    size = load_damsm(damsm).text_encoder.config.feature_size
    one, other = (load_sketch_scorer(path, size).state_dict() for path in paths)
    assert all(torch.equal(value, other[name]) for name, value in one.items())
    untaught = SketchScorer(size)
    begin_with(untaught, load_damsm(damsm).features)
    stem = untaught.state_dict()["stem.0.weight"]
    assert not torch.equal(stem, one["stem.0.weight"]), "the expert's blocks learn, too"
