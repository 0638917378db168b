"""How much what the listener hears is like words of birds: where to draw the line for "no bird".

    python -m benchmarks.likeness --spoken spoken/test

Prints what `Painter.likeness` says of spoken captions, clean and with babble, of everyday
sentences, of the captions backwards, of melodies, and of calls of animals.
`models.sound.ears.LEAST_LIKENESS` belongs between the first and the last of them; it is chosen anew
when the listener is trained anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.speech.recognition.transcriber import NothingHeardError, speech_in
from app.speech.sound.recording import Recording
from models import Painter
from models.errors import SoundError
from models.sound.ears import LEAST_LIKENESS
from models.sound.listener import Listener
from models.sound.log_mel import SAMPLE_RATE
from models.training.runs.tables import table
from models.training.speech.effects import Samples, add_noise
from models.training.speech.spoken_data import load_samples, read_spoken_captions
from models.training.speech.voices import installed_voices
from tests.animal_calls import CALLS, animal
from tests.melody import melody

BABBLE = (15.0, 5.0)  # dB below the voice
MELODIES = 20
CALLS_OF_EACH = 4
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
EVERYDAY = (
    "the stock market closed two percent lower on tuesday",
    "please remember to call your mother this evening",
    "the quick brown fox jumps over the lazy dog",
    "our meeting is moved to half past three in the conference room",
    "she sells sea shells by the sea shore",
    "the train to the airport leaves from platform nine",
    "could you turn the music down a little",
    "we had pancakes with maple syrup for breakfast",
)


class Ears:
    """What the window does with a recording until it knows whether there is a bird in it."""

    def __init__(self) -> None:
        self._painter, self._listener = Painter.load(device="cpu"), Listener.load()

    def likeness(self, samples: Samples) -> float | None:
        """None where the voice detector finds no voice, or no word is heard."""
        steps = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        try:
            speech = speech_in(Recording(steps, SAMPLE_RATE))
            return self._painter.ears.likeness(self._listener.hear(speech.voice()))
        except (NothingHeardError, SoundError):
            return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--spoken", type=Path, required=True, help="captions in a voice that training never heard"
    )
    parser.add_argument("--utterances", type=int, default=60, metavar="N")
    options = parser.parse_args()
    captions = read_spoken_captions(options.spoken)[: options.utterances]
    spoken = [load_samples(caption.path).numpy() for caption in captions]
    voices = [voice for voice in installed_voices() if voice.name.startswith("flite")]
    ears = Ears()
    kinds = {"captions, clean": spoken}
    for decibels in BABBLE:
        kinds[f"captions, babble {decibels:.0f} dB below"] = [
            add_noise(samples, "babble", decibels, np.random.default_rng(number))
            for number, samples in enumerate(spoken)
        ]
    kinds["everyday sentences"] = [voice.speak(text) for text in EVERYDAY for voice in voices]
    kinds["captions backwards"] = [samples[::-1].copy() for samples in spoken]
    kinds["melodies"] = [melody(seed=seed) for seed in range(MELODIES)]
    seeds = range(CALLS_OF_EACH)
    kinds["animals"] = [animal(name, seed=seed) for name in CALLS for seed in seeds]
    shares = (f"{share:.0%}" for share in SHARES)
    rows = [_figures(ears, name, sounds) for name, sounds in kinds.items()]
    print(table(["likeness", "sounds", "no voice", "refused", *shares], rows))


def _figures(ears: Ears, name: str, sounds: Sequence[Samples]) -> list[str]:
    said = [ears.likeness(sound) for sound in sounds]
    heard = sorted(value for value in said if value is not None)
    refused = sum(value < LEAST_LIKENESS for value in heard)
    spread = [f"{heard[round(share * (len(heard) - 1))]:.2f}" if heard else "–" for share in SHARES]
    return [name, str(len(said)), str(len(said) - len(heard)), str(refused), *spread]


if __name__ == "__main__":
    main()
