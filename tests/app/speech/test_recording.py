from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.errors import AppError
from app.speech.recording import Recording, SoundFileError
from tests.app.speech.conftest import as_recording


def tone(frequency: float, rate: int, seconds: float = 0.5) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def loudest_frequency(recording: Recording) -> float:
    spectrum = np.abs(np.fft.rfft(recording.as_float()))
    return float(spectrum.argmax()) / recording.seconds


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("ending", "subtype"),
    [("wav", "PCM_16"), ("wav", "FLOAT"), ("aiff", "PCM_16"), ("flac", "PCM_24")],
)
def test_sound_files_of_all_kinds(
    tmp_path: Path, rate: int, channels: int, ending: str, subtype: str
) -> None:
    path = tmp_path / f"tone.{ending}"
    soundfile.write(path, np.stack([tone(440, rate)] * channels, axis=1), rate, subtype=subtype)
    recording = Recording.from_file(path)
    assert recording.rate == rate
    assert recording.samples.dtype == np.int16
    assert recording.samples.ndim == 1
    assert recording.seconds == pytest.approx(0.5, abs=0.001)
    assert recording.peak == pytest.approx(0.5, abs=0.001)
    heard = recording.resampled(16_000)
    assert heard.seconds == pytest.approx(0.5, abs=0.001)
    assert loudest_frequency(heard) == pytest.approx(440, abs=2)


def test_stereo_is_mixed(tmp_path: Path) -> None:
    path = tmp_path / "left.wav"
    left = tone(440, 16_000)
    soundfile.write(path, np.stack([left, np.zeros_like(left)], axis=1), 16_000)
    assert Recording.from_file(path).peak == pytest.approx(0.25, abs=0.001)


def test_resampling_does_not_alias() -> None:
    """Plain decimation would turn 14 kHz into 2 kHz, in the middle of speech."""
    whistle = as_recording(tone(14_000, 48_000), 48_000)
    assert whistle.peak > 0.49
    assert np.abs(whistle.resampled(16_000).as_float()[800:-800]).max() < 0.001


def test_audio_data_and_wav_hold_the_same_samples(tmp_path: Path) -> None:
    recording = as_recording(tone(440, 44_100), 44_100)
    data = recording.to_audio_data()
    assert (data.sample_rate, data.sample_width) == (44_100, 2)
    assert data.get_raw_data() == recording.samples.tobytes()
    path = tmp_path / "kept.wav"
    path.write_bytes(recording.to_wav())
    again = Recording.from_file(path)
    assert again.rate == 44_100
    assert np.array_equal(again.samples, recording.samples)


def written(path: Path, seconds: float = 1.0) -> bytes:
    # Noise: a FLAC file of a tone is too small to be cut in interesting places.
    noise = np.random.default_rng(1).normal(size=int(16_000 * seconds)) * 0.1
    soundfile.write(path, noise, 16_000)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["wav", "aiff", "flac"])
@pytest.mark.parametrize("part", [0.01, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, ending: str, part: float) -> None:
    path = tmp_path / f"sound.{ending}"
    whole = written(path)
    assert Recording.from_file(path).seconds == 1.0
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(SoundFileError, match=r"sound\.\w+ is (cut off|not a sound file)"):
        Recording.from_file(path)


def test_a_wav_that_was_written_to_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "piped.wav"
    whole = written(path)
    path.write_bytes(whole[:4] + b"\xff\xff\xff\xff" + whole[8:])
    assert Recording.from_file(path).seconds == 1.0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a small red bird with black wings\n" * 20, "is not a sound file"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "is cut off"),
        (bytes(range(256)) * 16, "is not a sound file"),
    ],
)
def test_what_is_not_a_sound_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    with pytest.raises(AppError, match=sentence):
        Recording.from_file(path)


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.zeros(0), 16_000)
    with pytest.raises(SoundFileError, match="There is no sound in"):
        Recording.from_file(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundFileError, match="There is no file"):
        Recording.from_file(tmp_path / "missing.wav")
    with pytest.raises(SoundFileError, match="cannot be opened: is a directory"):
        Recording.from_file(tmp_path)


def test_a_long_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lecture.wav"
    written(path, seconds=61)
    with pytest.raises(SoundFileError, match="lasts 61 seconds; 60 at most"):
        Recording.from_file(path)
