"""One command line option for each plain field of a settings dataclass."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any, TypeVar, get_type_hints

Settings = TypeVar("Settings")


def add_settings(parser: argparse.ArgumentParser, defaults: Any, title: str = "settings") -> None:
    """Add the options; one that is not given leaves no trace, so that presets can differ.

    Parameters
    ----------
    defaults : an instance of the dataclass, whose values the help shows.
    """
    group = parser.add_argument_group(title)
    hints = get_type_hints(type(defaults))
    for field in dataclasses.fields(defaults):
        flag, value = "--" + field.name.replace("_", "-"), getattr(defaults, field.name)
        shared: dict[str, Any] = {"default": argparse.SUPPRESS, "help": f"({value})"}
        if hints[field.name] is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, **shared)
        elif hints[field.name] in (int, float, str):
            group.add_argument(flag, type=hints[field.name], **shared)
        elif hints[field.name] == tuple[int, ...]:
            group.add_argument(flag, type=int, nargs="+", **shared)


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
