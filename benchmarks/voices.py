"""The synthetic voices that are installed on this computer."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.speech.sound.recording import Recording

Command = Callable[[str], list[str]]
"""Given the sound file to write, the command that speaks what it reads from standard input."""


@dataclass(frozen=True)
class Voice:
    """One voice.

    Attributes
    ----------
    name:
        Synthesiser and voice.
    command:
        Makes it speak.
    """

    name: str
    command: Command

    def say(self, text: str) -> Recording:
        """Speak a text."""
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            subprocess.run(
                self.command(file.name),
                input=f"{text}\n".encode(),
                check=True,
                timeout=120,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            return Recording.from_file(file.name, max_seconds=600)

    @classmethod
    def any(cls) -> Voice:
        """Return the first voice there is."""
        return installed_voices()[0]


def installed_voices(piper_voice: Path | None = None) -> list[Voice]:
    """Return the voices of espeak-ng, flite, festival and Piper that can be used here."""
    voices = []
    if shutil.which("espeak-ng"):
        voices.append(Voice("espeak-ng en-us", _espeak))
    if shutil.which("flite"):
        voices += [Voice(f"flite {name}", partial(_flite, name)) for name in ("slt", "rms")]
    hts = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts")
    if shutil.which("text2wave") and hts.is_dir():
        voices.append(Voice("festival slt-hts", _festival))
    if piper_voice is not None and shutil.which("piper"):
        voices.append(Voice(f"piper {piper_voice.stem}", partial(_piper, piper_voice)))
    return voices


def _espeak(path: str) -> list[str]:
    return ["espeak-ng", "-v", "en-us", "-s", "150", "-w", path, "--stdin"]


def _flite(voice: str, path: str) -> list[str]:
    return ["flite", "-voice", voice, "-f", "/dev/stdin", "-o", path]


def _festival(path: str) -> list[str]:
    return ["text2wave", "-eval", "(voice_cmu_us_slt_arctic_hts)", "-o", path]


def _piper(model: Path, path: str) -> list[str]:
    return ["piper", "-m", str(model), "-f", path]
