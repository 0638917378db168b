"""The straightforward way to train AttnGAN, to measure ours against.

That of the published code: fp32, PyTorch's default layout, every score from a forward pass of its
own, DAMSM's word loss as a loop over sentences, the picture network as its package gives it.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import models.networks.generator
from benchmarks.plain_generator import make_plain, plain_layers, use_default_layout
from models.networks.generator import Generator
from models.training.damsm.model import Damsm
from models.training.damsm.similarity import DamsmConfig, contrastive_loss, sentence_scores
from models.training.features.image_features import REGION_MAP, TAPPED_BLOCKS, _pretrained, resize
from models.training.gan import losses
from models.training.gan.batch import Batch
from models.training.gan.discriminators import Discriminator, Scores
from models.training.gan.paper_discriminator import PaperDiscriminator
from models.training.gan.step import GanStep


class PlainStep:
    """The straightforward step, on copies of a `GanStep`'s networks."""

    def __init__(self, step: GanStep, damsm: Damsm) -> None:
        self.phase, self.config, self.damsm = step.phase, step.config, damsm
        self.generator = Generator(step.config)
        self.generator.load_state_dict(step.generator.state_dict())
        self.discriminators: list[Discriminator] = [
            step._discriminator(view) for view in step.views
        ]
        for plain, ours in zip(self.discriminators, step.discriminators, strict=True):
            plain.load_state_dict(ours.state_dict())
        self.features = _PlainFeatures(damsm.features.name)
        self.averages = [value.detach().clone() for value in self.generator.parameters()]
        make_plain(self.generator)
        for module in (self.features, *self.discriminators):
            use_default_layout(module)
        rate, betas = self.phase.generator_rate, self.phase.betas
        self.generator_optimizer = torch.optim.Adam(self.generator.parameters(), rate, betas)
        self.discriminator_optimizers = [
            torch.optim.Adam(each.parameters(), rate, betas) for each in self.discriminators
        ]

    def update(self, batch: Batch) -> dict[str, float]:
        """One step, which enlarges and convolves one after the other."""
        with plain_layers():
            return self._update(batch)

    def _update(self, batch: Batch) -> dict[str, float]:
        values: dict[str, float] = {}
        text, sentence = batch.text, batch.sentence
        condition, mean, log_variance = self.generator.conditioning(sentence, batch.epsilon)
        canvases = list(self.generator.stages(batch.noise, condition, text))
        fakes = [canvas.image.contiguous() for canvas in canvases]

        taught = zip(
            self.phase.stages,
            self.discriminators,
            self.discriminator_optimizers,
            fakes,
            strict=True,
        )
        for size, discriminator, optimizer, fake in taught:
            real = _photographs(batch, size)
            right = _score(discriminator, real, sentence)
            wrong = _score(discriminator, real, batch.wrong_sentence)
            drawn = _score(discriminator, fake.detach(), sentence)
            loss = losses.discriminator_loss(right, wrong, drawn, "cross_entropy")
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            values[f"discriminator_{size}"] = loss.item()

        total = condition_loss = losses.condition_loss(mean, log_variance)
        values["condition"] = condition_loss.item()
        for size, discriminator, fake in zip(
            self.phase.stages, self.discriminators, fakes, strict=True
        ):
            loss = losses.generator_loss(_score(discriminator, fake, sentence), "cross_entropy")
            total = total + loss
            values[f"generator_{size}"] = loss.item()
        last = self.phase.stages[-1]
        view = resize(fakes[-1], self.phase.judged_sizes[-1]).contiguous()
        maps, pooled = self.features(view)
        regions, whole = self.damsm.projection(maps[REGION_MAP], pooled)
        words = _word_loss(regions, batch, self.damsm.config)
        same = batch.species[:, None] == batch.species[None, :]
        whole_scores = sentence_scores(whole, text.sentence)
        sentences = contrastive_loss(whole_scores, same, self.damsm.config.gamma3)
        values[f"words_{last}"], values[f"sentence_{last}"] = words.item(), sentences.item()
        self.generator_optimizer.zero_grad()
        (total + self.phase.damsm_weight * (words + sentences)).backward()
        self.generator_optimizer.step()
        with torch.no_grad():
            for average, value in zip(self.averages, self.generator.parameters(), strict=True):
                average.mul_(self.phase.ema_decay).add_(value, alpha=1 - self.phase.ema_decay)
        return values


class _PlainFeatures(nn.Module):
    """What `ImageFeatures` computes, with the batch norms where its package has them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.network, self.taps = _pretrained(name).eval(), TAPPED_BLOCKS[name]
        self.requires_grad_(False)

    def forward(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        network = self.network
        hidden = network._swish(network._bn0(network._conv_stem(images * (127.5 / 128))))
        maps = []
        for position, block in enumerate(network._blocks):
            hidden = block(hidden)
            if position in self.taps:
                maps.append(hidden)
        pooled = network._swish(network._bn1(network._conv_head(hidden))).mean(dim=(2, 3))
        return maps, pooled


def _photographs(batch: Batch, size: int) -> Tensor:
    images = resize(batch.photographs, min(size, batch.photographs.shape[-1]))
    while images.shape[-1] < size:
        images = models.networks.generator.enlarge(images).clamp(-1, 1)
    return images.contiguous()


def _score(discriminator: Discriminator, images: Tensor, sentence: Tensor) -> Scores:
    """Both scores of `PaperDiscriminator`: the sentence is repeated, joined and convolved."""
    assert isinstance(discriminator, PaperDiscriminator)
    hidden = discriminator.encode(images)
    places = sentence[:, :, None, None].expand(-1, -1, *hidden.shape[2:])
    joined = discriminator.join_sentence(torch.cat([hidden, places], dim=1))
    logits = (
        discriminator.unconditional(hidden).flatten(1),
        discriminator.conditional(joined).flatten(1),
    )
    return Scores((logits[0],), (logits[1],))


def _word_loss(regions: Tensor, batch: Batch, config: DamsmConfig) -> Tensor:
    """DAMSM's word loss, one sentence after the other (equations 7 to 12)."""
    columns = []
    for words, mask in zip(batch.text.words, batch.text.mask, strict=True):
        known = words[:, mask].expand(len(regions), -1, -1)  # (I, D, T)
        similarity = known.transpose(1, 2) @ regions  # (I, T, R)
        scaled = similarity / math.sqrt(known.shape[1]) if config.scaled else similarity
        attention = (config.gamma1 * scaled.softmax(dim=1)).softmax(dim=2)
        contexts = regions @ attention.transpose(1, 2)  # (I, D, T)
        relevance = F.cosine_similarity(contexts, known, dim=1)
        columns.append((config.gamma2 * relevance).exp().sum(dim=1).log() / config.gamma2)
    same = batch.species[:, None] == batch.species[None, :]
    return contrastive_loss(torch.stack(columns, dim=1), same, config.gamma3)
