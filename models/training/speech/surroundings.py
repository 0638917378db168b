"""Where speech is heard: how far away, in what room, among what, and through which microphone.

Everything is drawn anew each time that an utterance is heard, so one recording serves many times.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from models.sound.log_mel import SAMPLE_RATE
from models.training.speech import effects
from models.training.speech.backgrounds import BACKGROUNDS, cough
from models.training.speech.effects import Samples
from models.training.speech.microphones import through_laptop, through_telephone

PAUSE_SECONDS = (0.0, 0.6)
COUGH_SHARE, COUGH_DECIBELS = 0.08, (-6.0, 6.0)
ROOM_SHARE, ECHO_SECONDS = 0.5, (0.1, 0.8)
DIRECT_DECIBELS = (-3.0, 15.0)
"""Of the voice itself, beside the room's echo: from across a room, and into the microphone."""

BACKGROUND_SHARE, BACKGROUND_DECIBELS = 0.7, (0.0, 30.0)
TELEPHONE_SHARE, LAPTOP_SHARE = 0.1, 0.4
LEVEL_DECIBELS = (-45.0, -12.0)


def heard_somewhere(samples: Samples, rng: Generator) -> Samples:
    """Put dry speech into surroundings that are drawn by chance."""
    sound = effects.add_pauses(samples, rng.uniform(*PAUSE_SECONDS), rng.uniform(*PAUSE_SECONDS))
    if rng.random() < COUGH_SHARE:
        sound = _with_cough(sound, rng)
    if rng.random() < ROOM_SHARE:
        direct = rng.uniform(*DIRECT_DECIBELS)
        sound = effects.add_echo(sound, rng.uniform(*ECHO_SECONDS), direct, rng)
    if rng.random() < BACKGROUND_SHARE:
        kind = str(rng.choice(list(BACKGROUNDS)))
        sound = effects.add_noise(sound, kind, rng.uniform(*BACKGROUND_DECIBELS), rng)
    microphone = rng.random()
    if microphone < TELEPHONE_SHARE:
        sound = through_telephone(sound, rng)
    elif microphone < TELEPHONE_SHARE + LAPTOP_SHARE:
        sound = through_laptop(sound, rng)
    return effects.set_level(sound, rng.uniform(*LEVEL_DECIBELS))


def _with_cough(sound: Samples, rng: Generator) -> Samples:
    """Cough before the first word or behind the last one, where nothing is lost."""
    level = effects.active_level(sound) * 3 * 10 ** (rng.uniform(*COUGH_DECIBELS) / 20)
    burst = (level * cough(rng)).astype(np.float32)
    pause = np.zeros(round(rng.uniform(0.05, 0.4) * SAMPLE_RATE), np.float32)
    parts = [burst, pause, sound] if rng.random() < 0.5 else [sound, pause, burst]
    return effects.limit(np.concatenate(parts))
