"""How words sound, in the alphabet that Kokoro reads; espeak-ng knows it."""

from __future__ import annotations

import re
import subprocess

from models.training.speech.synthesiser import VoiceError

_REPLACED = (
    ("ʔˌn̩", "tᵊn"),
    ("ʔn̩", "tᵊn"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"),
    ("ʔn", "tᵊn"),
    ("ʲo", "jo"),
    ("ʲə", "jə"),
    ("ʔ", "t"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("e", "A"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("\u0303", ""),
)
_AMERICAN = (("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_BRITISH = (("A^ə", "ɛː"), ("i^ə", "ɪə"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
"""espeak-ng's letters and the alphabet's, from the longest (after misaki, Apache-2.0). The alphabet
has one letter for each diphthong, and no other length marks in American English."""

_SYLLABIC = re.compile("(\\S)\u0329")


def phonemes(text: str, british: bool) -> str:
    """Spell a text by its sounds; where it pauses are commas.

    Raises
    ------
    VoiceError
        espeak-ng failed, or cannot read any of it.
    """
    command = ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", "en-gb" if british else "en-us"]
    done = subprocess.run(
        [*command, "--stdin"], input=text, capture_output=True, text=True, timeout=30
    )
    if done.returncode:
        raise VoiceError(f"espeak-ng: exit status {done.returncode}")
    clauses = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    if not clauses:
        raise VoiceError("espeak-ng read nothing")
    return from_espeak(", ".join(clauses), british)


def from_espeak(spoken: str, british: bool) -> str:
    """Rewrite what ``espeak-ng --ipa --tie=^`` prints."""
    for theirs, ours in _REPLACED:
        spoken = spoken.replace(theirs, ours)
    spoken = _SYLLABIC.sub(r"ᵊ\1", spoken).replace("\u0329", "")
    for theirs, ours in _BRITISH if british else _AMERICAN:
        spoken = spoken.replace(theirs, ours)
    return spoken.replace("^", "")
