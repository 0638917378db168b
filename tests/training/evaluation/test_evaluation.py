"""``evaluate`` as a person runs it: on coloured squares, with a judge trained on them."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from models.checkpoints.checkpoint import Checkpoint, save_checkpoint
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.training import __main__ as command
from models.training.damsm.model import load_damsm
from models.training.damsm.similarity import sentence_scores
from models.training.data.examples import WHOLE, read_examples
from models.training.data.photographs import bird_square
from models.training.evaluation import judge as judges
from models.training.evaluation.distances import spread
from models.training.evaluation.evaluator import Evaluator
from models.training.evaluation.features import PLACES, FeatureNetwork, pixels
from models.training.features.image_features import REGION_MAP
from models.training.runs.states import save_state
from models.words.vocabulary import Vocabulary
from tests.posed_weights import make_weights
from tests.training.conftest import COLOURS, write_birds
from tests.training.conftest import SCORED_PICTURES as PICTURES


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = ["a", "bird", "this", "is", "the", "small", "all", "over", *COLOURS]
    return untrained(words, tmp_path_factory.mktemp("weights") / "tiny.safetensors")


def untrained(words: list[str], path: Path) -> Path:
    """A two-stage model that was never trained."""
    torch.manual_seed(0)
    config = ModelConfig(
        TextEncoderConfig(len(words) + 1, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 4)),
    )
    checkpoint = Checkpoint(
        config,
        Vocabulary(words),
        TextEncoder(config.text_encoder).eval(),
        Generator(config.generator).eval(),
    )
    save_checkpoint(checkpoint, path)
    return path


def run_command(weights: Path, judge: Path, data: Path, out: Path, *more: str) -> int:
    paths = ["--weights", str(weights), "--judge", str(judge), "--data", str(data)]
    return command.main(["evaluate", *paths, "--out", str(out), "--device", "cpu", *more])


def test_scores_table_and_grid(
    birds: Path, judge: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(weights, judge, birds, tmp_path / "one", "--train", str(birds)) == 0
    printed = capsys.readouterr().out
    out = tmp_path / "one"
    assert sorted(path.name for path in out.iterdir()) == ["grid.jpg", "scores.json", "scores.md"]

    (line,) = (out / "scores.json").read_text().splitlines()
    scores = json.loads(line)
    assert scores["network"] == "EfficientNet-Lite2"
    assert list(scores["stages"]) == ["64", "128"]
    for stage in scores["stages"].values():
        photographs, train = stage["photographs"], stage["train_photographs"]
        assert (stage["pictures"], photographs["pictures"]) == (PICTURES, PICTURES // 2)
        assert stage["seen_at"] == 128
        # Untrained drawings are far from photographs, which differ little among themselves.
        assert stage["kid"]["value"] > 10 * abs(photographs["kid"]["value"])
        assert stage["fid"]["value"] > photographs["fid"]["value"] > train["fid"]["value"]
        # The judge knows squares by their colours, and neither noise nor another's caption.
        assert photographs["r_at_1"]["value"] > 0.5
        assert photographs["r_at_1_shuffled"]["value"] < 0.1
        assert stage["r_at_1"]["value"] < 0.4
        assert train["r_at_1"] is None
        assert stage["seed_diversity"]["value"] > 0 and stage["pose_diversity"]["value"] > 0
        assert set(stage["colours"]) >= set(COLOURS)
        mean = sum(stage["colours"].values()) / len(stage["colours"])
        assert stage["colour_obedience"]["value"] == pytest.approx(mean)

    table = (out / "scores.md").read_text()
    assert printed.strip() == table.strip()
    # Two sizes: drawings, photographs and training photographs; anatomy of the first two.
    assert sum(row.startswith("|") for row in table.splitlines()) == (2 + 2 * 3) + (2 + 2 * 2)
    assert "FID (EfficientNet-Lite2)" in table and "models.training" in table
    with Image.open(out / "grid.jpg") as grid:
        columns, rows = 4 + 2, 8
        assert grid.width > 150 * columns and grid.height > 150 * rows


@pytest.mark.usefixtures("few_drawings")
def test_among_how_many_sketches_is_chosen(
    birds: Path, judge: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posed = make_weights(tmp_path / "posed.safetensors")
    scores = []
    for count, told in (("1", "one sketch each"), ("3", "the best of 3 sketches")):
        out = tmp_path / count
        options = ["--sizes", "64", "--pictures", "20", "--sketches", count]
        assert run_command(posed, judge, birds, out, *options) == 0
        assert f"Seed 0, {told}." in capsys.readouterr().out
        scores.append(json.loads((out / "scores.json").read_text())["stages"]["64"]["fid"]["value"])
    assert scores[0] != scores[1]


@pytest.mark.usefixtures("few_drawings")
def test_other_words_and_no_species_leave_scores_out(
    birds: Path, judge: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    shutil.copytree(birds, own)
    lines = [json.loads(line) for line in (own / "metadata.jsonl").read_text().splitlines()]
    for entry in lines:  # as `prepare` writes them: without a species each is a kind of its own
        entry["species"] = entry["file_name"]
        entry["captions"] = [f"{caption} cuadrado" for caption in entry["captions"]]
    (own / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    foreign = untrained(["cuadrado"], tmp_path / "foreign.safetensors")

    out, alone = tmp_path / "out", tmp_path / "alone" / "damsm" / "damsm.pt"
    alone.parent.mkdir(parents=True)
    shutil.copyfile(judge, alone)
    assert run_command(foreign, alone, own, out, "--sizes", "64") == 0
    assert sorted(path.name for path in out.iterdir()) == ["scores.json", "scores.md"]
    stage = json.loads((out / "scores.json").read_text())["stages"]["64"]
    for score in ("seed_diversity", "pose_diversity", "colour_obedience"):
        assert stage[score] is None
    assert stage["r_at_1"]["value"] >= 0
    rows = [row for row in (out / "scores.md").read_text().splitlines() if "photographs, h" in row]
    assert rows[0].endswith("| – | – | – |")

    # Beside weights that know more, only what both know could be drawn.
    named = ["--weights", f"one={foreign}", "--weights", f"other={weights}"]
    paths = ["--judge", str(alone), "--data", str(own), "--out", str(out), "--device", "cpu"]
    capsys.readouterr()
    assert command.main(["side-by-side", *named, *paths, "--size", "64", "--pictures", "20"]) == 0
    table = capsys.readouterr().out.splitlines()
    one, other = (row for row in table if row.startswith(("| one", "| other")))
    # Without a part finder, anatomy is left out as well: the last two.
    assert one.endswith("| – | – | – | – | – |") and other.endswith("| – | – | – | – |")
    assert not other.endswith("| – | – | – | – | – |")
    assert not (out / "side-by-side.jpg").exists()


@pytest.mark.usefixtures("few_drawings")
def test_weights_side_by_side(
    birds: Path, judge: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    named = [
        "--weights",
        f"a = b={weights}",
        "--weights",
        f"again={weights}",
        "--train",
        str(birds),
    ]
    paths = ["--judge", str(judge), "--data", str(birds), "--out", str(out), "--device", "cpu"]
    assert command.main(["side-by-side", *named, *paths, "--size", "128", "--pictures", "20"]) == 0
    table = (out / "side-by-side.md").read_text()
    assert capsys.readouterr().out.strip() == table.strip()
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    assert [row[0] for row in rows[2:]] == [
        "a = b",
        "again",
        "photographs of training species",
        "these photographs",
    ]
    assert {len(row) for row in rows} == {10}
    assert rows[2][1:] == rows[3][1:], "the same weights have the same scores"
    score = Evaluator(judge, birds, 20, birds).score(weights, [128]).stages[128]
    assert rows[2][2] == f"{score.kid.value:.3f} ± {score.kid.margin:.3f}"
    with Image.open(out / "side-by-side.jpg") as sheet:
        assert sheet.width > 8 * 128 and sheet.height > 2 * 128

    assert command.main(["side-by-side", "--weights", str(weights), *paths]) == 1
    assert "write NAME=FILE" in capsys.readouterr().err


def test_the_judge_judges_as_it_learned(
    birds: Path, judge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = read_examples(birds)[:4]
    damsm = load_damsm(judge)
    network = FeatureNetwork.of_judge(damsm, torch.device("cpu"))
    judged = network.see_photographs(examples, 64, "photographs").judged
    region_map = torch.zeros(len(judged), damsm.features.channels[REGION_MAP], 1, 1)
    with torch.no_grad():
        _, learned = damsm.projection(region_map, judged)
    compared = []

    def scores(pictures: Tensor, sentences: Tensor) -> Tensor:
        compared.append(pictures)
        return sentence_scores(pictures, sentences)

    monkeypatch.setattr(judges, "sentence_scores", scores)
    judges.Judge(judge, read_examples(birds), range(4), np.random.default_rng(0)).chances(judged)
    torch.testing.assert_close(compared[0], learned)


@pytest.mark.usefixtures("few_drawings")
def test_same_seed_same_scores(birds: Path, judge: Path, weights: Path) -> None:
    evaluator = Evaluator(judge, birds, pictures=24, seed=3)
    first = evaluator.score(weights, [64])
    torch.manual_seed(5)  # nothing depends on what was drawn from the global source before
    assert Evaluator(judge, birds, pictures=24, seed=3).score(weights, [64]) == first
    assert first.stages[64].pictures == 24
    assert evaluator.score(weights, [64]) == first, "photographs seen once score as before"
    other = Evaluator(judge, birds, pictures=24, seed=4).score(weights, [64])
    assert other.stages[64].fid != first.stages[64].fid


def test_weights_without_the_size(
    birds: Path, judge: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(weights, judge, birds, tmp_path / "out", "--sizes", "256") == 1
    assert "draws 64, 128 px, not 256" in capsys.readouterr().err
    assert run_command(tmp_path / "none", judge, birds, tmp_path / "out") == 1
    assert capsys.readouterr().err.startswith("error: The weights file")
    assert not (tmp_path / "out").exists()


def test_a_judge_that_generators_were_trained_with(
    birds: Path,
    damsm: Path,
    weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert load_damsm(damsm).features.name == "efficientnet-lite0"
    assert run_command(weights, damsm, birds, tmp_path / "out") == 1
    assert "Train one with: run judge" in capsys.readouterr().err

    save_state({"generator": {}}, tmp_path / "other.pt")
    assert run_command(weights, tmp_path / "other.pt", birds, tmp_path / "out") == 1
    assert "other.pt is not a DAMSM model" in capsys.readouterr().err


def test_birds_with_boxes_are_seen_as_squares(judge: Path, weights: Path, tmp_path: Path) -> None:
    """A folder whose birds are small in their pictures scores as one that was cut to them."""
    cut = tmp_path / "cut"
    cut.mkdir()
    boxed = write_birds(tmp_path / "boxed", 48, "{} owl")
    lines = []
    for number, example in enumerate(read_examples(boxed)):
        bird_square(example, 96).save(cut / f"{number}.png")
        entry = {"file_name": f"{number}.png", "species": example.species}
        lines.append(json.dumps(entry | {"captions": example.captions}))
    (cut / "metadata.jsonl").write_text("\n".join(lines))
    network = FeatureNetwork(128, torch.device("cpu"))
    one, other = (
        network.see_photographs(read_examples(folder), 64, "x").pooled for folder in (boxed, cut)
    )
    whole = [replace(example, box=WHOLE) for example in read_examples(boxed)]
    distance = (one - other).norm(dim=1).mean()
    assert (
        distance < 0.5 * (network.see_photographs(whole, 64, "x").pooled - other).norm(dim=1).mean()
    )


def test_too_few_pictures_or_wrong_answers(birds: Path, judge: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"at least 20 pictures; .* has 40, of which 12"):
        Evaluator(judge, birds, pictures=12)

    few = tmp_path / "few"
    shutil.copytree(birds, few)
    lines = [json.loads(line) for line in (few / "metadata.jsonl").read_text().splitlines()]
    for entry in lines:
        del entry["captions"][1:]
    (few / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(ValueError, match=r"needs 99 captions of other species .* has only 30"):
        Evaluator(judge, few)


def test_a_broken_picture_is_named(birds: Path, judge: Path, weights: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(birds, broken)
    content = (broken / "7.png").read_bytes()
    (broken / "7.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"7\.png is (damaged|not a picture)"):
        Evaluator(judge, broken).score(weights, [64])


def test_poses_are_told_apart_where_pooled_features_are_not() -> None:
    painted = np.zeros((128, 128, 3), np.uint8)
    painted[20:60, 10:50] = (220, 40, 40)
    picture = Image.fromarray(painted)
    mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    network = FeatureNetwork(128, torch.device("cpu"))
    seen = network.see(pixels([picture, mirrored]))
    assert spread(seen.places) > 1.1 * spread(seen.pooled)
    assert torch.allclose(seen.places.unflatten(1, (-1, PLACES**2)).norm(dim=1), torch.ones(1))
