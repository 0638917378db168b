"""On a graphics card: a run takes steps there, goes on after a stop, and draws."""

from pathlib import Path

import pytest
import torch

from models import Painter
from models.training.data.folder import DataFolder
from models.training.gan import trainer
from models.training.gan.trainer import load_gan
from models.training.recipes.recipe_run import RecipeRun
from tests.training.runs.tiny import TINY, tiny_run

TWO_STEPS = TINY.replace("photographs = 24", "photographs = 16").replace(
    "share = 0.7", "share = 1.0"
)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no graphics card here")
def test_a_card_takes_two_steps_resumes_and_draws(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = torch.device("cuda")
    monkeypatch.setattr(trainer, "AVERAGED_EVERY", 1)

    def run() -> RecipeRun:
        walk = tiny_run(data, tmp_path / "run", TWO_STEPS)
        return RecipeRun(walk.recipe, data, walk.out, card)

    first = run()
    first.begin(resume=False)
    first.train_expert()
    first.train_damsm()
    assert not first.train_phase(0, minutes=1e-6), "time is up after a step"
    state = load_gan(first.begun()[0])
    assert (state["position"]["seen"], state["mean"]["count"]) == (8, 1)

    second = run()
    second.begin(resume=True)
    assert second.train()
    networks = second.last_trained(second.examples)
    assert networks.sampler.photographs.device.type == card.type
    assert next(networks.gan.generator.parameters()).device.type == card.type
    drawing = Painter.load(second.out / "bird.safetensors", card.type).draw("a red bird", seed=1)
    assert drawing.image.size == (128, 128)
