"""A generator folded to draw paints what the ordinary one does."""

import torch
from torch import nn

from models.networks.config import GeneratorConfig
from models.networks.generator import Canvas, Generator
from models.networks.layers import ModulatedBlock
from models.networks.text_encoder import TextFeatures
from models.painting.folding import folded

CONFIG = GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 6, 4), first_stage_blocks=1)


def trained_like() -> Generator:
    """A small generator whose batch norms have seen something."""
    torch.manual_seed(0)
    generator = Generator(CONFIG).eval()
    for module in generator.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            assert module.running_mean is not None and module.running_var is not None
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
        if isinstance(module, ModulatedBlock):
            nn.init.normal_(module.style.weight, std=0.1)
            nn.init.normal_(module.style.bias, std=0.1)
    for layer in generator.to_image:
        assert isinstance(layer, nn.Conv2d)
        nn.init.normal_(layer.weight, std=0.1)
    return generator


@torch.inference_mode()
def draw(generator: Generator) -> list[Canvas]:
    source = torch.Generator().manual_seed(1)
    words = torch.randn(2, 8, 5, generator=source)
    text = TextFeatures(words, words.mean(2), torch.ones(2, 5, dtype=torch.bool))
    condition, noise = (torch.randn(2, 4, generator=source) for _ in range(2))
    return list(generator.stages(noise, condition, text))


def test_it_paints_the_same_with_fewer_operations() -> None:
    generator = trained_like()
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    drawing = folded(generator, torch.float32)

    for expected, canvas in zip(draw(generator), draw(drawing), strict=True):
        torch.testing.assert_close(canvas.hidden, expected.hidden, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(canvas.drawn, expected.drawn, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(canvas.attention, expected.attention, rtol=1e-4, atol=1e-5)
    norms = (nn.BatchNorm1d, nn.BatchNorm2d)
    assert not [module for module in drawing.modules() if isinstance(module, norms)]
    torch.testing.assert_close(generator.state_dict(), before, rtol=0, atol=0)


def test_all_its_weights_are_in_the_precision_asked_for() -> None:
    drawing = folded(trained_like(), torch.bfloat16)
    assert {value.dtype for value in drawing.state_dict().values()} == {torch.bfloat16}
    assert not any(value.requires_grad for value in drawing.parameters())
