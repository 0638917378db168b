"""Having a program of this computer speak."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
import soundfile
import soxr

from models.sound.log_mel import SAMPLE_RATE
from models.training.speech.effects import Samples

MAX_SECONDS = 300.0
"""A synthesiser that takes longer over one run is stuck."""

_STOP_CHECK = 0.2
"""Seconds between looks at whether to stop."""


class VoiceError(Exception):
    """A synthesiser could not speak a text; the message says why."""


class Stopped(Exception):
    """The synthesiser was ended because the program ends."""


@dataclass(frozen=True)
class Line:
    """A text and how to say it.

    Attributes
    ----------
    text : one line.
    speed, pitch : relative to the voice's own.
    """

    text: str
    speed: float = 1.0
    pitch: float = 1.0


@dataclass(frozen=True)
class Call:
    """One run of a synthesiser: program and arguments, and what it reads."""

    command: list[str]
    stdin: str = ""


Synthesis = Callable[[Sequence[Line], Path], Call | None]
"""How to have lines spoken into a folder, as WAV files whose names sort like the lines: a run of a
program, or nothing if they lie there already."""


@dataclass(frozen=True)
class Voice:
    """One voice.

    Attributes
    ----------
    name : engine and voice, ``flite:slt``.
    synthesis : makes it speak.
    share : how often it is chosen, relative to others.
    batch : how many lines to speak in one run; more than 1 for programs that start slowly.
    own_pitch : whether the synthesis changes the pitch; otherwise it is changed afterwards.
    together : lines for which it gives the same number can be spoken in one run; by default all.
    for_tests : whether nothing may learn from it.
    """

    name: str
    synthesis: Synthesis
    share: int = 1
    batch: int = 1
    own_pitch: bool = True
    together: Callable[[Line], float] = lambda line: 0.0
    for_tests: bool = False

    def speak(self, text: str, speed: float = 1.0, pitch: float = 1.0) -> Samples:
        """Speak one text; `speak_lines` says more."""
        return self.speak_lines([Line(text, speed, pitch)])[0]

    def speak_lines(self, lines: Sequence[Line], stop: Event | None = None) -> list[Samples]:
        """Speak lines that are alike in `together`, in one run of the synthesiser.

        What is said of one line does not depend on the others.

        Parameters
        ----------
        stop : ends the synthesiser when set.

        Returns
        -------
        Mono samples at 16 kHz, for each line.

        Raises
        ------
        VoiceError
            The synthesiser failed, or spoke silence.
        Stopped
            `stop` was set.
        """
        with tempfile.TemporaryDirectory(prefix="speak-") as folder:
            _run(self.synthesis, lines, Path(folder), stop or Event())
            sounds = sorted(Path(folder).glob("*.wav"))
            if len(sounds) != len(lines):
                raise VoiceError(f"it spoke {len(sounds)} texts of {len(lines)}")
            pitches = [1.0 if self.own_pitch else line.pitch for line in lines]
            return [_read(path, pitch) for path, pitch in zip(sounds, pitches, strict=True)]


def _run(synthesis: Synthesis, lines: Sequence[Line], folder: Path, stop: Event) -> None:
    """Run a synthesiser to its end."""
    if stop.is_set():
        raise Stopped
    call = synthesis(lines, folder)
    if call is None:
        return
    process = subprocess.Popen(
        call.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        process_group=0,  # Ctrl-C is for us: we end it, and know that it did not fail
    )
    deadline = time.monotonic() + MAX_SECONDS
    stdin: str | None = call.stdin
    while True:
        try:
            _, errors = process.communicate(stdin, timeout=_STOP_CHECK)
            break
        except subprocess.TimeoutExpired:
            stdin = None
            if stop.is_set() or time.monotonic() > deadline:
                process.kill()
                process.communicate()
                if stop.is_set():
                    raise Stopped from None
                raise VoiceError(f"it took more than {MAX_SECONDS:.0f} seconds") from None
    if process.returncode:
        last = errors.strip().splitlines()[-1:] or ["no message"]
        raise VoiceError(f"exit status {process.returncode}: {last[0]}")


def _read(path: Path, pitch: float) -> Samples:
    """Read a sound file, played `pitch` times faster."""
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise VoiceError(f"its sound file cannot be read: {error}") from None
    sound = soxr.resample(samples.mean(axis=1), rate * pitch, SAMPLE_RATE, quality="HQ")
    if not np.any(sound):
        raise VoiceError("it spoke silence")
    return np.asarray(sound, np.float32)
