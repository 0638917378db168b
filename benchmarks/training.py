"""Training speed of the `attngan` recipe, ours beside the straightforward way; and of `bundled`.

    python -m benchmarks.training

Both train the same networks, at the paper's widths, on the same batch. Pictures and sentences are
made up: speed does not depend on what they show. In fp32 the losses of both have to agree to 1e-3,
or nothing is printed but the difference.

Of the first phase of `bundled` it is told how much of a step passes outside the networks: choosing
photographs and sentences, cutting squares, reading the sentences.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from PIL import Image

from benchmarks.alone import alone
from benchmarks.plain_attngan import PlainStep
from models.memory import keep_freed_memory
from models.networks.config import TextEncoderConfig
from models.networks.text_encoder import TextEncoder
from models.sketches.part_head import PartHead
from models.training.damsm.model import Damsm
from models.training.damsm.similarity import DamsmConfig, ImageProjection
from models.training.data.examples import Example
from models.training.data.photographs import Photographs, kept_side
from models.training.features.image_features import ImageFeatures
from models.training.gan.batch import BatchSampler
from models.training.gan.samples import SENTENCES
from models.training.gan.step import GanStep
from models.training.recipes.recipe import Recipe
from models.words.vocabulary import Vocabulary

STEPS, SECONDS = 3, 15
"""How long a step is repeated: so often at least, and about so long."""

BATCHES = {64: 20, 128: 20, 256: 8, 512: 4}
"""Pictures a step by the last stage's pixels: the paper's 20, or what 16 GB of memory allow."""

SIZES = tuple(BATCHES)

_PARTS = ((2, 0.3, 0.3), (5, 0.35, 0.25), (7, 0.33, 0.28), (14, 0.7, 0.6))
"""A beak, a crown, an eye and a tail."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--stages",
        type=int,
        nargs="+",
        choices=SIZES,
        default=SIZES,
        help="pixels of the last stages to measure (64 128 256 512)",
    )
    options = parser.parse_args()
    print(f"64 px of bundled: {alone(step_of_bundled)}\n", flush=True)
    print("pictures a second         batch  straightforward       ours    ratio   losses differ by")
    for size in options.stages:
        count = SIZES.index(size) + 1
        difference = alone(losses_difference, count)
        if difference > 1e-3:
            raise SystemExit(f"{_sizes(count)}: the losses differ by {difference:.2g}")
        plain, ours = alone(plain_speed, count), alone(our_speed, count)
        speeds = f"{plain:16.2f} {ours:10.2f} {ours / plain:6.1f} x"
        print(f"{_sizes(count):25} {BATCHES[size]:5} {speeds}   {difference:.1e}", flush=True)


def losses_difference(stages: int) -> float:
    """Return the largest difference between the losses of both ways, in fp32."""
    bench = Bench.of_paper(stages)
    # Without learning: Adam's first update is a sign, which rounding alone can turn.
    exact = bench.step(torch.float32, generator_rate=0.0, discriminator_rate=0.0)
    plain = PlainStep(exact, bench.damsm)
    return _largest_difference(plain.update(bench.batch), exact.update(bench.batch))


def plain_speed(stages: int) -> float:
    """Return the pictures a second of the straightforward way."""
    bench = Bench.of_paper(stages)
    plain = PlainStep(bench.step(), bench.damsm)
    return _speed(lambda: plain.update(bench.batch), len(bench.batch))


def our_speed(stages: int) -> float:
    """Return the pictures a second of ours, as `python -m models.training` trains."""
    keep_freed_memory()
    bench = Bench.of_paper(stages)
    step = bench.step()
    return _speed(lambda: step.update(bench.batch), len(bench.batch))


def step_of_bundled() -> str:
    """Return pictures a second, and the share of a step outside the networks."""
    keep_freed_memory()
    bench = Bench(Recipe.read("bundled"))
    step, batches = bench.step(), iter(bench.sampler)
    outside: list[float] = []
    inside: list[float] = []
    while len(inside) < 1 + STEPS or sum(inside) < SECONDS:
        started = time.perf_counter()
        batch = next(batches).to(bench.device)
        _wait(bench.device)
        sampled = time.perf_counter()
        step.update(batch)  # reads its losses, so that it ends when the device has ended
        outside.append(sampled - started)
        inside.append(time.perf_counter() - sampled)
    del outside[0], inside[0]  # the first one is slower
    share = sum(outside) / (sum(outside) + sum(inside))
    speed = len(batch) * len(inside) / (sum(outside) + sum(inside))
    return f"{speed:.1f} pictures a second, {100 * share:.1f} % of a step outside the networks"


class Bench:
    """The first phase of a recipe with made-up pictures and sentences, the same in each process."""

    def __init__(self, recipe: Recipe) -> None:
        torch.manual_seed(0)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.phase, self.config = recipe.phases[0], recipe.generator
        self.damsm = _untrained_damsm()
        photographs = _noise(
            2 * self.phase.batch_size, kept_side(max(self.phase.stages)), self.device
        )
        words, encoder = self.damsm.vocabulary, self.damsm.text_encoder
        self.sampler = BatchSampler(photographs, words, encoder, self.phase, self.config)
        self.batch = next(iter(self.sampler))

    @classmethod
    def of_paper(cls, stages: int) -> Bench:
        """The paper's recipe with so many stages."""
        changes = {
            "generator.stage_channels": [32] * stages,
            "phase.0.stages": list(SIZES[:stages]),
            "phase.0.judged_sizes": [128] * stages,
            "phase.0.batch_size": BATCHES[SIZES[stages - 1]],
        }
        return cls(Recipe.read("attngan", [f"{key}={value}" for key, value in changes.items()]))

    def step(self, precision: torch.dtype | None = None, **changes: Any) -> GanStep:
        phase = replace(self.phase, **changes)
        parts = PartHead(self.damsm.features.channels) if phase.pose_weight else None
        step = GanStep(phase, self.config, self.damsm, parts, self.device, seed=0)
        if precision:
            step.precision = precision
            step.features.to(precision).load_state_dict(self.damsm.features.state_dict())
        return step


def _noise(count: int, side: int, device: torch.device) -> Photographs:
    """Pictures of noise with boxes, parts and sentences."""
    with TemporaryDirectory() as folder:
        examples = []
        for row in range(count):
            path = Path(folder) / f"{row}.png"
            pixels = torch.randint(256, (side, side, 3), dtype=torch.uint8)
            Image.fromarray(pixels.numpy()).save(path)
            sentence = (SENTENCES[row % len(SENTENCES)],)
            box = (0.2, 0.2, 0.6, 0.6)
            examples.append(Example(path, sentence, f"a{row} wren", 1.0, box, _PARTS))
        return Photographs(examples, side, device)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _sizes(stages: int) -> str:
    return " + ".join(map(str, SIZES[:stages])) + " px"


def _untrained_damsm() -> Damsm:
    config = DamsmConfig()
    vocabulary = Vocabulary.from_captions(SENTENCES, min_count=1)
    encoder = TextEncoder(TextEncoderConfig(len(vocabulary))).eval()
    features = ImageFeatures()
    projection = ImageProjection(features, config)
    return Damsm(config, features, vocabulary, encoder, projection)


def _largest_difference(one: dict[str, float], other: dict[str, float]) -> float:
    if set(one) != set(other):
        raise SystemExit(f"the steps have different losses: {sorted(set(one) ^ set(other))}")
    return max(abs(one[name] - other[name]) for name in one)


def _speed(step: Callable[[], object], pictures: int) -> float:
    """Pictures a second at the fastest step, which the rest of the machine disturbed least."""
    times: list[float] = []
    while len(times) < 1 + STEPS or (sum(times) < SECONDS and len(times) < 40):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return pictures / min(times)


if __name__ == "__main__":
    main()
