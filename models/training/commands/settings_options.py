"""One command line option for each plain field of a settings dataclass."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
from collections.abc import Sequence
from typing import Any, TypeVar, cast, get_type_hints

Settings = TypeVar("Settings")


def add_settings(
    parser: argparse.ArgumentParser,
    defaults: Settings,
    title: str = "settings",
    presets: Sequence[Settings] = (),
) -> None:
    """Add the options; one that is not given leaves no trace, so that presets can differ.

    Parameters
    ----------
    defaults : an instance of the dataclass, whose docstring says in "Attributes" what each setting
        means, and whose values the help shows.
    presets : what decides instead where nothing is named: a value that they differ in is not shown.
    """
    group = parser.add_argument_group(title)
    hints, meant = get_type_hints(type(defaults)), meanings(type(defaults))
    for field in dataclasses.fields(cast(Any, defaults)):
        flag, values = "--" + field.name.replace("_", "-"), {getattr(defaults, field.name)}
        values |= {getattr(preset, field.name) for preset in presets}
        shown = " ".join(map(str, value)) if isinstance(value := values.pop(), tuple) else value
        text = meant[field.name] if values else f"{meant[field.name]} ({shown})"
        shared: dict[str, Any] = {"default": argparse.SUPPRESS, "help": text.replace("%", "%%")}
        if hints[field.name] is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, **shared)
        elif hints[field.name] in (int, float, str):
            group.add_argument(flag, type=hints[field.name], **shared)
        elif hints[field.name] == tuple[int, ...]:
            group.add_argument(flag, type=int, nargs="+", **shared)


def meanings(settings: type[Any]) -> dict[str, str]:
    """What the docstring of a dataclass says of each of its fields, in one line each."""
    _, _, attributes = (inspect.getdoc(settings) or "").partition("Attributes\n----------\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in attributes.splitlines():
        if line[:1].isspace():
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        else:
            listed, _, meaning = line.partition(" : ")
            names = listed.split(", ")
            found |= dict.fromkeys(names, meaning)
    return {name: text.replace("`", "") for name, text in found.items()}


def chosen_settings(settings: type[Any], options: argparse.Namespace) -> dict[str, Any]:
    """The settings that were named on the command line."""
    values = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(settings)
        if hasattr(options, field.name)
    }
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }


def read_settings(defaults: Settings, options: argparse.Namespace) -> Settings:
    """Give `defaults` (a dataclass) the values that were named on the command line."""
    changes = chosen_settings(type(defaults), options)
    changed: Settings = dataclasses.replace(defaults, **changes)  # type: ignore[type-var]
    return changed
