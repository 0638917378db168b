"""A folder of spoken captions: FLAC files, and a ``metadata.jsonl`` with a line for each.

Utterance k is planned from the seed and k alone. So a folder can be made by any number of threads,
in any order, with stops, and always becomes the same; and it can be continued to more utterances.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Event

import numpy as np
import soundfile
from tqdm import tqdm

from models.training.data import METADATA, Example
from models.training.speech import effects
from models.training.speech.effects import RATE, Samples
from models.training.speech.voices import Line, Voice, VoiceError
from models.training.whole_files import whole_file, write_whole

MARK = "speak.json"
"""Says by its presence that a folder is ours to write to, and with what settings."""

SPEEDS = (0.8, 1.25)
PITCHES = (0.85, 1.2)
NOISE_SHARE = 0.5
NOISE_DECIBELS = (5.0, 30.0)
ECHO_SHARE = 1 / 3
ECHO_SECONDS = (0.1, 0.6)
PAUSE_SECONDS = (0.0, 0.3)
LEVEL_DECIBELS = (-32.0, -16.0)
CLEAN_LEVEL_DECIBELS = -20.0

MAX_VOICES = 3
"""A text that so many voices could not speak is given up."""

Entry = dict[str, object]
"""A line of ``metadata.jsonl``."""


@dataclass(frozen=True)
class Utterance:
    """One caption, and how it is to be spoken and heard.

    Attributes
    ----------
    picture : file name in the data's ``metadata.jsonl``.
    voice : number of the voice.
    noise : kind and signal-to-noise ratio in dB.
    echo : reverberation time (RT60) in seconds.
    pauses : silence before and after, in seconds.
    level : active level in dB relative to full scale.
    """

    number: int
    picture: str
    species: str
    line: Line
    voice: int
    noise: tuple[str, float] | None
    echo: float | None
    pauses: tuple[float, float]
    level: float

    @property
    def file_name(self) -> str:
        return f"{self.number // 10_000:02d}/{self.number:06d}.flac"


@dataclass(frozen=True)
class Plan:
    """What every utterance is to be.

    All pictures get their first utterance before any gets its second, which says another caption.
    """

    data: Path
    examples: Sequence[Example]
    voices: Sequence[Voice]
    seed: int
    clean: bool

    def __getitem__(self, number: int) -> Utterance:
        turn, place = divmod(number, len(self.examples))
        picture = _shuffled(len(self.examples), self.seed, 0, turn)[place]
        example = self.examples[picture]
        captions = example.captions
        caption = _shuffled(len(captions), self.seed, 1, picture)[turn % len(captions)]
        text = " ".join(captions[caption].split())
        rng = self.rng(number, 2)
        shares = np.array([voice.share for voice in self.voices], float)
        voice = int(rng.choice(len(self.voices), p=shares / shares.sum()))
        chosen = number, example.path.relative_to(self.data).as_posix(), example.species
        if self.clean:
            return Utterance(
                *chosen, Line(text), voice, None, None, (0.0, 0.0), CLEAN_LEVEL_DECIBELS
            )
        line = Line(text, _ratio(rng, SPEEDS), _ratio(rng, PITCHES))
        kind, decibels = str(rng.choice(list(effects.NOISES))), _uniform(rng, NOISE_DECIBELS)
        noise = (kind, decibels) if rng.random() < NOISE_SHARE else None
        seconds = _uniform(rng, ECHO_SECONDS)
        echo = seconds if rng.random() < ECHO_SHARE else None
        pauses = _uniform(rng, PAUSE_SECONDS), _uniform(rng, PAUSE_SECONDS)
        return Utterance(*chosen, line, voice, noise, echo, pauses, _uniform(rng, LEVEL_DECIBELS))

    def rng(self, number: int, purpose: int) -> np.random.Generator:
        """Randomness that belongs to an utterance."""
        return np.random.default_rng((self.seed, purpose, number))

    def hear(self, utterance: Utterance, spoken: Samples) -> Samples:
        """Put what was spoken into the utterance's room."""
        rng = self.rng(utterance.number, 3)
        sound = effects.add_pauses(spoken, *utterance.pauses)
        if utterance.echo is not None:
            sound = effects.add_echo(sound, utterance.echo, rng)
        sound = effects.set_level(sound, utterance.level)
        if utterance.noise is not None:
            sound = effects.add_noise(sound, *utterance.noise, rng)
        return sound


@lru_cache(maxsize=65_536)
def _shuffled(length: int, *seed: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(seed).permutation(length).tolist())


def _uniform(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    return round(float(rng.uniform(*limits)), 3)


def _ratio(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """Draw a factor; half as much is as likely as twice as much."""
    return round(float(np.exp(rng.uniform(*np.log(limits)))), 3)


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
        end = f"spoken by {self.instead}" if self.instead else "not spoken"
        return f"{self.number}, {self.voice}, “{self.text}”: {self.reason}; {end}"


@dataclass
class Outcome:
    """What came of a run.

    Attributes
    ----------
    made : how many utterances were made, that is, were not there already.
    """

    made: int = 0
    failures: list[Failure] = field(default_factory=list)


def open_folder(out: Path, settings: Mapping[str, object]) -> dict[int, Entry]:
    """Mark a folder as made by us with these settings, and see what is in it.

    Returns
    -------
    The lines of the utterances that are there, by number. Lines that are torn, or whose files are
    missing or too short, are taken out of its ``metadata.jsonl``.

    Raises
    ------
    ValueError
        It has other things in it, or was made with other settings.
    """
    mark = out / MARK
    if mark.is_file():
        made = json.loads(mark.read_text(encoding="utf-8"))
        if other := [key for key in settings if made.get(key) != settings[key]]:
            raise ValueError(
                f"{out} was made with other {' and '.join(other)}: choose a new folder, or give "
                f"the options it was made with ({mark} has them)."
            )
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} exists and was not made by speak: choose a new folder.")
    else:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(mark, json.dumps(settings, indent=2) + "\n")
    return _repair(out)


def _repair(out: Path) -> dict[int, Entry]:
    metadata = out / METADATA
    lines = metadata.read_bytes().splitlines(keepends=True) if metadata.is_file() else []
    entries = {number: entry for number, entry in map(_read_entry, lines) if _is_there(out, entry)}
    if len(entries) < len(lines):
        write_whole(metadata, "".join(map(_to_line, entries.values())))
    return entries


def _read_entry(line: bytes) -> tuple[int, Entry]:
    """Read a line and its utterance's number; a torn one reads as an entry without a file."""
    try:
        entry = json.loads(line) if line.endswith(b"\n") else {}
        return int(Path(entry["file_name"]).stem), entry
    except (ValueError, KeyError, TypeError):
        return -1, {}


def _is_there(out: Path, entry: Entry) -> bool:
    if not entry:
        return False
    try:
        return bool(soundfile.info(out / str(entry["file_name"])).frames)
    except soundfile.LibsndfileError:
        return False


def _to_line(entry: Entry) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"


def digest(data: Path) -> str:
    """Name the data whose captions are spoken: another ``metadata.jsonl``, another plan."""
    return hashlib.sha256((data / METADATA).read_bytes()).hexdigest()[:16]


def make_spoken_captions(out: Path, plan: Plan, utterances: int, jobs: int) -> Outcome:
    """Make the utterances 0 .. `utterances` - 1 that are not in the folder.

    Parameters
    ----------
    out : a folder that `open_folder` has been called for.
    jobs : threads; each waits for a synthesiser, so one for each core.

    Raises
    ------
    KeyboardInterrupt
        As it came; what was made until then is kept, and nothing is left half made.
    """
    entries = _repair(out)
    missing = [plan[number] for number in range(utterances) if number not in entries]
    outcome, stop = Outcome(), Event()
    with (
        ThreadPoolExecutor(jobs) as pool,
        tqdm(total=utterances, initial=utterances - len(missing), unit=" utterances") as bar,
        (out / METADATA).open("a", encoding="utf-8") as metadata,
    ):
        try:
            work = [pool.submit(_make, batch, plan, out, stop) for batch in _batches(missing, plan)]
            for done in _as_completed(work):
                for entry in done[0]:
                    metadata.write(_to_line(entry))
                metadata.flush()
                outcome.made += len(done[0])
                outcome.failures += done[1]
                bar.update(len(done[0]))
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    _sort(out)
    return outcome


Made = tuple[list[Entry], list[Failure]]


def _as_completed(work: list[Future[Made]]) -> Iterator[Made]:
    for future in as_completed(work):
        yield future.result()


def _batches(utterances: Sequence[Utterance], plan: Plan) -> Iterator[list[Utterance]]:
    """Bring together what one run of a synthesiser can speak."""
    waiting: dict[tuple[int, float], list[Utterance]] = {}
    for utterance in utterances:
        voice = plan.voices[utterance.voice]
        key = utterance.voice, voice.together(utterance.line)
        batch = waiting.setdefault(key, [])
        batch.append(utterance)
        if len(batch) == voice.batch:
            yield waiting.pop(key)
    yield from waiting.values()


def _make(batch: list[Utterance], plan: Plan, out: Path, stop: Event) -> Made:
    """Make utterances of one voice."""
    made: Made = [], []
    voice = plan.voices[batch[0].voice]
    try:
        spoken = voice.speak_lines([utterance.line for utterance in batch], stop)
    except VoiceError:  # of one of them; which, is found by speaking each by itself
        for utterance in batch:
            _make_alone(utterance, plan, out, stop, made)
        return made
    for utterance, samples in zip(batch, spoken, strict=True):
        made[0].append(_write(utterance, plan, voice, samples, out))
    return made


def _make_alone(utterance: Utterance, plan: Plan, out: Path, stop: Event, made: Made) -> None:
    """Make an utterance, by another voice if need be."""
    following = [*plan.voices[utterance.voice :], *plan.voices[: utterance.voice]]
    reasons = []
    instead = None
    for voice in following[:MAX_VOICES]:
        try:
            (samples,) = voice.speak_lines([utterance.line], stop)
        except VoiceError as error:
            reasons.append((voice.name, str(error)))
            continue
        made[0].append(_write(utterance, plan, voice, samples, out))
        instead = voice.name
        break
    made[1].extend(
        Failure(utterance.number, name, utterance.line.text, reason, instead)
        for name, reason in reasons
    )


def _write(utterance: Utterance, plan: Plan, voice: Voice, spoken: Samples, out: Path) -> Entry:
    sound = plan.hear(utterance, spoken)
    path = out / utterance.file_name
    path.parent.mkdir(exist_ok=True)
    # Without waiting for the disk: what a power cut empties is found and made again.
    with whole_file(path, durable=False) as temporary:
        soundfile.write(temporary, sound, RATE, format="FLAC", subtype="PCM_16")
    noise = utterance.noise
    return {
        "file_name": utterance.file_name,
        "text": utterance.line.text,
        "picture": utterance.picture,
        "species": utterance.species,
        "voice": voice.name,
        "speed": utterance.line.speed,
        "pitch": utterance.line.pitch,
        "noise": {"kind": noise[0], "db": noise[1]} if noise else None,
        "echo": utterance.echo,
        "seconds": round(len(sound) / RATE, 3),
    }


def _sort(out: Path) -> None:
    """Put the lines in the order of their numbers: however it was made, the folder is the same."""
    entries = _repair(out)
    write_whole(out / METADATA, "".join(_to_line(entries[number]) for number in sorted(entries)))
