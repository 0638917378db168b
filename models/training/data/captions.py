"""Which sentence is said of a photograph: its captions, those of its species, and its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from models.networks.config import setting
from models.training.data.examples import Example
from models.words.bird_book import bird_book
from models.words.names import BirdName, name_sentences, names_of, with_name
from models.words.vocabulary import Vocabulary, tokenize

_SEEDS = 2**31
_FILE = re.compile(r"\.\w{3,5}$")


@dataclass(frozen=True)
class CaptionSettings:
    """Shares of photographs that are shown with another sentence than one of their captions."""

    of_species: float = setting(
        0.3,
        "with a caption of another photograph of the species: a sentence then goes with many "
        "poses instead of one",
    )
    named: float = setting(0.25, "with a caption that says the bird's name for 'bird'")
    name_alone: float = setting(0.1, "with a sentence that says nothing but the name")


class Captions:
    """Chooses sentences, as ids of words.

    Parameters
    ----------
    examples : photographs; those without captions have their species', or what the bird book says
        of it, or their name alone.
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
        self._names = {example.species: name_of(example.species) for example in examples}
        self._examples = examples
        self._captions = [self._known(example.captions) for example in examples]
        captioned = {
            number for number, own in zip(species.tolist(), self._captions, strict=True) if own
        }
        for row, number in enumerate(species.tolist()):
            if number not in captioned:
                self._captions[row] = self._known(_in_book(self._name(row)))
        described: dict[int, list[int]] = {}
        for row, number in enumerate(species.tolist()):
            if self._captions[row]:
                described.setdefault(number, []).append(row)
        self._described = [described.get(number, []) for number in species.tolist()]
        for row, example in enumerate(examples):
            name = self._name(row)
            if not self._captions[row] and not (name and self._known([name.full])):
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
        share, settings, name = float(torch.rand(())), self.settings, self._name(row)
        chance = Random(int(torch.randint(_SEEDS, ())))
        if name and (share < settings.name_alone or not self._described[row]):
            return self._ids(name_sentences(name, chance)) or self._any(row, chance)
        if not self._captions[row] or chance.random() < settings.of_species:
            caption = chance.choice(self._captions[chance.choice(self._described[row])])
        else:
            caption = chance.choice(self._captions[row])
        if name and share < settings.name_alone + settings.named:
            caption = with_name(caption, name, chance) or caption
        return self._ids(caption) or self._any(row, chance)

    def _any(self, row: int, chance: Random) -> Sequence[int]:
        """For a name that the text encoder does not know: some other sentence."""
        name = self._name(row)
        return self._ids(chance.choice(self._captions[row] or ([name.full] if name else [])))

    def _name(self, row: int) -> BirdName | None:
        return self._names[self._examples[row].species]

    def _known(self, captions: Sequence[str]) -> list[str]:
        return [caption for caption in captions if self._ids(caption)]

    def _ids(self, caption: str) -> Sequence[int]:
        return self._vocabulary.read(caption, self._max_words).ids


def name_of(species: str) -> BirdName | None:
    """The names of a species; None where it is no name.

    A picture whose species nobody named is a kind of its own, which is called like its file.
    """
    return None if _FILE.search(species) or not tokenize(species) else names_of(species)


def _in_book(name: BirdName | None) -> tuple[str, ...]:
    """What the bird book says of a species that nobody described, if it knows it."""
    bird = bird_book().get(name.full) if name else None
    return (bird.description,) if bird else ()
