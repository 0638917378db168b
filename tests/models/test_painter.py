"""The painter with the bundled weights: what it draws, repeats, refuses and reports."""

import gc
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from models import Painter
from models.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from models.checkpoints.header import BUNDLED_WEIGHTS
from models.errors import CheckpointError, DrawingCancelled, ModelError, SentenceError
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.painting import backend as backends
from models.painting.backend import Backend, Painted, choose_device, paint
from models.painting.fallback import OUT_OF_MEMORY
from models.request import Blend, DrawRequest
from models.sketches.sketch_scorer import SketchScorer
from models.words.vocabulary import Vocabulary

on_device = Backend.on
SENTENCE = "a small red bird with black wings"


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(float)


def test_a_drawing_has_its_picture_stages_attention_and_words(painter: Painter) -> None:
    drawing = painter.draw(SENTENCE + " zorgly", seed=7)
    assert [stage.size for stage in drawing.stages] == [(s, s) for s in (64, 128, 256, 512)]
    assert drawing.image is drawing.stages[-1]
    assert drawing.words == tuple(SENTENCE.split())
    assert drawing.unknown_words == ("zorgly",)
    assert [weights.shape for weights in drawing.attention] == [
        (7, 64, 64), (7, 128, 128), (7, 256, 256)
    ]  # fmt: skip
    np.testing.assert_allclose(drawing.attention[0].sum(axis=0), 1, atol=1e-3)
    assert pixels(drawing.image).std() > 10, "the picture is nearly one colour"


def test_a_name_is_drawn_as_its_description(painter: Painter) -> None:
    drawing = painter.draw("cardinal", seed=7, size=128)
    assert (drawing.sentence, drawing.described) == ("cardinal", "cardinal")
    assert drawing.drawn_as.startswith("a bright red cardinal with a red pointed crest")
    assert drawing.words == tuple(drawing.drawn_as.split())
    assert drawing.attention[0].shape == (len(drawing.words), 64, 64)
    assert drawing.notice is None and drawing.unknown_words == ()
    written = painter.draw(DrawRequest(drawing.drawn_as, 7, 128, as_written=True))
    assert drawing.image.tobytes() == written.image.tobytes()
    again = painter.draw(drawing.request)
    assert again.image.tobytes() == drawing.image.tobytes() and again.sentence == "cardinal"


@pytest.mark.parametrize("sentence", [SENTENCE, "This is a blue bird, with a white belly!", "red"])
def test_what_is_understood_as_it_stands_is_drawn_as_before(
    painter: Painter, sentence: str
) -> None:
    drawing = painter.draw(sentence, seed=7, size=64)
    written = painter.draw(DrawRequest(sentence, 7, 64, as_written=True))
    assert drawing.image.tobytes() == written.image.tobytes()
    assert drawing.notice is None and drawing.words == written.words


def test_what_is_read_otherwise_and_left_out_is_told(painter: Painter) -> None:
    drawing = painter.draw("a crimson bird, no crest", seed=7, size=64)
    assert drawing.drawn_as == "a dark red bird" and drawing.words == ("a", "dark", "red", "bird")
    assert drawing.notice == (
        "Read “crimson” as “dark red”. "
        "Left out: “no crest”. Say what is to be seen, not what is not."
    )
    written = painter.draw(DrawRequest("a crimson bird, no crest", 7, 64, as_written=True))
    assert written.notice is None and "crest" in written.words


def test_the_same_seed_gives_the_same_picture_and_another_seed_another(painter: Painter) -> None:
    first, second = painter.draw(SENTENCE, seed=7, size=64), painter.draw(SENTENCE, 7, size=64)
    other = painter.draw(SENTENCE, seed=8, size=64)
    assert first.image.tobytes() == second.image.tobytes()
    assert np.abs(pixels(first.image) - pixels(other.image)).mean() > 2


def test_a_batch_draws_what_single_drawings_do(painter: Painter) -> None:
    batch = painter.draw_batch(
        [DrawRequest(SENTENCE, 7, 128), DrawRequest("a yellow bird", 3, 128)]
    )
    for drawing in batch:
        alone = painter.draw(drawing.sentence, drawing.seed, size=128)
        difference = np.abs(pixels(alone.image) - pixels(drawing.image))
        assert difference.mean() < 1, "only rounding may differ"


def test_without_a_seed_one_is_chosen_and_told(painter: Painter) -> None:
    drawing = painter.draw(SENTENCE, size=64)
    again = painter.draw(SENTENCE, drawing.seed, size=64)
    assert drawing.image.tobytes() == again.image.tobytes()


def test_reduced_precision_looks_the_same() -> None:
    pictures = []
    for precision in (torch.float32, torch.bfloat16):
        painter = Painter.load(device="cpu")
        generator = load_checkpoint(BUNDLED_WEIGHTS).generator
        painter._backend.current = Backend.on(torch.device("cpu"), generator, precision)
        pictures.append(pixels(painter.draw(SENTENCE, 7, 256).image))
    difference = pictures[0] - pictures[1]
    assert difference.any(), "both were drawn in the same precision"
    signal_to_noise = 10 * np.log10(255**2 / max(np.mean(difference**2), 1e-9))
    assert signal_to_noise > 45, f"{signal_to_noise:.1f} dB"


def test_stages_are_reported_as_they_are_drawn(painter: Painter) -> None:
    seen: list[tuple[int, int]] = []
    painter.draw(SENTENCE, 1, on_stage=lambda stage, picture: seen.append((stage, picture.width)))
    assert seen == [(0, 64), (1, 128), (2, 256), (3, 512)]


def test_a_drawing_can_be_cancelled_between_stages(painter: Painter) -> None:
    seen: list[int] = []
    with pytest.raises(DrawingCancelled):
        painter.draw(
            SENTENCE,
            on_stage=lambda stage, _: seen.append(stage),
            cancelled=lambda: len(seen) == 2,
        )
    assert seen == [0, 1]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("", "no text"),
        (" \n\t", "no text"),
        ("a red bird " * 500, "too long: 5,500 characters"),
        ("zorgly blarf", "None of these words"),
        ("\N{BIRD} \N{EAGLE}", "no text"),
        ("a red car", "Only birds are drawn"),
    ],
)
def test_sentences_that_cannot_be_drawn(painter: Painter, sentence: str, reason: str) -> None:
    with pytest.raises(SentenceError, match=reason):
        painter.draw(sentence)
    with pytest.raises(SentenceError, match=reason):
        painter.check(sentence)


def test_bad_arguments(painter: Painter, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ValueError, match="size must be one of 64, 128, 256, 512"):
        painter.draw(SENTENCE, size=100)
    with pytest.raises(ValueError, match="seed must be"):
        painter.draw(SENTENCE, seed=-1)
    for device in ("tpu", "cuda:", "cuda:first", "cpu:1"):
        with pytest.raises(ModelError, match=f"no device called {device}:"):
            Painter.load(device=device)
    with pytest.raises(CheckpointError):
        Painter.load(tmp_path_factory.mktemp("empty") / "none.safetensors")


def _pretend_to_be_on(
    device: torch.device, generator: Generator, scorer: SketchScorer | None = None
) -> Backend:
    backend = on_device(torch.device("cpu"), generator, scorer=scorer)
    return replace(backend, device=device)


FAILURES = [  # of a card whose memory is full, three times, and of one too old for this torch
    (torch.cuda.OutOfMemoryError("CUDA out of memory."), "too little memory free, so your bird"),
    (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), "memory"),
    (torch.AcceleratorError("CUDA error: out of memory\nSearch for `cudaErrorMemory"), "memory"),
    (
        torch.AcceleratorError(
            "CUDA error: no kernel image is available for execution on the device\nSearch for"
        ),
        "used (CUDA error: no kernel image is available for execution on the device), so your bird",
    ),
]


def test_the_same_sketch_is_taken_whatever_a_device_multiplies_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def taken(precision: torch.dtype) -> list[int | None]:
        monkeypatch.setattr(backends, "_drawing_precision", lambda device: precision)
        painter = Painter.load(device="cpu")
        return [painter.draw(SENTENCE, seed, 64).sketch for seed in range(24)]

    assert taken(torch.bfloat16) == taken(torch.float32)


@pytest.fixture(params=FAILURES, ids=lambda failure: str(failure[0])[:40])
def failure(request: pytest.FixtureRequest) -> tuple[RuntimeError, str]:
    """What torch raises of a graphics card, and what a person is told."""
    failed: tuple[RuntimeError, str] = request.param
    return failed


def failing_card(
    monkeypatch: pytest.MonkeyPatch, error: Exception, device: str = "cuda"
) -> Painter:
    """A painter that believes it draws on a GPU, which fails."""
    monkeypatch.setattr(Backend, "on", _pretend_to_be_on)
    painter = Painter(load_checkpoint(BUNDLED_WEIGHTS), torch.device(device))

    def fail(backend: Backend, *arguments: Any) -> Painted:
        if backend.device.type == device:
            raise error
        return paint(backend, *arguments)

    monkeypatch.setattr("models.painting.fallback.paint", fail)
    return painter


def test_a_gpu_that_fails_gives_way_to_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    painter: Painter,
    failure: tuple[RuntimeError, str],
) -> None:
    error, told = failure
    failing = failing_card(monkeypatch, error)
    drawing = failing.draw(SENTENCE, 7)
    assert drawing.device == "cpu" == failing.device.type
    assert drawing.notice is not None and told in drawing.notice
    assert "drawn on the processor" in drawing.notice and "Search" not in drawing.notice
    assert str(error) in caplog.text
    assert drawing.image.tobytes() == painter.draw(SENTENCE, 7).image.tobytes()
    assert failing.draw(SENTENCE, 8).notice is None, "told once"


def test_a_failure_of_the_cpu_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = failing_card(monkeypatch, RuntimeError("a defect"), device="cpu")
    with pytest.raises(RuntimeError, match="a defect"):
        failing.draw(SENTENCE, 7)


def test_a_drawing_that_was_cancelled_is_not_drawn_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = failing_card(monkeypatch, DrawingCancelled())
    with pytest.raises(DrawingCancelled):
        failing.draw(SENTENCE, 7)
    assert failing.device.type == "cuda"


def test_words_that_were_not_read_are_told(
    monkeypatch: pytest.MonkeyPatch, painter: Painter
) -> None:
    long = "a red bird with black wings and a zorgly " * 4
    drawing = painter.draw(long, 7, 64)
    assert len(drawing.words) == painter.max_words == 24
    assert drawing.words + drawing.unread_words == tuple(drawing.drawn_as.split())
    told = "Only the first 24 known words of a description are drawn; 6 more were left out."
    assert drawing.notice is not None and drawing.notice.startswith(told)
    assert painter.draw(SENTENCE, 7, 64).notice is None
    batch = painter.draw_batch([DrawRequest(SENTENCE, 7, 64), DrawRequest(long, 7, 64)])
    assert [drawing.notice for drawing in batch] == [None, drawing.notice]
    blend = painter.draw(DrawRequest(blend=Blend(long, SENTENCE, 0.5, 7, 8, 0.5), size=64))
    assert blend.notice == drawing.notice and blend.unread_words == drawing.unread_words
    failing = failing_card(monkeypatch, torch.cuda.OutOfMemoryError("CUDA out of memory."))
    assert failing.draw(long, 7, 64).notice == f"{OUT_OF_MEMORY} {drawing.notice}"


def test_on_the_processor_the_model_is_kept_once() -> None:
    checkpoint = load_checkpoint(BUNDLED_WEIGHTS)
    unfolded = weakref.ref(checkpoint.generator)
    painter = Painter(checkpoint, torch.device("cpu"))
    del checkpoint
    gc.collect()
    assert unfolded() is None
    assert painter.draw(SENTENCE, 7, 64).image.size == (64, 64)


def test_a_gpu_that_cannot_take_the_model_gives_way_to_the_cpu(
    monkeypatch: pytest.MonkeyPatch, failure: tuple[RuntimeError, str]
) -> None:
    to = torch.nn.Module.to
    error, told = failure

    def run_out(module: torch.nn.Module, *arguments: object, **options: object) -> torch.nn.Module:
        if torch.device("cuda") in arguments:
            raise error
        return to(module, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.nn.Module, "to", run_out)
    painter = Painter.load(device="cuda")
    assert painter.device.type == "cpu"
    assert told in (painter.draw(SENTENCE, 7, 64).notice or "")


def test_each_of_several_gpus_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(ModelError, match="no GPU number 2 on this computer: it has 2"):
        choose_device("cuda:2")


def test_what_was_drawn_before_does_not_matter(painter: Painter) -> None:
    first = painter.draw(SENTENCE, 7).image.tobytes()
    painter.draw_batch([DrawRequest("a yellow bird", seed, 128) for seed in (1, 2, 3)])
    assert painter.draw(SENTENCE, 7).image.tobytes() == first


def test_drawing_needs_neither_training_nor_tk_nor_app() -> None:
    code = (
        "import sys; from models import Painter;"
        "Painter.load(device='cpu').draw('a red bird', 1, 64);"
        "print([m for m in sys.modules if m.startswith(('models.training', 'tkinter', 'app'))])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr


def test_importing_models_does_not_load_torch() -> None:
    code = "import models, models.errors, sys; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr


def test_a_model_of_three_stages_draws_its_largest_picture(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = ModelConfig(
        TextEncoderConfig(vocabulary_size=5, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 6, 4), image_skip=False),
    )
    checkpoint = Checkpoint(
        replace(config, names=("cardinal",)),
        Vocabulary(["a", "red", "bird", "cardinal"]),
        TextEncoder(config.text_encoder).eval(),
        Generator(config.generator).eval(),
    )
    path = tmp_path / "three.safetensors"
    save_checkpoint(checkpoint, path)
    three = Painter.load(path, device="cpu")
    assert three.draw("a red bird", seed=1).image.size == (256, 256)
    assert three.draw_batch([DrawRequest("a bird", 1)])[0].image.size == (256, 256)
    with pytest.raises(ValueError, match="size must be one of 64, 128, 256, not 512"):
        three.draw("a red bird", size=512)
    named = three.draw("a cardinal", seed=1, size=64)  # a name that these weights know
    assert named.words[:3] == ("a", "red", "cardinal") and named.described == "cardinal"


def test_four_threads_draw_what_one_does(painter: Painter) -> None:
    wanted = [("a red bird", 1, 64), ("a blue bird", 2, 64), ("a red bird", 3, 128),
              ("a blue bird", 4, 128)]  # fmt: skip
    alone = [painter.draw(*drawing).image.tobytes() for drawing in wanted]
    together = threading.Barrier(4)

    def draw(first: int) -> list[bytes]:
        together.wait()
        positions = [(first + step) % 4 for step in range(4)]  # no two the same at the same time
        pictures = {at: painter.draw(*wanted[at]).image.tobytes() for at in positions}
        return [pictures[at] for at in range(4)]

    with ThreadPoolExecutor(4) as threads:
        for pictures in threads.map(draw, range(4)):
            assert pictures == alone
