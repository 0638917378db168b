"""The synthetic voices that are installed on this computer."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from models.training.speech.kokoro import kokoro_voices
from models.training.speech.synthesiser import Call, Line, Voice

ESPEAK_WORDS_PER_MINUTE = 150
ESPEAK_PITCH_STEPS = 72
"""Steps of its option for pitch in an octave, measured around the middle, which is 50."""

ESPEAK_VOICES = (
    "en-us",
    "en-us+m3",
    "en-us+m7",
    "en-us+f1",
    "en-us+f4",
    "en-gb",
    "en+m5",  # en-gb is another name of en, after which variants are ignored
    "en+f1",
    "en-gb-scotland+m2",
    "en-gb-scotland+f4",
    "en-gb-x-rp+m4",
    "en-gb-x-rp+f1",
)
"""Languages with variants; none with breath, such as f2, which is other noise every time."""

FLITE_PITCHES: dict[str, float | None] = {"slt": 168, "awb": 128, "kal16": 95, "rms": None}
"""Mean pitch in Hz by voice, which a synthesis can be told to change; `rms` does not listen."""

FESTIVAL_HTS = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts")


def installed_voices(piper_voice: Path | None = None, kokoro: Path | None = None) -> list[Voice]:
    """Return the voices of espeak-ng, flite, festival, Piper and Kokoro that can be used here.

    Natural voices are to be chosen three times as often as espeak-ng's, of which there are more;
    Kokoro's, of which there are most, as often as these.

    Parameters
    ----------
    piper_voice : the .onnx file of a Piper voice; its .onnx.json lies beside it.
    kokoro : folder of Kokoro's model and voices.

    Raises
    ------
    FileNotFoundError
        There is no such file or folder, or not the program that reads it.
    ValueError
        Kokoro's folder holds something else.
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
    if kokoro is not None:
        voices += kokoro_voices(kokoro)
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
    pitch = 50 + ESPEAK_PITCH_STEPS * math.log2(line.pitch)
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
