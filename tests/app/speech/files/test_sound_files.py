"""Sound files as people have them: of many programs, with wrong headers, out of pipes."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from app.file_kind import SOUND_ENDINGS
from app.speech.files import SoundFileError
from app.speech.recognition.transcriber import NothingHeardError, speech_in
from app.speech.sound.recording import Recording, one_voice
from tests.app.program.test_disk_full import room_for
from tests.app.speech.conftest import RATE
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

NOISE = (np.random.default_rng(1).normal(size=RATE) * 3000).astype(np.int16)
UNFINISHED = 0xFFFFFFFF


def chunk(name: bytes, content: bytes, size: int | None = None, pad: bool = True) -> bytes:
    size = len(content) if size is None else size
    return struct.pack("<4sI", name, size) + content + b"\0" * (pad and len(content) % 2)


def wav(
    *,
    riff: int | None = None,
    data: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
    sound: bytes = NOISE.tobytes(),
) -> bytes:
    """Return a WAV file of NOISE whose header says other sizes, and has other chunks around it."""
    described = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16))
    body = b"WAVE" + described + before + chunk(b"data", sound, data) + after
    return b"RIFF" + struct.pack("<I", len(body) if riff is None else riff) + body


SIZE = len(wav())
LENGTH = 2 * len(NOISE)
LIST = chunk(b"LIST", b"INFOISFT\x04\0\0\0Lavf")
ODD = chunk(b"note", b"odd", pad=False)


@pytest.mark.parametrize(
    "content",
    [
        wav(),
        wav(riff=SIZE),  # counts itself
        wav(riff=0, data=0),
        wav(riff=0),
        wav(data=0),
        wav(riff=UNFINISHED, data=UNFINISHED),
        wav(riff=UNFINISHED),
        wav(data=UNFINISHED),
        wav(riff=2_000_000_036, data=2_000_000_000),
        wav(riff=0x7FFFFFFF, data=0x7FFFFFFF - 36),
        wav(riff=SIZE + 8000, data=0),
        wav(data=SIZE),  # counts the header
        wav(riff=SIZE - 7, data=LENGTH + 1),  # counts a byte of padding
        wav(riff=LENGTH // 2, data=LENGTH // 2),  # was corrected for the last time before the end
        wav(data=100_000),  # the file as a whole is as long as it says
        wav(after=LIST),
        wav(after=LIST[:-2]),
        wav(before=LIST),
        wav(before=ODD),
        wav(before=ODD + LIST, riff=0, data=0),
        wav(before=chunk(b"bext", b"odd")),
        wav(after=b"TAG" + b"\0" * 125),
        wav(after=b"ID3\4\0\0\0\0\0\0"),
        wav(after=b"APETAGEX" + b"\xd0\7\0\0" * 6),
        wav(after=b"recorded by a programme\r\n" * 100),
        wav(after="größer als ein Zeichen ".encode() * 30),
        wav(after=b"\xff\xd8\xff\xe0" + bytes(range(256))),
        wav(riff=SIZE + 9, after=b"PK\3\4" + bytes(range(128, 256))),
        wav(after=b"\0"),
    ],
)
def test_all_samples_of_a_wav_are_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    assert np.array_equal(Recording.from_file(path).samples, NOISE)


@pytest.mark.parametrize("size", [0, UNFINISHED])
@pytest.mark.parametrize(
    ("kind", "options", "fields"),
    [
        ("WAV", {"endian": "BIG"}, {"RIFX": (4, 4), "data": (4, 4)}),
        ("RF64", {}, {"ds64": (8, 16)}),
        ("RF64", {}, {"data": (4, 4), "ds64": (8, 16)}),
        ("AIFF", {}, {"FORM": (4, 4), "SSND": (4, 4)}),
        ("CAF", {}, {"data": (4, 8)}),
        ("W64", {}, {"riff": (16, 8)}),
        ("FLAC", {}, {}),
    ],
)
@pytest.mark.parametrize(
    "tag",
    [b"", b"ID3\4\0\0\0\0\0\x0a" + bytes(10), b"ID3\3\0\0\0\0\x10\0" + bytes(2048)],
)
def test_other_files_that_were_never_finished(
    tmp_path: Path,
    kind: str,
    options: dict[str, str],
    fields: dict[str, tuple[int, int]],
    size: int,
    tag: bytes,
) -> None:
    path = tmp_path / "sound"
    with path.open("wb") as file:
        soundfile.write(file, NOISE, RATE, format=kind, subtype="PCM_16", **options)
    content = path.read_bytes()
    for name, (offset, length) in fields.items():
        at = content.rindex(name.encode(), 0, 5000) + offset
        content = content[:at] + (b"\xff" if size else b"\0") * length + content[at + length :]
    path.write_bytes(tag * (kind in ("WAV", "RF64", "AIFF", "FLAC")) + content)
    assert np.array_equal(Recording.from_file(path).samples, NOISE)


def test_what_follows_an_odd_number_of_bytes_is_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    described = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, RATE, 1, 8))
    for padded in (True, False):
        sound = chunk(b"data", bytes(range(100, 201)), pad=padded)
        body = b"WAVE" + described + sound + LIST
        path.write_bytes(chunk(b"RIFF", body))
        assert len(Recording.from_file(path).samples) == 101


def test_a_wav_that_lost_its_end_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    for content in (wav()[:-1000], wav(riff=SIZE)[:-1000], wav(after=LIST)[:-2000]):
        path.write_bytes(content)
        with pytest.raises(SoundFileError, match=r"sound\.wav is cut off"):
            Recording.from_file(path)
    path.write_bytes(wav(sound=b"", after=LIST))
    with pytest.raises(SoundFileError, match="There is no sound in"):
        Recording.from_file(path)


def test_a_wav_of_another_kind_of_sound_is_not_called_cut_off(tmp_path: Path) -> None:
    path = encode(tmp_path / "sound.wav", "aac")
    aac = path.read_bytes()
    unknown = wav().replace(struct.pack("<HH", 1, 1), struct.pack("<HH", 0x1234, 1), 1)
    for content in (aac, unknown):
        path.write_bytes(content)
        with pytest.raises(SoundFileError, match=r"sound\.wav is a WAV of a kind .*PCM.* M4A"):
            Recording.from_file(path)
    path.write_bytes(aac[: len(aac) // 2])
    with pytest.raises(SoundFileError, match=r"sound\.wav is cut off"):
        Recording.from_file(path)


def test_a_long_wav_that_was_never_finished_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav(riff=0, data=0, sound=NOISE.tobytes() * 70))
    with pytest.raises(SoundFileError, match="lasts more than 60 seconds"):
        Recording.from_file(path)


def write_mp3(path: Path, sound: np.ndarray, **options: Any) -> None:
    with path.open("wb") as file:
        soundfile.write(file, sound, RATE, format="MP3", subtype="MPEG_LAYER_III", **options)


def test_an_mp3_that_does_not_say_how_long_it_is(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its length is guessed from its first frame: silence is small, what follows is not."""
    path = tmp_path / "voice.mp3"
    loud = np.concatenate([NOISE, np.zeros(2 * RATE, np.int16)])
    for sound in (loud, loud[::-1]):
        write_mp3(path, sound, bitrate_mode="VARIABLE", compression_level=0.1)
        content = path.read_bytes()
        second = content.index(content[:2], 4)
        assert b"Xing" in content[:second]
        path.write_bytes(content[second:])
        assert Recording.from_file(path).seconds == pytest.approx(3, abs=0.2)
        path.write_bytes(content[second:] + content[second : len(content) // 2])
        assert Recording.from_file(path).seconds > 3.2
    path.write_bytes(content)
    assert Recording.from_file(path).seconds == pytest.approx(3, abs=0.1)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SoundFileError, match="is cut off"):
        Recording.from_file(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("codec", ["VORBIS", "OPUS"])
def test_ogg_files_one_after_the_other(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "voice.ogg"
    soundfile.write(path, NOISE, RATE, format="OGG", subtype=codec)
    path.write_bytes(2 * path.read_bytes())
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.03)


def encode(
    path: Path, codec: str, rate: int = 48_000, bit_rate: int | None = None, **options: str
) -> Path:
    """Write two seconds of noise as a phone or a browser does."""
    with av.open(str(path), "w", options=options) as file:
        stream: Any = file.add_stream(codec, rate=rate)
        stream.layout = "mono"
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        samples = np.random.default_rng(2).normal(size=(1, 2 * rate)) * 3000
        frame = av.AudioFrame.from_ndarray(samples.astype(np.int16), format="s16", layout="mono")
        frame.sample_rate = rate
        for each in (frame, None):
            file.mux(stream.encode(each))
    return path


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("voice.m4a", "aac"),
        ("VOICE.M4A", "alac"),
        ("voice.aac", "aac"),
        ("voice.mp4", "aac"),
        ("voice.3gp", "aac"),
        ("voice.webm", "libopus"),
        ("voice.opus", "libopus"),
        ("voice.mka", "aac"),
        ("voice.ac3", "ac3"),
        ("voice.wv", "wavpack"),
        ("voice.avi", "libmp3lame"),
    ],
)
def test_what_phones_and_browsers_record(tmp_path: Path, name: str, codec: str) -> None:
    path = encode(tmp_path / name.lower(), codec)
    path = path.rename(tmp_path / name)
    recording = Recording.from_file(path)
    assert recording.rate == 48_000
    assert recording.seconds == pytest.approx(2, abs=0.15)
    assert 0.05 < recording.loudness < 0.12
    assert path.suffix.lower() in (*SOUND_ENDINGS, ".avi")


def test_a_film_that_is_cut_off_or_silent_or_too_long(tmp_path: Path) -> None:
    path = encode(tmp_path / "voice.mka", "aac")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SoundFileError, match="is cut off"):
        Recording.from_file(path)
    path = encode(tmp_path / "voice.m4a", "aac")
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(SoundFileError, match=r"not a sound file.*or it is damaged.*M4A"):
        Recording.from_file(path)
    with av.open(str(tmp_path / "film.mkv"), "w") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        for part in (av.VideoFrame(64, 64, "yuv420p"), None):
            file.mux(stream.encode(part))
    with pytest.raises(SoundFileError, match=r"There is no sound in film\.mkv"):
        Recording.from_file(tmp_path / "film.mkv")
    write_mp3(tmp_path / "long.mp3", np.tile(NOISE, 61))
    with pytest.raises(SoundFileError, match="lasts 61 seconds; 60 at most"):
        Recording.from_file(tmp_path / "long.mp3")


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "other.wav", NOISE, RATE)
    for name, text in (
        ("list.m3u8", "#EXTM3U\n#EXTINF:1,\nother.wav\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile other.wav\n"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(SoundFileError, match="is not a sound file"):
            Recording.from_file(tmp_path / name)


@pytest.mark.parametrize("scale", [1 / 65536, 128, 32768, 2**23, 2**31])
def test_floats_of_other_scales(tmp_path: Path, scale: float) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, NOISE / np.abs(NOISE).max() * scale * 0.9, RATE, subtype="FLOAT")
    recording = Recording.from_file(path)
    assert 0.9 < recording.peak <= 1 and 0.1 < recording.loudness < 0.4
    assert (np.abs(recording.samples.astype(int)) >= 32_700).mean() < 0.01


def test_floats_that_are_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    sound = NOISE / np.float32(32768)
    sound[[5, 500, 5000]] = np.nan, np.inf, 1e30
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recording = Recording.from_file(path)
    assert np.array_equal(
        np.delete(recording.samples, 5000), np.delete(np.where(np.isfinite(sound), NOISE, 0), 5000)
    )


def channels(*amounts: float) -> np.ndarray:
    return np.outer(NOISE / np.float32(32768), amounts).astype(np.float32)


@pytest.mark.parametrize(
    ("amounts", "share"),
    [
        ((1,), 1),
        ((1, 1), 1),
        ((1, 0), 0.5),
        ((1, -1), 1),
        ((0.8, -1), -1),
        ((1, 0, 0, 0), 1),
        ((0, 0, 0, 1, 0, 0, 0, 0), 1),
        ((1, 1, 1, 1, 1, 1), 1),
    ],
)
def test_one_voice_of_many_channels(amounts: tuple[float, ...], share: float) -> None:
    heard = one_voice(channels(*amounts))
    assert heard == pytest.approx(NOISE * share, abs=1.1)


def test_a_file_without_a_single_number_is_silent(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sound.wav", np.full(RATE, np.nan), RATE, subtype="FLOAT")
    with warnings.catch_warnings(), pytest.raises(NothingHeardError, match="The file is silent"):
        warnings.simplefilter("error")
        speech_in(Recording.from_file(tmp_path / "sound.wav"))


def test_what_a_silent_microphone_gives_stays_silent() -> None:
    faint = np.random.default_rng(1).integers(-2, 3, size=(RATE, 2)).astype(np.float32)
    assert Recording(one_voice(faint / np.float32(32768)), RATE).peak < 3 / 32768


def test_an_offset_is_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, channels(0.1, 0.1) + np.array([[0.02, -0.3]]), RATE)
    recording = Recording.from_file(path)
    assert recording.samples == pytest.approx(0.1 * NOISE, abs=10)
    assert np.array_equal(one_voice(recording.as_float()[:, None]), recording.samples)


def test_a_pipe_and_the_standard_input(tmp_path: Path, spoken_sentence: SpeakSentence) -> None:
    path = spoken_sentence("a red bird")
    command = [sys.executable, str(REPOSITORY / "main.py"), "listen"]
    for sound in ("-", "/dev/stdin"):
        for given in (path.read_bytes(), None):
            with path.open("rb") as file:
                heard = subprocess.run(
                    [*command, sound],
                    capture_output=True,
                    **({"stdin": file} if given is None else {"input": given}),
                )
            assert heard.stdout == b"a red bird\n", heard.stderr
    empty = subprocess.run(
        [*command, "-"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert (empty.returncode, empty.stdout) == (1, "") and "is empty." in empty.stderr
    with pytest.raises(SoundFileError, match="zero does not end"):
        Recording.from_file("/dev/zero")
    os.mkfifo(tmp_path / "pipe.mp3")
    write_mp3(tmp_path / "sound.mp3", NOISE)
    with subprocess.Popen(["sh", "-c", f"cat {tmp_path}/sound.mp3 > {tmp_path}/pipe.mp3"]):
        assert Recording.from_file(tmp_path / "pipe.mp3").seconds == pytest.approx(1, abs=0.1)


def test_no_room_for_the_copy_of_a_pipe_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "sound.wav").write_bytes(wav())
    with (
        subprocess.Popen(["sh", "-c", f"cat {tmp_path}/sound.wav > {pipe}"]),
        room_for(1000),
        pytest.raises(SoundFileError, match=r"no room for a copy of .*pipe in /.*: file too large"),
    ):
        Recording.from_file(pipe)


@pytest.mark.parametrize("rate", [1, 100, 2_000_000_000])
def test_an_impossible_rate_is_told(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(wav().replace(struct.pack("<I", RATE), struct.pack("<I", rate)))
    with pytest.raises(SoundFileError, match=r"says that it has|is not a sound file"):
        Recording.from_file(path)


@pytest.mark.parametrize("loudness", [0.0, 0.0005, 0.005, 0.1, 10.0])
def test_messages_about_a_file_speak_of_no_microphone(tmp_path: Path, loudness: float) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.clip(loudness * NOISE / 32768, -1, 1), RATE)
    with pytest.raises(NothingHeardError, match="I heard no speech") as told:
        speech_in(Recording.from_file(path).resampled(8000))
    assert "icrophone" not in str(told.value) and str(told.value).count(".") == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\3\4" + bytes(200), "is an archive"),
        (b"MThd\0\0\0\6" + bytes(50), r"holds notes \(MIDI\), and no sound"),
    ],
)
def test_what_holds_no_sound_is_called_what_it_is(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "voice").write_bytes(content)
    with pytest.raises(SoundFileError, match=told):
        Recording.from_file(tmp_path / "voice")
