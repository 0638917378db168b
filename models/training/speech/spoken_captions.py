"""Making a folder of spoken captions, by any number of threads, in any order, with stops."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Event

from tqdm import tqdm

from models.sound.log_mel import SAMPLE_RATE
from models.training.data.examples import METADATA
from models.training.speech.effects import Samples, set_level
from models.training.speech.spoken_folder import Entry, SpokenFolder
from models.training.speech.spoken_plan import Plan, Utterance
from models.training.speech.synthesiser import Voice, VoiceError

LEVEL_DECIBELS = -20.0
"""Of all files, relative to full scale; how loud they are heard is for training to say."""

MAX_VOICES = 3
"""A text that so many voices could not speak is given up."""


@dataclass(frozen=True)
class Failure:
    """A voice that could not speak a text.

    Attributes
    ----------
    instead : name of the voice that spoke it then.
    """

    number: int
    voice: str
    text: str
    reason: str
    instead: str | None

    def __str__(self) -> str:
        end = f"{self.instead} spoke it" if self.instead else "not spoken"
        return f"utterance {self.number}, {self.voice}, “{self.text}”: {self.reason}; {end}"


@dataclass
class Outcome:
    """What came of utterances: those that were made, and what failed."""

    made: list[Entry] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def settings_of(plan: Plan) -> dict[str, object]:
    """What makes one plan another, to tell folders apart; new captions do, too."""
    return {
        "data": hashlib.sha256((plan.data / METADATA).read_bytes()).hexdigest()[:16],
        "voices": [voice.name for voice in plan.voices],
        "seed": plan.seed,
        "clean": plan.clean,
    }


def make_spoken_captions(folder: SpokenFolder, plan: Plan, utterances: int, jobs: int) -> Outcome:
    """Make the utterances 0 .. `utterances` - 1 that are not in the folder.

    Parameters
    ----------
    jobs : threads; each waits for a synthesiser, so one for each core.

    Raises
    ------
    KeyboardInterrupt
        As it came; what was made until then is kept, and nothing is left half made.
    """
    missing = [plan[number] for number in range(utterances) if number not in folder.entries]
    making, outcome = _Making(folder, plan, Event()), Outcome()
    with (
        ThreadPoolExecutor(jobs) as pool,
        tqdm(total=utterances, initial=utterances - len(missing), unit=" utterances") as bar,
    ):
        try:
            work = [pool.submit(making.make, batch) for batch in _batches(missing, plan.voices)]
            for future in as_completed(work):
                done = future.result()
                for entry in done.made:
                    folder.add(entry)
                outcome.made += done.made
                outcome.failures += done.failures
                bar.update(len(done.made))
        except BaseException:
            making.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    folder.sort()
    return outcome


def _batches(utterances: Sequence[Utterance], voices: Sequence[Voice]) -> Iterator[list[Utterance]]:
    """Bring together what one run of a synthesiser can speak."""
    waiting: dict[tuple[int, float], list[Utterance]] = {}
    for utterance in utterances:
        voice = voices[utterance.voice]
        key = utterance.voice, voice.together(utterance.line)
        waiting.setdefault(key, []).append(utterance)
        if len(waiting[key]) == voice.batch:
            yield waiting.pop(key)
    yield from waiting.values()


@dataclass(frozen=True)
class _Making:
    """Work for threads; their synthesisers end when `stop` is set."""

    folder: SpokenFolder
    plan: Plan
    stop: Event

    def make(self, batch: Sequence[Utterance]) -> Outcome:
        """Make utterances of one voice."""
        voice = self.plan.voices[batch[0].voice]
        outcome = Outcome()
        if len(batch) > 1:
            try:
                spoken = voice.speak_lines([utterance.line for utterance in batch], self.stop)
            except VoiceError:  # of which of them, is found by speaking each by itself
                pass
            else:
                outcome.made += map(self._write, batch, spoken, [voice] * len(batch))
                return outcome
        for utterance in batch:
            self._make_alone(utterance, outcome)
        return outcome

    def _make_alone(self, utterance: Utterance, outcome: Outcome) -> None:
        """Make an utterance, by one of the next voices if need be."""
        voices = self.plan.voices
        instead, reasons = None, {}
        for turn in range(min(MAX_VOICES, len(voices))):
            voice = voices[(utterance.voice + turn) % len(voices)]
            try:
                (spoken,) = voice.speak_lines([utterance.line], self.stop)
            except VoiceError as error:
                reasons[voice.name] = str(error)
                continue
            outcome.made.append(self._write(utterance, spoken, voice))
            instead = voice.name
            break
        outcome.failures += [
            Failure(utterance.number, name, utterance.line.text, reason, instead)
            for name, reason in reasons.items()
        ]

    def _write(self, utterance: Utterance, spoken: Samples, voice: Voice) -> Entry:
        sound = set_level(spoken, LEVEL_DECIBELS)
        return {
            "file_name": self.folder.write_sound(utterance.number, sound),
            "text": utterance.text,
            "said": utterance.line.text,
            "picture": utterance.picture,
            "species": utterance.species,
            "voice": voice.name,
            "speed": utterance.line.speed,
            "pitch": utterance.line.pitch,
            "seconds": round(len(sound) / SAMPLE_RATE, 3),
        }
