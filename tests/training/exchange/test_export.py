"""Export: averaged weights and their card in one file; what does not fit is one sentence."""

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from models import DrawRequest, Painter
from models.checkpoints.checkpoint import load_checkpoint
from models.sketches.sketch_scorer import SketchScorer
from models.training.__main__ import main
from models.training.damsm.model import load_damsm
from models.training.data.folder import DataFolder
from models.training.exchange.export import learned_names
from models.training.runs.states import save_state
from tests.training.states import SMALL, averaged_generator, run_state


@pytest.fixture
def export(damsm: Path, tmp_path: Path) -> Callable[..., int]:
    """Run the command; `state` and `text` take the place of the sound files."""

    def run(*more: str, state: Any = None, text: Path | None = None) -> int:
        gan = tmp_path / "gan.pt"
        save_state(state or run_state(), gan)
        sources = ["--damsm", str(text or damsm), "--gan", str(gan)]
        return main(["export", *sources, "-o", str(tmp_path / "bird.safetensors"), *more])

    return run


def test_the_file_holds_the_moving_average_in_half_precision(
    export: Callable[..., int], damsm: Path, tmp_path: Path
) -> None:
    assert export("--name", "tiny") == 0
    path = tmp_path / "bird.safetensors"
    with safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118
            tensor = file.get_tensor(name)
            assert tensor.dtype == (torch.float16 if tensor.dim() > 1 else torch.float32), name

    checkpoint, text = load_checkpoint(path), load_damsm(damsm)
    assert checkpoint.config.generator == SMALL
    assert checkpoint.config.text_encoder == text.text_encoder.config
    assert checkpoint.vocabulary.words == text.vocabulary.words
    drawn_with = checkpoint.generator.state_dict()
    for name, value in averaged_generator().module.state_dict().items():
        torch.testing.assert_close(drawn_with[name], value, rtol=1e-3, atol=1e-4, msg=name)

    drawing = Painter.load(path, device="cpu").draw("a red bird", seed=1)
    assert drawing.image.size == (512, 512)
    assert drawing.model_name.startswith("tiny (")


def test_the_card_tells_what_the_run_knows_and_what_a_person_adds(
    export: Callable[..., int], tmp_path: Path
) -> None:
    path = tmp_path / "bird.safetensors"
    cards = ["--card", "terms=for = research ", "--card", "photographs_seen=many"]
    assert export(*cards[:2]) == 0
    card = dict(load_checkpoint(path).card)
    written_by = card.pop("written_by")
    assert card == {"photographs_seen": "12,345", "terms": "for = research"}
    assert f"torch {torch.__version__}" in written_by and "speech2bird" in written_by
    assert export(*cards) == 0
    assert load_checkpoint(path).card["photographs_seen"] == "many", "a person's word goes before"


def test_the_names_of_the_birds_that_it_learned_from_come_along(
    export: Callable[..., int], data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bird.safetensors"
    assert export() == 0
    assert load_checkpoint(path).config.names == ()
    assert "no names of birds" in capsys.readouterr().err
    assert export("--data", str(data.path)) == 0
    checkpoint = load_checkpoint(path)
    assert checkpoint.config.names == learned_names(data.train, checkpoint.vocabulary) != ()
    assert capsys.readouterr().err == ""


def test_what_chooses_among_sketches_comes_along(
    export: Callable[..., int], damsm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, run = tmp_path / "bird.safetensors", tmp_path / "run"
    sketches = run / "sketches" / "sketches.pt"
    sketches.parent.mkdir(parents=True)
    size = load_damsm(damsm).text_encoder.config.feature_size
    save_state({"scorer": SketchScorer(size).state_dict(), "seed": 0}, sketches)
    assert export("--sketches", str(sketches)) == 0
    assert Painter.load(path, device="cpu").sketches_of(DrawRequest("a red bird")) > 1
    assert "sketches" not in capsys.readouterr().err

    (run / "phase").mkdir()
    save_state(run_state(), run / "phase" / "gan.pt")
    assert (
        main(["export", "--damsm", str(damsm), "-o", str(path), "--gan", f"{run}/phase/gan.pt"])
        == 0
    )
    assert Painter.load(path, device="cpu").sketches_of(DrawRequest("a red bird")) == 0
    assert f"Without --sketches {sketches}, nothing chooses" in capsys.readouterr().err

    save_state({"scorer": SketchScorer(size + 2).state_dict(), "seed": 0}, sketches)
    assert export("--sketches", str(sketches)) == 1
    assert "does not fit" in capsys.readouterr().err


def test_a_fact_without_a_name_is_one_sentence(
    export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for entry in ("non-commercial", "=non-commercial"):
        assert export("--card", entry) == 1
        assert capsys.readouterr().err.startswith(f"error: --card {entry}: write KEY=TEXT")
    assert not (tmp_path / "bird.safetensors").exists()


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in run_state().items() if name != key}


def diverged() -> dict[str, Any]:
    state = run_state()
    state["ema"]["module.to_image.1.bias"][0] = math.nan
    return state


def too_large() -> dict[str, Any]:
    state = run_state()
    state["ema"]["module.to_image.1.weight"][0] = 1e5
    return state


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (without("ema"), "is not a gan run (gan.pt) of speech2bird: it has no ema"),
        ([1, 2], "is not a gan run (gan.pt)"),
        (
            run_state() | {"generator_config": asdict(replace(SMALL, noise_size=9))},
            "its averaged weights and its configuration do not fit together",
        ),
        (
            run_state() | {"generator_config": asdict(SMALL) | {"style": 1}},
            "its averaged weights and its configuration do not fit together",
        ),
        (run_state(replace(SMALL, text_feature_size=64)), "do not belong together"),
        (
            run_state() | {"text_identity": "of another"},
            "do not belong together: the run was trained with another text encoder",
        ),
        (diverged(), "not finite in half precision (to_image.1.bias)"),
        (too_large(), "not finite in half precision (to_image.1.weight)"),
    ],
)
def test_a_foreign_or_broken_run_is_one_sentence(
    state: Any,
    told: str,
    export: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert export(state=state) == 1
    printed = capsys.readouterr().err
    assert "gan.pt" in printed and told in printed
    assert printed.startswith("error: ") and printed.count("\n") == 1
    assert not (tmp_path / "bird.safetensors").exists()


def test_a_damaged_or_swapped_text_encoder_is_one_sentence(
    export: Callable[..., int], damsm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.pt"
    damaged.write_bytes(damsm.read_bytes()[:1000])
    swapped = tmp_path / "swapped.pt"
    save_state(run_state(), swapped)
    capsys.readouterr()
    for path, told in (
        (damaged, "cannot be read as a DAMSM model"),
        (swapped, "is not a DAMSM model"),
    ):
        assert export(text=path) == 1
        printed = capsys.readouterr().err
        assert path.name in printed and told in printed and printed.count("\n") == 1
    assert export(text=tmp_path / "nowhere.pt") == 1
    assert "nowhere.pt" in capsys.readouterr().err


def test_what_a_file_says_of_itself_is_shown(
    export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bird.safetensors"
    assert export("--card", "terms=for\nresearch") == 0
    capsys.readouterr()
    assert main(["show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "# photographs_seen: 12,345\n" in shown and "# terms: for\n#   research\n" in shown
    assert shown.endswith("# The file does not say what recipe made it.\n")
    assert export("--card", "recipe=[export]\nname = 'x'\n") == 0
    capsys.readouterr()
    assert main(["show", str(path)]) == 0
    assert capsys.readouterr().out.endswith("\n[export]\nname = 'x'\n")

    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert main(["show", str(path)]) == 1
    assert "cannot be read as weights" in capsys.readouterr().err
    save_file({"weight": torch.zeros(1)}, path)
    assert main(["show", str(path)]) == 1
    assert "is not a weights file of speech2bird" in capsys.readouterr().err
