"""Sounds that libsndfile does not read, or not whole: MP3, M4A, WebM, films and more.

``python -m app.speech.files.decoder SECONDS`` reads a file from its standard input with FFmpeg
(PyAV). It is a process of its own because the window loads no such library, and because what
strange files make of it ends with it.
"""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from app.installation import IMPORT_ROOT, module_command
from app.speech.files.mp3 import seconds_of_mp3

_TIMEOUT = 120  # seconds

# No playlists nor lists of files: they lead to other files, and into the network.
_FORMATS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dts,eac3,flac,flv,m4v,matroska,webm,mov,mp4,"
    "mp2,mp3,mpc,mpc8,mpeg,mpegts,ogg,qoa,tak,tta,voc,w64,wav,wv"
)
_SAYS_ITS_LENGTH = (
    *("ape", "asf", "flac", "flv", "matroska", "mov", "mpc", "mpc8", "qoa", "tak", "tta", "wav"),
    "wv",
)
_MOST_STREAMS = 8  # films have one or two sounds, or one in each of a few languages
_SILENT = 4 / 32768  # no voice that was recorded with 16 bits is fainter
_TOLERANCE = 0.3  # seconds that encoders add, or leave out, at both ends


@dataclass(frozen=True)
class Decoded:
    """What became of a file.

    Attributes
    ----------
    samples : float32, shape ``(length, channels)``; None where it cannot be read.
    rate : samples per second.
    promised : seconds that there should be, where the file says it for sure.
    """

    samples: NDArray[np.float32] | None
    rate: int = 0
    promised: float | None = None

    @property
    def cut_off(self) -> bool:
        """Whether the file is shorter than it says."""
        if self.samples is None or self.promised is None:
            return False
        return len(self.samples) / self.rate < self.promised - _TOLERANCE


def decode(file: BinaryIO, most_seconds: float) -> Decoded:
    """Decode a file in another process, no more of it than so many seconds.

    Parameters
    ----------
    file : a file of the system (it has a ``fileno``) or of the memory, from its beginning.
    """
    if isinstance(file, io.BytesIO):
        with tempfile.TemporaryFile() as copy:
            copy.write(file.getvalue())
            copy.flush()
            return decode(cast(BinaryIO, copy), most_seconds)
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # the other process begins where the system stands
    try:
        answer = subprocess.run(
            [*module_command(__name__), str(most_seconds)],
            cwd=IMPORT_ROOT,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return Decoded(None)
    if answer.returncode != 0:
        return Decoded(None)
    decoded: Decoded = pickle.loads(answer.stdout)
    return decoded


def _decode(file: BinaryIO, most_seconds: float) -> Decoded:
    """Decode the sound that a player would play or, where it is silent, another that is not.

    A film of the screen has the computer's own sound first, and then the microphone's.
    """
    first, streams = _decode_stream(file, most_seconds, None)
    if _is_silent(first):
        for index in streams[:_MOST_STREAMS]:
            file.seek(0)
            decoded, _ = _decode_stream(file, most_seconds, index)
            if not _is_silent(decoded):
                return decoded
    return first


def _is_silent(decoded: Decoded) -> bool:
    samples = decoded.samples
    return samples is None or not samples.size or float(np.abs(samples).max()) < _SILENT


def _decode_stream(
    file: BinaryIO, most_seconds: float, index: int | None
) -> tuple[Decoded, list[int]]:
    """Decode one stream, or the best (None); return it with the numbers of the others."""
    import av

    with av.open(file, options={"format_whitelist": _FORMATS}, metadata_errors="replace") as opened:
        if not opened.streams.audio:
            return Decoded(np.zeros((0, 1), np.float32), 1), []
        best = opened.streams.best("audio") or opened.streams.audio[0]
        stream = best if index is None else opened.streams[index]
        parts: list[NDArray[np.float32]] = []
        rate, kind, resampler = 1, None, None
        for frame in _frames(opened, stream):
            if kind is None:
                rate, layout = frame.sample_rate, frame.layout
            if _kind(frame) != kind:  # the first, or another sound follows in the same file
                parts += _flushed(resampler)
                kind = _kind(frame)
                # Not in planes: PyAV 18 reads beyond the last of eight.
                resampler = av.AudioResampler(format="flt", layout=layout, rate=rate)
            frame.pts = None
            parts += _resampled(resampler, frame)
            if sum(map(len, parts)) > most_seconds * rate:
                break
        parts += _flushed(resampler)
        samples = np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
        others = [each.index for each in opened.streams.audio if each.index != stream.index]
        return Decoded(samples, rate, _promised(file, opened, stream)), others


def _resampled(resampler: Any, frame: Any) -> list[NDArray[np.float32]]:
    channels = len(resampler.layout.channels)
    return [part.to_ndarray().reshape(-1, channels) for part in resampler.resample(frame)]


def _flushed(resampler: Any) -> list[NDArray[np.float32]]:
    return [] if resampler is None else _resampled(resampler, None)


def _kind(frame: Any) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _frames(opened: Any, stream: Any) -> Iterator[Any]:
    """Give frame after frame; passes over what is broken or no sound, as every player does."""
    from av.error import FFmpegError

    sounds, problem = False, None
    packets = opened.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError as error:
            # Of AAC it looks for the next frame to the end of the file before it gives up.
            if _kind_of(opened) not in (*_SAYS_ITS_LENGTH, "aac"):
                raise
            packet, problem = None, error  # what follows is another thing, or will be missed
        if packet is None:
            break
        try:
            frames = packet.decode()
        except FFmpegError as error:
            problem = error
            continue
        sounds = sounds or bool(frames)
        yield from frames
    if problem is not None and not sounds:
        raise problem


def _kind_of(opened: Any) -> str:
    return str(opened.format.name).partition(",")[0]


def _promised(file: BinaryIO, opened: Any, stream: Any) -> float | None:
    """Return the seconds that the file says it lasts; a guess from its size is none."""
    kind = _kind_of(opened)
    if kind == "mp3":
        return seconds_of_mp3(file, stream.rate)
    if kind not in _SAYS_ITS_LENGTH:
        return None
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    return None if opened.duration is None else opened.duration / 1_000_000


def main() -> None:
    """Decode the standard input; write what became of it, pickled."""
    import av

    try:
        decoded = _decode(sys.stdin.buffer, float(sys.argv[1]))
    except (av.error.FFmpegError, ValueError, OSError):
        decoded = Decoded(None)
    # The module has another name here.
    from app.speech.files import decoder

    fields = decoded.samples, decoded.rate, decoded.promised
    pickle.dump(decoder.Decoded(*fields), sys.stdout.buffer)


if __name__ == "__main__":
    main()
