"""The stages give the sizes they should, attend only to words, and begin by enlarging."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from models.networks.attention import WordAttention
from models.networks.config import GeneratorConfig
from models.networks.generator import ConditioningAugmentation, Generator
from models.networks.layers import enlarge
from models.networks.text_encoder import TextFeatures
from models.sketches.pose import PARTS, Pose

SMALL = GeneratorConfig(
    text_feature_size=8, condition_size=4, noise_size=4, seed_channels=16,
    stage_channels=(8, 6, 4, 2),
)  # fmt: skip


@pytest.fixture
def text() -> TextFeatures:
    torch.manual_seed(1)
    mask = torch.tensor([[True, True, True], [True, False, False]])
    return TextFeatures(torch.randn(2, 8, 3), torch.randn(2, 8), mask)


def test_four_stages_draw_64_to_512(text: TextFeatures) -> None:
    generator = Generator(SMALL).eval()
    with torch.inference_mode():
        condition, mean, log_variance = generator.conditioning(text.sentence, torch.randn(2, 4))
        canvases = list(generator.stages(torch.randn(2, 4), condition, text))

    assert condition.shape == mean.shape == log_variance.shape == (2, 4)
    assert [tuple(canvas.image.shape) for canvas in canvases] == [
        (2, 3, size, size) for size in (64, 128, 256, 512)
    ]
    assert canvases[0].attention is None
    assert [canvas.attention.shape for canvas in canvases[1:] if canvas.attention is not None] == [
        (2, 3, size, size) for size in (64, 128, 256)
    ]
    assert all(canvas.image.abs().max() <= 1 for canvas in canvases)


def test_only_the_stages_asked_for_are_drawn(text: TextFeatures) -> None:
    generator = Generator(SMALL).eval()
    assert len(list(generator.stages(torch.randn(2, 4), torch.randn(2, 4), text, count=2))) == 2


def test_new_stages_enlarge_faithfully(text: TextFeatures) -> None:
    generator = Generator(SMALL).eval()
    with torch.inference_mode():
        first, second, *_ = generator.stages(torch.randn(2, 4), torch.randn(2, 4), text)
    torch.testing.assert_close(second.drawn, enlarge(first.drawn))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_enlarging_is_bicubic_as_torch_has_it(layout: torch.memory_format) -> None:
    torch.manual_seed(0)
    image = torch.randn(2, 3, 7, 5).contiguous(memory_format=layout)
    given, expected = (image.clone().requires_grad_() for _ in range(2))
    gradient = torch.randn(2, 3, 14, 10)
    enlarged = enlarge(given)
    reference = F.interpolate(expected, scale_factor=2, mode="bicubic")
    torch.testing.assert_close(enlarged, reference)
    enlarged.backward(gradient)
    reference.backward(gradient)
    torch.testing.assert_close(given.grad, expected.grad)


def test_attention_is_a_distribution_over_words_and_ignores_padding(text: TextFeatures) -> None:
    attention = WordAttention(word_size=8, channels=5)
    hidden = torch.randn(2, 5, 4, 4)
    context, weights = attention(hidden, text.words, text.mask)

    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2, 4, 4))
    assert weights[1, 1:].abs().max() == 0
    # With a single word, every place sees just that word.
    only = attention.projection(text.words)[1, :, 0]
    torch.testing.assert_close(context[1], only[:, None, None].expand(5, 4, 4))


def test_the_condition_is_sampled_around_a_mean() -> None:
    torch.manual_seed(0)
    augmentation = ConditioningAugmentation(SMALL)
    sentence, epsilon = torch.randn(3, 8), torch.randn(3, 4)
    condition, mean, log_variance = augmentation(sentence, epsilon)
    torch.testing.assert_close(condition, mean + (0.5 * log_variance).exp() * epsilon)
    unsampled, _, _ = augmentation(sentence, torch.zeros(3, 4))
    torch.testing.assert_close(unsampled, mean)


def test_a_crop_of_a_canvas_is_refined_as_the_whole_is(text: TextFeatures) -> None:
    generator = Generator(SMALL).eval()
    with torch.inference_mode():
        canvas = generator.start(torch.randn(2, 4), torch.randn(2, 4))
        whole = generator.refine(canvas, 1, text)
        part = generator.refine(canvas.crop(16, 8, 32), 1, text)
    # Away from the border, where convolutions see the cut, both are the same.
    torch.testing.assert_close(
        part.hidden[..., 16:48, 16:48], whole.hidden[..., 48:80, 32:64], rtol=1e-3, atol=1e-4
    )


def test_a_pose_changes_the_picture_and_none_is_needed(text: TextFeatures) -> None:
    torch.manual_seed(0)
    generator = Generator(replace(SMALL, pose_channels=4)).eval()
    for maps in generator.initial.pose.modules():
        if isinstance(maps, torch.nn.Conv2d):  # it begins as if it were told nothing
            torch.nn.init.normal_(maps.weight, std=0.5)
    noise, condition = torch.randn(2, 4), torch.randn(2, 4)
    places = torch.full((2, len(PARTS), 2), 0.3)
    visible = torch.zeros(2, len(PARTS)).bool()
    visible[:, PARTS.index("beak")] = True

    def drawn(pose: Pose | None) -> torch.Tensor:
        with torch.inference_mode():
            return generator.start(noise, condition, pose).image

    left, right = drawn(Pose(places, visible)), drawn(Pose(1 - places, visible))
    nothing = drawn(None)
    assert left.shape == nothing.shape == (2, 3, 64, 64)
    assert not torch.equal(left, right) and not torch.equal(left, nothing)
    # One that is told nothing has no such weights, and draws whatever it is told.
    plain = Generator(SMALL).eval()
    assert not [name for name in plain.state_dict() if "pose" in name]
    told = plain.start(noise, condition, Pose(places, visible)).image
    assert torch.equal(told, plain.start(noise, condition).image)


def test_several_poses_of_one_noise_are_drawn_as_each_by_itself() -> None:
    torch.manual_seed(0)
    config = GeneratorConfig(
        8, 4, 4, seed_channels=16, stage_channels=(8, 6), first_stage_blocks=1, pose_channels=4
    )
    generator = Generator(config).eval()
    noise, condition = torch.randn(2, 4), torch.randn(2, 4)
    poses = Pose(torch.rand(6, len(PARTS), 2), torch.ones(6, len(PARTS)))
    together = generator.start(noise, condition, poses).drawn
    for row in range(6):
        of = slice(row // 3, row // 3 + 1)
        alone = generator.start(noise[of], condition[of], poses.rows(slice(row, row + 1))).drawn
        torch.testing.assert_close(together[row : row + 1], alone)
    assert (together[0] - together[1]).abs().max() > 1e-4
