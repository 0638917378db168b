"""Speak a raw sound file into a named pipe, in real time, each time somebody opens the pipe.

Run as ``python microphone_feeder.py SOUND.raw PIPE RATE [--vanish]`` by
:mod:`tests.speech_fixtures`, in a process of its own: PortAudio opens the pipe while it holds
Python's global lock. The sound is 16-bit mono at RATE samples a second; silence follows it,
unless ``--vanish`` is given: then the pipe falls quiet for ever, as an unplugged device does.
"""

from __future__ import annotations

import sys
import time
from io import RawIOBase
from pathlib import Path

CHUNKS_PER_SECOND = 20
"""As many as the recorder reads: ALSA fills up with silence what a pipe does not hold in full."""


def main() -> None:
    sound = Path(sys.argv[1]).read_bytes()
    pipe, rate = sys.argv[2], int(sys.argv[3])
    vanish = "--vanish" in sys.argv
    while True:
        # Opening waits for a listener. PortAudio opens every device once to look at it, closes
        # it, and opens it again to record: each time the sound starts from its beginning.
        try:
            with open(pipe, "wb", buffering=0) as listener:
                feed(listener, sound, rate, vanish)
        except BrokenPipeError:
            continue


def feed(listener: RawIOBase, sound: bytes, rate: int, vanish: bool) -> None:
    """Write ``sound`` and then silence in real time, until the listener goes away."""
    step = 2 * (rate // CHUNKS_PER_SECOND)
    silence = bytes(step)
    due = time.monotonic()
    position = 0
    while True:
        chunk = sound[position : position + step]
        if len(chunk) < step:
            if vanish:
                time.sleep(3600)
            chunk = (chunk + silence)[:step]
        listener.write(chunk)
        position += step
        due += 1 / CHUNKS_PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
