"""Spoken captions as ``speak`` writes them: FLAC files with a ``metadata.jsonl``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from models.networks.text_encoder import pad_ids
from models.sound.front_end import FrontEnd
from models.sound.log_mel import SAMPLE_RATE
from models.training.data.examples import METADATA
from models.training.speech.effects import Samples
from models.words.vocabulary import Vocabulary, tokenize

LETTERS = " 0123456789abcdefghijklmnopqrstuvwxyz"
"""What sentences are spelled with; a letter's id is its place + 1, and 0 is CTC's blank."""

BATCHES_SORTED_TOGETHER = 16
"""Utterances of a batch are of one length: padding costs as much as sound."""

Surroundings = Callable[[Samples, np.random.Generator], Samples]
"""What an utterance is heard in."""


@dataclass(frozen=True)
class SpokenCaption:
    """One spoken caption.

    Attributes
    ----------
    picture : file name of the photograph that it describes, in its own data folder.
    seconds : length of the sound.
    """

    path: Path
    text: str
    picture: str
    voice: str
    seconds: float


def read_spoken_captions(folder: Path) -> list[SpokenCaption]:
    """Read the list of a folder of spoken captions.

    Raises
    ------
    FileNotFoundError
        There is no list.
    ValueError
        A line cannot be understood; the message says which.
    """
    metadata = folder / METADATA
    if not metadata.is_file():
        raise FileNotFoundError(
            f"{folder} holds no spoken captions: it has no {METADATA}. "
            "`python -m models.training speak` makes them."
        )
    found = []
    for number, line in enumerate(metadata.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            found.append(
                SpokenCaption(
                    folder / entry["file_name"],
                    str(entry["text"]),
                    str(entry["picture"]),
                    str(entry["voice"]),
                    float(entry["seconds"]),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{metadata}, line {number}: {error}") from error
    if not found:
        raise ValueError(f"{metadata} names no utterances")
    return found


def load_samples(path: Path) -> Tensor:
    """Read a sound file of one voice at `SAMPLE_RATE`: float32 (L,).

    Raises
    ------
    ValueError
        The file is missing, damaged, or has another rate or several channels.
    """
    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except (OSError, RuntimeError) as error:
        raise ValueError(f"{path} cannot be read as sound: {error}") from error
    if rate != SAMPLE_RATE or samples.ndim != 1:
        raise ValueError(f"{path} is not sound of one channel at {SAMPLE_RATE} Hz")
    return torch.from_numpy(samples)


@dataclass(frozen=True)
class SpokenBatch:
    """B utterances, side by side.

    Attributes
    ----------
    rows : (B,) their photographs' places among all pictures.
    mels : (B, M, F) log-mel frames or what a front end makes of them, 0 behind the end; `frames`
        (B,) of each are sound.
    ids : (B, N) known words, `words` (B,) of each row.
    letters : (B, L) the spelled sentence, `spelled` (B,) of each row.
    """

    rows: Tensor
    mels: Tensor
    frames: Tensor
    ids: Tensor
    words: Tensor
    letters: Tensor
    spelled: Tensor

    def __len__(self) -> int:
        return len(self.rows)

    def through(self, front_end: FrontEnd) -> SpokenBatch:
        """The same, heard through a front end."""
        frames = zip(self.mels, self.frames.tolist(), strict=True)
        return self.with_frames([front_end.features(mels[:, :count]) for mels, count in frames])

    def with_frames(self, frames: Sequence[Tensor]) -> SpokenBatch:
        """The same with other frames (M, F) of each."""
        mels, lengths = _side_by_side(frames)
        return replace(self, mels=mels, frames=lengths)


class SpokenData:
    """Spoken captions, each read from its file whenever it is heard.

    Parameters
    ----------
    pictures : the place of each photograph among all pictures, by its file name.
    front_end : whose log-mel frames are wanted.

    Raises
    ------
    ValueError
        They name photographs that are not there, or have no known word.
    """

    def __init__(
        self,
        utterances: Sequence[SpokenCaption],
        pictures: Mapping[str, int],
        vocabulary: Vocabulary,
        front_end: FrontEnd,
    ) -> None:
        self.utterances, self._front_end = list(utterances), front_end
        missing = sorted({entry.picture for entry in utterances} - pictures.keys())
        if missing:
            raise ValueError(
                f"{len(missing)} photographs of the captions are missing, {missing[0]} first: "
                "speak the captions of these photographs"
            )
        self._rows = torch.tensor([pictures[entry.picture] for entry in utterances])
        # All words: the sound has them all, even where the text encoder stops reading.
        self._ids = [vocabulary.read(entry.text, len(entry.text)).ids for entry in utterances]
        for entry, ids in zip(utterances, self._ids, strict=True):
            if not ids:
                raise ValueError(f"{entry.path}: {entry.text!r} has no word of the vocabulary")

    def __len__(self) -> int:
        return len(self.utterances)

    @property
    def identity(self) -> str:
        """What is the same for the same utterances in the same order."""
        lines = [f"{entry.path.name} {entry.voice} {entry.text}" for entry in self.utterances]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def batch(self, chosen: Sequence[int], surroundings: Surroundings | None = None) -> SpokenBatch:
        """Lay some utterances side by side.

        Parameters
        ----------
        surroundings : what they are heard in; torch's random numbers decide.
        """
        mels, frames = _side_by_side([self._frames(number, surroundings) for number in chosen])
        ids, words = pad_ids([self._ids[number] for number in chosen])
        letters, spelled = pad_ids([spell(self.utterances[number].text) for number in chosen])
        rows = self._rows[list(chosen)]
        return SpokenBatch(rows, mels, frames, ids, words, letters, spelled)

    def batches(self, order: Tensor, size: int) -> Iterator[list[int]]:
        """Cut an order into batches of utterances of about one length."""
        for group in order.split(size * BATCHES_SORTED_TOGETHER):
            seconds = torch.tensor([self.utterances[number].seconds for number in group.tolist()])
            batches = group[seconds.argsort()].split(size)
            for place in torch.randperm(len(batches)).tolist():
                if len(batches[place]) == size:
                    yield batches[place].tolist()

    def _frames(self, number: int, surroundings: Surroundings | None) -> Tensor:
        samples = load_samples(self.utterances[number].path)
        if surroundings is not None:
            rng = np.random.default_rng(int(torch.randint(2**31, ())))
            samples = torch.from_numpy(surroundings(samples.numpy(), rng))
        return self._front_end.mels(samples)


def _side_by_side(frames: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Pad frames (M, F) with zeros behind their end to (B, M, F); also their numbers (B,)."""
    padded = pad_sequence([some.T for some in frames], batch_first=True).transpose(1, 2)
    return padded.contiguous(), torch.tensor([some.shape[1] for some in frames])


def spell(text: str) -> list[int]:
    """Ids of the letters of a text's words, with spaces between them."""
    return [LETTERS.index(letter) + 1 for letter in " ".join(tokenize(text))]
