"""Kokoro's voices: with ``KOKORO`` naming its folder the real ones, otherwise a stand-in's.

The network is an extra that most computers lack. In its place a module ``onnxruntime`` hums: as
long as there are tokens, as high as the voice's first value says.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from models.sound.log_mel import SAMPLE_RATE
from models.training import __main__ as command
from models.training.speech import kokoro
from models.training.speech.kokoro import (
    ACCENTED_FOR_TESTS,
    NATIVE_FOR_TESTS,
    is_for_tests,
    kokoro_voices,
)
from models.training.speech.phonemes import from_espeak, phonemes
from models.training.speech.synthesiser import Voice, VoiceError
from tests.training.conftest import write_squares

SENTENCE = "a small bird with a yellow belly"
TAUGHT = ("af_bella", "am_adam", "bf_alice", "em_alex")
STAND_IN = """
import numpy

class SessionOptions:
    pass

class InferenceSession:
    def __init__(self, path, options, providers):
        if open(path, "rb").read() != b"a model":
            raise RuntimeError("Protobuf parsing failed.")

    def run(self, names, given):
        tokens, style, speed = given["tokens"], given["style"], given["speed"]
        assert tokens.dtype == numpy.int64 and tokens[0, 0] == tokens[0, -1] == 0
        assert style.shape == (1, 256) and style.dtype == speed.dtype == numpy.float32
        assert style[0, 1] == tokens.shape[1] - 2, "a voice has a row for each number of tokens"
        time = numpy.arange(int(1500 * tokens.shape[1] / speed[0])) / 24000
        return [(0.3 * numpy.sin(2 * numpy.pi * style[0, 0] * time)).astype(numpy.float32)]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of Kokoro: a real one if there is one."""
    kokoro._load.cache_clear()
    if real := os.environ.get("KOKORO"):
        return Path(real)
    return stand_in(tmp_path, monkeypatch)


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "kokoro"
    (made / "voices").mkdir(parents=True)
    (made / "onnxruntime.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(str(made))
    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)
    (made / "model.onnx").write_bytes(b"a model")
    letters = " ,abdfhijklmnprstuvwzæðŋɑɔəɛɜɡɪɹʃʊʌʒʤʧˈˌːθAIOQWY"
    vocab = {letter: number for number, letter in enumerate(letters, 1)}
    (made / "vocab.json").write_text(json.dumps({"vocab": vocab}))
    for number, name in enumerate((*TAUGHT, *NATIVE_FOR_TESTS, *ACCENTED_FOR_TESTS)):
        style = np.zeros((510, 1, 256), "<f4")
        style[:, 0, 0], style[:, 0, 1] = 100 + 20 * number, np.arange(510)
        style.tofile(made / "voices" / f"{name}.bin")
    return made


def by_name(folder: Path) -> dict[str, Voice]:
    return {voice.name: voice for voice in kokoro_voices(folder)}


@pytest.mark.parametrize(
    "spoken, british, expected",
    [
        ("ɐ jˈɛlo^ʊ bˈɜːd", False, "ə jˈɛlO bˈɜɹd"),
        ("ɐ jˈɛlə^ʊ bˈɜːd", True, "ə jˈɛlQ bˈɜːd"),
        ("ˈɔ^ɪli d^ʒˈe^ɪ", False, "ˈYli ʤˈA"),
        ("lˈɪɾə^l fˈɪnt^ʃ wa^ɪt", False, "lˈɪɾᵊl fˈɪnʧ wIt"),
        ("bɹˈa^ʊn hˈe^ə", True, "bɹˈWn hˈɛː"),
        ("bˈʌʔn̩", False, "bˈʌtᵊn"),
    ],
)
def test_sounds_are_spelled_in_its_alphabet(spoken: str, british: bool, expected: str) -> None:
    assert from_espeak(spoken, british) == expected


def test_words_become_sounds_and_pauses_commas() -> None:
    assert phonemes("a small bird, er, with a long bill", False).count(",") == 2
    american, british = (
        phonemes("a short orange bird", False),
        phonemes("a short orange bird", True),
    )
    assert "ɜɹ" in american and "ɜː" in british
    for sounds in (american, british):
        assert not set("^ɐɚr") & set(sounds)
    with pytest.raises(VoiceError, match="read nothing"):
        phonemes("", False)


def test_ten_voices_are_kept_for_tests_and_in_no_mixture(folder: Path) -> None:
    voices = kokoro_voices(folder)
    kept = {voice.name for voice in voices if voice.for_tests}
    assert kept == {f"kokoro:{name}" for name in (*NATIVE_FOR_TESTS, *ACCENTED_FOR_TESTS)}
    assert len(kept) == 10
    mixed = [voice.name.removeprefix("kokoro:").split("+") for voice in voices if "+" in voice.name]
    assert mixed and all(len(set(pair)) == 2 for pair in mixed)
    assert not {name for pair in mixed for name in pair} & {name[7:] for name in kept}
    assert len({frozenset(pair) for pair in mixed}) == len(mixed)
    assert is_for_tests("kokoro:am_adam+af_heart") and not is_for_tests("flite:af_heart")


def test_they_speak_and_a_mixture_is_a_third_voice(folder: Path) -> None:
    voices = by_name(folder)
    mixed = next(name for name in voices if "+" in name)
    first, second = (f"kokoro:{name}" for name in mixed[7:].split("+"))
    said = {name: voices[name].speak(SENTENCE) for name in (first, second, mixed)}
    assert len({sound.tobytes() for sound in said.values()}) == 3
    for sound in said.values():
        assert sound.dtype == np.float32 and 1 < len(sound) / SAMPLE_RATE < 5
    assert np.array_equal(said[mixed], voices[mixed].speak(SENTENCE))


def test_faster_is_shorter_and_higher_is_not(folder: Path) -> None:
    voice = by_name(folder)["kokoro:am_adam"]
    normal = len(voice.speak(SENTENCE))
    assert normal / len(voice.speak(SENTENCE, speed=1.3)) == pytest.approx(1.3, rel=0.12)
    assert normal / len(voice.speak(SENTENCE, pitch=1.15)) == pytest.approx(1, rel=0.12)


def test_what_is_too_long_is_told(folder: Path) -> None:
    with pytest.raises(VoiceError, match="sounds at once"):
        by_name(folder)["kokoro:am_adam"].speak("a small yellow bird " * 60)


def test_training_never_has_a_voice_that_is_kept(folder: Path, tmp_path: Path) -> None:
    data = write_squares(tmp_path / "data")

    def spoken_by(out: str, *options: str) -> set[str]:
        given = ["speak", "--data", str(data), "--out", str(tmp_path / out), "--jobs", "1"]
        given += ["--utterances", "12", "--kokoro", str(folder), *options]
        assert command.main(given) == 0
        lines = (tmp_path / out / "metadata.jsonl").read_text().splitlines()
        return {json.loads(line)["voice"] for line in lines}

    kokoro_names = by_name(folder)
    taught = [name for name in kokoro_names if not is_for_tests(name)]
    assert not any(map(is_for_tests, spoken_by("train", "--voices", *taught[:3], taught[-1])))
    assert all(map(is_for_tests, spoken_by("test", "--test-voices", "--clean")))


def test_what_is_kept_cannot_be_chosen_by_name(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["speak", "--data", "x", "--out", "y", "--kokoro", str(folder)]
    assert command.main([*given, "--voices", "kokoro:af_heart"]) == 1
    assert "No voice here is called kokoro:af_heart" in capsys.readouterr().err
    assert command.main([*given[:-2], "--test-voices"]) == 1
    assert "say its --kokoro FOLDER" in capsys.readouterr().err


def test_what_is_missing_or_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def complaint() -> str:
        kokoro._load.cache_clear()
        with pytest.raises((FileNotFoundError, ValueError)) as caught:
            kokoro_voices(made)
        return str(caught.value)

    with pytest.raises(FileNotFoundError, match=r"no folder of Kokoro: it has no model\.onnx"):
        kokoro_voices(tmp_path)
    made = stand_in(tmp_path, monkeypatch)
    (made / "model.onnx").write_bytes(b"half a model")
    assert "is no folder of Kokoro: Protobuf parsing failed." in complaint()
    (made / "model.onnx").write_bytes(b"a model")
    (made / "voices" / "af_bella.bin").write_bytes(b"\0" * 100)
    kokoro._load.cache_clear()
    with pytest.raises(VoiceError, match=r"af_bella.bin is not a voice"):
        by_name(made)["kokoro:af_bella"].speak(SENTENCE)
    for path in (made / "voices").glob("*.bin"):
        path.unlink()
    assert "there are no voices in" in complaint()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert "pip install onnxruntime" in complaint()
    monkeypatch.setenv("PATH", "")
    assert "espeak-ng, which is not installed" in complaint()
