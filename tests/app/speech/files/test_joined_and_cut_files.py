"""Files in which several sounds stand one after the other, or of whose sound the end is missing."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.speech.files import SoundFileError
from app.speech.sound.recording import Recording
from tests.app.speech.conftest import RATE
from tests.app.speech.files.test_sound_files import LIST, NOISE, chunk, encode, wav, write_mp3

RARE = ("AVR", "IRCAM", "MAT4", "MAT5", "MPC2K", "PAF", "PVF", "SDS", "WVE", "XI")
KINDS = ("WAV", "RF64", "AIFF", "FLAC", "AU", "CAF", "W64", "NIST", "VOC")


def written(path: Path, kind: str) -> bytes:
    with path.open("wb") as file:
        soundfile.write(file, NOISE, RATE, format=kind, subtype=None if kind == "OGG" else "PCM_16")
    return path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_files_one_after_the_other_are_read_to_the_last(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "sound"
    path.write_bytes(3 * written(path, kind))
    samples = Recording.from_file(path).samples
    assert len(samples) == 3 * len(NOISE)
    assert abs(samples.reshape(3, -1).astype(int) - NOISE).max() <= 1
    path.write_bytes(61 * written(path, kind))
    with pytest.raises(SoundFileError, match="lasts more than 60 seconds"):
        Recording.from_file(path)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("voice.m4a", "aac"), ("voice.mov", "alac"), ("voice.tta", "tta"), ("voice.wv", "wavpack")],
)
def test_films_one_after_the_other_are_read_to_the_last(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = encode(tmp_path / name, codec)
    path.write_bytes(2 * path.read_bytes())
    assert Recording.from_file(path).seconds == pytest.approx(4, abs=0.2)


@pytest.mark.parametrize("first", ["WAV", "FLAC", "OGG", "voice.wv"])
@pytest.mark.parametrize("second", ["WAV", "FLAC", "OGG", "AIFF", "voice.m4a", "voice.wv"])
def test_files_of_several_kinds_are_read_to_the_last(
    tmp_path: Path, first: str, second: str
) -> None:
    codecs = {"voice.m4a": "aac", "voice.wv": "wavpack"}
    contents, seconds = [], 0
    for name in (first, second, "WAV"):
        if name in codecs:
            contents.append(encode(tmp_path / name, codecs[name]).read_bytes())
        else:
            contents.append(written(tmp_path / "one", name))
        seconds += 1 + (name in codecs)
    path = tmp_path / "sound"
    path.write_bytes(b"".join(contents))
    assert Recording.from_file(path).seconds == pytest.approx(seconds, abs=0.1)


def test_a_sound_that_keeps_the_header_of_another_is_one(tmp_path: Path) -> None:
    path = tmp_path / "voice.flac"
    content, header = written(path, "FLAC"), written(tmp_path / "voice.wav", "WAV")[:44]
    blocks = [b"riff" + part for part in (header[:12], header[12:36], header[36:])]
    foreign = b"".join(b"\2" + len(block).to_bytes(3, "big") + block for block in blocks)
    path.write_bytes(content[:42] + foreign + content[42:])  # as `flac --keep-foreign-metadata`
    assert Recording.from_file(path).seconds == 1


def test_files_of_other_rates_are_joined_at_the_first(tmp_path: Path) -> None:
    first, second = tmp_path / "first.wav", tmp_path / "second.wav"
    soundfile.write(first, NOISE, RATE)
    soundfile.write(second, NOISE[: RATE // 2].repeat(2).reshape(-1, 2), RATE // 2)
    first.write_bytes(first.read_bytes() + second.read_bytes())
    recording = Recording.from_file(first)
    assert recording.rate == RATE and recording.seconds == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("kind", sorted(soundfile.available_formats().keys() - {"RAW", "SD2"}))
def test_what_is_shorter_than_it_says_is_cut_off(tmp_path: Path, kind: str) -> None:
    """All that libsndfile reads but what has no header: cut off, it is never taken for whole."""
    path = tmp_path / "sound"
    rate = 8_000 if kind == "WVE" else RATE  # the only one that it knows
    with path.open("wb") as file:
        soundfile.write(file, np.tile(NOISE, 4), rate, format=kind)
    content = path.read_bytes()
    if kind in RARE:
        with pytest.raises(SoundFileError, match=r"the kind .*\), which is not read here: save"):
            Recording.from_file(path)
        return
    assert len(Recording.from_file(path).samples) == pytest.approx(4 * len(NOISE), rel=0.02)
    for share in (0.1, 0.5, 0.9):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(SoundFileError, match=r"is cut off|is damaged"):
            Recording.from_file(path)


def test_others_that_are_shorter_than_they_say_are_cut_off(tmp_path: Path) -> None:
    film = encode(tmp_path / "voice.flv", "aac", 44_100).read_bytes()
    frames = bytes([1, 0, 0x3E, 0x80, 20, 0, 8 + 16 + 8 * 256 >> 8, 24]) + bytes(12)
    frames += b"\xe0\0\x40\0" + os.urandom(8 * 256)  # of 16 kHz, with 5,120 samples
    for content, seconds in ((film, 2), (b"qoaf" + struct.pack(">I", 5 * 5120) + 5 * frames, 1.6)):
        path = tmp_path / "sound"
        path.write_bytes(content)
        assert Recording.from_file(path).seconds == pytest.approx(seconds, abs=0.1)
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(SoundFileError, match="is cut off"):
            Recording.from_file(path)


def test_what_does_not_say_how_long_it_is_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    voc, nist = written(path, "VOC"), written(path, "NIST")
    size = voc[26:30]
    assert size[0] == 9 and int.from_bytes(size[1:], "little") == 2 * len(NOISE) + 12
    for content in (
        voc.replace(size, b"\x09\0\0\0", 1),
        voc.replace(size, b"\x09\xff\xff\xff", 1),
        voc[:-1],
        nist.replace(b"sample_count -i", b"sampled_count -i", 1).replace(b"\0", b"", 1),
    ):
        path.write_bytes(content)
        assert Recording.from_file(path).seconds == pytest.approx(1, abs=0.01)


def test_a_wma_that_lost_its_end_is_cut_off(tmp_path: Path) -> None:
    path = encode(tmp_path / "voice.wma", "wmav2", bit_rate=64_000)
    content = path.read_bytes()
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.15)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SoundFileError, match="is cut off"):
        Recording.from_file(path)


def test_an_mp3_with_a_large_picture_is_cut_off_as_others_are(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    write_mp3(path, NOISE)
    content = path.read_bytes()
    picture = b"\0" + b"image/jpeg\0\3\0" + os.urandom(1 << 21).replace(b"\xff", b"\xfe")
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    tag = b"ID3\3\0\0" + size + frame
    path.write_bytes(tag + content)
    assert Recording.from_file(path).seconds == pytest.approx(1, abs=0.1)
    path.write_bytes(tag + content[: len(content) // 3])
    with pytest.raises(SoundFileError, match="is cut off"):
        Recording.from_file(path)


@pytest.mark.parametrize(
    "behind",
    [
        b"APETAGEX"
        + struct.pack("<IIIQQ", 2000, 60_000, 1, 0xA0000000, 0)
        + bytes(range(256)) * 234,
        b"recorded by a programme\r\n" * 300,
        bytes(5000),
    ],
)
def test_what_stands_behind_an_mp3_does_not_make_it_cut_off(tmp_path: Path, behind: bytes) -> None:
    path = tmp_path / "voice.mp3"
    write_mp3(path, NOISE, bitrate_mode="VARIABLE")
    path.write_bytes(path.read_bytes() + behind)
    assert Recording.from_file(path).seconds == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec"), [("voice.wv", "wavpack"), ("voice.ac3", "ac3"), ("voice.aac", "aac")]
)
@pytest.mark.parametrize("behind", [b"TAG" + b"a" * 125, b"\n", b"\xff" * 2000])
def test_what_stands_behind_other_sounds_does_not_make_them_damaged(
    tmp_path: Path, name: str, codec: str, behind: bytes
) -> None:
    path = encode(tmp_path / name, codec)
    path.write_bytes(path.read_bytes() + behind)
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("tag", [b"", b"ID3\3\0\0\0\0\0\x0a" + bytes(10)])
def test_mp3_among_other_kinds_is_read_to_the_last(tmp_path: Path, tag: bytes) -> None:
    path, film = tmp_path / "voice.mp3", encode(tmp_path / "voice.m4a", "aac").read_bytes()
    write_mp3(path, NOISE)
    mp3 = tag + path.read_bytes()
    path.write_bytes(
        mp3 + written(tmp_path / "sound", "FLAC") + mp3 + mp3 + film + mp3 + wav() + mp3 + LIST
    )
    assert Recording.from_file(path).seconds == pytest.approx(9, abs=0.5)


@pytest.mark.parametrize(
    ("name", "codec"), [("voice.mp3", "libmp3lame"), ("voice.mp2", "mp2"), ("voice.aac", "aac")]
)
def test_sounds_that_begin_without_a_word_are_read_to_the_last(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = encode(tmp_path / name, codec, bit_rate=64_000, write_xing="0", id3v2_version="0")
    frames, path = path.read_bytes(), tmp_path / "sound"
    assert frames[0] == 0xFF and b"Xing" not in frames and b"Info" not in frames
    for kind in ("WAV", "FLAC", "CAF", "OGG"):
        other = written(path, kind)
        path.write_bytes(other + frames + frames + other + frames)
        assert Recording.from_file(path).seconds == pytest.approx(8, abs=0.3), kind
    path.write_bytes(frames + other)
    assert Recording.from_file(path).seconds == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("voice.mka", "libmp3lame"), ("voice.webm", "libopus"), ("voice.avi", "libmp3lame")],
)
def test_films_among_other_kinds_are_read_to_the_last(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = encode(tmp_path / name, codec)
    film, other = path.read_bytes(), written(tmp_path / "sound", "FLAC")
    for content, seconds in (
        (film + other + film, 5),
        (other + film + other, 4),
        (wav() + film, 3),
        # As to a pipe: it says no length, and what is within it stays there.
        (re.sub(rb"(?<=\x18S\x80g\x01).{7}", b"\xff" * 7, film, flags=re.S), 2),
    ):
        path.write_bytes(content)
        assert Recording.from_file(path).seconds == pytest.approx(seconds, abs=0.2)


def test_mp3_and_aac_one_after_the_other(tmp_path: Path) -> None:
    aac = encode(tmp_path / "voice.aac", "aac").read_bytes()
    for xing, tag in (("1", "3"), ("0", "0")):
        path = encode(tmp_path / "voice.mp3", "libmp3lame", write_xing=xing, id3v2_version=tag)
        mp3 = path.read_bytes()
        path.write_bytes(aac + mp3 + mp3 + aac)
        assert Recording.from_file(path).seconds == pytest.approx(8, abs=0.3)


def test_frames_behind_damage_go_on(tmp_path: Path) -> None:
    path = encode(tmp_path / "voice.mp3", "libmp3lame", write_xing="0", id3v2_version="0")
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + bytes(300) + content[half + 300 :])
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.2)


def test_mp3_within_another_kind_is_a_part_of_it(tmp_path: Path) -> None:
    for name, codec in (("voice.wav", "libmp3lame"), ("voice.mp4", "libmp3lame")):
        path = encode(tmp_path / name, codec)
        assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.15)
    write_mp3(path, NOISE)
    mp3 = path.read_bytes()
    described = chunk(b"fmt ", struct.pack("<HHIIHHH", 0x55, 1, RATE, len(mp3), 1, 0, 0))
    body = b"WAVE" + described + 20 * LIST + chunk(b"data", mp3)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert Recording.from_file(path).seconds == pytest.approx(1, abs=0.2)
    path.write_bytes(wav(after=chunk(b"id3 ", b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + mp3[:400])))
    assert Recording.from_file(path).seconds == 1


def test_an_mp3_within_a_wav_is_read(tmp_path: Path) -> None:
    path = encode(tmp_path / "voice.wav", "libmp3lame")
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("size", [10, 2048])
def test_a_tag_before_an_m4a_is_passed_over(tmp_path: Path, size: int) -> None:
    path = encode(tmp_path / "voice.m4a", "aac")
    tag = b"ID3\4\0\0\0\0" + bytes([size >> 7, size & 127]) + bytes(size)
    path.write_bytes(tag + path.read_bytes())
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.15)
