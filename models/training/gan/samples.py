"""Grids of fixed sentences and seeds, to see with one's own eyes how training goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from models.networks.generator import Generator
from models.networks.text_encoder import pad_ids
from models.sketches.pose_bank import PoseBank
from models.training.damsm.model import Damsm
from models.whole_files import whole_file
from models.words.vocabulary import Vocabulary

SENTENCES = (
    "this bird is bright red with black wings",
    "a small yellow bird with a black head",
    "this is a blue bird with a white belly",
    "a large white bird with a long neck and a long beak",
    "a black bird with a long sharp beak",
    "this bird is brown with a speckled breast",
    "a small green hummingbird with a long thin beak",
    "a northern cardinal",
)


SMALLEST_SHOWN, LARGEST_SHOWN = 128, 256
"""Sides in pixels between which pictures are shown: large enough to see, small enough to keep."""


def understood(sentences: Sequence[str], vocabulary: Vocabulary, max_words: int) -> list[str]:
    """The sentences of which a model knows words; one that learned other captions may know none."""
    return [sentence for sentence in sentences if vocabulary.read(sentence, max_words).ids]


@torch.inference_mode()
def save_sample_grid(
    generator: Generator,
    damsm: Damsm,
    path: Path,
    stage: int,
    poses: PoseBank | None,
    sentences: Sequence[str] = SENTENCES,
    seeds: int = 4,
) -> None:
    """Draw each sentence (a column) with each seed (a row), as `stage` (0 for the first) does.

    Sentences without a known word are left out; there is no grid when that leaves none.
    """
    device = next(generator.parameters()).device
    max_words = damsm.text_encoder.config.max_words
    sentences = understood(sentences, damsm.vocabulary, max_words)
    if not sentences:
        return
    ids = [damsm.vocabulary.read(sentence, max_words).ids for sentence in sentences]
    text = damsm.text_encoder(*pad_ids(ids)).to(device)
    side = min(max(generator.config.sizes[stage], SMALLEST_SHOWN), LARGEST_SHOWN)
    grid = Image.new("RGB", (side * len(sentences), side * seeds))
    for row in range(seeds):
        source = torch.Generator().manual_seed(row)
        noise = torch.randn(len(ids), generator.config.noise_size, generator=source).to(device)
        epsilon = torch.randn(len(ids), generator.config.condition_size, generator=source)
        condition, _, _ = generator.conditioning(text.sentence, epsilon.to(device))
        pose = poses.choose(text.sentence, [row] * len(ids)).to(device) if poses else None
        *_, canvas = generator.stages(noise, condition, text, stage + 1, pose)
        pixels = canvas.image.add(1).mul(127.5).clamp(0, 255).byte().permute(0, 2, 3, 1).cpu()
        for column, picture in enumerate(pixels):
            drawn = Image.fromarray(picture.numpy()).resize((side, side), Image.Resampling.BICUBIC)
            grid.paste(drawn, (column * side, row * side))
    with whole_file(path) as temporary:
        grid.save(temporary, format="JPEG", quality=92)
