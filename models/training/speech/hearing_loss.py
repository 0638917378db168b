"""How far what was heard is from what was said, and from the picture that it was said of."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.networks.text_encoder import TextEncoder
from models.sound.speech_encoder import Heard
from models.training.speech.spoken_data import LETTERS, SpokenBatch

CLOSENESS = 20.0
"""What the cosine of an embedding with each of the vocabulary's is multiplied by."""


class HearingLoss(nn.Module):
    """Compares with a frozen text encoder: the teacher of the speech encoder.

    Spelling the sentence letter by letter (connectionist temporal classification) is an exercise:
    it teaches the frames what sounds there are, long before words are understood. Its layer is left
    out of the model.

    Parameters
    ----------
    width : channels inside the speech encoder.
    """

    def __init__(self, teacher: TextEncoder, width: int) -> None:
        super().__init__()
        self.teacher = teacher.eval().requires_grad_(False)
        self.spelling = nn.Linear(width, len(LETTERS) + 1)

    def forward(self, heard: Heard, batch: SpokenBatch, flat: bool = False) -> dict[str, Tensor]:
        """Each loss by its name, unweighted.

        letters : CTC of the spelled sentence, per letter; if `flat`, cross entropy of each frame's
            letter, as if they followed each other evenly.
        count : how far the number of words is off, as a share of it.
        words : cross entropy of each word among all known ones, by cosine with their embeddings.
        features : squared distance of word and sentence features, as a share of their length.
        """
        with torch.no_grad():
            limit = self.teacher.config.max_words
            taught = self.teacher(batch.ids[:, :limit], batch.words.clamp_max(limit))
        return {
            "letters": self._letters(heard, batch, flat),
            "count": ((heard.count - batch.words).abs() / batch.words).mean(),
            "words": F.cross_entropy(self._closeness(heard.embeddings), batch.ids, ignore_index=0),
            "features": (
                _distance(heard.text.words, taught.words)
                + _distance(heard.text.sentence, taught.sentence)
            ),
        }

    @torch.no_grad()
    def right_words(self, heard: Heard, batch: SpokenBatch) -> Tensor:
        """Share of the words (scalar) whose embedding is nearest to that of what was said."""
        said = batch.ids > 0
        return (self._closeness(heard.embeddings).argmax(1) == batch.ids)[said].float().mean()

    def _closeness(self, embeddings: Tensor) -> Tensor:
        """Logits (B, V, N) of embeddings (B, N, E)."""
        known = F.normalize(self.teacher.embedding.weight, dim=1)
        logits: Tensor = CLOSENESS * F.normalize(embeddings, dim=2) @ known.T
        return logits.transpose(1, 2)

    def _letters(self, heard: Heard, batch: SpokenBatch, flat: bool) -> Tensor:
        scores = self.spelling(heard.hidden).float().log_softmax(dim=2)
        if flat:
            return F.nll_loss(scores.transpose(1, 2), _spread(heard, batch), ignore_index=0)
        return F.ctc_loss(
            scores.transpose(0, 1), batch.letters, heard.lengths, batch.spelled, zero_infinity=True
        )


def _spread(heard: Heard, batch: SpokenBatch) -> Tensor:
    """Each frame's letter (B, T) if all took the same time; 0 behind the end."""
    frame = torch.arange(heard.hidden.shape[1])[None]
    place = frame * batch.spelled[:, None] // heard.lengths[:, None]
    letters = batch.letters.gather(1, place.clamp_max(batch.letters.shape[1] - 1))
    return torch.where(frame < heard.lengths[:, None], letters, 0)


def _distance(heard: Tensor, taught: Tensor) -> Tensor:
    """Squared distance, as a share of the squared length of what was taught."""
    return (heard - taught).square().sum() / taught.square().sum()
