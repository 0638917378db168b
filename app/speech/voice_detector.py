"""Is anybody speaking? Recognisers invent words on silence and noise, so they are asked last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.speech.recording import Recording

RATE = 16_000
SILENT_PEAK = 0.001
"""A peak below this (-60 dB) is a muted microphone: no voice is that faint."""

_SHORTEST_WORD_MS = 200
_PAD_MS = 300


def find_speech(recording: Recording) -> Recording | None:
    """Return the part from the first to the last word at 16 kHz, or ``None`` without speech.

    Silero's voice detector, which travels in faster-whisper, decides; where faster-whisper is
    not installed, loudness alone does.
    """
    if recording.peak < SILENT_PEAK:
        return None
    recording = recording.resampled(RATE)
    try:
        from faster_whisper.vad import VadOptions, get_speech_timestamps
    except ImportError:
        return recording if _is_loud_somewhere(recording.as_float()) else None
    options = VadOptions(
        threshold=0.5, min_speech_duration_ms=_SHORTEST_WORD_MS, speech_pad_ms=_PAD_MS
    )
    speeches = get_speech_timestamps(recording.as_float(), options, sampling_rate=RATE)
    if not speeches:
        return None
    spoken = recording.samples[speeches[0]["start"] : speeches[-1]["end"]]
    return replace(recording, samples=spoken)


def _is_loud_somewhere(samples: NDArray[np.float32]) -> bool:
    """Tell whether some 0.1 s is clearly louder than the recording's quiet parts."""
    frame = RATE // 10
    if len(samples) < frame:
        return False
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    loudness = np.sqrt((frames**2).mean(axis=1))
    return bool(loudness.max() > max(0.005, 3 * np.quantile(loudness, 0.1)))
