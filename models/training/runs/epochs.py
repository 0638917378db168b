"""A run of whole epochs: saved after each, gone on with where it was stopped."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from models.training.runs.states import load_state, save_state
from models.whole_files import write_whole


class EpochTrainer(ABC):
    """What is common to trainers that count in epochs.

    Parameters
    ----------
    run : folder for ``NAME.pt`` (what was learned), ``NAME-run.pt`` (what the run needs to go on;
        there is none any more when it is complete) and ``NAME.jsonl`` (a line an epoch).
    kind : what a run is called in front of a person.
    settings : a dataclass with `epochs`; a run is gone on with only under the same ones.
    data : identity of what is learned from, where the networks' shapes do not tell it.

    Attributes
    ----------
    lines : one for each epoch so far.
    """

    def __init__(self, run: Path, name: str, kind: str, settings: Any, data: str = "") -> None:
        run.mkdir(parents=True, exist_ok=True)
        self.run, self.settings = run, settings
        self.path, self._name, self._kind = run / f"{name}.pt", name, kind
        self._data = {"data": data} if data else {}
        self.lines: list[dict[str, float]] = []

    @property
    def complete(self) -> bool:
        return len(self.lines) >= int(self.settings.epochs)

    @abstractmethod
    def epoch(self) -> None:
        """Train on everything once, measure, and save."""

    @abstractmethod
    def parts(self) -> Mapping[str, Any]:
        """What learns, by its name in the file: networks, optimiser and schedule."""

    def save(self) -> None:
        """Save everything needed to go on after this epoch, and write the log anew."""
        state = {name: part.state_dict() for name, part in self.parts().items()}
        about = {"settings": asdict(self.settings), **self._data}
        state |= about | {"random": torch.get_rng_state(), "lines": self.lines}
        save_state(state, state_path(self.run, self._name))
        lines = "".join(json.dumps(line) + "\n" for line in self.lines)
        write_whole(self.run / f"{self._name}.jsonl", lines)

    def resume(self) -> None:
        """Go on after the last whole epoch that was saved, as if nothing had happened.

        Raises
        ------
        FileNotFoundError, ValueError
            There is no such run, it is damaged, or it had other settings or other data.
        """
        path, parts = state_path(self.run, self._name), self.parts()
        state = load_state(path, self._kind, ("settings", *parts, "random", "lines"))
        if state["settings"] != asdict(self.settings):
            raise ValueError(
                f"{path} was made with other settings; to resume, repeat them: {state['settings']}"
            )
        other = ValueError(f"{path} was made with other photographs or captions.")
        if any(state.get(key) != value for key, value in self._data.items()):
            raise other
        try:
            for name, part in parts.items():
                part.load_state_dict(state[name])
        except RuntimeError as error:
            raise other from error
        self.lines = state["lines"]
        torch.set_rng_state(state["random"])


def state_path(run: Path, name: str) -> Path:
    """Where a run keeps what it needs to go on."""
    return run / f"{name}-run.pt"


def train_epochs(run: Path, name: str, make: Callable[[], EpochTrainer]) -> Path:
    """Train for all epochs, or those that are left, and return the path of ``NAME.pt``."""
    state, path = state_path(run, name), run / f"{name}.pt"
    if path.exists() and not state.exists():
        return path
    trainer = make()
    if state.exists():
        trainer.resume()
    else:
        trainer.save()  # before there is anything learned: that without a state counts as complete
    while not trainer.complete:
        trainer.epoch()
        tqdm.write(json.dumps(trainer.lines[-1]))
    state.unlink()
    return path
