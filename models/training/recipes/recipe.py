"""Recipes: files that say how weights are made, from photographs to the file that draws."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from models.networks.config import GeneratorConfig, setting
from models.training.damsm.trainer import DamsmTraining
from models.training.expert.trainer import ExpertTraining
from models.training.gan.settings import Phase
from models.training.recipes.ranges import check_range
from models.training.sketches.sketches import SketchTraining

RECIPES = Path(__file__).resolve().parent

_CHANGES = "changes = "
_NO_ZERO = re.compile(r"(?<![\w.])\.(?=\d)")
_IN_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a text",
    tuple: "a list",
}

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class Average:
    """The mean of states of one phase in place of its last one.

    A GAN circles around what it looks for: the mean of states of one run can draw better than each
    of them (Izmailov et al., Averaging weights, 2018).
    """

    phase: int = setting(0, "number of the phase, from 0")
    share: float = setting(0.3, "last share of its photographs over which is averaged")


@dataclass(frozen=True)
class Export:
    """The file that draws."""

    name: str = setting("speech2bird", "name of the model, in pictures")


@dataclass(frozen=True)
class Recipe:
    """How weights are made.

    Attributes
    ----------
    text : the recipe as a file that repeats it, changes included, to be kept with the weights.
    expert : None for a run whose discriminators look through an ImageNet network.
    sketches : None for weights that draw one sketch only.
    phases : none for a recipe of networks that judge and do not draw.
    """

    text: str
    expert: ExpertTraining | None
    damsm: DamsmTraining
    sketches: SketchTraining | None
    generator: GeneratorConfig
    phases: tuple[Phase, ...]
    averages: tuple[Average, ...]
    export: Export

    @classmethod
    def read(cls, name: str, changes: Sequence[str] = ()) -> Recipe:
        """Read a recipe that comes along, by its name, or a file.

        Parameters
        ----------
        changes : such as ``phase.0.damsm_weight=.8``: a key, and a value as in the file.

        Raises
        ------
        FileNotFoundError
            There is no such recipe.
        ValueError
            The file or a change cannot be understood; the message names the key.
        """
        path = RECIPES / f"{name}.toml" if name in recipe_names() else Path(name)
        if not path.is_file():
            raise FileNotFoundError(
                f"there is no recipe {name}: name a file, or {' or '.join(recipe_names())}"
            )
        try:
            text = path.read_text(encoding="utf-8")
            values = tomllib.loads(text)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ValueError(f"{path} is no recipe: {error}") from error
        changed = [*_texts(values.pop("changes", [])), *changes]
        for change in changed:
            _change(values, change)
        if changes:
            text = _with_changes(text, changed)
        return cls.of(values, text)

    @classmethod
    def of(cls, values: Mapping[str, Any], text: str) -> Recipe:
        """Make a recipe of what a file says; errors as for `read`."""
        known = {*TABLES, "photographs"}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"a recipe has no {unknown[0]}; it has {', '.join(sorted(known))}")
        phases, averages = _all(Phase, values, "phase"), _all(Average, values, "average")
        if "photographs" in values:
            most = _value(int, values["photographs"], "photographs")
            check_range("photographs", most, "photographs")
            phases = _within(most, phases)
            averages = [each for each in averages if each.phase < len(phases)]
        damsm = settings_of(DamsmTraining, values.get("damsm", {}), "damsm")
        generator = settings_of(GeneratorConfig, values.get("generator", {}), "generator")
        if "text_feature_size" in values.get("generator", {}):
            raise ValueError("generator.text_feature_size is damsm.feature_size: name that")
        recipe = cls(
            text,
            _optional(ExpertTraining, values, "expert"),
            damsm,
            _optional(SketchTraining, values, "sketches"),
            dataclasses.replace(generator, text_feature_size=damsm.feature_size),
            tuple(phases),
            tuple(averages),
            settings_of(Export, values.get("export", {}), "export"),
        )
        recipe.check()
        return recipe

    def check(self, processes: int = 1) -> None:
        """See that everything can be trained before anything is; raises ValueError."""
        if self.damsm.feature_size % 2:  # a half of them reads forwards, the other one backwards
            raise ValueError(f"damsm.feature_size = {self.damsm.feature_size}: it is to be even")
        for number, phase in enumerate(self.phases):
            try:
                phase.check(self.generator, processes)
            except ValueError as error:
                raise ValueError(f"phase.{number}: {error}") from error
            if phase.pose_weight and not (self.expert and self.generator.pose_channels):
                raise ValueError(
                    f"phase.{number}.pose_weight needs an [expert], which finds parts, and "
                    "generator.pose_channels"
                )
        if self.sketches and not (self.expert and self.generator.pose_channels):
            raise ValueError(
                "[sketches] needs an [expert], whose first blocks it begins with, and "
                "generator.pose_channels"
            )
        if (self.damsm.features == "expert") != (self.expert is not None):
            raise ValueError("damsm.features is 'expert' if, and only if, there is an [expert]")
        for average in self.averages:
            if not 0 <= average.phase < len(self.phases) or not 0 < average.share <= 1:
                raise ValueError(f"average: there is no phase {average.phase}, or no such share")

    def averaged_share(self, phase: int) -> float:
        """The last share of a phase whose states are averaged; 0 for none."""
        return max((each.share for each in self.averages if each.phase == phase), default=0.0)


TABLES: dict[str, type[Any]] = {
    "expert": ExpertTraining,
    "damsm": DamsmTraining,
    "sketches": SketchTraining,
    "generator": GeneratorConfig,
    "phase": Phase,
    "average": Average,
    "export": Export,
}
"""What a recipe consists of. Before them stand ``photographs``, if all phases together are to see
no more than so many, and ``changes``, which were named on a command line."""


def recipe_names() -> list[str]:
    """Names of the recipes that come along."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def _optional(kind: type[Settings], values: Mapping[str, Any], key: str) -> Settings | None:
    return settings_of(kind, values[key], key) if key in values else None


def settings_of(kind: type[Settings], values: object, where: str) -> Settings:
    """Make a settings dataclass of what a table of a recipe says.

    Raises
    ------
    ValueError
        A key is unknown, or a value is of another type; the message names it.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"{where} is a table, not {values!r}")
    fields = {each.name: each for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    made: dict[str, Any] = {}
    for key, value in values.items():
        if key not in fields:
            raise ValueError(f"{where} has no {key}; it has {', '.join(sorted(fields))}")
        made[key] = _value(hints[key], value, f"{where}.{key}")
        numbers = made[key] if isinstance(made[key], tuple) else (made[key],)
        for number in numbers:
            if isinstance(number, int | float) and not isinstance(number, bool):
                check_range(key, number, f"{where}.{key}")
    return kind(**made)


def changed(kind: type[Settings], changes: Sequence[str], where: str) -> Settings:
    """Make a settings dataclass of nothing but changes such as ``epochs=3``; errors as above."""
    values: dict[str, Any] = {}
    for change in changes:
        _change(values, change)
    return settings_of(kind, values, where)


def _all(kind: type[Settings], values: Mapping[str, Any], name: str) -> list[Settings]:
    """All tables of a kind."""
    tables = values.get(name, [])
    if not isinstance(tables, list):
        raise ValueError(f"{name} is a list of tables: write [[{name}]]")
    return [settings_of(kind, part, f"{name}.{number}") for number, part in enumerate(tables)]


def _within(photographs: int, phases: Sequence[Phase]) -> list[Phase]:
    """As many phases as so many photographs are enough for, the last one shorter."""
    within, left = [], photographs
    for phase in phases:
        if left > 0:
            within.append(dataclasses.replace(phase, photographs=min(left, phase.photographs)))
        left -= phase.photographs
    return within


def _value(kind: Any, value: object, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)
        return settings_of(kind, value, where)
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        if isinstance(value, list | tuple) and (... in kinds or len(value) == len(kinds)):
            return tuple(_value(kinds[0], each, where) for each in value)
        if isinstance(value, list | tuple):
            raise ValueError(f"{where} = {value!r}: {len(kinds)} values are wanted")
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value):
            return float(value)
    elif isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise ValueError(f"{where} = {value!r}: {_IN_WORDS[get_origin(kind) or kind]} is wanted")


def _texts(values: object) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise ValueError(f"changes = {values!r}: a list of texts is wanted")
    return values


def _with_changes(text: str, changes: Sequence[str]) -> str:
    """A recipe that names all changes, in a line of its own before everything else."""
    lines = text.splitlines(keepends=True)
    rest = "".join(line for line in lines if not line.startswith(_CHANGES))
    return f"{_CHANGES}{json.dumps(list(changes))}\n{rest}"


def _change(values: dict[str, Any], change: str) -> None:
    """Set one key of a recipe, as in ``phase.0.damsm_weight=.8``."""
    path, separator, written = change.partition("=")
    if not separator:
        raise ValueError(f"{change!r} is no change: phase.0.damsm_weight=0.8 is one")
    *tables, key = path.strip().split(".")
    place: Any = values
    for table in tables:
        try:
            place = (
                place[_number(table)] if isinstance(place, list) else place.setdefault(table, {})
            )
        except (IndexError, ValueError, AttributeError) as error:
            raise ValueError(f"{path}: the recipe has no {table}") from error
    if not isinstance(place, dict):
        raise ValueError(f"{path}: the recipe has no {key}")
    place[key] = _written(written.strip())


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text} is no number from 0")
    return int(text)


def _written(text: str) -> object:
    """A value as a recipe would say it; a bare word is a text, and '.8' a number."""
    quoted = {"'", '"'} & set(text)
    try:
        return tomllib.loads(f"value = {text if quoted else _NO_ZERO.sub('0.', text)}")["value"]
    except tomllib.TOMLDecodeError:
        return text
