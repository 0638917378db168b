"""Which sentence is said of a photograph: its captions, those of its species, and its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import torch
from torch import Tensor

from models.training.data.examples import Example
from models.vocabulary import Vocabulary
from models.words.names import BirdName, name_sentences, names_of, with_name

_SEEDS = 2**31


@dataclass(frozen=True)
class CaptionSettings:
    """Shares of photographs that are shown with another sentence than one of their captions."""

    of_species: float = field(
        default=0.3,
        metadata={
            "help": "with a caption of another photograph of the species: a sentence then goes "
            "with many poses instead of one"
        },
    )
    named: float = field(
        default=0.25, metadata={"help": "with a caption that says the bird's name for 'bird'"}
    )
    name_alone: float = field(
        default=0.1, metadata={"help": "with a sentence that says nothing but the name"}
    )


class Captions:
    """Chooses sentences, as ids of words.

    Parameters
    ----------
    examples : photographs; those without captions have their species' or, where nobody describes
        it, their name alone.
    species : (N,) numbers of their species.

    Raises
    ------
    ValueError
        Nothing that is said of a photograph has a word that the text encoder knows.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        species: Tensor,
        vocabulary: Vocabulary,
        max_words: int,
        settings: CaptionSettings,
    ) -> None:
        self.settings, self._vocabulary, self._max_words = settings, vocabulary, max_words
        self._names = {example.species: names_of(example.species) for example in examples}
        self._examples = examples
        self._captions = [self._known(example.captions) for example in examples]
        described: dict[int, list[int]] = {}
        for row, number in enumerate(species.tolist()):
            if self._captions[row]:
                described.setdefault(number, []).append(row)
        self._described = [described.get(number, []) for number in species.tolist()]
        for row, example in enumerate(examples):
            if not self._captions[row] and not self._known([self._name(row).full]):
                raise ValueError(
                    f"nothing that is said of {example.path} has a word that the text encoder "
                    "knows: one that stands at least twice in the captions that it was trained "
                    "on. Describe the picture in other words, or take it out of metadata.jsonl."
                )

    def __len__(self) -> int:
        return len(self._captions)

    def own(self, row: int) -> list[Sequence[int]]:
        """Ids of all of a photograph's captions that have a known word."""
        return [self._ids(caption) for caption in self._captions[row]]

    def choose(self, row: int) -> Sequence[int]:
        """Choose a sentence by chance; torch's random numbers decide."""
        share, settings = float(torch.rand(())), self.settings
        chance = Random(int(torch.randint(_SEEDS, ())))
        if share < settings.name_alone or not self._described[row]:
            return self._ids(name_sentences(self._name(row), chance)) or self._any(row, chance)
        if not self._captions[row] or chance.random() < settings.of_species:
            caption = chance.choice(self._captions[chance.choice(self._described[row])])
        else:
            caption = chance.choice(self._captions[row])
        if share < settings.name_alone + settings.named:
            caption = with_name(caption, self._name(row), chance) or caption
        return self._ids(caption) or self._any(row, chance)

    def _any(self, row: int, chance: Random) -> Sequence[int]:
        """For a name that the text encoder does not know: some other sentence."""
        described = self._captions[row] or [self._name(row).full]
        return self._ids(chance.choice(described))

    def _name(self, row: int) -> BirdName:
        return self._names[self._examples[row].species]

    def _known(self, captions: Sequence[str]) -> list[str]:
        return [caption for caption in captions if self._ids(caption)]

    def _ids(self, caption: str) -> Sequence[int]:
        return self._vocabulary.read(caption, self._max_words).ids
