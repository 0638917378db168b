"""Discriminators score pictures with and without sentences, and learn to tell them apart."""

import pytest
import torch

from models.networks.layers import enlarge
from models.training.gan.discriminators import Discriminator, Seen
from models.training.gan.losses import (
    block_loss,
    checkerboard_loss,
    discriminator_loss,
    generator_loss,
    spectrum_loss,
)
from models.training.gan.paper_discriminator import PaperDiscriminator
from models.training.gan.projected_discriminator import ProjectedDiscriminator

CHANNELS = (6, 8, 10, 12)


def seen(batch: int = 2, size: int = 64, offset: float = 0) -> Seen:
    sides = (24, 12, 6, 3)
    maps = [
        torch.randn(batch, count, side, side) + offset
        for count, side in zip(CHANNELS, sides, strict=True)
    ]
    return Seen(torch.randn(batch, 3, size, size) + offset, tuple(maps), torch.randn(batch, 5))


def test_scores_of_each_scale_and_sentence() -> None:
    judge = ProjectedDiscriminator(CHANNELS, sentence_size=5, width=4)
    with_sentence, without = judge(seen(), [torch.randn(2, 5), None])
    assert [tuple(scores.shape) for scores in with_sentence.unconditional] == [
        (2, 144), (2, 36), (2, 36), (2, 9)
    ]  # fmt: skip
    assert len(with_sentence.conditional) == 4
    assert without.conditional == ()
    torch.testing.assert_close(without.unconditional, with_sentence.unconditional)


def test_the_random_mixing_never_learns() -> None:
    judge = ProjectedDiscriminator(CHANNELS, sentence_size=5, width=4)
    learning = {id(value) for value in judge.trainable()}
    fixed = [name for name, value in judge.named_parameters() if id(value) not in learning]
    assert fixed == [f"heads.{scale}.mixing.weight" for scale in range(4)]


@pytest.mark.parametrize(("size", "layers"), [(64, 0), (128, 1), (256, 2), (512, 3)])
def test_each_size_adds_a_downsampling_block_until_4_x_4(size: int, layers: int) -> None:
    judge = PaperDiscriminator(size, sentence_size=5, width=2)
    strided = [
        module
        for module in judge.encode.modules()
        if isinstance(module, torch.nn.Conv2d) and module.stride == (2, 2)
    ]
    assert len(strided) == 4 + layers
    view = seen(size=size)
    assert judge.encode(view.picture).shape[1:] == (16, 4, 4)
    with_sentence, without = judge(view, [torch.randn(2, 5), None])
    assert with_sentence.conditional[0].shape == with_sentence.unconditional[0].shape == (2, 1)
    assert without.conditional == ()


def test_map_and_sentence_convolved_apart_score_as_if_joined() -> None:
    torch.manual_seed(0)
    judge = PaperDiscriminator(64, sentence_size=5, width=2).eval()
    view, sentences = seen(), [torch.randn(2, 5), torch.randn(2, 5)]
    for sentence, scores in zip(sentences, judge(view, sentences), strict=True):
        places = sentence[:, :, None, None].expand(-1, -1, 4, 4)
        joined = judge.join_sentence(torch.cat([judge.encode(view.picture), places], dim=1))
        torch.testing.assert_close(scores.conditional[0], judge.conditional(joined).flatten(1))


@pytest.mark.parametrize(
    ("judge", "kind"),
    [
        (ProjectedDiscriminator(CHANNELS, 5, 4), "hinge"),
        (PaperDiscriminator(64, 5, 4), "cross_entropy"),
    ],
)
def test_a_discriminator_learns_to_tell_two_kinds_apart(judge: Discriminator, kind: str) -> None:
    torch.manual_seed(0)
    optimizer = torch.optim.Adam(judge.trainable(), 1e-3)
    real, drawn, sentence = seen(8, offset=1), seen(8), torch.randn(8, 5)
    losses = []
    for _ in range(40):
        right, wrong = judge(real, [sentence, sentence.roll(1, 0)])
        (scores,) = judge(drawn, [sentence])
        loss = discriminator_loss(right, wrong, scores, kind)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.5
    # What is told to be drawn gives the generator a higher loss than what passes as real.
    (as_drawn,), (as_real,) = judge(drawn, [sentence]), judge(real, [sentence])
    assert generator_loss(as_drawn, kind) > generator_loss(as_real, kind)


def test_cross_entropy_is_that_of_the_paper() -> None:
    judge = PaperDiscriminator(64, sentence_size=5, width=2).eval()
    real, drawn, sentence = seen(), seen(), torch.randn(2, 5)
    right, wrong = judge(real, [sentence, sentence.flip(0)])
    (fake,) = judge(drawn, [sentence])

    def entropy(scores: tuple[torch.Tensor, ...], target: float) -> torch.Tensor:
        shares = scores[0].sigmoid()
        return torch.nn.functional.binary_cross_entropy(shares, torch.full_like(shares, target))

    expected = (entropy(right.unconditional, 1) + entropy(right.conditional, 1)) / 2
    expected = (
        expected
        + (
            entropy(fake.unconditional, 0)
            + entropy(fake.conditional, 0)
            + entropy(wrong.conditional, 0)
        )
        / 3
    )
    torch.testing.assert_close(discriminator_loss(right, wrong, fake, "cross_entropy"), expected)
    convincing = entropy(fake.unconditional, 1) + entropy(fake.conditional, 1)
    torch.testing.assert_close(generator_loss(fake, "cross_entropy"), convincing)


def test_enlarged_pixels_are_seen_and_unlearned() -> None:
    torch.manual_seed(0)
    small = torch.randn(4, 3, 32, 32)
    blocks = small.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    fine = torch.randn(4, 3, 64, 64)
    visible = (blocks + 0.3 * fine).requires_grad_()
    before = block_loss(visible)
    assert block_loss(fine) < 0.05 < block_loss(enlarge(small)) < before
    for _ in range(20):
        (slope,) = torch.autograd.grad(block_loss(visible), visible)
        visible = (visible - 100 * slope).detach().requires_grad_()
    assert block_loss(visible) < before / 2


def test_the_grid_of_earlier_stages_is_seen_and_unlearned() -> None:
    torch.manual_seed(0)
    smooth = enlarge(enlarge(torch.randn(4, 3, 32, 32)))
    stripes = torch.cos(torch.pi / 2 * torch.arange(128.0))[:, None]  # every fourth pixel
    visible = (smooth + 0.2 * stripes).requires_grad_()
    before = checkerboard_loss(visible, 2)
    assert checkerboard_loss(smooth, 2) < 0.5 < before
    assert checkerboard_loss(torch.randn(4, 3, 128, 128), 2) < 0.5
    assert checkerboard_loss(torch.zeros(4, 3, 128, 128), 2) < 1e-5
    for _ in range(20):
        (slope,) = torch.autograd.grad(checkerboard_loss(visible, 2), visible)
        visible = (visible - 100 * slope).detach().requires_grad_()
    assert checkerboard_loss(visible, 2) < before / 2


def test_drawings_come_to_have_as_much_fine_detail_as_photographs() -> None:
    torch.manual_seed(0)
    photographs = torch.randn(8, 3, 64, 64)
    others = torch.randn(8, 3, 64, 64)
    assert spectrum_loss(others, photographs) < 0.15
    assert spectrum_loss(torch.zeros(2, 3, 64, 64), photographs).isfinite()
    for drawn in (enlarge(torch.randn(8, 3, 32, 32)), 2 * others):  # too soft, too rough
        drawn.requires_grad_()
        before = spectrum_loss(drawn, photographs)
        assert before > 0.5
        for _ in range(50):
            (slope,) = torch.autograd.grad(spectrum_loss(drawn, photographs), drawn)
            drawn = (drawn - 200 * slope).detach().requires_grad_()
        assert spectrum_loss(drawn, photographs) < before / 2
