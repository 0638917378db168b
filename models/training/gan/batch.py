"""What one step of GAN training works on, with all its random numbers already drawn.

Nothing later in a step is random. So a batch can be drawn again in parts to save memory, and
several processes that draw the same batch can each work on a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from models.config import GeneratorConfig
from models.text_encoder import TextEncoder, TextFeatures, pad_ids
from models.training.data.augment import Movement
from models.training.data.counterfactual import Counterfactual, WrongText
from models.training.data.recolour import Recolourer, Recolouring
from models.training.gan.settings import GanTraining

MOVED = ("species", "sentence", "wrong_sentence", "noise", "epsilon")
"""What networks look at as it is."""


@dataclass(frozen=True)
class Batch:
    """Photographs, their sentences, and the noise that drawings are made from.

    Attributes
    ----------
    rows : (B,) the photographs' places among all pictures.
    flip : (B,) which of them are mirrored.
    recolouring : which of them are made another colour.
    species : (B,) their species.
    text : features of one caption of each.
    wrong : the same captions with their colours exchanged, if DAMSM is to tell them apart.
    sentence : (B, D) the sentence features with noise, which generator and discriminators see.
    wrong_sentence : (B, D) such features that do not fit the photographs: the neighbour's, or for
        half of those whose colours can be exchanged their own, exchanged.
    noise, epsilon : (B, Z), (B, C) standard normal: the generator's and the condition's.
    place : (2,) where patches are cut, as shares of the room there is.
    seen, drawn : how photographs and drawings are moved before they are judged; a pair is moved
        alike, so that only what was drawn can differ.
    pair_every : see `GanTraining`.
    """

    rows: Tensor
    flip: Tensor
    recolouring: Recolouring
    species: Tensor
    text: TextFeatures
    wrong: WrongText | None
    sentence: Tensor
    wrong_sentence: Tensor
    noise: Tensor
    epsilon: Tensor
    place: Tensor
    seen: Movement
    drawn: Movement
    pair_every: int

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def drawn_from(self) -> Tensor:
        """(B,) whose caption each drawing has: its own, or the neighbour's to be one of a pair."""
        return _drawn_from(len(self), self.pair_every)

    @property
    def drawn_text(self) -> TextFeatures:
        return self.text.rows(self.drawn_from)

    @property
    def drawn_wrong(self) -> WrongText | None:
        return self.wrong and self.wrong.rows(self.drawn_from)

    def part(self, rows: slice) -> Batch:
        """Some of the rows; neighbours must stay together."""
        return replace(
            self,
            rows=self.rows[rows],
            flip=self.flip[rows],
            recolouring=self.recolouring.rows(rows),
            species=self.species[rows],
            text=self.text.rows(rows),
            wrong=self.wrong and self.wrong.rows(rows),
            sentence=self.sentence[rows],
            wrong_sentence=self.wrong_sentence[rows],
            noise=self.noise[rows],
            epsilon=self.epsilon[rows],
            seen=self.seen.rows(rows),
            drawn=self.drawn.rows(rows),
        )

    def parts(self, count: int) -> list[Batch]:
        size = len(self) // count
        return [self.part(slice(start, start + size)) for start in range(0, len(self), size)]

    def to(self, device: torch.device) -> Batch:
        """Move what networks look at; what is looked up in tables stays on the CPU."""
        moved = {name: getattr(self, name).to(device) for name in MOVED}
        return replace(
            self,
            text=self.text.to(device),
            wrong=self.wrong and self.wrong.to(device),
            **moved,
        )


class BatchSampler:
    """Draws batches, forever; its position can be saved and restored.

    Parameters
    ----------
    captions : ids of the captions of each picture.
    species : (N,) species of each picture.
    text_encoder : the trained one, on the CPU.
    recolourer : gives some birds another colour; without one all keep theirs.
    counterfactual : exchanges the colours that captions name; without one there are no wrong
        captions.
    """

    def __init__(
        self,
        captions: Sequence[Sequence[Sequence[int]]],
        species: Tensor,
        text_encoder: TextEncoder,
        settings: GanTraining,
        config: GeneratorConfig,
        recolourer: Recolourer | None = None,
        counterfactual: Counterfactual | None = None,
    ) -> None:
        if len(captions) < settings.batch_size:
            raise ValueError(
                f"{len(captions)} pictures are too few for batches of {settings.batch_size}: "
                "choose a smaller --batch-size."
            )
        self.captions, self.species, self.text_encoder = captions, species, text_encoder
        self.settings, self.config, self.recolourer = settings, config, recolourer
        self.counterfactual = counterfactual
        self.rows_left = torch.empty(0, dtype=torch.int64)
        """What is left of the current round through all pictures."""

    def __iter__(self) -> Iterator[Batch]:
        while True:
            yield self._sample()

    def _sample(self) -> Batch:
        settings, size = self.settings, self.settings.batch_size
        if len(self.rows_left) < size:
            self.rows_left = torch.randperm(len(self.captions))
        rows, self.rows_left = self.rows_left[:size], self.rows_left[size:]
        captions, recolouring = self._choose(rows)
        with torch.no_grad():
            text: TextFeatures = self.text_encoder(*pad_ids(captions))
            wrong = self._wrong(captions)
        sentence = self._with_noise(text.sentence)
        return Batch(
            rows=rows,
            flip=torch.rand(size) < 0.5,
            recolouring=recolouring,
            species=self.species[rows],
            text=text,
            wrong=wrong,
            sentence=sentence,
            wrong_sentence=self._wrong_sentence(sentence, wrong),
            noise=torch.randn(size, self.config.noise_size),
            epsilon=torch.randn(size, self.config.condition_size),
            place=torch.rand(2),
            seen=Movement.sample(size, settings.augment),
            drawn=Movement.sample(size, settings.augment).rows(
                _drawn_from(size, settings.pair_every)
            ),
            pair_every=settings.pair_every,
        )

    def _choose(self, rows: Tensor) -> tuple[list[Sequence[int]], Recolouring]:
        """Choose at random a caption of each picture, and whether both get another colour."""
        captions = [self._caption(row) for row in rows.tolist()]
        if self.recolourer is None:
            return captions, Recolouring.of_none(len(rows))
        return self.recolourer.exchange_some(rows.tolist(), captions, self.settings.recoloured)

    def _caption(self, row: int) -> Sequence[int]:
        """One of a picture's own captions, or of another of its species."""
        if torch.rand(()) < self.settings.species_captions:
            same = (self.species == self.species[row]).nonzero().flatten()
            row = int(same[torch.randint(len(same), ())])
        captions = self.captions[row]
        return captions[int(torch.randint(len(captions), ()))]

    def _wrong(self, captions: Sequence[Sequence[int]]) -> WrongText | None:
        if self.counterfactual is None:
            return None
        return self.counterfactual.encode(captions, self.text_encoder)

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
        return F.normalize(sentence + self.settings.sentence_noise * noise, dim=1) * length


def _drawn_from(count: int, pair_every: int) -> Tensor:
    origin = torch.arange(count)
    if pair_every:
        origin[pair_every - 1 :: pair_every] -= 1
    return origin
