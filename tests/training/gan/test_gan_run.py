"""GAN runs in miniature: whole schedules, stops, resumption, and what can go wrong."""

import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from models.training.exchange.discriminators_file import Discriminators
from models.training.gan.schedule import run_schedule
from PIL import Image

from models import Painter
from models.checkpoint import load_checkpoint
from models.config import GeneratorConfig
from models.training import __main__ as command
from models.training.damsm.model import load_damsm
from models.training.data.examples import Pictures, read_examples
from models.training.exchange.export import export
from models.training.gan.samples import save_sample_grid
from models.training.gan.settings import PRESETS, GanTraining, Phase, Preset
from models.training.gan.step import picture_sizes
from models.training.gan.trainer import GanTrainer, load_gan, load_start
from models.training.runs.files import load_state, save_state
from models.training.runs.metrics import MetricsLog

CPU = torch.device("cpu")
STAGE_ONE = GanTraining(batch_size=4, judged_sizes=(64, 64, 64, 64))


def trainer(
    damsm: Path, data: Path, run: Path, config: GeneratorConfig, settings: GanTraining = STAGE_ONE
) -> GanTrainer:
    pictures = Pictures(read_examples(data), picture_sizes(settings, config))
    return GanTrainer(settings, config, load_damsm(damsm), pictures, run, CPU)


def test_from_pictures_to_a_drawing(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    stage_two = GanTraining(stages=(1,), batch_size=4, judged_sizes=(64,) * 4)
    patches = GanTraining(stages=(2, 3), batch_size=4, judged_sizes=(64,) * 4, patch=0.25)
    phases = (Phase(8, STAGE_ONE), Phase(4, stage_two), Phase(4, patches))
    preset = Preset("tiny", small, phases)
    run = tmp_path / "run"
    assert run_schedule(preset, data, damsm, run, CPU)
    assert load_gan(run / "gan.pt")["pictures_seen"] == 16
    # Each phase's grid shows the largest pictures that it trained.
    widths = [Image.open(grid).width for grid in sorted(run.glob("samples-*.jpg"))]
    assert widths == [8 * 128, 8 * 128, 8 * 256]
    assert list((run / "tensorboard").glob("events.*"))
    logged = [json.loads(line) for line in (run / "gan.jsonl").read_text().splitlines()]
    assert set(logged[-1]) >= {"d2", "d3", "g2", "g3", "consistency2", "consistency3"}
    assert "words2" not in logged[-1], "a patch is not asked whether it fits its sentence"
    described = json.loads((run / "run.jsonl").read_text().splitlines()[0])
    assert described["preset"]["name"] == "tiny"
    assert described["packages"]["torch"]

    weights = tmp_path / "bird.safetensors"
    arguments = ["export", "--damsm", str(damsm), "--gan", str(run / "gan.pt"), "-o", str(weights)]
    assert command.main(arguments) == 0
    drawing = Painter.load(weights, device="cpu").draw("a red bird", seed=1)
    assert drawing.image.size == (512, 512)


def test_discriminators_come_along_in_a_file_of_their_own(
    damsm: Path,
    data: Path,
    tmp_path: Path,
    small: GeneratorConfig,
    capsys: pytest.CaptureFixture[str],
) -> None:
    patches = GanTraining(stages=(2, 3), batch_size=4, judged_sizes=(64,) * 4, patch=0.25)
    narrow = replace(STAGE_ONE, discriminator_widths=(16,) * 4)
    first = trainer(damsm, data, tmp_path / "first", small, narrow)
    upper = trainer(damsm, data, tmp_path / "upper", small, patches)
    for taught in (first, upper):
        taught.train(pictures=4)
    file = tmp_path / "discriminators.safetensors"
    export = ["export", "-o", str(file), "--discriminators"]
    assert command.main([*export, str(upper.path), str(first.path)]) == 0

    preset = Preset("tiny", small, (Phase(8, STAGE_ONE), Phase(8, patches)))
    run = tmp_path / "run"
    # From a run of other stages, which brings none along; out of time at once, so it is saved.
    run_schedule(preset, data, damsm, run, CPU, 0, start_from=upper.path, discriminators_from=file)
    saved = load_gan(run / "gan.pt")["discriminators"]
    for name, value in first.gan.discriminators.state_dict().items():
        torch.testing.assert_close(saved[name], value, rtol=1e-3, atol=1e-6)
    discriminators = Discriminators.read(file)
    loaded = discriminators.start(patches)["discriminators"]
    for judge in range(2):
        name = f"judges.{judge}.heads.0.mixing.weight"
        expected = upper.gan.discriminators.state_dict()[name]
        torch.testing.assert_close(loaded[name], expected, rtol=1e-3, atol=1e-6)

    with pytest.raises(ValueError, match="no discriminator for stage 2"):
        discriminators.fit(GanTraining(stages=(1,)))
    together = discriminators.fit(GanTraining(stages=(0, 2), discriminator_widths=(32,) * 4))
    assert together.discriminator_widths == (16, 32, 64, 32)
    paper = {"0": {"discriminator": "paper", "discriminator_width": 8}}
    mixed = replace(discriminators, described={**discriminators.described, **paper})
    with pytest.raises(ValueError, match="trained together need discriminators of a kind"):
        mixed.fit(GanTraining(stages=(0, 2)))
    capsys.readouterr()
    assert command.main([*export, str(upper.path), str(upper.path)]) == 1
    assert "another run trained stage 3, too" in capsys.readouterr().err

    # What a later run did not train comes from the earlier file.
    first.train(pictures=8)
    later = tmp_path / "later.safetensors"
    again = ["export", "-o", str(later), "--discriminators", str(file), str(first.path)]
    assert command.main(again) == 0
    both = Discriminators.read(later)
    assert both.described == discriminators.described
    kept = discriminators.tensors
    assert both.tensors.keys() == kept.keys()
    changed = {name for name in kept if not torch.equal(both.tensors[name], kept[name])}
    assert {name.split(".")[0] for name in changed} == {"0"}


def test_discriminators_of_an_earlier_version_are_refused(
    damsm: Path,
    data: Path,
    tmp_path: Path,
    small: GeneratorConfig,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = trainer(damsm, data, tmp_path / "run", small)
    run.train(pictures=4)
    state = load_gan(run.path)
    del state["settings"]["discriminator_widths"]
    save_state(state, run.path)
    output = tmp_path / "discriminators.safetensors"
    assert command.main(["export", "--discriminators", str(run.path), "-o", str(output)]) == 1
    assert "saved by an earlier version" in capsys.readouterr().err
    assert not output.exists()


def test_earlier_stages_stay_exactly_as_they_were(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    first = trainer(damsm, data, tmp_path / "first", small)
    first.train(pictures=8)
    stage_two = GanTraining(stages=(1,), batch_size=4, judged_sizes=(64,) * 4)
    second = trainer(damsm, data, tmp_path / "second", small, stage_two)
    second.start_from(load_gan(first.path))
    generator = second.gan.generator
    before = {name: value.clone() for name, value in generator.initial.state_dict().items()}
    moving = {name: value.clone() for name, value in generator.refinements[0].state_dict().items()}
    second.train(pictures=4)
    after = generator.initial.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert any(
        not torch.equal(generator.refinements[0].state_dict()[name], value)
        for name, value in moving.items()
    )


def test_upper_stages_are_put_on_a_lower_one_that_was_trained_further(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    stage_two = GanTraining(stages=(1,), batch_size=4, judged_sizes=(64,) * 4)
    upper = trainer(damsm, data, tmp_path / "upper", small, stage_two)
    upper.train(pictures=4)
    lower = trainer(damsm, data, tmp_path / "lower", small)
    lower.train(pictures=8)

    both = trainer(damsm, data, tmp_path / "both", small, stage_two)
    both.start_from(load_gan(upper.path), load_gan(lower.path))
    for network in (both.gan.generator, both.gan.averaged):
        for stage, source in ((0, lower), (1, upper)):
            expected = source.gan.averaged.modules_of(stage)
            for own, part in zip(network.modules_of(stage), expected, strict=True):
                for name, value in part.state_dict().items():
                    assert torch.equal(own.state_dict()[name], value)
    for name, value in upper.gan.discriminators.state_dict().items():
        assert torch.equal(both.gan.discriminators.state_dict()[name], value)
    assert both.pictures_seen == 8

    with pytest.raises(ValueError, match="no lower ones"):
        lower.start_from(load_gan(upper.path), load_gan(lower.path))


def test_a_run_without_blocks_in_stage_1_is_trained_further_with_them(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    assert small.first_stage_blocks == 0
    plain = trainer(damsm, data, tmp_path / "plain", small)
    plain.train(pictures=4)
    deep = trainer(damsm, data, tmp_path / "deep", replace(small, first_stage_blocks=1))
    deep.start_from(load_gan(plain.path))
    taken = deep.gan.generator.state_dict()
    for name, value in plain.gan.averaged.state_dict().items():
        assert torch.equal(taken[name], value)
    deep.train(pictures=8)
    blocks = deep.gan.averaged.initial.residual.state_dict()
    assert all(value.any() for name, value in blocks.items() if "style" in name)

    stage_two = GanTraining(stages=(1,), batch_size=4, judged_sizes=(64,) * 4)
    upper = trainer(damsm, data, tmp_path / "upper", small, stage_two)
    upper.save()
    both = trainer(damsm, data, tmp_path / "both", deep.config, stage_two)
    both.start_from(load_gan(upper.path), load_gan(deep.path))
    own = both.gan.averaged.initial.state_dict()
    for name, value in deep.gan.averaged.initial.state_dict().items():
        assert torch.equal(own[name], value)
    with pytest.raises(ValueError, match="does not fit"):
        trainer(damsm, data, tmp_path / "back", small).start_from(load_gan(deep.path))


def test_a_weights_file_is_trained_further(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    first = trainer(damsm, data, tmp_path / "first", small)
    first.train(pictures=8)
    weights = tmp_path / "bird.safetensors"
    export(damsm, first.path, weights, "tiny", {})
    drawn = load_checkpoint(weights).generator.state_dict()

    later = trainer(damsm, data, tmp_path / "later", small)
    later.start_from(load_start(weights))
    for network in (later.gan.generator, later.gan.averaged):
        for name, value in network.state_dict().items():
            assert torch.equal(drawn[name], value)
    later.train(pictures=4)
    for name, value in later.gan.averaged.named_parameters():
        moved = (later.gan.generator.state_dict()[name] - drawn[name]).norm()
        assert (value - drawn[name]).norm() <= 0.01 * moved, "the average is washed out at once"


def test_a_run_stopped_by_sigterm_goes_on_as_if_it_had_not(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Six batches of four from sixteen pictures: the stop is in the middle of a round.
    whole = trainer(damsm, data, tmp_path / "whole", small)
    assert whole.train(pictures=24)

    plain_add = MetricsLog.add

    def add_and_stop(log: MetricsLog, pictures: int, *rest: Any) -> None:
        plain_add(log, pictures, *rest)
        if pictures == 12:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(MetricsLog, "add", add_and_stop)
    stopped = trainer(damsm, data, tmp_path / "stopped", small)
    assert not stopped.train(pictures=24)
    assert stopped.phase_pictures == 12
    monkeypatch.undo()

    torch.manual_seed(12345)  # another process would have other random numbers
    resumed = trainer(damsm, data, tmp_path / "stopped", small)
    resumed.resume(load_gan(stopped.path))
    assert resumed.train(pictures=24)
    for name in ("generator", "ema", "discriminators"):
        expected = getattr(whole.gan, name).state_dict()
        for key, value in getattr(resumed.gan, name).state_dict().items():
            assert torch.equal(value, expected[key]), f"{name} {key}"


def retrained(damsm: Path, path: Path) -> Path:
    """The same words, read a little differently."""
    state = load_state(damsm, "DAMSM", ("text_encoder",))
    for value in state["text_encoder"].values():
        value.mul_(1.1)
    save_state(state, path)
    return path


def test_a_run_knows_its_text_encoder_and_its_pictures(
    damsm: Path,
    data: Path,
    tmp_path: Path,
    small: GeneratorConfig,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = trainer(damsm, data, tmp_path / "run", small)
    run.train(pictures=4)
    state, other = load_gan(run.path), retrained(damsm, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"--damsm and .*gan\.pt do not belong together"):
        trainer(other, data, tmp_path / "run", small).resume(state)
    with pytest.raises(ValueError, match="do not belong together"):
        export(other, run.path, tmp_path / "bird.safetensors", "tiny", {})

    fewer = tmp_path / "fewer"
    shutil.copytree(data, fewer)
    lines = (fewer / "metadata.jsonl").read_text().splitlines()
    (fewer / "metadata.jsonl").write_text("\n".join(lines[:8]))
    with pytest.raises(ValueError, match=r"was made with 16 pictures \(not 8\)"):
        trainer(damsm, fewer, tmp_path / "run", small).resume(state)

    # Files of earlier versions do not say.
    old = {key: state[key] for key in state if key not in ("text_identity", "training_pictures")}
    trainer(other, data, tmp_path / "run", small).resume(old)
    # Another run may begin with it: the text encoder may have been trained further.
    export(damsm, run.path, tmp_path / "bird.safetensors", "tiny", {})
    starts = (run.path, tmp_path / "bird.safetensors")
    for path in starts:
        trainer(damsm, data, tmp_path / "same", small).start_from(load_start(path))
    assert not caplog.records
    for path in starts:
        trainer(other, data, tmp_path / "later", small).start_from(load_start(path))
    assert [record.getMessage()[:44] for record in caplog.records] == [
        "The run begun with had another text encoder "
    ] * 2


def test_sample_sentences_without_a_known_word_are_left_out(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    run = trainer(damsm, data, tmp_path / "run", small)
    grid = tmp_path / "grid.jpg"
    some = ("un oiseau rouge", "a red bird", "ein roter Vogel")
    save_sample_grid(run.gan.averaged, run.damsm, grid, stage=0, sentences=some)
    assert Image.open(grid).size == (128, 4 * 128)
    grid.unlink()
    save_sample_grid(run.gan.averaged, run.damsm, grid, stage=0, sentences=some[:1])
    assert not grid.exists()


def test_a_full_disk_leaves_an_earlier_grid(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, grid = trainer(damsm, data, tmp_path / "run", small), tmp_path / "grid.jpg"
    grid.write_bytes(b"earlier")

    def half(image: Image.Image, path: Path, **_: Any) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(Image.Image, "save", half)
    with pytest.raises(OSError, match="no space"):
        save_sample_grid(run.gan.averaged, run.damsm, grid, stage=0)
    assert grid.read_bytes() == b"earlier"
    assert not list(tmp_path.glob(".grid*"))


def test_a_time_budget_saves_and_the_command_resumes(
    damsm: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    arguments = ["gan", "--data", str(data), "--damsm", str(damsm), "--out", str(run)]
    arguments += ["--batch-size", "4", "--stage-count", "1", "--stage-channels", "4", "4", "4", "4"]
    arguments += ["--judged-sizes", "64", "64", "64", "64", "--phase-pictures", "8"]
    assert command.main([*arguments, "--minutes", "0"]) == 0
    assert "--resume" in capsys.readouterr().out
    assert load_gan(run / "gan.pt")["pictures_seen"] == 0
    assert command.main(arguments) == 1
    assert "--resume" in capsys.readouterr().err, "a run is never overwritten"
    assert command.main([*arguments, "--resume"]) == 0
    assert load_gan(run / "gan.pt")["pictures_seen"] == 8
    assert command.main([*arguments, "--resume", "--damsm-weight", "3"]) == 1
    assert "damsm_weight 0.4 (not 3.0)" in capsys.readouterr().err


def test_the_papers_recipe_trains_all_stages_at_once(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    preset = PRESETS["attngan"].changed(
        {"batch_size": 2, "discriminator_widths": (2,) * 4, "judged_sizes": (64,) * 4}
    )
    paper = trainer(damsm, data, tmp_path / "run", small, preset.phases[0].settings)
    values = paper.gan.update(next(iter(paper.sampler)))
    assert set(values) == {
        *(f"{kind}{stage}" for kind in "dg" for stage in range(4)),
        "words3",
        "sentence3",
        "condition",
    }


def test_parts_of_a_batch_and_several_generator_steps(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    settings = GanTraining(
        batch_size=8, accumulate=2, generator_steps=2, judged_sizes=(64,) * 4, precision="float32"
    )
    careful = trainer(damsm, data, tmp_path / "run", small, settings)
    updates = []
    careful.gan.generator_optimizer.register_step_post_hook(lambda *_: updates.append("generator"))
    careful.gan.discriminator_optimizer.register_step_post_hook(lambda *_: updates.append("judges"))
    careful.gan.update(next(iter(careful.sampler)))
    assert updates == ["judges", "generator", "generator"]


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_last_good_state(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    run = trainer(damsm, data, tmp_path / "run", small)
    run.train(pictures=4)
    saved = run.path.read_bytes()
    with torch.no_grad():
        run.gan.generator.to_image[0].weight.fill_(float("nan"))  # type: ignore[operator]
    with pytest.raises(FloatingPointError, match=r"after 4 pictures.*d0 nan.*gan\.pt"):
        run.train(pictures=8)
    assert run.path.read_bytes() == saved


@pytest.mark.parametrize("option", ["--start-from", "--damsm"])
@pytest.mark.parametrize("content", ["text", "pickle", "other"])
def test_a_foreign_checkpoint_is_one_sentence(
    damsm: Path,
    data: Path,
    tmp_path: Path,
    option: str,
    content: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    foreign = tmp_path / "foreign.pt"
    if content == "text":
        foreign.write_text("not a checkpoint")
    elif content == "pickle":
        torch.save({"run": Path("no tensors")}, foreign)
    else:
        torch.save({"netG": {"conv.weight": torch.zeros(1)}}, foreign)
    given = {"--damsm": str(damsm), option: str(foreign)}
    arguments = ["gan", "--data", str(data), "--out", str(tmp_path / "run"), "--batch-size", "4"]
    for name, value in given.items():
        arguments += [name, value]
    assert command.main(arguments) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: ") and str(foreign) in message
    assert len(message.splitlines()) == 1


def test_a_missing_folder_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(tmp_path / "nowhere")
    arguments = ["damsm", "--train", nowhere, "--test", nowhere, "--out", str(tmp_path / "run")]
    assert command.main(arguments) == 1
    assert "nowhere" in capsys.readouterr().err
