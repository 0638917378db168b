"""``scales --finest``: whether a larger stage is nearer to photographs that hold its detail."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from models.training import __main__ as command
from models.training.data.examples import load_square, read_examples
from models.training.evaluation.look import finest
from tests.training.evaluation.test_look import WORDS, save_weights, texture


@pytest.fixture(scope="module")
def fine_birds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of 24 pictures of 320 px, and one that is too small."""
    folder = tmp_path_factory.mktemp("fine")
    lines = []
    for number in range(25):
        texture(number, 320 if number else 300).save(folder / f"{number}.png")
        named = {"file_name": f"{number}.png", "species": f"kind {number % 5}"}
        lines.append(json.dumps({**named, "captions": [" ".join(WORDS[:3])]}))
    (folder / "metadata.jsonl").write_text("\n".join(lines))
    return folder


def figures(table: str, name: str) -> list[float]:
    """Pictures, KID, FID and sharpness."""
    (line,) = (line for line in table.splitlines() if line.startswith(f"| {name} |"))
    return [float(cell) for cell in line.strip("| ").split(" | ")[1:]]


def test_the_stage_that_holds_the_detail_is_nearer(
    fine_birds: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = save_weights(tmp_path / "four.safetensors", 8, 4, 4, 4)
    shown = [load_square(example, 320) for example in read_examples(fine_birds)[1:]]

    def draw(*given: object) -> Iterator[SimpleNamespace]:
        for picture in shown:
            sides = ((size, size) for size in (256, 512))
            yield SimpleNamespace(
                stages=[picture.resize(side, Image.Resampling.BICUBIC) for side in sides]
            )

    monkeypatch.setattr(finest, "draw", draw)
    given = ["--weights", f"four={weights}", "--data", str(fine_birds), "--device", "cpu"]
    assert command.main(["scales", *given, "--finest"]) == 0
    table = capsys.readouterr().out
    small, large = figures(table, "four, 256 px"), figures(table, "four, 512 px")
    half = figures(table, "half of the photographs")
    assert (small[0], large[0], half[0]) == (24, 24, 12)
    assert large[2] < 0.5 * small[2] and large[3] > 1.2 * small[3]
    assert large[3] == pytest.approx(half[3], rel=0.3)


def test_photographs_without_that_detail_are_not_compared(
    birds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = save_weights(tmp_path / "tiny.safetensors", 8)
    given = ["--weights", f"tiny={weights}", "--data", str(birds), "--device", "cpu"]
    assert command.main(["scales", *given, "--finest"]) == 1
    assert "too few photographs of 320 px" in capsys.readouterr().err
