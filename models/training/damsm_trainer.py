"""Trains DAMSM: the text encoder and the projections of frozen picture features."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from models.config import TextEncoderConfig
from models.text_encoder import TextEncoder, pad_ids
from models.training.damsm import DamsmConfig, ImageProjection, damsm_loss, sentence_scores
from models.training.data import Pictures, read_examples
from models.training.files import save_state
from models.training.image_encoder import REGION_MAP, ImageFeatures
from models.vocabulary import Vocabulary

RETRIEVAL_CANDIDATES = 100


@dataclass(frozen=True)
class DamsmTraining:
    """Settings of a DAMSM run.

    Attributes
    ----------
    picture_sizes : sides in pixels at which pictures are shown; several, since the generator's
        pictures will be judged small and large.
    features : name of the frozen picture network.
    """

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 2e-3
    picture_sizes: tuple[int, ...] = (96, 128)
    features: str = "efficientnet-lite0"
    seed: int = 0


@dataclass(frozen=True)
class Damsm:
    """A trained similarity model, as `load_damsm` gives it."""

    config: DamsmConfig
    features: str
    vocabulary: Vocabulary
    text_encoder: TextEncoder
    projection: ImageProjection


@dataclass
class _CachedFeatures:
    """Frozen features of each picture, computed once: plain and mirrored, at one size."""

    regions: Tensor  # (2, N, C, H, W) half precision
    pooled: Tensor  # (2, N, P)

    def batch(self, rows: Tensor, mirrored: int) -> tuple[Tensor, Tensor]:
        return self.regions[mirrored, rows].float(), self.pooled[mirrored, rows].float()


def train_damsm(
    train: Path, test: Path, run: Path, settings: DamsmTraining, config: DamsmConfig
) -> Path:
    """Train on one folder, choose the epoch by retrieval on the other, and save that epoch.

    Returns
    -------
    The path of the saved model, ``run/damsm.pt``; ``run/damsm.jsonl`` has a line an epoch.
    """
    torch.manual_seed(settings.seed)
    chooser = random.Random(settings.seed)
    run.mkdir(parents=True, exist_ok=True)
    pictures = Pictures(read_examples(train), settings.picture_sizes)
    unseen = Pictures(read_examples(test), settings.picture_sizes[-1:])
    vocabulary = Vocabulary.from_captions(
        caption for example in pictures.examples for caption in example.captions
    )
    features = ImageFeatures(settings.features)
    caches = [_cache(features, pictures, size) for size in settings.picture_sizes]
    unseen_cache = _cache(features, unseen, settings.picture_sizes[-1])

    encoder = TextEncoder(TextEncoderConfig(len(vocabulary), feature_size=config.feature_size))
    projection = ImageProjection(features, config)
    captions = read_captions(pictures, vocabulary, encoder.config.max_words)
    parameters = [*encoder.parameters(), *projection.parameters()]
    steps = len(pictures) // settings.batch_size
    optimizer = torch.optim.AdamW(parameters, settings.learning_rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=steps * settings.epochs
    )

    best, path = -1.0, run / "damsm.pt"
    with (run / "damsm.jsonl").open("w", encoding="utf-8") as log:
        for epoch in tqdm(range(settings.epochs), desc="DAMSM", unit="epoch"):
            encoder.train()
            losses = []
            for rows in torch.randperm(len(pictures))[: steps * settings.batch_size].split(
                settings.batch_size
            ):
                cache = chooser.choice(caches)
                region_map, pooled = cache.batch(rows, chooser.randrange(2))
                ids = [chooser.choice(captions[row]) for row in rows.tolist()]
                regions, whole = projection(region_map, pooled)
                text = encoder(*pad_ids(ids))
                loss = damsm_loss(regions, whole, text, pictures.species[rows], config)
                total = loss.words + loss.sentence
                optimizer.zero_grad()
                total.backward()
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                schedule.step()
                losses.append(total.item())
            score = retrieval(encoder, projection, unseen_cache, unseen, vocabulary)
            line = {"epoch": epoch, "loss": sum(losses) / len(losses), "r_at_1": score}
            log.write(json.dumps(line) + "\n")
            log.flush()
            tqdm.write(json.dumps(line))
            if score > best:
                best = score
                state = {
                    "vocabulary": list(vocabulary.words),
                    "text_encoder_config": asdict(encoder.config),
                    "damsm_config": asdict(config),
                    "features": settings.features,
                    "text_encoder": encoder.state_dict(),
                    "projection": projection.state_dict(),
                    "scores": line,
                }
                save_state(state, path)
    return path


def load_damsm(path: Path) -> Damsm:
    """Load what `train_damsm` saved, frozen and in evaluation mode."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    config = DamsmConfig(**state["damsm_config"])
    encoder = TextEncoder(TextEncoderConfig(**state["text_encoder_config"]))
    encoder.load_state_dict(state["text_encoder"])
    projection = ImageProjection(ImageFeatures(state["features"]), config)
    projection.load_state_dict(state["projection"])
    return Damsm(
        config,
        state["features"],
        Vocabulary(state["vocabulary"]),
        encoder.eval().requires_grad_(False),
        projection.eval().requires_grad_(False),
    )


@torch.inference_mode()
def retrieval(
    encoder: TextEncoder,
    projection: ImageProjection,
    cache: _CachedFeatures,
    pictures: Pictures,
    vocabulary: Vocabulary,
    seed: int = 0,
) -> float:
    """R@1 of 100: how often a picture's own sentence scores above 99 of other species' pictures.

    Every picture is asked about with each of its captions; chance is .01.
    """
    encoder.eval()
    _, whole = projection(cache.regions[0].float(), cache.pooled[0].float())
    captions = read_captions(pictures, vocabulary, encoder.config.max_words)
    owners = torch.tensor([row for row, ids in enumerate(captions) for _ in ids])
    text = [encoder(*pad_ids(ids)) for ids in captions]
    sentences = torch.cat([features.sentence for features in text])
    scores = sentence_scores(whole, sentences)
    asked_species = pictures.species[owners]
    others = {
        species: (asked_species != species).nonzero()[:, 0]
        for species in asked_species.unique().tolist()
    }
    source = torch.Generator().manual_seed(seed)
    hits = 0
    for caption, owner in enumerate(owners.tolist()):
        wrong = others[int(asked_species[caption])]
        chosen = wrong[torch.randint(len(wrong), (RETRIEVAL_CANDIDATES - 1,), generator=source)]
        hits += int(scores[owner, caption] > scores[owner, chosen].max())
    return hits / len(owners)


@torch.inference_mode()
def _cache(features: ImageFeatures, pictures: Pictures, size: int) -> _CachedFeatures:
    regions, pooled = [], []
    for mirrored in (False, True):
        for rows in torch.arange(len(pictures)).split(128):
            images = pictures.batch(rows, size, torch.full((len(rows),), mirrored))
            with torch.autocast("cpu", torch.bfloat16):
                maps, whole = features(images)
            regions.append(maps[REGION_MAP].half())
            pooled.append(whole.half())
    count = (2, len(pictures))
    return _CachedFeatures(
        torch.cat(regions).unflatten(0, count), torch.cat(pooled).unflatten(0, count)
    )


def read_captions(
    pictures: Pictures, vocabulary: Vocabulary, max_words: int
) -> list[list[Sequence[int]]]:
    """Ids of the captions of each picture; those without a known word are left out."""
    read: list[list[Sequence[int]]] = []
    for example in pictures.examples:
        ids = [vocabulary.read(caption, max_words).ids for caption in example.captions]
        known: list[Sequence[int]] = [sentence for sentence in ids if sentence]
        if not known:
            raise ValueError(f"no caption of {example.path} has a word seen twice")
        read.append(known)
    return read
