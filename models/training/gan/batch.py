"""What one step of GAN training works on: photographs, sentences, and all its random numbers.

Nothing later in a step is random. So a batch can be drawn again in parts to save memory, and
several processes that draw the same batch can each work on a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from models.batched import Batched
from models.networks.config import GeneratorConfig
from models.networks.text_encoder import TextEncoder, TextFeatures, pad_ids
from models.sketches.pose import Pose
from models.training.data.augment import Movement
from models.training.data.captions import Captions
from models.training.data.counterfactual import Counterfactual, WrongText
from models.training.data.crops import Crop
from models.training.data.photographs import Photographs
from models.training.data.recolour import Recolourer, Recolouring
from models.training.gan.settings import Phase
from models.words.vocabulary import Vocabulary


@dataclass(frozen=True)
class Batch(Batched):
    """Photographs, their sentences, and the noise that drawings are made from.

    Attributes
    ----------
    photographs : (B, 3, S, S) squares round birds, S being the pixels of the phase's last stage.
    species : (B,) their species.
    pose : of the birds in the squares; drawings are told the same.
    text : features of one sentence of each.
    wrong : the same sentences with their colours exchanged, if DAMSM is to tell them apart.
    sentence : (B, D) the sentence features with noise, which generator and discriminators see.
    wrong_sentence : (B, D) such features that do not fit the photographs: the neighbour's, or for
        half of those whose colours can be exchanged their own, exchanged.
    noise, epsilon : (B, Z), (B, C) standard normal: the generator's and the condition's.
    place : (2,) where patches are cut, as shares of the room there is.
    seen, drawn : how photographs and drawings are moved before they are judged.
    """

    photographs: Tensor
    species: Tensor
    pose: Pose
    text: TextFeatures
    wrong: WrongText | None
    sentence: Tensor
    wrong_sentence: Tensor
    noise: Tensor
    epsilon: Tensor
    place: Tensor
    seen: Movement
    drawn: Movement

    def __len__(self) -> int:
        return len(self.photographs)

    def part(self, rows: slice) -> Batch:
        """Some of the rows; neighbours must stay together."""
        return replace(self.rows(rows), place=self.place)

    def parts(self, count: int) -> list[Batch]:
        size = len(self) // count
        return [self.part(slice(start, start + size)) for start in range(0, len(self), size)]

    def to(self, device: torch.device | str) -> Batch:
        """Move all that networks look at; a GPU would be halted to ask it for the place."""
        return replace(super().to(device), place=self.place)


class BatchSampler:
    """Draws batches, forever; its position can be saved and restored.

    Parameters
    ----------
    vocabulary, text_encoder : the trained ones, on the CPU.
    own_part : the rows of each batch that this process works on; all by default.
    """

    def __init__(
        self,
        photographs: Photographs,
        vocabulary: Vocabulary,
        text_encoder: TextEncoder,
        phase: Phase,
        config: GeneratorConfig,
        own_part: slice = slice(None),
    ) -> None:
        if len(photographs) < phase.batch_size:
            raise ValueError(
                f"{len(photographs)} photographs are too few for batches of {phase.batch_size}: "
                "choose a smaller batch_size"
            )
        self.photographs, self.text_encoder = photographs, text_encoder
        self.phase, self.config, self.own_part = phase, config, own_part
        examples, species = photographs.examples, photographs.species
        limit = text_encoder.config.max_words
        self.captions = Captions(examples, species, vocabulary, limit, phase.captions)
        self.recolourer = Recolourer(vocabulary, photographs) if phase.recoloured else None
        self.counterfactual = Counterfactual(vocabulary) if phase.counterfactual else None
        self.rows_left = torch.empty(0, dtype=torch.int64)
        """What is left of the current round through all photographs."""

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self._sample()

    def _sample(self) -> Batch:
        phase, size, photographs = self.phase, self.phase.batch_size, self.photographs
        if len(self.rows_left) < size:
            self.rows_left = torch.randperm(len(photographs))
        rows, self.rows_left = self.rows_left[:size], self.rows_left[size:]
        captions = [self.captions.choose(row) for row in rows.tolist()]
        recolouring = Recolouring.of_none(size)
        if self.recolourer:
            captions, recolouring = self.recolourer.exchange_some(
                rows.tolist(), captions, phase.recoloured
            )
        with torch.no_grad():
            text: TextFeatures = self.text_encoder(*pad_ids(captions))
            wrong = None
            if self.counterfactual:
                wrong = self.counterfactual.encode(captions, self.text_encoder)
        sentence = self._with_noise(text.sentence)
        pose = photographs.pose.rows(rows)
        crop = Crop.sample(photographs.boxes[rows], pose, phase.crops)
        batch = Batch(
            photographs=torch.empty(size),
            species=photographs.species[rows],
            pose=crop.pose(pose),
            text=text,
            wrong=wrong,
            sentence=sentence,
            wrong_sentence=self._wrong_sentence(sentence, wrong),
            noise=torch.randn(size, self.config.noise_size),
            epsilon=torch.randn(size, self.config.condition_size),
            place=torch.rand(2),
            seen=Movement.sample(size, phase.augment),
            drawn=Movement.sample(size, phase.augment),
        ).part(self.own_part)
        # All random numbers are drawn: each process cuts out its own photographs alone.
        own = self.own_part
        cut = photographs.cut(rows[own], crop.rows(own), max(phase.stages))
        return replace(batch, photographs=recolouring.rows(own).to(cut.device).apply(cut))

    def _wrong_sentence(self, sentence: Tensor, wrong: WrongText | None) -> Tensor:
        neighbours = sentence.view(len(sentence) // 2, 2, -1).flip(1).flatten(0, 1)
        if wrong is None:
            return neighbours
        own = wrong.changed & (torch.rand(len(sentence)) < 0.5)
        return torch.where(own[:, None], self._with_noise(wrong.text.sentence), neighbours)

    def _with_noise(self, sentence: Tensor) -> Tensor:
        """Add noise that leaves a sentence feature its length."""
        noise = torch.randn(sentence.shape) * sentence.std()
        length = sentence.norm(dim=1, keepdim=True)
        return F.normalize(sentence + self.phase.sentence_noise * noise, dim=1) * length
