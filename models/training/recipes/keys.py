"""What each key of a recipe means, as its dataclass says."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator
from typing import Any, get_type_hints

from models.training.recipes.recipe import TABLES
from models.training.speech.trainer import SpeechTraining

_WIDTH = 100


def explain_keys() -> str:
    """All tables with their keys: what holds where a recipe says nothing, and what it means.

    Tables within tables are explained once, at the end.
    """
    tables: dict[str, type[Any]] = {**TABLES, "speech": SpeechTraining}
    inner: dict[str, type[Any]] = {}
    for kind in tables.values():
        inner |= {name: hint for name, hint in _hints(kind).items() if _is_table(hint)}
    parts = ["\n".join(_explain(name, kind)) for name, kind in (tables | inner).items()]
    return "\n\n".join(parts)


def _explain(table: str, kind: type[Any]) -> Iterator[str]:
    yield f"[{table}]"
    hints = _hints(kind)
    for field in dataclasses.fields(kind):
        default = "a table" if _is_table(hints[field.name]) else _written(field.default)
        text = f"{field.name} ({default}): {field.metadata['help']}"
        if choices := field.metadata["choices"]:
            text += f" ({' or '.join(choices)})"
        yield textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="      ")


def _hints(kind: type[Any]) -> dict[str, Any]:
    return {field.name: get_type_hints(kind)[field.name] for field in dataclasses.fields(kind)}


def _is_table(hint: object) -> bool:
    return dataclasses.is_dataclass(hint)


def _written(value: object) -> str:
    """A value as a recipe says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
