"""Walks a recipe from top to bottom: expert, DAMSM, phases, the file that draws."""

from __future__ import annotations

import json
import math
import platform
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import torch
from tqdm import tqdm

from models.training.damsm import trainer as damsm_trainer
from models.training.damsm.model import load_damsm
from models.training.data.examples import Example
from models.training.data.folder import DataFolder
from models.training.data.photographs import Photographs, kept_side
from models.training.exchange.export import export
from models.training.expert import trainer as expert_trainer
from models.training.expert.expert import load_expert
from models.training.expert.mark import mark_parts
from models.training.expert.sketches import train_sketch_judge
from models.training.gan.batch import shown_size
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.runs import distributed
from models.training.runs.recipe import Recipe
from models.training.runs.whole_files import write_whole

RECIPE_FILE, DRAWING_FILE = "recipe.toml", "bird.safetensors"
_PACKAGES = ("torch", "numpy", "pillow", "torchmetrics")


@dataclass(frozen=True)
class RecipeRun:
    """A run of a recipe in a folder: what is done stays done, and what is not goes on.

    Attributes
    ----------
    out : folder with ``recipe.toml``, ``expert/``, ``damsm/``, ``phase-0/`` and so on, and
        ``bird.safetensors`` at the end.
    seed : of all random numbers.
    """

    recipe: Recipe
    data: DataFolder
    out: Path
    device: torch.device
    seed: int = 0

    def begin(self, resume: bool) -> None:
        """Note the recipe, or see that the folder holds a run of it.

        What has not begun may be another: phases are added while the first ones are trained.

        Raises
        ------
        ValueError
            There is a run that is not to be gone on with, or one of another recipe.
        """
        self.recipe.check(distributed.world_size())
        distributed.check_same("recipe", self.recipe.text)
        distributed.check_same("photographs or captions", self.data.digest)
        path = self.out / RECIPE_FILE
        if path.exists() and not resume:
            raise ValueError(f"{self.out} holds a run already: name --resume, or another --out")
        if path.exists():
            self._check_same_so_far(Recipe.read(str(path)), path)
        if distributed.is_first():
            self.out.mkdir(parents=True, exist_ok=True)
            write_whole(path, self.recipe.text)
        if distributed.is_first():
            self._describe()
        distributed.wait_for_all()

    def _check_same_so_far(self, before: Recipe, path: Path) -> None:
        own = self.recipe
        odd = [
            key
            for key in ("expert", "damsm", "generator")
            if getattr(own, key) != getattr(before, key)
        ]
        begun = [number for number in range(len(before.phases)) if self._phase(number).exists()]
        odd += [
            f"phase.{number}"
            for number in begun
            if number >= len(own.phases) or not before.phases[number].like(own.phases[number])
        ]
        if odd:
            raise ValueError(
                f"{self.out} was begun with another {', '.join(odd)}, see {path}: go on with that, "
                "or begin another run"
            )

    def train(self, minutes: float = math.inf) -> bool:
        """Do all that is not done yet; false when time was up or somebody asked to stop."""
        ends = time.monotonic() + 60 * minutes
        self.train_expert()
        self.train_damsm()
        for number in range(len(self.recipe.phases)):
            if not self.train_phase(number, (ends - time.monotonic()) / 60):
                return False
        if self.recipe.phases:
            self.train_sketch_judge()
            self.export()
        return True

    def train_expert(self) -> None:
        """Train the bird expert, if the recipe has one."""
        if self.recipe.expert is not None:
            settings = self.recipe.expert
            self._by_the_first(
                lambda: expert_trainer.train_expert(
                    self.data, self._expert.parent, settings, self.device, self.seed
                )
            )

    def train_damsm(self) -> None:
        """Train the text encoder."""
        expert = self._expert if self.recipe.expert else None
        self._by_the_first(
            lambda: damsm_trainer.train_damsm(
                self.data, self._damsm.parent, self.recipe.damsm, expert, self.seed
            )
        )

    def train_sketch_judge(self) -> None:
        """Train what chooses among sketches, if the recipe has it."""
        settings, path = self.recipe.sketches, self._sketches
        if settings is not None and not path.exists():
            self._by_the_first(
                lambda: train_sketch_judge(
                    self._examples, load_damsm(self._damsm), path, settings, self.device, self.seed
                )
            )

    def train_phase(self, number: int, minutes: float = math.inf) -> bool:
        """Train a phase, or what is left of it; errors as of `GanTrainer`.

        Returns
        -------
        Whether it is complete.
        """
        if minutes <= 0:
            return False
        phase, path = self.recipe.phases[number], self._phase(number)
        state = load_gan(path) if path.exists() else None
        if state and state["position"]["seen"] >= phase.photographs:
            return True
        parts = load_expert(self._expert).parts if self.recipe.expert else None
        trainer = GanTrainer(
            phase,
            self.recipe.generator,
            load_damsm(self._damsm),
            parts,
            Photographs(self._examples, kept_side(shown_size(phase)), self.device),
            path.parent,
            self.device,
            self.seed + number,
            self.recipe.averaged_share(number),
        )
        if state:
            trainer.resume(state)
        elif number:
            trainer.start_from(load_gan(self._phase(number - 1)))
        return trainer.train(minutes)

    def export(self) -> Path:
        """Write the file that draws, from the last phase that has begun."""
        path = self.out / DRAWING_FILE
        begun = [number for number in self._numbers() if self._phase(number).exists()]
        if not begun:
            raise ValueError(f"{self.out} has no phase that has begun: there is nothing to export")
        if distributed.is_first():
            card = {"recipe": self.recipe.text, "data": self.data.path.resolve().name}
            gan = self._phase(begun[-1])
            name = self.recipe.export.name
            sketches = self._sketches if self._sketches.exists() else None
            export(self._damsm, gan, path, name, card, self._examples, sketches)
        distributed.wait_for_all()
        return path

    @property
    def _expert(self) -> Path:
        return self.out / "expert" / "expert.pt"

    @property
    def _damsm(self) -> Path:
        return self.out / "damsm" / "damsm.pt"

    @property
    def _sketches(self) -> Path:
        return self.out / "sketches" / "sketches.pt"

    def _phase(self, number: int) -> Path:
        return self.out / f"phase-{number}" / "gan.pt"

    def _numbers(self) -> Iterator[int]:
        return iter(range(len(self.recipe.phases)))

    @cached_property
    def _examples(self) -> list[Example]:
        """All photographs to train on; where nobody marked the parts, the expert did."""
        examples = [*self.data.train, *self.data.more]
        if not self.recipe.expert:
            return examples
        path = self._expert.with_name("parts.json")
        if not path.exists():
            self._by_the_first(lambda: self._mark(examples, path))
        marked = json.loads(path.read_text(encoding="utf-8"))
        return [
            replace(example, parts=tuple((int(number), x, y) for number, x, y in parts))
            for example, parts in zip(examples, marked, strict=True)
        ]

    def _mark(self, examples: Sequence[Example], path: Path) -> None:
        marked = mark_parts(examples, load_expert(self._expert), self.device)
        write_whole(path, json.dumps([example.parts for example in marked]))

    def _by_the_first(self, work: Callable[[], object]) -> None:
        """One process works; the others wait."""
        if distributed.is_first():
            work()
        distributed.wait_for_all()

    def _describe(self) -> None:
        """Write down what repeats the run, and the versions it ran with."""
        description = {
            "command": shlex.join(["python", "-m", "models.training", *sys.argv[1:]]),
            "data": self.data.digest,
            "seed": self.seed,
            "processes": distributed.world_size(),
            "python": platform.python_version(),
            "packages": {name: version(name) for name in _PACKAGES},
        }
        with (self.out / "run.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(description) + "\n")
        tqdm.write(f"{self.out}: {description['command']}")
