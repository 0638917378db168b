"""Phases: what is refused before anything is trained, and what counts as the same."""

from dataclasses import replace
from typing import Any

import pytest

from models.networks.config import GeneratorConfig
from models.training.gan.settings import Phase

STAGE_ONE = Phase(batch_size=4, judged_sizes=(64,))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"patch": 0.75}, r"patch 0.75, where stage 64 draws whole pictures"),
        ({"stages": (128,), "patch": 1.5}, r"patch 1.5 is the share of a side"),
        ({"stages": (64, 256), "judged_sizes": (64, 64)}, "64 256 are no neighbours"),
        ({"stages": (128, 64), "judged_sizes": (64, 64)}, "128 64 are no neighbours"),
        ({"stages": (512, 1024), "judged_sizes": (64, 64)}, "the generator has 64 128 256 512"),
        ({"stages": ()}, "the generator has"),
        ({"stages": (128,), "judged_sizes": (64, 64)}, "2 numbers for 1 stages"),
        ({"batch_size": 5}, r"batch_size 5 cannot be shared: .* 6 would do"),
        ({"batch_size": 8, "gradient_accumulation": 3}, r"gradient_accumulation 3. 12 would do"),
        ({"batch_size": 0}, r"batch_size 0 cannot be shared"),
        ({"gradient_accumulation": 0}, r"gradient_accumulation 0"),
        ({"damsm_stages": "first"}, "damsm_stages must be every or last, not first"),
        ({"discriminator": "own"}, "discriminator must be projected or paper"),
        ({"discriminator": "paper"}, "no features: patch must be 1, pose_weight and head_weight 0"),
        ({"discriminator": "paper", "pose_weight": 0.0, "head_weight": 1.0}, "head_weight 0"),
        ({"stages": (128,), "patch": 0.5, "head_weight": 1.0}, "heads are looked for in whole"),
    ],
)
def test_what_would_spoil_a_phase_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(STAGE_ONE, **changes).check(GeneratorConfig())


def test_a_batch_is_shared_by_all_processes() -> None:
    Phase(batch_size=16).check(GeneratorConfig(), processes=2)
    with pytest.raises(ValueError, match=r"batch_size 20 cannot be shared.*3 processes.* 24 would"):
        Phase(batch_size=20).check(GeneratorConfig(), processes=3)


def test_which_stages_damsm_judges() -> None:
    both = Phase(stages=(64, 128))
    assert both.judged_by_damsm == (64, 128)
    assert replace(both, damsm_stages="last").judged_by_damsm == (128,)
    assert replace(both, damsm_weight=0.0).judged_by_damsm == ()
    patches = Phase(stages=(128,), patch=0.5)
    assert patches.judged_by_damsm == () and not patches.sees_sentences
    assert both.positions(GeneratorConfig()) == (0, 1)


def test_a_phase_may_go_on_for_longer() -> None:
    assert STAGE_ONE.like(replace(STAGE_ONE, photographs=1))
    assert not STAGE_ONE.like(replace(STAGE_ONE, damsm_weight=1.0))
