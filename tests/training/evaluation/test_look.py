"""``look``: each figure on pictures made to have what it measures, and the whole command."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from models.checkpoints.checkpoint import Checkpoint, save_checkpoint
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.painter import Painter
from models.training import __main__ as command
from models.training.data.examples import Example, load_square
from models.training.evaluation.features import FeatureNetwork
from models.training.evaluation.judge import load_judge
from models.training.evaluation.look import parts
from models.training.evaluation.look.detail import (
    PERIODS,
    SIDES,
    blocks,
    checkerboard,
    luminance,
    measure,
    seams,
    sharpness,
)
from models.training.evaluation.look.look_sheets import TWO_COLOURS, light_up, most_attended
from models.training.evaluation.look.nearest import Similarities, TrainingPhotographs
from models.training.evaluation.sheets import Panel, save_sheet
from models.words.vocabulary import Vocabulary
from tests.training.conftest import COLOURS, SCORED_PICTURES

SIDE = 128
BORDERS: dict[str, tuple[slice, ...]] = {
    "left": np.s_[:, :3],
    "top": np.s_[:3, :],
    "right": np.s_[:, -3:],
    "bottom": np.s_[-3:, :],
}


def texture(seed: int, side: int = SIDE) -> Image.Image:
    """Coloured blobs of every size, and no frequency or border that stands out."""
    noise = np.random.default_rng(seed).integers(0, 256, (side + 64, side + 64, 3), np.uint8)
    coarse = Image.fromarray(noise[:13, :13]).resize(noise.shape[:2], Image.Resampling.BICUBIC)
    fine = Image.fromarray(noise).filter(ImageFilter.GaussianBlur(1))
    return Image.blend(coarse, fine, 0.3).crop((32, 32, side + 32, side + 32))


def with_pattern(values: np.ndarray, cell: int) -> np.ndarray:
    """Add a checkerboard of cells of so many pixels, three grey levels up and down."""
    rows, columns = np.indices(values.shape) // cell
    return values + 3 * (-1.0) ** (rows + columns)


def test_a_checkerboard_is_found_at_its_own_period() -> None:
    values = luminance(texture(0))
    assert all(checkerboard(values, period) < 1.3 for period in PERIODS)
    for cell, period in ((1, 2), (2, 4), (4, 8)):
        found = {other: checkerboard(with_pattern(values, cell), other) for other in PERIODS}
        assert found[period] > 5, period
        # Cells of 2 px and more have overtones, but none of twice, four times their frequency.
        assert all(found[other] < 1.3 for other in PERIODS if other != period), period
    stripes = values + 3 * (-1.0) ** np.arange(SIDE)
    assert checkerboard(stripes, 2) > 5


def test_enlarged_pixels_are_blocks_that_no_frequency_shows() -> None:
    picture = texture(5, 256)
    assert all(blocks(luminance(picture), period) < 1.3 for period in PERIODS)
    pixelated = picture.resize((64, 64)).resize((256, 256), Image.Resampling.NEAREST)
    mixed = luminance(Image.blend(picture, pixelated, 0.5))
    assert blocks(mixed, 4) > 1.5
    assert blocks(mixed, 8) < 1.3 * blocks(mixed, 4)
    assert checkerboard(mixed, 4) < blocks(mixed, 4)


def test_a_blurred_picture_is_less_sharp() -> None:
    picture = texture(1)
    blurred = picture.filter(ImageFilter.GaussianBlur(1))
    assert sharpness(luminance(blurred)) < 0.5 * sharpness(luminance(picture))
    # Of one bright point, the Laplacian has the values -4, four times 1 and no more.
    point = np.zeros((12, 12))
    point[5, 5] = 1
    assert sharpness(point) == pytest.approx(20 / 100)


@pytest.mark.parametrize("side", SIDES)
def test_a_bright_border_is_a_seam_at_its_side(side: str) -> None:
    values = luminance(texture(2))
    assert all(seam == pytest.approx(1, abs=0.3) for seam in seams(values).values())
    values[BORDERS[side]] += 60
    found = seams(values)
    assert found[side] > 2
    assert all(found[other] < 1.3 for other in SIDES if other != side)


def test_a_picture_of_one_colour_has_neither_seams_nor_checkerboards() -> None:
    detail = measure([Image.new("RGB", (64, 64), "grey")])
    assert (detail.pictures, detail.side, detail.sharpness) == (1, 64, pytest.approx(0))
    assert all(seam == 1 for seam in detail.seams.values())
    assert all(index == pytest.approx(1, abs=0.01) for index in detail.checkerboard.values())
    assert all(index == 1 for index in detail.blocks.values())


def test_figures_are_means_over_pictures() -> None:
    pictures = [texture(3), texture(4)]
    together, alone = measure(pictures), [measure([picture]) for picture in pictures]
    assert together.pictures == 2
    assert together.sharpness == pytest.approx(sum(one.sharpness for one in alone) / 2)
    assert together.seams["top"] == pytest.approx(sum(one.seams["top"] for one in alone) / 2)


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """Forty different photographs: more than are looked at together."""
    folder = tmp_path_factory.mktemp("textures")
    examples = []
    for seed in range(40):
        path = folder / f"{seed}.png"
        texture(seed).save(path)
        examples.append(Example(path, ("a bird",), "texture", aspect=1.2))
    return examples


def test_a_copy_is_found_mirrored_or_not(textures: list[Example]) -> None:
    training = TrainingPhotographs(FeatureNetwork(SIDE, torch.device("cpu")), textures)
    copy = load_square(textures[35], 256)
    mirrored = load_square(textures[3], 256).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    new = texture(100, 256)
    others = [texture(seed) for seed in range(200, 231)]  # a second batch
    found = training.nearest([copy, new, *others, mirrored])

    assert (found[0].example, found[0].mirrored) == (textures[35], False)
    assert (found[-1].example, found[-1].mirrored) == (textures[3], True)
    assert min(found[0].similarity, found[-1].similarity) > 0.97
    assert max(neighbour.similarity for neighbour in found[1:-1]) < 0.95
    shown = np.asarray(found[-1].picture(256), dtype=int)
    assert np.array_equal(shown, np.asarray(mirrored))

    similarities = Similarities.of(found)
    values = [neighbour.similarity for neighbour in found]
    assert (similarities.pictures, similarities.lowest) == (34, min(values))
    assert similarities.mean == pytest.approx(sum(values) / 34)
    assert similarities.highest == max(values)


def test_attention_is_lit_up() -> None:
    maps = np.full((3, 4, 4), 0.2, np.float32)
    maps[2] += 0.3
    maps[0, :, :2] += 0.1
    assert most_attended(maps, 2) == [2, 0]
    picture = Image.new("RGB", (64, 64), (200, 100, 50))
    lit = light_up(picture, maps[0])
    assert lit.getpixel((5, 30)) == (200, 100, 50)
    assert lit.getpixel((60, 30)) == (40, 20, 10)
    assert light_up(picture, maps[2]).getpixel((60, 30)) == (200, 100, 50), "nothing stands out"


def test_a_sheet_places_pictures_and_keeps_texts_inside(tmp_path: Path) -> None:
    red, blue = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (400, 400), "blue")
    panels = [Panel((red, blue), "short"), Panel((blue, red), "a long sentence " * 12)] * 2
    save_sheet(tmp_path / "sheet.jpg", panels[:3], columns=2, side=100)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["sheet.jpg"]
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        pixels = np.asarray(sheet.convert("RGB"), dtype=int)
    is_red = (pixels - (255, 0, 0) < 60).all(axis=2) & (pixels[..., 0] > 200)
    assert is_red.sum() == pytest.approx(3 * 100 * 100, rel=0.03)
    is_ink = pixels.max(axis=2) < 100
    assert is_ink.any() and not is_ink[:, -15:].any() and not is_ink[-15:].any()
    rows_of_ink = is_ink[:, 250:].any(axis=1)
    lines = np.count_nonzero(rows_of_ink[1:] & ~rows_of_ink[:-1])
    assert lines >= 5, "the long sentence is broken into lines"


def test_the_bundled_model_knows_all_words_of_two_colours() -> None:
    painter = Painter.load(device="cpu")
    assert len(set(TWO_COLOURS)) == 16
    assert not [word for text in TWO_COLOURS for word in painter.check(text).unknown_words]


WORDS = ["a", "bird", "this", "is", "the", "small", "all", "over", *COLOURS]


def save_weights(path: Path, *stage_channels: int, words: Sequence[str] = WORDS) -> Path:
    """A model that was never trained, and knows the words of the tests' captions, or others."""
    torch.manual_seed(0)
    config = ModelConfig(
        TextEncoderConfig(len(words) + 1, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=stage_channels),
    )
    encoder = TextEncoder(config.text_encoder).eval()
    generator = Generator(config.generator).eval()
    save_checkpoint(Checkpoint(config, Vocabulary(words), encoder, generator), path)
    return path


def run_command(weights: Path, judge: Path, data: Path, out: Path, *more: str) -> int:
    folders = ["--data", str(data), "--train", str(data), "--out", str(out)]
    given = ["look", "--weights", str(weights), "--judge", str(judge), *folders]
    return command.main([*given, "--device", "cpu", *more])


def test_pictures_and_figures(
    birds: Path, judge: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, out = save_weights(tmp_path / "tiny.safetensors", 8, 4), tmp_path / "look"
    assert run_command(weights, judge, birds, out, "--seed", "4") == 0
    printed = capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == [
        "detail.jpg",
        "look.json",
        "look.md",
        "nearest.jpg",
        "sentences.jpg",
        "two-colours.jpg",
    ]
    table = (out / "look.md").read_text()
    assert printed.strip() == table.strip()
    assert sum(row.startswith("|") for row in table.splitlines()) == 2 * (2 + 4)

    (line,) = (out / "look.json").read_text().splitlines()
    figures = json.loads(line)
    drawn, same, real, blurred = figures["similarities"].values()
    assert [part["pictures"] for part in (drawn, same, real, blurred)] == [32, 32, 40, 32]
    # These "unseen" photographs are the training photographs.
    assert real["lowest"] == pytest.approx(1, abs=1e-4)
    assert drawn["highest"] < 0.9
    pairs = figures["pairs"]
    assert drawn["highest"] == max(pair["similarity"] for pair in pairs)
    assert all((birds / pair["nearest"]).is_file() for pair in pairs)
    assert len({pair["seed"] for pair in pairs}) == 32
    assert figures["training_photographs"] == SCORED_PICTURES

    # The judge of squares knows four colours, and few words between them.
    first, second = (told["exchanged"] for told in figures["parts"])
    assert first == "a red bird a black"
    assert second in ("a yellow bird a black a black", "a black bird a black a yellow")
    assert "Colours on their parts: of 2 sentences" in table

    last, enlarged, before, photographs = figures["details"].values()
    assert [part["side"] for part in (last, enlarged, before, photographs)] == [128, 128, 64, 64]
    assert all(part["pictures"] == 32 for part in (last, enlarged, before, photographs))
    # Enlarging invents no detail; squares on grey have no seams.
    assert enlarged["sharpness"] < before["sharpness"]
    assert figures["sharpness_ratio"] == pytest.approx(
        last["sharpness"] / enlarged["sharpness"], rel=0.3
    )

    with Image.open(out / "nearest.jpg") as sheet:
        assert sheet.width > 4 * 2 * 256 and sheet.height > 4 * 256
    with Image.open(out / "two-colours.jpg") as sheet:
        assert sheet.width > 2 * 3 * 256 and sheet.height > 8 * 256
    with Image.open(out / "sentences.jpg") as sheet:
        stages, words = 2, 4
        assert sheet.width > (stages + words - 1) * 256 and sheet.height > 6 * 256
    with Image.open(out / "detail.jpg") as sheet:
        assert sheet.width > 2 * 2 * 320 and sheet.height > 4 * 320


def test_weights_that_know_no_english_are_looked_at_all_the_same(
    birds: Path, judge: Path, tmp_path: Path
) -> None:
    french = tmp_path / "oiseaux"
    shutil.copytree(birds, french)
    lines = (french / "metadata.jsonl").read_text().splitlines()
    told = [json.loads(line) | {"captions": ["un oiseau rouge"]} for line in lines]
    (french / "metadata.jsonl").write_text("".join(json.dumps(each) + "\n" for each in told))
    weights, out = tmp_path / "tiny.safetensors", tmp_path / "look"
    save_weights(weights, 8, 4, words=["un", "oiseau", "rouge"])
    assert run_command(weights, judge, french, out) == 0
    assert "Colours on their parts" not in (out / "look.md").read_text()
    assert (out / "sentences.jpg").exists() and not (out / "two-colours.jpg").exists()


def test_each_drawing_is_given_its_own_sentence(
    judge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = Painter.load(save_weights(tmp_path / "tiny.safetensors", 8), "cpu")
    damsm = load_judge(judge)
    network = FeatureNetwork.of_judge(damsm, painter.device)

    def share(first: str, second: str) -> float:
        """Of drawings that are squares, of another colour for the sentence's counterpart."""
        colours = {"a red bird is blue": first, "a blue bird is red": second}

        def squares(_: object, sentences: list[str], *__: object) -> list[SimpleNamespace]:
            pictures = [Image.new("RGB", (64, 64), colours[sentence]) for sentence in sentences]
            return [SimpleNamespace(stages=[picture]) for picture in pictures]

        monkeypatch.setattr(parts, "draw", squares)
        (told,) = parts.tell_parts(painter, damsm, network, ["a red bird is blue", "a bird"], 64)
        return told.share

    assert {share("red", "blue"), share("blue", "red")} == {0.0, 1.0}
    # Whatever the judge thinks of the sentences, drawings that are alike tell nothing.
    assert share("red", "red") == 0


def test_what_cannot_be_looked_at(
    birds: Path, judge: Path, damsm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "look"
    one_stage = save_weights(tmp_path / "one.safetensors", 8)
    assert run_command(one_stage, judge, birds, out) == 1
    assert "draws 64 px only: two stages are needed" in capsys.readouterr().err
    two_stages = save_weights(tmp_path / "two.safetensors", 8, 4)
    assert run_command(two_stages, damsm, birds, out) == 1
    assert "Train one with: run judge" in capsys.readouterr().err
    assert not out.exists()
