"""A folder that training learns from: ``train``, ``test`` and, where there is one, ``more``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from models.training.data.examples import METADATA, Example, read_examples


@dataclass(frozen=True)
class DataFolder:
    """What `prepare` wrote.

    Attributes
    ----------
    train : photographs with captions.
    test : photographs of other species, never trained on.
    more : photographs of which only the species is known.
    """

    path: Path
    train: Sequence[Example]
    test: Sequence[Example]
    more: Sequence[Example] = ()

    @classmethod
    def read(cls, path: Path) -> DataFolder:
        """Read the metadata of all parts.

        Raises
        ------
        FileNotFoundError, ValueError
            A part is missing or cannot be understood, or a species is in train and test.
        """
        train, test = read_examples(path / "train"), read_examples(path / "test")
        more = read_examples(path / "more", captioned=False) if (path / "more").is_dir() else []
        known = {example.species for example in test}
        if shared := sorted(known & {example.species for example in [*train, *more]}):
            raise ValueError(
                f"{path / 'test'} has species that training knows: {', '.join(shared)}. Scores "
                "would tell how well they are known by heart."
            )
        return cls(path, train, test, more)

    @property
    def digest(self) -> str:
        """What is the same for folders of the same pictures and captions."""
        digest = sha256()
        for part in ("train", "test", "more"):
            metadata = self.path / part / METADATA
            digest.update(metadata.read_bytes() if metadata.is_file() else b"")
        return digest.hexdigest()
