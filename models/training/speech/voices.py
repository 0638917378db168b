"""The synthetic voices that are installed on this computer."""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import soundfile
import soxr

from models.training.speech.effects import RATE, Samples

MAX_SECONDS = 120.0
"""A synthesiser that takes longer over one call is stuck."""

_STOP_CHECK = 0.2
"""Seconds between looks at whether to stop."""

ESPEAK_WORDS_PER_MINUTE = 150
ESPEAK_VOICES = (
    "en-us",
    "en-us+m3",
    "en-us+m7",
    "en-us+f2",
    "en-gb",
    "en-gb+m5",
    "en-gb+f1",
    "en-gb-scotland+m2",
    "en-gb-scotland+f4",
    "en-gb-x-rp+m4",
    "en-gb-x-rp+f5",
)
FLITE_PITCHES: dict[str, float | None] = {"slt": 168, "awb": 128, "kal16": 95, "rms": None}
"""Mean pitch in Hz by voice, which a synthesis can be told to change; `rms` does not listen."""

FESTIVAL_HTS = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts")


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
    """One run of a synthesiser.

    Attributes
    ----------
    command : program and arguments.
    stdin : what it reads.
    """

    command: list[str]
    stdin: str = ""


Synthesis = Callable[[Sequence[Line], Path], Call]
"""How to have lines spoken into a folder, as WAV files whose names sort like the lines."""


def _together(line: Line) -> float:
    """All lines can be spoken in one run."""
    return 0.0


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
    together : lines for which it gives the same number can be spoken in one run.
    """

    name: str
    synthesis: Synthesis
    share: int = 1
    batch: int = 1
    own_pitch: bool = True
    together: Callable[[Line], float] = _together

    @property
    def engine(self) -> str:
        """The synthesiser's name."""
        return self.name.partition(":")[0]

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
            _run(self.synthesis(lines, Path(folder)), stop or Event())
            sounds = sorted(Path(folder).glob("*.wav"))
            if len(sounds) != len(lines):
                raise VoiceError(f"it spoke {len(sounds)} texts of {len(lines)}")
            pitches = [1.0 if self.own_pitch else line.pitch for line in lines]
            return [_read(path, pitch) for path, pitch in zip(sounds, pitches, strict=True)]


def _run(call: Call, stop: Event) -> None:
    """Run a synthesiser to its end."""
    if stop.is_set():
        raise Stopped
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
    sound = soxr.resample(samples.mean(axis=1), rate * pitch, RATE, quality="HQ")
    if not np.any(sound):
        raise VoiceError("it spoke silence")
    return np.asarray(sound, np.float32)


def installed_voices(piper_voice: Path | None = None) -> list[Voice]:
    """Return the voices of espeak-ng, flite, festival and Piper that can be used here.

    Natural voices are to be chosen three times as often as espeak-ng's, of which there are more.

    Parameters
    ----------
    piper_voice : the .onnx file of a Piper voice; its .onnx.json lies beside it.

    Raises
    ------
    FileNotFoundError
        There is no such file, or no program ``piper``.
    """
    voices = [*_espeak_voices(), *_flite_voices()]
    if shutil.which("festival") and FESTIVAL_HTS.is_dir():
        voices.append(Voice("festival:slt-hts", _festival, 3, batch=16, own_pitch=False))
    if piper_voice is not None:
        if not piper_voice.is_file():
            raise FileNotFoundError(f"there is no Piper voice {piper_voice}")
        if not shutil.which("piper"):
            raise FileNotFoundError("--piper-voice needs the program piper, which is not installed")
        speaker = partial(_piper, piper_voice)
        name = f"piper:{piper_voice.stem}"
        voices.append(Voice(name, speaker, 3, 16, own_pitch=False, together=_piper_length))
    return voices


def _espeak_voices() -> list[Voice]:
    if not shutil.which("espeak-ng"):
        return []
    languages = _ask("espeak-ng", "--voices=en")
    return [
        Voice(f"espeak-ng:{name}", partial(_espeak, name))
        for name in ESPEAK_VOICES
        if name.partition("+")[0] in languages
    ]


def _flite_voices() -> list[Voice]:
    if not shutil.which("flite"):
        return []
    names = _ask("flite", "-lv")
    return [
        Voice(f"flite:{name}", partial(_flite, name, hertz), 3, own_pitch=hertz is not None)
        for name, hertz in FLITE_PITCHES.items()
        if name in names
    ]


def _ask(*command: str) -> list[str]:
    """Return the words of what a program prints."""
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.split()


def _espeak(voice: str, lines: Sequence[Line], folder: Path) -> Call:
    (line,) = lines
    pitch = 50 + 50 * math.log2(line.pitch)  # its pitch doubles from 0 to 50, and on to 100
    speed = round(ESPEAK_WORDS_PER_MINUTE * line.speed)
    options = ["-v", voice, "-s", str(speed), "-p", str(round(pitch))]
    return Call(["espeak-ng", *options, "-w", str(folder / "0.wav"), "--stdin"], line.text)


def _flite(voice: str, hertz: float | None, lines: Sequence[Line], folder: Path) -> Call:
    (line,) = lines
    if hertz is None:
        options, stretch = [], line.pitch / line.speed
    else:
        options = ["--setf", f"int_f0_target_mean={hertz * line.pitch:.1f}"]
        stretch = 1 / line.speed
    options += ["--setf", f"duration_stretch={stretch:.4f}"]
    files = ["-f", "/dev/stdin", "-o", str(folder / "0.wav")]
    return Call(["flite", "-voice", voice, *options, *files], line.text)


def _festival(lines: Sequence[Line], folder: Path) -> Call:
    """HTS voices know no Duration_Stretch, but a rate among their engine's parameters."""
    script = ["(voice_cmu_us_slt_arctic_hts)", "(define own hts_engine_params)"]
    for number, line in enumerate(lines):
        text = line.text.replace("\\", " ").replace('"', " ")
        rate = line.speed / line.pitch
        script.append(f'(set! hts_engine_params (cons (list "-r" {rate:.4f}) own))')
        script.append(
            f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{folder}/{number:06d}.wav" '
            "'riff)"
        )
    (folder / "script.scm").write_text("\n".join(script), encoding="utf-8")
    return Call(["festival", "-b", str(folder / "script.scm")])


def _piper_length(line: Line) -> float:
    """Its --length-scale is one for a run: the nearest twentieth, so that runs can be shared."""
    return round(20 * line.pitch / line.speed) / 20


def _piper(model: Path, lines: Sequence[Line], folder: Path) -> Call:
    """Without its random variation: the same text is to sound the same every time."""
    options = ["--length-scale", f"{_piper_length(lines[0]):.2f}"]
    options += ["--noise-scale", "0", "--noise-w-scale", "0"]
    command = ["piper", "-m", str(model), *options, "-d", str(folder)]
    return Call(command, "".join(f"{line.text}\n" for line in lines))
