"""Playing a recording, so that a person hears what was recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from app.speech.devices.portaudio import MicrophoneError, portaudio
from app.speech.sound.recording import Recording

_CHUNK_SECONDS = 0.1


class LoudspeakerError(MicrophoneError):
    """Nothing can be played here."""


def play(recording: Recording, cancelled: Callable[[], bool]) -> None:
    """Play a recording to its end; call it away from the window's thread.

    Parameters
    ----------
    cancelled : asked ten times a second; when true, playing stops.

    Raises
    ------
    PyAudioMissingError, LoudspeakerError
        When nothing can be played.
    """
    with portaudio() as audio:
        import pyaudio  # here: portaudio() has said it in a sentence when it is missing

        try:
            # The device's own rate: many refuse every other one.
            rate = int(audio.get_default_output_device_info()["defaultSampleRate"])
            stream = audio.open(format=pyaudio.paInt16, channels=1, rate=rate, output=True)
        except (OSError, ValueError) as error:
            raise LoudspeakerError(
                "The recording cannot be played: there is no loudspeaker, or another program "
                "uses it."
            ) from error
        try:
            sound = recording.resampled(rate).samples.astype("<i2")
            length = max(1, int(rate * _CHUNK_SECONDS))
            for start in range(0, len(sound), length):
                if cancelled():
                    return
                stream.write(sound[start : start + length].tobytes())
            stream.stop_stream()  # waits until the last chunk was heard
        except OSError as error:
            raise LoudspeakerError("The loudspeaker stopped; perhaps it was unplugged.") from error
        finally:
            with contextlib.suppress(OSError):  # of a loudspeaker that is gone
                stream.close()
