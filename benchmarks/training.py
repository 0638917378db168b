"""Training speed of the `attngan` preset: ours beside the straightforward way.

    python -m benchmarks.training

Both train the same networks, at the paper's widths, on the same batch. Pictures and sentences are
made up: speed does not depend on what they show. In fp32 the losses of both have to agree to 1e-3,
or nothing is printed but the difference.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.alone import alone
from benchmarks.plain_attngan import PlainStep
from models.config import TextEncoderConfig
from models.memory import keep_freed_memory
from models.text_encoder import TextEncoder
from models.training.damsm.model import Damsm, read_captions
from models.training.damsm.similarity import DamsmConfig, ImageProjection
from models.training.data.examples import Example, Pictures
from models.training.features.image_features import ImageFeatures
from models.training.gan.batch import BatchSampler
from models.training.gan.samples import SENTENCES
from models.training.gan.settings import PRESETS
from models.training.gan.step import GanStep
from models.vocabulary import Vocabulary

STEPS, SECONDS = 3, 15
"""How long a step is repeated: so often at least, and about so long."""

BATCHES = {1: 20, 2: 20, 3: 8, 4: 4}
"""Pictures a step for each number of stages: the paper's 20, or what 16 GB of memory allow."""


class NoisePictures(Pictures):
    """As many pictures as one batch needs, of noise."""

    def __init__(self, count: int) -> None:
        self.examples = [
            Example(Path(f"{row}.png"), (SENTENCES[row % len(SENTENCES)],), str(row), 1.0)
            for row in range(count)
        ]
        self.species = torch.arange(count)
        self._by_size = {
            size: torch.randint(256, (count, 3, size, size), dtype=torch.uint8)
            for size in (64, 128, 256)
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--stages", type=int, nargs="+", default=[1, 2, 3, 4], help="numbers of stages (1 2 3 4)"
    )
    options = parser.parse_args()
    print("pictures a second         batch  straightforward       ours    ratio   losses differ by")
    for count in options.stages:
        difference = alone(losses_difference, count)
        if difference > 1e-3:
            raise SystemExit(f"{_sizes(count)}: the losses differ by {difference:.2g}")
        plain, ours = alone(plain_speed, count), alone(our_speed, count)
        speeds = f"{plain:16.2f} {ours:10.2f} {ours / plain:6.1f} x"
        print(f"{_sizes(count):25} {BATCHES[count]:5} {speeds}   {difference:.1e}", flush=True)


def losses_difference(stages: int) -> float:
    """Return the largest difference between the losses of both ways, in fp32."""
    bench = Bench(stages)
    # Without learning: Adam's first update is a sign, which rounding alone can turn.
    exact = bench.step(
        precision="float32", generator_learning_rate=0.0, discriminator_learning_rate=0.0
    )
    plain = PlainStep(exact, bench.pictures, bench.damsm)
    return _largest_difference(plain.update(bench.batch), exact.update(bench.batch))


def plain_speed(stages: int) -> float:
    """Return the pictures a second of the straightforward way."""
    bench = Bench(stages)
    plain = PlainStep(bench.step(), bench.pictures, bench.damsm)
    return _speed(lambda: plain.update(bench.batch), len(bench.batch))


def our_speed(stages: int) -> float:
    """Return the pictures a second of ours, as `python -m models.training` trains."""
    keep_freed_memory()
    bench = Bench(stages)
    step = bench.step()
    return _speed(lambda: step.update(bench.batch), len(bench.batch))


class Bench:
    """A recipe with made-up pictures and sentences, the same in each process."""

    def __init__(self, stages: int) -> None:
        torch.manual_seed(0)
        self.pictures, self.damsm = NoisePictures(BATCHES[stages]), _untrained_damsm()
        preset = PRESETS["attngan"].with_stages(stages)
        self.config = preset.generator
        self.settings = replace(preset.phases[0].settings, batch_size=BATCHES[stages])
        encoder = self.damsm.text_encoder
        captions = read_captions(self.pictures, self.damsm.vocabulary, encoder.config.max_words)
        species = self.pictures.species
        sampler = BatchSampler(captions, species, encoder, self.settings, self.config)
        self.batch = next(iter(sampler))

    def step(self, **changes: Any) -> GanStep:
        settings = replace(self.settings, **changes)
        return GanStep(settings, self.config, self.damsm, self.pictures, torch.device("cpu"))


def _sizes(stages: int) -> str:
    return " + ".join(str(size) for size in (64, 128, 256, 512)[:stages]) + " px"


def _untrained_damsm() -> Damsm:
    config, name = DamsmConfig(), "efficientnet-lite0"
    vocabulary = Vocabulary.from_captions(SENTENCES, min_count=1)
    encoder = TextEncoder(TextEncoderConfig(len(vocabulary))).eval()
    return Damsm(config, name, vocabulary, encoder, ImageProjection(ImageFeatures(name), config))


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
