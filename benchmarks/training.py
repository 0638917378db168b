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

import torch

from benchmarks.plain_attngan import PlainStep
from models.config import GeneratorConfig, TextEncoderConfig
from models.text_encoder import TextEncoder
from models.training.damsm import DamsmConfig, ImageProjection
from models.training.damsm_model import Damsm, read_captions
from models.training.data import Example, Pictures
from models.training.gan_batch import BatchSampler
from models.training.gan_settings import PRESETS, GanTraining
from models.training.gan_step import GanStep
from models.training.image_encoder import ImageFeatures
from models.training.samples import SENTENCES
from models.vocabulary import Vocabulary

STEPS = 3
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
    torch.manual_seed(0)
    pictures, damsm = NoisePictures(max(BATCHES.values())), _untrained_damsm()
    print(f"{torch.get_num_threads()} threads; pictures a second:")
    print("stages           batch  straightforward       ours    ratio   losses differ by")
    for count in options.stages:
        preset = PRESETS["attngan"].with_stages(count)
        settings = replace(preset.phases[0].settings, batch_size=BATCHES[count])
        _compare(settings, preset.generator, damsm, pictures)


def _untrained_damsm() -> Damsm:
    config, name = DamsmConfig(), "efficientnet-lite0"
    vocabulary = Vocabulary.from_captions(SENTENCES, min_count=1)
    encoder = TextEncoder(TextEncoderConfig(len(vocabulary))).eval()
    return Damsm(config, name, vocabulary, encoder, ImageProjection(ImageFeatures(name), config))


def _compare(
    settings: GanTraining,
    config: GeneratorConfig,
    damsm: Damsm,
    pictures: Pictures,
) -> None:
    device = torch.device("cpu")
    captions = read_captions(pictures, damsm.vocabulary, damsm.text_encoder.config.max_words)
    # Without learning: Adam's first update is a sign, which rounding alone can turn.
    still = replace(
        settings,
        precision="float32",
        generator_learning_rate=0.0,
        discriminator_learning_rate=0.0,
    )
    exact = GanStep(still, config, damsm, pictures, device)
    sampler = BatchSampler(captions, pictures.species, damsm.text_encoder, settings, config)
    batch = next(iter(sampler))
    plain = PlainStep(exact, pictures, damsm)
    difference = _largest_difference(plain.update(batch), exact.update(batch))
    sizes = "+".join(str(size) for size in config.sizes)
    if difference > 1e-3:
        raise SystemExit(f"{sizes} px: the losses differ by {difference:.2g}: not the same step")
    plain_speed = _speed(lambda: plain.update(batch), len(batch))
    ours = GanStep(settings, config, damsm, pictures, device)
    our_speed = _speed(lambda: ours.update(batch), len(batch))
    ratio = our_speed / plain_speed
    speeds = f"{plain_speed:16.2f} {our_speed:10.2f} {ratio:6.1f} x"
    print(f"{sizes:17} {len(batch):4} {speeds}   {difference:.1e}", flush=True)


def _largest_difference(one: dict[str, float], other: dict[str, float]) -> float:
    if set(one) != set(other):
        raise SystemExit(f"the steps have different losses: {sorted(set(one) ^ set(other))}")
    return max(abs(one[name] - other[name]) for name in one)


def _speed(step: Callable[[], object], pictures: int) -> float:
    """Pictures a second, after a step that does not count."""
    step()
    started = time.perf_counter()
    for _ in range(STEPS):
        step()
    return STEPS * pictures / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
