"""DAMSM's batched losses equal the paper's, written out pair by pair."""

import torch
import torch.nn.functional as F

from models.training.damsm import contrastive_loss, word_scores


def paper_word_score(regions: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Equations 7 to 10 for one picture (D, R) and one sentence (D, T); gammas 4 and 5."""
    similarity = words.T @ regions  # (T, R), equation 7
    normalised = similarity.softmax(dim=0)  # over words, equation 8
    attention = (4 * normalised).softmax(dim=1)  # over regions, equation 9
    context = attention @ regions.T  # (T, D)
    relevance = F.cosine_similarity(context, words.T, dim=1)
    return (5 * relevance).exp().sum().log() / 5  # equation 10


def test_word_scores_are_the_papers() -> None:
    torch.manual_seed(0)
    regions, words = torch.randn(3, 16, 9), torch.randn(2, 16, 5)
    lengths = [5, 3]
    mask = torch.arange(5)[None] < torch.tensor(lengths)[:, None]
    scores = word_scores(regions, words, mask, 4.0, 5.0)
    for picture in range(3):
        for sentence in range(2):
            expected = paper_word_score(regions[picture], words[sentence, :, : lengths[sentence]])
            torch.testing.assert_close(scores[picture, sentence], expected)


def test_pairs_of_one_species_are_no_wrong_answers() -> None:
    scores = torch.tensor([[1.0, 5.0, 0.0], [5.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    species = torch.tensor([0, 0, 1])
    same = species[:, None] == species[None]
    masked = contrastive_loss(scores, same, gamma3=1.0)
    unmasked = contrastive_loss(scores, torch.eye(3, dtype=torch.bool), gamma3=1.0)
    assert masked < 0.5 < unmasked
