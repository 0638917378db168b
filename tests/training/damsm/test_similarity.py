"""DAMSM's batched losses equal the paper's, written out pair by pair."""

import pytest
import torch
import torch.nn.functional as F

from models.networks.text_encoder import TextFeatures
from models.training.damsm.similarity import DamsmConfig, contrastive_loss, damsm_loss, word_scores
from models.training.data.counterfactual import WrongText

PAPERS = DamsmConfig(scaled=False)


def paper_word_score(regions: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Equations 7 to 10 for one picture (D, R) and one sentence (D, T); gammas 4 and 5."""
    similarity = words.T @ regions  # (T, R), equation 7
    normalised = similarity.softmax(dim=0)  # over words, equation 8
    attention = (4 * normalised).softmax(dim=1)  # over regions, equation 9
    context = attention @ regions.T  # (T, D)
    relevance = F.cosine_similarity(context, words.T, dim=1)
    return (5 * relevance).exp().sum().log() / 5  # equation 10


def paper_loss(scores: torch.Tensor, species: list[int]) -> torch.Tensor:
    """Equations 11 and 12 both ways, gamma 10, one picture after the other."""
    total = torch.zeros(())
    for matrix in (scores, scores.T):
        for row in range(len(species)):
            rivals = [
                matrix[row, other]
                for other in range(len(species))
                if other == row or species[other] != species[row]
            ]
            posterior = (10 * matrix[row, row]).exp() / (10 * torch.stack(rivals)).exp().sum()
            total = total - posterior.log()
    return total / (2 * len(species))


def test_word_scores_are_the_papers() -> None:
    torch.manual_seed(0)
    regions, words = torch.randn(3, 16, 9), torch.randn(2, 16, 5)
    lengths = [5, 3]
    mask = torch.arange(5)[None] < torch.tensor(lengths)[:, None]
    scores = word_scores(regions, words, mask, PAPERS)
    for picture in range(3):
        for sentence in range(2):
            expected = paper_word_score(regions[picture], words[sentence, :, : lengths[sentence]])
            torch.testing.assert_close(scores[picture, sentence], expected)


def test_scaled_similarities_have_a_gradient_that_rounding_does_not_turn() -> None:
    torch.manual_seed(0)
    regions, words = 5 * torch.randn(4, 256, 36), 0.5 * torch.randn(4, 256, 8)
    mask, same = torch.ones(4, 8, dtype=torch.bool), torch.eye(4, dtype=torch.bool)

    def gradient(values: torch.Tensor, config: DamsmConfig) -> torch.Tensor:
        values = values.clone().requires_grad_()
        scores = word_scores(values, words, mask, config)
        return torch.autograd.grad(contrastive_loss(scores, same, 10.0), values)[0].flatten()

    rounded = regions + 0.1 * torch.randn_like(regions)
    kept, turned = (
        F.cosine_similarity(gradient(regions, config), gradient(rounded, config), dim=0)
        for config in (DamsmConfig(), PAPERS)
    )
    assert kept > 0.98 > 0.9 > turned


def test_batched_losses_are_those_of_a_loop_over_sentences() -> None:
    torch.manual_seed(1)
    lengths, species = [6, 2, 4, 1, 5, 3], [0, 1, 0, 2, 3, 1]
    regions = torch.randn(6, 32, 16, requires_grad=True)
    whole, words, sentence = torch.randn(6, 32), torch.randn(6, 32, 6), torch.randn(6, 32)
    mask = torch.arange(6)[None] < torch.tensor(lengths)[:, None]
    text = TextFeatures(words * mask[:, None], sentence, mask)
    loss = damsm_loss(regions, whole, text, torch.tensor(species), PAPERS)

    looped = torch.stack(
        [
            torch.stack([paper_word_score(picture, words[s, :, : lengths[s]]) for s in range(6)])
            for picture in regions
        ]
    )
    cosines = F.cosine_similarity(whole[:, None], sentence[None], dim=2)
    expected = paper_loss(looped, species)
    assert loss.words.item() == pytest.approx(expected.item(), abs=1e-5)
    assert loss.sentence.item() == pytest.approx(paper_loss(cosines, species).item(), abs=1e-5)
    (batched,) = torch.autograd.grad(loss.words, regions)
    (separate,) = torch.autograd.grad(expected, regions)
    torch.testing.assert_close(batched, separate, atol=1e-5, rtol=1e-4)


def test_pairs_of_one_species_are_no_wrong_answers() -> None:
    scores = torch.tensor([[1.0, 5.0, 0.0], [5.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    species = torch.tensor([0, 0, 1])
    same = species[:, None] == species[None]
    masked = contrastive_loss(scores, same, gamma3=1.0)
    unmasked = contrastive_loss(scores, torch.eye(3, dtype=torch.bool), gamma3=1.0)
    assert masked < 0.5 < unmasked


def test_a_sentence_is_asked_about_beside_itself_with_its_colours_exchanged() -> None:
    torch.manual_seed(2)
    regions, whole = torch.randn(4, 32, 9), torch.randn(4, 32)
    own, other = (
        TextFeatures(torch.randn(4, 32, 5), sentence, torch.ones(4, 5, dtype=torch.bool))
        for sentence in (whole + 0.5 * torch.randn(4, 32), torch.randn(4, 32))
    )
    species, changed = torch.arange(4), torch.tensor([True, False, True, False])
    plain, asking = DamsmConfig(), DamsmConfig(exchanged_weight=2.0)

    def sentence_loss(config: DamsmConfig, right: TextFeatures, wrong: TextFeatures) -> float:
        told = WrongText(wrong, changed)
        return damsm_loss(regions, whole, right, species, config, told).sentence.item()

    told = sentence_loss(asking, own, other) - sentence_loss(plain, own, other)
    confused = sentence_loss(asking, other, own) - sentence_loss(plain, other, own)
    assert 0 < told < 0.5 < confused
    nothing = WrongText(other, torch.zeros(4, dtype=torch.bool))
    assert damsm_loss(regions, whole, own, species, asking, nothing).sentence.isfinite()
