"""How well the recognisers understand bird talk, beside their plain selves.

Run as ``python -m benchmarks.speech CAPTIONS``: a ``metadata.jsonl`` of captions that no language
model was built from. They are spoken by every synthesiser that is installed here, clean and with
noise 15 and 5 dB below the voice, and each recogniser writes down what it hears. Then it hears
everyday English, of birds and of other things: ``everyday.txt``; and sentences with names of birds
of all the world: ``spoken_names.txt``. The weights of the default recogniser were chosen with
``everyday_tuning.txt`` and ``spoken_names_tuning.txt``. What is known is kept in ``--out``, so that
a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from nltk.metrics import edit_distance
from tqdm import tqdm

from app.speech.recognition.tidy import tidy
from app.speech.sound.recording import Recording
from models.sound.log_mel import SAMPLE_RATE
from models.training.runs.tables import table
from models.training.speech.synthesiser import Voice
from models.training.speech.voices import installed_voices

Recognise = Callable[[Recording], str]
Conditions = Sequence[tuple[str, int]]
VOICES = ("espeak-ng:en-us", "flite:slt", "flite:rms", "festival:slt-hts")
"""They speak, and a voice of Piper, if one is named."""
CONDITIONS = (("clean", 0), ("white", 15), ("babble", 15), ("white", 5), ("babble", 5))
EVERYDAY = Path(__file__).with_name("everyday.txt")
EVERYDAY_CONDITIONS = (("clean", 0), ("babble", 15))
NAMES = Path(__file__).with_name("spoken_names.txt")
NAMES_CONDITIONS = (("clean", 0),)
MANY_WORDS = 3
"""As many words less than were said are a loss that makes a sentence another one."""

_SAME_WORD = {
    "grey": "gray",
    "colour": "color",
    "coloured": "colored",
    "neighbour": "neighbor",
    "practising": "practicing",
}
_RESAMPLED = 1000  # times, for confidence intervals
_SLOW = ("Sphinx, bird words", "plain recognize_sphinx")
"""Take up to eight seconds a noisy sound: they hear each sentence from one voice, in turn."""


@dataclass(frozen=True)
class Utterance:
    """What one recogniser made of one spoken sentence."""

    engine: str
    sentence: str
    voice: str
    noise: str
    decibels: int
    heard: str
    mistakes: int
    words: int
    sound_seconds: float
    work_seconds: float

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.engine, self.sentence, self.voice, self.noise, self.decibels

    @property
    def lost(self) -> int:
        """How many words less were heard than said."""
        return self.words - len(_words(self.heard))


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how well speech is understood.")
    parser.add_argument(
        "captions", type=Path, nargs="?", help="metadata.jsonl with captions; none: everyday only"
    )
    parser.add_argument("--seen", type=Path, help="captions of the language model, to leave out")
    parser.add_argument("--sentences", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="which sentences are drawn")
    parser.add_argument("--out", type=Path, default=Path("speech.jsonl"), help="what is known")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument(
        "--thorough", action="store_true", help="let Sphinx, too, hear every voice (hours)"
    )
    parser.add_argument(
        "--voices-each", type=int, metavar="N", help="voices a sentence, in turn; default: all"
    )
    parser.add_argument("--clean", action="store_true", help="without noise")
    parser.add_argument("--piper-voice", type=Path, help="a Piper voice (.onnx), if there is one")
    options = parser.parse_args()

    voices = [
        voice
        for voice in installed_voices(options.piper_voice)
        if voice.name in VOICES or voice.name.startswith("piper:")
    ]
    if len(voices) < 4:
        sys.exit("Four voices are needed: install espeak-ng and flite (festival is used, too).")
    captions = (
        choose_sentences(options.captions, options.seen, options.sentences, options.seed)
        if options.captions
        else []
    )
    parts: list[tuple[str, list[str], Conditions]] = [
        ("Captions", captions, CONDITIONS),
        ("Everyday English", _lines(EVERYDAY), EVERYDAY_CONDITIONS),
        ("Names of birds", _lines(NAMES), NAMES_CONDITIONS),
    ]
    if options.clean:
        parts = [(title, sentences, (("clean", 0),)) for title, sentences, _ in parts]
    each = min(options.voices_each or len(voices), len(voices))
    known = {utterance.key: utterance for utterance in _read(options.out)}
    wanted = {name: ENGINES[name]() for name in options.engines}
    with options.out.open("a", encoding="utf-8") as out:
        for _, sentences, conditions in parts:
            for sentence, voice, noise, decibels, sound in tqdm(
                _sounds(sentences, voices, conditions, each),
                total=len(sentences) * each * len(conditions),
                unit="sound",
            ):
                in_turn = voices[sentences.index(sentence) % len(voices)].name == voice
                for engine, recognise in wanted.items():
                    key = (engine, sentence, voice, noise, decibels)
                    heard = options.thorough or engine not in _SLOW or in_turn
                    if heard and key not in known:
                        known[key] = _listen(key, recognise, sound)
                        line = json.dumps(asdict(known[key]), ensure_ascii=False)
                        print(line, file=out, flush=True)
    mine = [utterance for utterance in known.values() if utterance.engine in wanted]
    for title, sentences, conditions in parts:
        if heard_of := [utterance for utterance in mine if utterance.sentence in sentences]:
            print(f"{title}\n\n{error_rates(heard_of, conditions)}\n")
    return 0


def choose_sentences(captions: Path, seen: Path | None, count: int, seed: int) -> list[str]:
    """Return captions of 7 to 18 words that the language model has not seen, chosen at random."""
    lines = captions.read_text(encoding="utf-8").splitlines()
    sentences = {tidy(caption) for line in lines for caption in json.loads(line)["captions"]}
    if seen is not None:
        sentences -= {tidy(line) for line in seen.read_text(encoding="utf-8").splitlines()}
    usual = sorted(sentence for sentence in sentences if 7 <= len(sentence.split()) <= 18)
    return random.Random(seed).sample(usual, count)


def _sounds(
    sentences: list[str], voices: list[Voice], conditions: Conditions, each: int
) -> Iterator[tuple[str, str, str, int, Recording]]:
    """Speak every sentence with some of the voices, in turn, clean and noisy."""
    if not sentences:
        return
    babble = _babble(sentences, voices)
    for number, sentence in enumerate(sentences):
        for voice in [voices[(number + k) % len(voices)] for k in range(each)]:
            spoken = _as_recording(voice.speak(sentence))
            for noise, decibels in conditions:
                noisy = noise != "clean"
                sound = _mix(spoken, babble, noise, decibels, number) if noisy else spoken
                yield sentence, voice.name, noise, decibels, sound


def _babble(sentences: list[str], voices: list[Voice]) -> np.ndarray:
    """Return the sound of all voices at once, as in a full room."""
    talks = [
        voice.speak(". ".join((sentences[k:] + sentences)[:6])) for k, voice in enumerate(voices)
    ]
    length = min(len(talk) for talk in talks)
    return np.sum([talk[:length] / talk.std() for talk in talks], axis=0)


def _mix(spoken: Recording, babble: np.ndarray, noise: str, decibels: int, seed: int) -> Recording:
    """Add noise so many decibels below the voice; a quarter of a second of it on either side."""
    chance = np.random.default_rng(seed)
    voice = np.pad(spoken.as_float(), SAMPLE_RATE // 4)
    if noise == "white":
        sound = chance.standard_normal(len(voice))
    else:
        sound = np.resize(np.roll(babble, chance.integers(len(babble))), len(voice))
    sound = sound * (spoken.as_float().std() / sound.std() * 10 ** (-decibels / 20))
    mixed = voice + sound
    return _as_recording(mixed / max(1.0, np.abs(mixed).max()))


def _as_recording(samples: np.ndarray) -> Recording:
    return Recording((samples * 32767).astype(np.int16), SAMPLE_RATE)


def _listen(
    key: tuple[str, str, str, str, int], recognise: Recognise, sound: Recording
) -> Utterance:
    began = time.perf_counter()
    heard = recognise(sound)
    worked = time.perf_counter() - began
    said, understood = _words(key[1]), _words(heard)
    mistakes = edit_distance(said, understood)
    return Utterance(*key, heard, mistakes, len(said), sound.seconds, worked)


def _words(text: str) -> list[str]:
    return [_SAME_WORD.get(word, word) for word in tidy(text).split()]


def error_rates(utterances: list[Utterance], conditions: Conditions) -> str:
    """Return word error rates in percent as Markdown, a row for each recogniser.

    A column counts the clean sounds of which three words or more were lost.
    """
    engines = list(dict.fromkeys(utterance.engine for utterance in utterances))
    columns = [noise if noise == "clean" else f"{noise}, {db} dB" for noise, db in conditions]
    further = ("words lost", "seconds a sentence", "real-time factor")
    rows = []
    for engine in engines:
        own = [utterance for utterance in utterances if utterance.engine == engine]
        rates = [
            _rate([u for u in own if (u.noise, u.decibels) == condition])
            for condition in conditions
        ]
        work, sound = (sum(u.work_seconds for u in own), sum(u.sound_seconds for u in own))
        lost = sum(u.noise == "clean" and u.lost >= MANY_WORDS for u in own)
        rows.append(
            [
                *(engine, str(len(own)), *rates, str(lost)),
                *(f"{work / len(own):.2f}", f"{work / sound:.2f}"),
            ]
        )
    return table(["recogniser", "sounds", *columns, *further], rows)


def _rate(utterances: list[Utterance]) -> str:
    """Return a word error rate with its 95 % confidence, whole sentences drawn anew each time."""
    if not utterances:
        return "–"
    sentences = sorted({utterance.sentence for utterance in utterances})
    place = {sentence: number for number, sentence in enumerate(sentences)}
    counts = np.zeros((len(sentences), 2))
    for utterance in utterances:
        counts[place[utterance.sentence]] += (utterance.mistakes, utterance.words)
    drawn = np.random.default_rng(0).integers(len(counts), size=(_RESAMPLED, len(counts)))
    again = counts[drawn].sum(axis=1)
    spread = 1.96 * (again[:, 0] / again[:, 1]).std()
    mistakes, words = counts.sum(axis=0)
    return f"{100 * mistakes / words:.1f} ± {100 * spread:.1f}"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _read(path: Path) -> Iterable[Utterance]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Utterance(**json.loads(line)) for line in lines]


def _ours(recogniser: str) -> Recognise:
    from app.speech.recognition.recognisers import load_transcriber
    from app.speech.recognition.transcriber import NothingHeardError

    transcriber = load_transcriber(recogniser)
    transcriber.transcribe(
        _as_recording(installed_voices()[0].speak("a small red bird"))
    )  # the first one is slower

    def recognise(sound: Recording) -> str:
        try:
            return transcriber.transcribe(sound)
        except NothingHeardError:
            return ""

    return recognise


def _plain_whisper() -> Recognise:
    """Whisper tiny.en as SpeechRecognition uses it, but loaded once."""
    from faster_whisper import WhisperModel
    from speech_recognition.recognizers.whisper_local.base import WhisperCompatibleRecognizer
    from speech_recognition.recognizers.whisper_local.faster_whisper import TranscribableAdapter

    from app.speech.recognition.whisper import bundled_whisper

    model = WhisperModel(str(bundled_whisper()), device="cpu", compute_type="int8")
    recogniser = WhisperCompatibleRecognizer(TranscribableAdapter(model))
    return lambda sound: str(recogniser.recognize(sound.to_audio_data(), language="en"))


def _plain_sphinx() -> Recognise:
    """``recognize_sphinx`` with its own language model."""
    import speech_recognition

    recogniser = speech_recognition.Recognizer()

    def recognise(sound: Recording) -> str:
        try:
            return str(recogniser.recognize_sphinx(sound.to_audio_data()))
        except speech_recognition.UnknownValueError:
            return ""

    return recognise


ENGINES: dict[str, Callable[[], Recognise]] = {
    "Whisper, weighed (default)": lambda: _ours("whisper"),
    "Sphinx, bird words": lambda: _ours("sphinx"),
    "plain Whisper tiny.en": _plain_whisper,
    "plain recognize_sphinx": _plain_sphinx,
}

if __name__ == "__main__":
    sys.exit(main())
