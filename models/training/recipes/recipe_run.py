"""Walks a recipe from top to bottom: expert, DAMSM, phases, the file that draws."""

from __future__ import annotations

import json
import math
import platform
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
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
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.recipes.recipe import Recipe
from models.training.runs import distributed
from models.training.runs.epochs import state_path
from models.training.runs.publishing import command_line
from models.training.sketches.sketches import train_sketch_scorer
from models.whole_files import whole_file, write_whole

RECIPE_FILE, RUNS_FILE, DRAWING_FILE = "recipe.toml", "run.jsonl", "bird.safetensors"
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

    @classmethod
    def of_folder(cls, folder: Path, data: DataFolder, device: torch.device) -> RecipeRun:
        """The run in a folder, to be looked at; errors as of `Recipe.read`."""
        path = folder / RECIPE_FILE
        if not path.is_file():
            raise FileNotFoundError(f"{folder} holds no run: it has no {RECIPE_FILE}")
        return cls(Recipe.read(str(path)), data, folder, device)

    def begin(self, resume: bool) -> None:
        """Note the recipe, or see that the folder holds a run of it.

        What has not begun may be another: phases are added while the first ones are trained.

        Raises
        ------
        ValueError
            There is a run that is not to be gone on with, or one of another recipe or other data.
        """
        self.recipe.check(distributed.world_size())
        distributed.check_same("recipe", self.recipe.text)
        distributed.check_same("photographs or captions", self.data.digest)
        path = self.out / RECIPE_FILE
        there = path.exists()
        distributed.wait_for_all()  # nobody writes before all have looked
        if there and not resume:
            raise ValueError(f"{self.out} holds a run already: name --resume, or another --out")
        if there:
            self._check_same_so_far(Recipe.read(str(path)), path)
            self._check_same_data()
        distributed.wait_for_all()
        if distributed.is_first():
            self.out.mkdir(parents=True, exist_ok=True)
            write_whole(path, self.recipe.text)
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
            self.train_sketch_scorer()
            self.export()
        return True

    def train_expert(self) -> None:
        """Train the bird expert, if the recipe has one."""
        if self.recipe.expert is not None:
            settings = self.recipe.expert
            self._by_the_first(
                lambda: expert_trainer.train_expert(
                    self.data, self._made("expert").parent, settings, self.device, self.seed
                )
            )

    def train_damsm(self) -> None:
        """Train the text encoder."""
        expert = self._made("expert") if self.recipe.expert else None
        self._by_the_first(
            lambda: damsm_trainer.train_damsm(
                self.data, self._made("damsm").parent, self.recipe.damsm, expert, self.seed
            )
        )

    def train_sketch_scorer(self) -> None:
        """Train what chooses among sketches, if the recipe has it."""
        settings, path = self.recipe.sketches, self._made("sketches")
        if settings is None:
            return
        examples = self.examples  # all processes ask for them, or none

        def train() -> None:
            if not path.exists():
                damsm = load_damsm(self._made("damsm"))
                train_sketch_scorer(examples, damsm, path, settings, self.device, self.seed)

        self._by_the_first(train)

    def train_phase(self, number: int, minutes: float = math.inf) -> bool:
        """Train a phase or its rest; whether it is complete. Errors as of `GanTrainer`."""
        if distributed.any_process(minutes <= 0, self.device):
            return False
        phase, path = self.recipe.phases[number], self._phase(number)
        state = load_gan(path) if path.exists() else None
        if state and state["position"]["seen"] >= phase.photographs:
            return True
        trainer = self.trainer(number, self.examples)
        if state:
            trainer.resume(state)
        elif number:
            alike = self._last_alike(number)
            trainer.start_from(
                load_gan(self._phase(number - 1)), load_gan(alike) if alike else None
            )
        return trainer.train(minutes)

    def trainer(self, number: int, examples: Sequence[Example]) -> GanTrainer:
        """A phase's networks, not trained yet, with photographs to train them on."""
        for name in (expert_trainer.NAME, damsm_trainer.NAME):
            if found := sorted(self.out.glob(f"*/{state_path(Path(), name)}")):
                raise ValueError(f"{found[0].parent} is not complete: `run` goes on with it")
        phase = self.recipe.phases[number]
        expert = load_expert(self._made("expert")) if self.recipe.expert else None
        return GanTrainer(
            phase,
            self.recipe.generator,
            load_damsm(self._made("damsm")),
            expert.parts if expert else None,
            Photographs(examples, kept_side(max(phase.stages)), self.device),
            self._phase(number).parent,
            self.device,
            self.seed + number,
            self.recipe.averaged_share(number),
        )

    def last_trained(self, examples: Sequence[Example]) -> GanTrainer:
        """The networks of the last phase that has begun, as they are saved, to be looked at."""
        state = load_gan(self._last())
        trainer = self.trainer(len(self.begun()) - 1, examples)
        trainer.start_from(state, alike=state)
        return trainer

    def begun(self) -> list[Path]:
        """The states of the phases that have begun, in their order."""
        states = [self._phase(number) for number in range(len(self.recipe.phases))]
        return [path for path in states if path.exists()]

    def minutes(self) -> float:
        """How long phases have been trained so far."""
        return sum(load_gan(path)["position"]["seconds"] for path in self.begun()) / 60

    def take_over(self, other: RecipeRun) -> None:
        """Copy what is complete of another run, as far as both recipes agree in it."""
        own, before = self.recipe, other.recipe
        if not distributed.is_first() or (own.expert, own.damsm) != (before.expert, before.damsm):
            return
        names = ("expert", "damsm", *["sketches"] * (own.sketches == before.sketches))
        for own_file, theirs in ((self._made(name), other._made(name)) for name in names):
            if theirs.exists() and not own_file.exists():
                own_file.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(own_file) as temporary:
                    shutil.copyfile(theirs, temporary)

    def export(self, path: Path | None = None, facts: Mapping[str, str] | None = None) -> Path:
        """Write the file that draws, from the last phase that has begun.

        Parameters
        ----------
        path : of the file; by default ``bird.safetensors`` of the run.
        facts : for its card, beside the recipe and the data's name.
        """
        path, gan, examples = path or self.out / DRAWING_FILE, self._last(), self.examples
        if distributed.is_first():
            card = {"recipe": self.recipe.text, "data": self.data.path.resolve().name}
            card |= facts or {}
            name = self.recipe.export.name
            sketches = self._made("sketches")
            scorer = sketches if sketches.exists() else None
            export(self._made("damsm"), gan, path, name, card, examples, scorer)
        distributed.wait_for_all()
        return path

    def _made(self, name: str) -> Path:
        return self.out / name / f"{name}.pt"

    def _last(self) -> Path:
        begun = self.begun()
        if not begun:
            raise ValueError(f"{self.out} has no phase that has begun")
        return begun[-1]

    def _last_alike(self, number: int) -> Path | None:
        """The last phase before one whose discriminators it goes on with."""
        phases = self.recipe.phases
        for earlier in reversed(range(number)):
            if phases[number].shares_discriminators(phases[earlier]):
                return self._phase(earlier)
        return None

    def _phase(self, number: int) -> Path:
        return self.out / f"phase-{number}" / "gan.pt"

    @cached_property
    def examples(self) -> list[Example]:
        """All photographs to train on; where nobody marked the parts, the expert did."""
        examples = [*self.data.train, *self.data.more]
        if not self.recipe.expert:
            return examples
        path = self._made("expert").with_name("parts.json")
        self._by_the_first(lambda: self._mark(examples, path))
        marked = json.loads(path.read_text(encoding="utf-8"))
        return [
            replace(example, parts=tuple((int(number), x, y) for number, x, y in parts))
            for example, parts in zip(examples, marked, strict=True)
        ]

    def _mark(self, examples: Sequence[Example], path: Path) -> None:
        if path.exists():
            return
        marked = mark_parts(examples, load_expert(self._made("expert")), self.device)
        write_whole(path, json.dumps([example.parts for example in marked]))

    def _by_the_first(self, work: Callable[[], object]) -> None:
        """One process works; the others wait."""
        if distributed.is_first():
            work()
        distributed.wait_for_all()

    def _check_same_data(self) -> None:
        """See that what was begun here had the same photographs, captions and random numbers."""
        path = self.out / RUNS_FILE
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines[:1]:
            first = json.loads(line)
            if first["data"] != self.data.digest:
                raise ValueError(f"{self.out} holds a run with other photographs or captions")
            if first["seed"] != self.seed:
                raise ValueError(f"{self.out} holds a run with --seed {first['seed']}")

    def _describe(self) -> None:
        """Write down what repeats the run, and the versions it ran with."""
        description = {
            "command": command_line(),
            "data": self.data.digest,
            "seed": self.seed,
            "processes": distributed.world_size(),
            "python": platform.python_version(),
            "packages": {name: version(name) for name in _PACKAGES},
        }
        with (self.out / RUNS_FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(description) + "\n")
        tqdm.write(f"{self.out}: {description['command']}")
