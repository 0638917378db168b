"""The judge: a DAMSM that no generator was trained against says which sentence a picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.networks.text_encoder import pad_ids
from models.training.damsm.model import Damsm, load_damsm
from models.training.damsm.retrieval import RETRIEVAL_CANDIDATES, retrieval_chances
from models.training.damsm.similarity import sentence_scores
from models.training.data.examples import Example
from models.training.evaluation.features import NETWORK
from models.words.vocabulary import Vocabulary


def load_judge(path: Path) -> Damsm:
    """Load a DAMSM that looks through the network kept out of generator training.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is damaged, no DAMSM, or looks through another network.
    """
    damsm = load_damsm(path)
    if damsm.features.name != NETWORK:
        raise ValueError(
            f"The judge {path} looks through {damsm.features.name}, as generators do in training. "
            "Train one with: run judge"
        )
    return damsm


@dataclass(frozen=True)
class _Captions:
    """All captions of a data folder that have a known word, one after the other.

    Attributes
    ----------
    owners : (S,) row of the picture that each belongs to.
    species : (S,) number of its species.
    """

    texts: list[str]
    ids: list[Sequence[int]]
    owners: Tensor
    species: Tensor

    def says(self, caption: int, text: str) -> bool:
        """Whether a caption is this text, but for white space."""
        return self.texts[caption].split() == text.split()


def _read(examples: Sequence[Example], vocabulary: Vocabulary, max_words: int) -> _Captions:
    names = sorted({example.species for example in examples})
    texts: list[str] = []
    ids: list[Sequence[int]] = []
    owners, species = [], []
    for row, example in enumerate(examples):
        for caption in example.captions:
            read = vocabulary.read(caption, max_words)
            if read.ids:
                texts.append(caption)
                ids.append(read.ids)
                owners.append(row)
                species.append(names.index(example.species))
    if not ids:
        raise ValueError("The judge knows no word of any caption of the data folder.")
    return _Captions(texts, ids, torch.tensor(owners), torch.tensor(species))


class Judge:
    """Asks of N chosen pictures for R@1 of 100 among all captions of a data folder.

    Parameters
    ----------
    path : ``damsm.pt`` of a DAMSM trained on EfficientNet-Lite2.
    examples : all pictures of the data folder; all their captions can be wrong answers.
    chosen : rows of the pictures that are scored.
    texts : which caption of each is asked for; chosen at random by default.

    Attributes
    ----------
    sentences : for each chosen picture, one of its captions: what is drawn, and the right answer.
    damsm : what judges.

    Raises
    ------
    ValueError
        The file is no DAMSM, sees through another network, or has no 99 wrong answers to offer.
    """

    def __init__(
        self,
        path: Path,
        examples: Sequence[Example],
        chosen: Sequence[int],
        chooser: np.random.Generator,
        texts: Sequence[str] | None = None,
    ) -> None:
        self.damsm = damsm = load_judge(path)
        self._projection, self._encoder = damsm.projection, damsm.text_encoder

        self._captions = _read(examples, damsm.vocabulary, self._encoder.config.max_words)
        self._check_wrong_answers()
        asked, shuffled = [], []
        for place, row in enumerate(chosen):
            own = (self._captions.owners == row).nonzero()[:, 0].tolist()
            if texts is not None:
                own = [caption for caption in own if self._captions.says(caption, texts[place])]
            if not own:
                raise ValueError(f"The judge {path} knows no word of {examples[row].path}.")
            asked.append(int(chooser.choice(own)))
            species = self._captions.species
            shuffled.append(int(chooser.choice((species != species[asked[-1]]).nonzero()[:, 0])))
        self._asked, self._shuffled = torch.tensor(asked), torch.tensor(shuffled)
        self.sentences = [self._captions.texts[caption] for caption in asked]
        with torch.inference_mode():
            ids = self._captions.ids
            parts = [self._encoder(*pad_ids(ids[k : k + 256])) for k in range(0, len(ids), 256)]
            self._texts = torch.cat([part.sentence for part in parts])

    def _check_wrong_answers(self) -> None:
        count, needed = self._captions.species.bincount(), RETRIEVAL_CANDIDATES - 1
        fewest = int(count.sum() - count.max())
        if fewest < needed:
            raise ValueError(
                f"R@1 of {RETRIEVAL_CANDIDATES} needs {needed} captions of other species for each "
                f"picture, and the data folder has only {fewest}: {int(count.sum())} captions of "
                f"{len(count)} species."
            )

    def chances(self, judged: Tensor) -> Tensor:
        """Chance (N,) of each chosen picture to find its own sentence first of 100.

        Parameters
        ----------
        judged : (N, P) features of the chosen pictures, as `FeatureNetwork.of_judge` gives them.
        """
        return self._chances(judged, self._asked)

    def shuffled_chances(self, judged: Tensor) -> Tensor:
        """The same for a caption of another species: what a picture gets that shows nothing."""
        return self._chances(judged, self._shuffled)

    @torch.inference_mode()
    def _chances(self, judged: Tensor, answers: Tensor) -> Tensor:
        scores = sentence_scores(self._projection.of_whole(judged), self._texts)
        rows = torch.arange(len(judged))
        return retrieval_chances(scores, rows, answers, self._captions.species)
