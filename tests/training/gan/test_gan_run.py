"""Phases in miniature: what they train and leave alone, stops, and what can go wrong."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from models.networks.config import GeneratorConfig
from models.training.damsm.model import load_damsm
from models.training.data.folder import DataFolder
from models.training.data.photographs import Photographs, kept_side
from models.training.exchange.export import export
from models.training.expert.expert import load_expert
from models.training.gan.average import MeanOfStates
from models.training.gan.samples import save_sample_grid
from models.training.gan.settings import Phase
from models.training.gan.trainer import GanTrainer, load_gan, pack_gan
from models.training.runs.metrics import MetricsLog
from models.training.runs.states import load_state, save_state
from models.training.sketches.poses import make_pose_bank
from tests.training.conftest import CPU
from tests.training.states import same_tensors

STAGE_ONE = Phase(photographs=8, batch_size=4, judged_sizes=(64,), discriminator_width=16)
STAGE_TWO = replace(STAGE_ONE, stages=(128,), photographs=4)
PATCHES = replace(STAGE_ONE, stages=(256, 512), judged_sizes=(64, 64), patch=0.25, photographs=4)

Make = Callable[..., GanTrainer]


@pytest.fixture
def make(
    damsm: Path, expert: Path, data: DataFolder, tmp_path: Path, small: GeneratorConfig
) -> Make:
    def trainer(name: str, phase: Phase = STAGE_ONE, **rest: Any) -> GanTrainer:
        examples = rest.pop("examples", data.train)
        return GanTrainer(
            phase,
            rest.pop("config", small),
            load_damsm(rest.pop("damsm", damsm)),
            load_expert(expert).parts,
            Photographs(examples, kept_side(max(phase.stages))),
            tmp_path / name,
            CPU,
            **rest,
        )

    return trainer


def test_the_last_stage_is_shown_all_that_photographs_hold(make: Make) -> None:
    """They are kept at 320 px: brought to 256 px first, they would show a fifth less."""
    photographs = next(iter(make("patches", PATCHES).sampler)).photographs
    assert photographs.shape == (4, 3, 512, 512)


def test_stages_grow_one_on_the_other(make: Make) -> None:
    before = make("first")
    assert before.train()
    for name, phase, width in (("second", STAGE_TWO, 128), ("patches", PATCHES, 256)):
        later = make(name, phase)
        later.start_from(load_gan(before.path))
        generator = later.gan.generator
        trained = {
            id(value) for stage in later.gan.stages for part in generator.modules_of(stage)
            for value in [*part.parameters(), *part.buffers()]
        }  # fmt: skip
        named = {**dict(generator.named_parameters()), **dict(generator.named_buffers())}
        kept = {key: value.clone() for key, value in named.items()}
        assert later.train()
        for key, value in named.items():
            assert id(value) in trained or torch.equal(value, kept[key]), f"{name}: {key}"
        assert any(not torch.equal(named[key], value) for key, value in kept.items())
        # The grid shows the largest pictures that it trained: eight columns, four rows.
        (grid,) = later.run.glob("samples-*.jpg")
        assert Image.open(grid).size[1] == 4 * width
        before = later
    assert load_gan(before.path)["position"]["seen_before"] == 12
    (line,) = (before.run / "gan.jsonl").read_text().splitlines()
    assert '"discriminator_512"' in line and '"blocks_512"' in line and '"consistency_256"' in line
    assert "words" not in line and "pose" not in line, "nobody asks that of a patch"
    assert list((before.run / "tensorboard").glob("events.*"))


def test_a_run_stopped_by_sigterm_goes_on_as_if_it_had_not(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.training.gan.trainer.AVERAGED_EVERY", 1)
    # Six batches of four from sixteen pictures: the stop is in the middle of a round.
    phase = replace(STAGE_ONE, photographs=24)
    whole = make("whole", phase, averaged_share=0.8)
    assert whole.train()

    plain_add = MetricsLog.add

    def add_and_stop(log: MetricsLog, photographs_seen: int, *rest: Any) -> None:
        plain_add(log, photographs_seen, *rest)
        if photographs_seen == 12:
            signal.raise_signal(signal.SIGTERM)

    with monkeypatch.context() as patched:
        patched.setattr(MetricsLog, "add", add_and_stop)
        stopped = make("stopped", phase, averaged_share=0.8)
        assert not stopped.train()
    state = load_gan(stopped.path)
    assert stopped.photographs_seen == 12 and state["mean"]["count"] == 2

    torch.manual_seed(12345)  # another process would have other random numbers
    resumed = make("stopped", phase, averaged_share=0.8)
    resumed.resume(state)
    assert resumed.train()
    for name in ("generator", "ema", "discriminator_pass"):
        one, other = (getattr(run.gan, name).state_dict() for run in (whole, resumed))
        assert same_tensors(one, other), name


def test_a_packed_state_is_gone_on_from(make: Make, tmp_path: Path) -> None:
    first = make("first")
    first.train()
    packed = pack_gan(load_gan(first.path))
    assert "generator_optimizer" not in packed and "random" not in packed
    later = make("later", replace(STAGE_ONE, photographs=16))
    later.resume(packed)
    assert (later.photographs_seen, later.complete) == (8, False)
    for name, value in first.gan.averaged.state_dict().items():
        for network in (later.gan.averaged, later.gan.generator):
            torch.testing.assert_close(network.state_dict()[name], value, rtol=1e-3, atol=1e-4)
    assert later.train() and later.photographs_seen == 16
    save_state(packed, tmp_path / "packed.pt")
    assert load_gan(tmp_path / "packed.pt")["position"]["seen"] == 8


def test_the_mean_of_states_is_plain() -> None:
    mean = MeanOfStates()
    for number in (1.0, 2.0, 6.0):
        mean.add({"weight": torch.tensor([number]), "count": torch.tensor(int(number))})
        mean_again = MeanOfStates()
        mean_again.resume(mean.state())
        mean = mean_again
    assert mean.count == 3
    torch.testing.assert_close(mean.weights["weight"], torch.tensor([3.0]))
    assert mean.weights["count"] == 6, "what is counted is the newest"


def test_a_run_knows_its_text_encoder_its_pictures_and_its_settings(
    make: Make, damsm: Path, data: DataFolder, tmp_path: Path
) -> None:
    run = make("run")
    run.train()
    state, other = load_gan(run.path), tmp_path / "other.pt"
    retrained = load_state(damsm, "DAMSM", ("text_encoder",))
    for value in retrained["text_encoder"].values():
        value.mul_(1.1)
    save_state(retrained, other)
    for begin in ("resume", "start_from"):
        with pytest.raises(ValueError, match=r"this run's DAMSM and .* do not belong together"):
            getattr(make("run", damsm=other), begin)(state)
    with pytest.raises(ValueError, match="do not belong together"):
        export(other, run.path, tmp_path / "bird.safetensors", "tiny", {})
    with pytest.raises(ValueError, match=r"was made with 16 photographs \(not 8\)"):
        make("run", examples=data.train[:8]).resume(state)
    with pytest.raises(ValueError, match=r"damsm_weight 0\.4 \(not 3\.0\)"):
        make("run", replace(STAGE_ONE, damsm_weight=3.0)).resume(state)
    make("run", replace(STAGE_ONE, photographs=99)).resume(state)
    del state["phase"]["checkerboard_weight"]  # of an earlier version
    make("run").resume(state)
    with pytest.raises(ValueError, match="does not fit this run's networks"):
        make("wide", config=GeneratorConfig(pose_channels=4)).start_from(state)
    with pytest.raises(ValueError, match="too few for batches of 20"):
        make("large", replace(STAGE_ONE, batch_size=20))


def test_sample_sentences_without_a_known_word_are_left_out(make: Make, tmp_path: Path) -> None:
    run, grid = make("run"), tmp_path / "grid.jpg"
    some = ("un oiseau rouge", "a red bird", "ein roter Vogel")
    poses = make_pose_bank(run.sampler.photographs.examples, run.damsm)
    assert poses is not None
    save_sample_grid(run.gan.averaged, run.damsm, grid, 0, poses, some)
    assert Image.open(grid).size == (128, 4 * 128)
    grid.unlink()
    save_sample_grid(run.gan.averaged, run.damsm, grid, 0, None, some[:1])
    assert not grid.exists()


def test_a_full_disk_leaves_an_earlier_grid(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, grid = make("run"), tmp_path / "grid.jpg"
    grid.write_bytes(b"earlier")

    def half(image: Image.Image, path: Path, **_: Any) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(Image.Image, "save", half)
    with pytest.raises(OSError, match="no space"):
        save_sample_grid(run.gan.averaged, run.damsm, grid, 0, None)
    assert grid.read_bytes() == b"earlier"
    assert not list(tmp_path.glob(".grid*"))


def test_what_is_asked_of_a_drawing(make: Make) -> None:
    both = replace(STAGE_ONE, stages=(64, 128), judged_sizes=(64, 64))
    run = make("run", both)
    values = run.gan.update(next(iter(run.sampler)))
    asked = ("discriminator", "generator", "words", "sentence", "pose")
    assert set(values) == {
        *(f"{name}_{size}" for name in asked for size in (64, 128)),
        *("condition", "consistency_128", "blocks_128"),
    }
    paper = Phase(
        stages=(64, 128),
        batch_size=2,
        judged_sizes=(64, 64),
        discriminator="paper",
        discriminator_width=2,
        loss="cross_entropy",
        damsm_stages="last",
        pose_weight=0,
        consistency_weight=0,
        block_weight=0,
        checkerboard_weight=0.3,
        spectrum_weight=0.1,
    )
    run = make("paper", paper)
    values = run.gan.update(next(iter(run.sampler)))
    assert set(values) == {
        *(f"{name}_{size}" for name in (*asked[:2], "spectrum") for size in (64, 128)),
        *("words_128", "sentence_128", "condition", "checkerboard_128"),
    }


def test_parts_of_a_batch_and_several_generator_steps(make: Make) -> None:
    phase = replace(STAGE_ONE, batch_size=8, gradient_accumulation=2, generator_steps=2)
    careful = make("run", phase)
    updates = []
    careful.gan.generator_optimizer.register_step_post_hook(lambda *_: updates.append("generator"))
    careful.gan.discriminator_optimizer.register_step_post_hook(lambda *_: updates.append("judges"))
    careful.gan.update(next(iter(careful.sampler)))
    assert updates == ["judges", "generator", "generator"]


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_last_good_state(make: Make) -> None:
    run = make("run")
    run.train()
    saved = run.path.read_bytes()
    further = make("run", replace(STAGE_ONE, photographs=16))
    further.resume(load_gan(run.path))
    with torch.no_grad():
        further.gan.generator.to_image[0].weight.fill_(float("nan"))  # type: ignore[operator]
    told = r"after 8 photographs.*discriminator_64 nan.*gan\.pt"
    with pytest.raises(FloatingPointError, match=told):
        further.train()
    assert run.path.read_bytes() == saved


def test_batches_are_drawn_anew_and_their_parts_fit(make: Make) -> None:
    run = make("run", replace(STAGE_ONE, batch_size=8))
    batches = iter(run.sampler)
    first, second = next(batches), next(batches)
    assert first.photographs.shape == (8, 3, 64, 64)
    assert sorted([*first.species, *second.species]) == sorted(run.sampler.photographs.species)
    one, other = first.parts(2)
    assert torch.equal(torch.cat([one.photographs, other.photographs]), first.photographs)
    assert torch.equal(torch.cat([one.pose.places, other.pose.places]), first.pose.places)
    assert torch.equal(torch.cat([one.drawn.shift, other.drawn.shift]), first.drawn.shift)
    # Parts of a bird lie on its square: the beak at the left edge, or mirrored at the right.
    beak = first.pose.places[:, 1][first.pose.visible[:, 1]]
    assert len(beak) >= 4 and not ((beak[:, 0] - 0.5).abs() < 0.2).any()
