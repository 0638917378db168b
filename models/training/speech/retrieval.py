"""Whether a picture finds its sentence when that is spoken, beside the written one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.sound.front_end import FrontEnd
from models.sound.speech_encoder import SpeechEncoder
from models.training.damsm.retrieval import retrieval_chances
from models.training.damsm.similarity import ImageProjection, sentence_scores
from models.training.features.cached_features import CachedFeatures
from models.training.speech.hearing_loss import HearingLoss
from models.training.speech.spoken_data import SpokenData

BATCH = 16


@dataclass(frozen=True)
class HearingScores:
    """How well utterances are understood.

    Attributes
    ----------
    right_words : share of the words whose embedding is nearest to that of what was said, when
        their number is known.
    right_count : share of the utterances whose number of words is heard rightly.
    closeness : mean cosine of the sentence features of what was heard and of what was said.
    r_at_1, text_r_at_1 : how often a picture finds its own sentence, spoken and written, rather
        than any of 99 of other species (see `training.retrieval`).
    """

    right_words: float
    right_count: float
    closeness: float
    r_at_1: float
    text_r_at_1: float


@torch.inference_mode()
def score_hearing(
    encoder: SpeechEncoder,
    front_end: FrontEnd,
    loss: HearingLoss,
    utterances: SpokenData,
    projection: ImageProjection,
    cache: CachedFeatures,
    species: Tensor,
) -> HearingScores:
    """Listen to utterances of pictures that training has not seen, whose features are cached."""
    encoder.eval()
    spoken, written, rows, words, counts = [], [], [], [], []
    for chosen in torch.arange(len(utterances)).split(BATCH):
        batch = utterances.batch(chosen.tolist()).through(front_end)
        heard = encoder(batch.mels, batch.frames)
        known = encoder(batch.mels, batch.frames, batch.words)
        limit = encoder.config.max_words
        taught = loss.teacher(batch.ids[:, :limit], batch.words.clamp_max(limit))
        spoken.append(heard.text.sentence)
        written.append(taught.sentence)
        rows.append(batch.rows)
        words.append(loss.right_words(known, batch))
        counts.append(heard.count.round() == batch.words)
    said, read, owners = torch.cat(spoken), torch.cat(written), torch.cat(rows)
    _, whole = projection(cache.regions[0].float(), cache.pooled[0].float())

    def found(sentences: Tensor) -> float:
        asked = torch.arange(len(owners))
        scores = sentence_scores(whole, sentences)
        return float(retrieval_chances(scores, owners, asked, species[owners]).mean())

    return HearingScores(
        right_words=float(torch.stack(words).mean()),
        right_count=float(torch.cat(counts).float().mean()),
        closeness=float(torch.cosine_similarity(said, read, dim=1).mean()),
        r_at_1=found(said),
        text_r_at_1=found(read),
    )
