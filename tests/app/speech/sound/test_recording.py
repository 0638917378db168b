from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.errors import AppError
from app.speech.files import SoundFileError
from app.speech.sound.recording import Recording
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


def test_audio_data_holds_the_same_samples() -> None:
    recording = as_recording(tone(440, 44_100), 44_100)
    data = recording.to_audio_data()
    assert (data.sample_rate, data.sample_width) == (44_100, 2)
    assert data.get_raw_data() == recording.samples.tobytes()


def written(path: Path, seconds: float = 1.0) -> bytes:
    # Noise: a FLAC file of a tone is too small to be cut in interesting places.
    noise = np.random.default_rng(1).normal(size=int(16_000 * seconds)) * 0.1
    soundfile.write(path, noise, 16_000)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["wav", "aiff", "flac", "ogg"])
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


def piped_flac(path: Path, seconds: float = 1.0) -> bytes:
    """Write a FLAC file that does not say how long it is, as encoders write to a pipe."""
    written(path, seconds)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the 36 bits of STREAMINFO that count the samples
    content[22:26] = bytes(4)
    path.write_bytes(content)
    return bytes(content)


def test_a_flac_that_was_written_to_a_pipe_is_read(tmp_path: Path) -> None:
    path, plain = tmp_path / "piped.flac", tmp_path / "plain.flac"
    whole = piped_flac(path)
    written(plain)
    piped = Recording.from_file(path)
    assert np.array_equal(piped.samples, Recording.from_file(plain).samples)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SoundFileError, match="or it is damaged"):
        Recording.from_file(path)
    piped_flac(path, seconds=61)
    with pytest.raises(SoundFileError, match="lasts more than 60 seconds; 60 at most"):
        Recording.from_file(path)


@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_the_longest_file_is_read_whole(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"long.{ending}"
    written(path, seconds=60)
    assert Recording.from_file(path).seconds == 60


@pytest.mark.parametrize("codec", ["VORBIS", "OPUS"])
def test_an_ogg_file_that_ends_within_a_page_is_cut_off(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "voice.ogg"
    noise = np.random.default_rng(1).normal(size=3 * 16_000) * 0.1
    soundfile.write(path, noise, 16_000, format="OGG", subtype=codec)
    whole = path.read_bytes()
    assert Recording.from_file(path).seconds == 3
    path.write_bytes(whole + b"tags that a program added")
    assert Recording.from_file(path).seconds == 3
    for length in (4, 20, 30, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(SoundFileError, match="is cut off"):
            Recording.from_file(path)


@pytest.mark.parametrize("ending", ["raw", "RAW"])
def test_a_raw_file_does_not_say_what_it_is(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sound.{ending}"
    path.write_bytes(tone(440, 16_000).astype("<f4").tobytes())
    with pytest.raises(SoundFileError, match="is not a sound file that can be read here"):
        Recording.from_file(path)


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
