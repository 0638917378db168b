"""Scores of a weights file on species that training never saw, with a network kept out of it."""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance
from tqdm import tqdm

from models.painter import Painter
from models.text_encoder import pad_ids
from models.training.damsm import sentence_scores
from models.training.damsm_trainer import RETRIEVAL_CANDIDATES, Damsm, load_damsm
from models.training.data import Example, read_examples, unsquash
from models.training.image_encoder import REGION_MAP, ImageFeatures, resize

FEATURES = "efficientnet-lite2"
COLOURS = ("red", "orange", "yellow", "green", "blue", "black", "white", "brown")
COLOUR_SENTENCE = "this bird is {colour} all over with a {colour} head and a {colour} body"
BATCH = 16


@dataclass(frozen=True)
class Scores:
    """Scores of pictures against photographs of species that training never saw.

    Attributes
    ----------
    fid, kid : Frechet and kernel distances of features, not comparable with Inception's.
    r_at_1 : share of pictures whose own sentence scores above those of 99 other species' pictures.
    pictures : how many were scored.
    """

    fid: float
    kid: float
    r_at_1: float
    pictures: int


class _PooledFeatures(nn.Module):
    """The interface torchmetrics wants: uint8 pictures in, features out."""

    num_features = ImageFeatures.pooled_size

    def __init__(self, features: ImageFeatures, size: int) -> None:
        super().__init__()
        self.features, self.size = features, size

    def forward(self, pictures: Tensor) -> Tensor:
        pooled: Tensor = self.features(resize(_signed(pictures), self.size))[1]
        return pooled


def evaluate(
    weights: Path, judge: Path, data: Path, stage_size: int, feature_size: int = 128, seed: int = 0
) -> dict[str, Scores]:
    """Score drawn pictures, with real photographs as the ceiling, on one data folder.

    Parameters
    ----------
    judge : ``damsm.pt`` of a DAMSM trained on `FEATURES`, so that no generator trained against it.
    stage_size : the stage whose pictures are scored, by their side in pixels.
    feature_size : side at which the feature network sees all pictures.
    """
    painter, damsm = Painter.load(weights), load_damsm(judge)
    if damsm.features != FEATURES:
        raise ValueError(f"the judge must see through {FEATURES}, not {damsm.features}")
    examples = read_examples(data)
    chooser = np.random.default_rng(seed)
    sentences = [str(chooser.choice(example.captions)) for example in examples]
    real = list(_photographs(examples, stage_size))
    drawn = list(_drawings(painter, sentences, stage_size))
    features = ImageFeatures(FEATURES)
    half = torch.randperm(len(real), generator=torch.Generator().manual_seed(seed))
    half_a = [real[row] for row in half[: len(half) // 2]]
    half_b = [real[row] for row in half[len(half) // 2 :]]
    return {
        "drawn": _score(features, damsm, drawn, real, sentences, examples, feature_size),
        "photographs": Scores(
            *_distances(features, half_a, half_b, feature_size),
            _r_at_1(features, damsm, real, sentences, examples, feature_size),
            len(real),
        ),
    }


def colour_obedience(weights: Path, seeds: int = 16, size: int = 64) -> dict[str, float]:
    """Share of '<colour> bird' drawings whose centre shows that colour, for each colour.

    The centre is the middle half of the picture, each way; it shows a colour when that is the
    most frequent of the eight among its pixels, brown and grey ones included.
    """
    painter = Painter.load(weights)
    shares = {}
    for colour in COLOURS:
        sentence = COLOUR_SENTENCE.format(colour=colour)
        drawings = painter.draw_batch([sentence] * seeds, range(seeds), size)
        named = [dominant_colour(drawing.image) for drawing in drawings]
        shares[colour] = named.count(colour) / seeds
    return shares


def dominant_colour(picture: Image.Image) -> str:
    """Name the most frequent colour in the middle of a picture."""
    side = picture.width
    middle = picture.crop((side // 4, side // 4, 3 * side // 4, 3 * side // 4)).resize((16, 16))
    names = [_colour_name(*pixel) for pixel in np.asarray(middle).reshape(-1, 3) / 255.0]
    return max(set(names), key=names.count)


def _colour_name(red: float, green: float, blue: float) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    degrees = hue * 360
    if value < 0.25:
        return "black"
    if saturation < 0.2:
        return "white" if value > 0.6 else "grey"
    if degrees < 15 or degrees >= 335:
        return "red" if saturation > 0.45 else "brown"
    if degrees < 42:
        return "orange" if saturation > 0.6 and value > 0.6 else "brown"
    if degrees < 70:
        return "yellow" if value > 0.45 else "brown"
    if degrees < 165:
        return "green"
    return "blue" if degrees < 270 else "purple"


def _score(
    features: ImageFeatures,
    damsm: Damsm,
    pictures: Sequence[Tensor],
    real: Sequence[Tensor],
    sentences: Sequence[str],
    examples: Sequence[Example],
    feature_size: int,
) -> Scores:
    fid, kid = _distances(features, pictures, real, feature_size)
    r_at_1 = _r_at_1(features, damsm, pictures, sentences, examples, feature_size)
    return Scores(fid, kid, r_at_1, len(pictures))


def _distances(
    features: ImageFeatures, drawn: Sequence[Tensor], real: Sequence[Tensor], size: int
) -> tuple[float, float]:
    network = _PooledFeatures(features, size)
    fid = FrechetInceptionDistance(feature=network, input_img_size=(3, size, size))
    kid = KernelInceptionDistance(feature=network, subset_size=min(300, len(drawn), len(real)))
    for pictures, is_real in ((drawn, False), (real, True)):
        for start in range(0, len(pictures), BATCH):
            batch = torch.stack(list(pictures[start : start + BATCH]))
            fid.update(batch, real=is_real)
            kid.update(batch, real=is_real)
    return float(fid.compute()), float(kid.compute()[0])


@torch.inference_mode()
def _r_at_1(
    features: ImageFeatures,
    damsm: Damsm,
    pictures: Sequence[Tensor],
    sentences: Sequence[str],
    examples: Sequence[Example],
    size: int,
    splits: int = 10,
) -> float:
    whole = []
    for start in range(0, len(pictures), BATCH):
        batch = torch.stack(list(pictures[start : start + BATCH]))
        maps, pooled = features(resize(_signed(batch), size))
        whole.append(damsm.projection(maps[REGION_MAP], pooled)[1])
    max_words = damsm.text_encoder.config.max_words
    ids = [damsm.vocabulary.read(sentence, max_words).ids for sentence in sentences]
    text = damsm.text_encoder(*pad_ids(ids))
    scores = sentence_scores(torch.cat(whole), text.sentence)
    species = np.array([example.species for example in examples])
    chooser = np.random.default_rng(0)
    hits = []
    for _ in range(splits):
        for row in range(len(pictures)):
            others = np.flatnonzero(species != species[row])
            wrong = chooser.choice(others, RETRIEVAL_CANDIDATES - 1)
            hits.append(bool(scores[row, row] > scores[row, wrong].max()))
    return float(np.mean(hits))


def _photographs(examples: Sequence[Example], size: int) -> Iterator[Tensor]:
    for example in examples:
        with Image.open(example.path) as picture:
            yield _pixels(unsquash(picture, example.aspect, size))


def _drawings(painter: Painter, sentences: Sequence[str], size: int) -> Iterator[Tensor]:
    for start in tqdm(range(0, len(sentences), BATCH), desc="drawing", unit="batch"):
        part = sentences[start : start + BATCH]
        for drawing in painter.draw_batch(part, range(start, start + len(part)), size):
            yield _pixels(drawing.image)


def _pixels(picture: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)


def _signed(pictures: Tensor) -> Tensor:
    return pictures.float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)
