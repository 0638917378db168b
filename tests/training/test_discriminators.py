"""Discriminators score each scale, conditionally when sentences are given, and keep the mixing."""

import torch

from models.training.discriminators import ProjectedDiscriminator
from models.training.losses import discriminator_loss, generator_loss, mode_seeking_loss

CHANNELS = (6, 8, 10, 12)


def feature_maps(batch: int = 2) -> list[torch.Tensor]:
    sides = (24, 12, 6, 3)
    return [torch.randn(batch, c, s, s) for c, s in zip(CHANNELS, sides, strict=True)]


def test_scores_of_each_scale_and_sentence() -> None:
    judge = ProjectedDiscriminator(CHANNELS, sentence_size=5, width=4)
    sentence = torch.randn(2, 5)
    with_sentence, without = judge(feature_maps(), [sentence, None])
    assert [tuple(scores.shape) for scores in with_sentence.unconditional] == [
        (2, 144), (2, 36), (2, 36), (2, 9)
    ]  # fmt: skip
    assert len(with_sentence.conditional) == 4
    assert without.conditional == ()
    torch.testing.assert_close(without.unconditional, with_sentence.unconditional)


def test_the_random_mixing_never_learns() -> None:
    judge = ProjectedDiscriminator(CHANNELS, sentence_size=5, width=4)
    judge.requires_grad_(False)
    judge.train_heads()
    frozen = [name for name, value in judge.named_parameters() if not value.requires_grad]
    assert frozen == [f"heads.{scale}.mixing.weight" for scale in range(4)]


def test_a_discriminator_learns_to_tell_two_kinds_apart() -> None:
    torch.manual_seed(0)
    judge = ProjectedDiscriminator(CHANNELS, sentence_size=5, width=4)
    optimizer = torch.optim.Adam(judge.parameters(), 1e-3)
    real = [feature_map + 1 for feature_map in feature_maps(8)]
    drawn, sentence = feature_maps(8), torch.randn(8, 5)
    losses = []
    for _ in range(40):
        asked = judge(real, [sentence, sentence.roll(1, 0)])
        (scores,) = judge(drawn, [sentence])
        loss = discriminator_loss(asked[0], asked[1], scores)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 1
    # What is told to be drawn gives the generator a higher loss than what passes as real.
    assert generator_loss(judge(drawn, [sentence])[0]) > generator_loss(judge(real, [sentence])[0])


def test_mode_seeking_asks_for_no_more_than_its_target() -> None:
    same, other = torch.zeros(2, 3, 64, 64), torch.full((2, 3, 64, 64), 0.5)
    assert mode_seeking_loss(same, same, target=0.2).item() > 0.19
    assert mode_seeking_loss(same, other, target=0.2).item() == 0
