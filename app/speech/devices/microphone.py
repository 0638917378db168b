"""The microphones of this computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.speech.devices.portaudio import MicrophoneError, portaudio


class NoMicrophoneError(MicrophoneError):
    """There is no microphone, or not the one that was asked for."""


@dataclass(frozen=True)
class Microphone:
    """One input device.

    Attributes
    ----------
    index : PortAudio's number of the device; it may change when devices come and go.
    name : the device's name for people; the second one that has it is ``NAME (2)``.
    rate : the device's own sampling rate in Hz: many refuse every other one.
    channels : how many input channels it has.
    is_default : whether the system uses it when no device is named.
    """

    index: int
    name: str
    rate: int
    channels: int
    is_default: bool


def list_microphones() -> list[Microphone]:
    """Return the input devices, the system's default first; an empty list when there is none.

    Takes up to a second: call it away from the window's thread.

    Raises
    ------
    PyAudioMissingError
        When PyAudio is not installed.
    """
    with portaudio() as audio:
        return microphones_of(audio)


def microphones_of(audio: Any) -> list[Microphone]:
    """Return the input devices of an initialised ``pyaudio.PyAudio``, the default one first."""
    try:
        default = int(audio.get_default_input_device_info()["index"])
    except OSError:  # "No Default Input Device Available"
        default = -1
    found = []
    taken: set[tuple[int, str]] = set()
    for index in range(audio.get_device_count()):
        try:
            device = audio.get_device_info_by_index(index)
            rate = int(device["defaultSampleRate"])
        except (OSError, ValueError, OverflowError):  # it is broken, or goes just now: not the rest
            continue
        if device["maxInputChannels"] < 1:
            continue
        name = device["name"]
        if not isinstance(name, str):
            name = name.decode("utf-8", "replace")
        # Windows lists each device once for each of its sound systems: that is no second one.
        system, number, alike = device["hostApi"], 1, name
        while (system, name) in taken:
            number += 1
            name = f"{alike} ({number})"
        taken.add((system, name))
        found.append(
            Microphone(
                index=index,
                name=name,
                rate=rate,
                channels=int(device["maxInputChannels"]),
                is_default=index == default,
            )
        )
    return sorted(found, key=lambda microphone: not microphone.is_default)


def choose_microphone(audio: Any, wanted: int | str | None = None) -> Microphone:
    """Return the microphone with this PortAudio index or name, or the default one.

    Parameters
    ----------
    audio : an initialised ``pyaudio.PyAudio``.
    wanted : a :attr:`Microphone.index`, or a :attr:`Microphone.name`, or ``None`` for the system's
        default. A name that is not there means the default, too: a headset was left at home.

    Raises
    ------
    NoMicrophoneError
        When this computer has no microphone, or none with that index.
    """
    microphones = microphones_of(audio)
    if not microphones:
        raise NoMicrophoneError(
            "There is no microphone here. Connect one and try again, or type the description."
        )
    for microphone in microphones:
        if wanted in (microphone.index, microphone.name):
            return microphone
    if wanted is None or isinstance(wanted, str):
        return microphones[0]
    raise NoMicrophoneError(
        f"There is no microphone number {wanted} here, but "
        + ", ".join(f"{one.index} ({one.name})" for one in microphones)
        + "."
    )
