"""``scales``: what is left of pictures at a side, and distances told apart by it."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from PIL import Image, ImageFilter

from models.training import __main__ as command
from models.training.data.examples import load_square, read_examples
from models.training.evaluation import scales
from models.training.evaluation.features import pixels
from tests.training.evaluation.test_look import save_weights, texture


@pytest.fixture(scope="module")
def few_birds(birds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `birds`, little more than the fewest that are compared."""
    folder = tmp_path_factory.mktemp("few") / "birds"
    shutil.copytree(birds, folder)
    lines = (folder / "metadata.jsonl").read_text().splitlines()
    (folder / "metadata.jsonl").write_text("\n".join(lines[:24]))
    return folder


def run_command(weights: Path, data: Path, *more: str) -> int:
    given = ["--weights", f"tiny={weights}", "--data", str(data), "--device", "cpu"]
    return command.main(["scales", *given, *more])


def row_of(table: str, name: str) -> list[tuple[float, float]]:
    """KID and FID at each side, as far as the row goes."""
    (line,) = (line for line in table.splitlines() if line.startswith(f"| {name} |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")][2:]
    pairs = [cell.split(", ") for cell in cells if cell]
    return [(float(kid), float(fid)) for kid, fid in pairs]


def test_what_is_left_has_lost_what_is_finer() -> None:
    picture = pixels([texture(1, 256)])
    assert torch.equal(scales.left_at(picture, 256), picture)

    def detail(side: int) -> float:
        return scales.left_at(picture, side).float().diff(dim=3).abs().mean().item()

    assert detail(64) < 0.9 * detail(128)
    assert detail(128) < 0.9 * detail(256)
    coarse = pixels([texture(1, 256).filter(ImageFilter.GaussianBlur(12))])
    assert (scales.left_at(coarse, 64).float() - coarse.float()).abs().max() < 4


def test_two_stages_are_compared_up_to_their_size(
    few_birds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = save_weights(tmp_path / "tiny.safetensors", 8, 4)
    assert run_command(weights, few_birds, "--train", str(few_birds), "--pictures", "20") == 0
    table = capsys.readouterr().out
    drawn, training = row_of(table, "tiny"), row_of(table, "training photographs")
    assert len(drawn) == 2 and len(training) == 3
    # The photographs themselves, in another order: no distance at all.
    assert all(abs(fid) < 0.1 and kid < 0.001 for kid, fid in training)
    assert all(fid > 100 for _, fid in drawn)
    assert "| tiny | 20 |" in table and "| training photographs | 24 |" in table


def test_wrong_detail_is_told_from_wrong_shapes(
    few_birds: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Photographs with noise in their finest detail: as good as any once they are shrunk."""
    weights = save_weights(tmp_path / "tiny.safetensors", 8, 4, 4)
    shown = [load_square(example, 256) for example in read_examples(few_birds)]

    def noisy(picture: Image.Image) -> Image.Image:
        signs = torch.ones(256, 256)
        signs[::2] *= -1
        signs[:, ::2] *= -1
        values = pixels([picture])[0].permute(1, 2, 0).float() + 40 * signs[:, :, None]
        return Image.fromarray(values.clamp(0, 255).byte().numpy())

    def turned(picture: Image.Image) -> Image.Image:
        return picture.rotate(90)

    def photographs(*given: object) -> Iterator[SimpleNamespace]:
        change = turned if given[-1] == "turned" else noisy
        return (SimpleNamespace(stages=[change(picture)]) for picture in shown)

    monkeypatch.setattr(scales, "draw", photographs)
    assert run_command(weights, few_birds, "--weights", f"turned={weights}") == 0
    table = capsys.readouterr().out
    assert "| tiny | 24 |" in table  # all of them
    small, middle, large = (fid for _, fid in row_of(table, "tiny"))
    assert large > 5 * max(small, middle)
    small, middle, large = (fid for _, fid in row_of(table, "turned"))
    assert small > large / 3


@pytest.mark.parametrize(
    "given, message",
    [
        (["--weights", "tiny"], "write NAME=FILE"),
        (["--pictures", "5"], "at least 20 pictures"),
    ],
)
def test_what_cannot_be_compared(
    birds: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    given: Sequence[str],
    message: str,
) -> None:
    weights = save_weights(tmp_path / "tiny.safetensors", 8)
    assert run_command(weights, birds, *given) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert "photographs:" not in printed  # told before anything is looked at
