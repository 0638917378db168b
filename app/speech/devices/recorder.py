"""Recording from a microphone while the window goes on."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.speech.devices.microphone import Microphone, choose_microphone
from app.speech.devices.portaudio import MicrophoneError, portaudio
from app.speech.sound.loudness import PauseDetector
from app.speech.sound.recording import MAX_SECONDS, Recording, one_voice

CHUNK_SECONDS = 0.05
"""How much sound is read at once: the level and the timer move this often."""

ANSWER_SECONDS = 3.0
"""How long a device may take to deliver its next chunk before it is given up."""

DONE_SECONDS = 1.8
"""Silence after speech that means "I am done"."""

_USUAL_RATES = (
    *(48_000, 44_100, 32_000, 16_000, 96_000, 24_000, 22_050, 8_000, 11_025, 192_000),
    *(88_200, 176_400, 12_000, 64_000, 384_000),
)
"""Samples a second to try where a device refuses the rate that it calls its own."""

_USUAL_CHANNELS = (3, 4, 6, 8, 10, 12, 16)
"""Numbers to try where a device offers neither one channel nor all that it claims to have."""

_INVALID_RATE = -9997
"""PortAudio's number of that error."""

_LONGEST_NAME = 80
"""Characters of a device's name that are told."""

OPENING_SECONDS = 10.0
"""How long a device may take until its first chunk: Bluetooth headsets are slow to wake."""


class DeviceFailedError(MicrophoneError):
    """The microphone is there but gives no sound, or stopped giving any."""


class Recorder:
    """Records one microphone at its own rate, on a thread of its own.

    Use it once: ``start()``, then read :attr:`seconds` and :attr:`level` as often as liked from
    any thread, then ``stop()``. When the time is up, or when the device fails, recording ends by
    itself (:attr:`is_recording` turns false); ``stop()`` still returns what was said until then.

    Parameters
    ----------
    device : a :attr:`Microphone.index` or name, or ``None`` for the system's default microphone.
    max_seconds : recording ends by itself after this time.
    stop_when_silent : whether recording ends by itself, too, when a person who has spoken pauses.
    on_level : called with the level (0.0 to 1.0) of each chunk, **on the recording thread**.
    """

    def __init__(
        self,
        device: int | str | None = None,
        *,
        max_seconds: float = MAX_SECONDS,
        stop_when_silent: bool = False,
        on_level: Callable[[float], None] | None = None,
    ) -> None:
        self.microphone: Microphone | None = None
        """The device in use, at the rate in use, known once ``start()`` has returned."""
        self.level = 0.0
        """Loudness of the latest chunk: its peak, 0.0 to 1.0."""
        self.failure: MicrophoneError | None = None
        """Why recording ended by itself, when a device failed in the middle."""
        self._device = device
        self._max_seconds = max_seconds
        self._stop_when_silent = stop_when_silent
        self.silence = 0.0
        """For how many seconds the person, who has spoken, has been silent now."""
        self._pause_detector = PauseDetector()
        self._on_level = on_level
        self._chunks: list[NDArray[np.int16]] = []  # each of shape (length, channels)
        self._recorded_samples = 0
        self._opened = threading.Event()
        self._stopping = threading.Event()
        self._last_chunk_at = 0.0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Open the microphone and begin; returns once sound is being recorded.

        Takes up to a second or two (PortAudio looks at every device): call it away from the
        window's thread.

        Raises
        ------
        PyAudioMissingError, NoMicrophoneError, DeviceFailedError
            When nothing can be recorded; ``str(error)`` says why.
        """
        self._thread.start()
        if not self._opened.wait(timeout=OPENING_SECONDS):
            self._stopping.set()
            self.failure = DeviceFailedError(
                "The microphone gives no sound. Choose another one, or type the description."
            )
            raise self.failure
        if self.failure is not None and not self._chunks:
            # PortAudio is released already; once the thread has ended, nothing `is_recording`.
            self._thread.join(timeout=ANSWER_SECONDS)
            raise self.failure

    def stop(self) -> Recording:
        """End recording and return what was recorded.

        Raises
        ------
        DeviceFailedError
            When the device failed before it gave any sound.
        """
        self._stopping.set()
        # A device that was unplugged may leave the thread waiting in PortAudio for ever.
        self._thread.join(timeout=0 if self.failure else ANSWER_SECONDS)
        if self._thread.is_alive() and self.failure is None:
            self.failure = self._lost()
        sound = self.so_far()
        if sound is None:
            raise self.failure or DeviceFailedError(
                "The recording was stopped before there was any sound. Record again, or type the "
                "description."
            )
        return sound

    def so_far(self) -> Recording | None:
        """Return what was recorded until now, from any thread; None where there is nothing yet."""
        chunks = list(self._chunks)
        if not chunks or self.microphone is None:
            return None
        return Recording(one_voice(_as_float(np.concatenate(chunks))), self.microphone.rate)

    @property
    def seconds(self) -> float:
        """How many seconds were recorded so far."""
        return self._recorded_samples / self.microphone.rate if self.microphone else 0.0

    @property
    def is_recording(self) -> bool:
        """Whether sound is still coming in."""
        if not self._thread.is_alive() or self._stopping.is_set():
            return False
        if self._last_chunk_at and time.monotonic() - self._last_chunk_at > ANSWER_SECONDS:
            self.failure = self.failure or self._lost()
            return False
        return True

    def _run(self) -> None:
        try:
            with portaudio() as audio:
                microphone = choose_microphone(audio, self._device)
                with self._open_stream(audio, microphone) as (stream, channels, rate):
                    self.microphone = replace(microphone, rate=rate)
                    self._read_until_stopped(stream, channels)
        except MicrophoneError as error:
            self.failure = error
        except Exception as error:
            # Whatever a sound library comes up with, the person gets a sentence, and the
            # window does not wait for ever.
            self.failure = DeviceFailedError(
                f"The microphone failed ({_reason(error)}). Check that it is plugged in, choose "
                "another one, or type the description."
            )
        finally:
            self.level = 0.0
            self._opened.set()

    @contextlib.contextmanager
    def _open_stream(self, audio: Any, microphone: Microphone) -> Any:
        import pyaudio

        errors: list[Exception] = []
        # One channel where that is possible. Some devices offer all of theirs or none, and some
        # systems claim to have 64 or 128.
        all_channels = microphone.channels
        channels_of = [1, min(2, all_channels), all_channels]
        channels_of += [usual for usual in _USUAL_CHANNELS if usual < all_channels]
        rates = [rate for rate in (microphone.rate, *_USUAL_RATES) if rate > 0]
        ways = itertools.product(dict.fromkeys(rates), dict.fromkeys(channels_of))
        for rate, channels in ways:
            try:
                stream = audio.open(
                    format=pyaudio.paInt16,
                    channels=channels,
                    rate=rate,
                    input=True,
                    input_device_index=microphone.index,
                    frames_per_buffer=_chunk_length(rate),
                )
            except (OSError, ValueError) as failed:
                errors.append(failed)
                continue
            try:
                yield stream, channels, rate
            finally:
                with contextlib.suppress(OSError):
                    stream.close()
            return
        if all(_INVALID_RATE in error.args for error in errors):
            why = f"at {microphone.rate} Hz, the rate it says is its own, nor at any usual one"
        else:
            why = f"({_reason(errors[0])}); perhaps another program uses it"
        raise DeviceFailedError(
            f"The microphone {_named(microphone)} cannot be opened {why}. Choose another one, or "
            "type the description."
        ) from errors[0]

    def _read_until_stopped(self, stream: Any, channels: int) -> None:
        assert self.microphone is not None
        chunk_length = _chunk_length(self.microphone.rate)
        enough = int(self._max_seconds * self.microphone.rate)
        while not self._stopping.is_set() and self._recorded_samples < enough:
            try:
                data = stream.read(chunk_length, exception_on_overflow=False)
            except OSError as error:
                self.failure = self._lost()
                self.failure.__cause__ = error
                return
            chunk = np.frombuffer(data, dtype="<i2").astype(np.int16).reshape(-1, channels)
            chunk = chunk[: enough - self._recorded_samples]
            self._chunks.append(chunk)
            self._recorded_samples += len(chunk)
            self._last_chunk_at = time.monotonic()
            self._opened.set()
            sound = Recording(one_voice(_as_float(chunk)), self.microphone.rate)
            self.level = sound.peak
            if self._on_level is not None:
                self._on_level(self.level)
            self.silence = self._pause_detector.feed(sound.loudness, sound.seconds)
            if self._stop_when_silent and self.silence >= DONE_SECONDS:
                return

    def _lost(self) -> DeviceFailedError:
        name = f" {_named(self.microphone)}" if self.microphone else ""
        return DeviceFailedError(
            f"The microphone{name} stopped giving sound; perhaps it was unplugged. "
            "Connect it and record again, or type the description."
        )


def _named(microphone: Microphone) -> str:
    name = microphone.name
    return f"“{name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + '…'}”"


def _chunk_length(rate: int) -> int:
    return max(1, int(rate * CHUNK_SECONDS))


def _as_float(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    return samples.astype(np.float32) / np.float32(32768)


def _reason(error: Exception) -> str:
    """What PortAudio says, without its number."""
    return str(error.args[-1] if error.args else error).rstrip(".")
