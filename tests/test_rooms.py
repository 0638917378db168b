"""Folders are rooms that fit into a head, and what they import runs one way."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MOST_MODULES = 20

LAYERS = (
    "models.errors models.offline models.memory models.number_option models.batched",
    "models.home_folder",
    "models.upright models.tiff_pages",
    "models.open_picture",
    "models.text_file models.whole_files models.words",
    "models.sketches",
    "models.networks",
    "models.checkpoints",
    "models.sound",
    "models.request",
    "models.drawing",
    "models.painting models.reading",
    "models.painter",
    "models",
    # What makes the weights.
    "models.training",
    "models.training.runs models.training.data",
    "models.training.features",
    "models.training.expert",
    "models.training.damsm",
    "models.training.sketches",
    "models.training.gan",
    "models.training.exchange models.training.speech",
    "models.training.evaluation models.training.prepare",
    "models.training.evaluation.look",
    "models.training.recipes",
    "models.training.options",
    "models.training.commands",
    "models.training.__main__",
    # What a person meets.
    "app",
    "app.installation app.without_names",
    "app.errors app.about",
    "app.files app.file_kind",
    "app.settings app.menu_entry",
    "app.home app.logfile",
    "app.error_report app.pictures app.speech.files",
    "app.desktop app.speech.sound",
    "app.speech.devices app.speech.recognition app.gallery",
    "app.speech",
    "app.engine",
    "app.ui.toolkit",
    "app.ui.picture app.ui.sentence",
    "app.ui.speak app.ui.morph app.ui.gallery",
    "app.ui.settings",
    "app.ui.window",
    "app.ui",
    "app.commandline",
    # What measures it, and makes pictures of it.
    "tests main",
    "benchmarks scripts",
)
"""Rooms from the lowest up, and modules that are rooms of their own: one imports only lower ones.

Those of a line do not know each other.
"""

LEVELS = {room: level for level, line in enumerate(LAYERS) for room in line.split()}
NETWORK = {"socket", "ssl", "http", "urllib", "requests", "ftplib", "smtplib", "asyncio"}


def modules() -> dict[str, Path]:
    """Every module of the program and its tests, by its name."""
    found = {"main": REPOSITORY / "main.py"}
    for top in ("app", "models", "benchmarks", "scripts", "tests"):
        for path in (REPOSITORY / top).rglob("*.py"):
            parts = path.relative_to(REPOSITORY).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def named(module: str) -> Iterator[str]:
    """What a module imports, wherever it does so, and be it for types alone."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None and node.level == 0, f"{module}: name it in full"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


@cache
def imports(module: str) -> frozenset[str]:
    """Which of our own modules a module imports."""
    return frozenset(name for name in named(module) if name in MODULES) - {module}


def room(module: str) -> str:
    """The room that a module is in: the longest name in the table."""
    name = module
    while name not in LEVELS:
        assert "." in name, f"{module} is in no room of the table"
        name = name.rpartition(".")[0]
    return name


def ours() -> list[str]:
    return [module for module in MODULES if not module.startswith("tests")]


def test_no_folder_holds_more_modules_than_a_head() -> None:
    folders = Counter(path.parent.relative_to(REPOSITORY) for path in MODULES.values())
    too_full = {str(folder): count for folder, count in folders.items() if count > MOST_MODULES}
    assert not too_full


def test_no_two_modules_import_each_other() -> None:
    """Neither directly nor round a corner."""

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module not in seen:
            for other in sorted(imports(module)):
                walk(other, (*way, module))
            seen.add(module)

    seen: set[str] = set()
    for module in MODULES:
        walk(module, ())


def test_imports_run_from_upper_rooms_to_lower_ones() -> None:
    wrong = [
        f"{module} -> {other}"
        for module in ours()
        for other in sorted(imports(module))
        if room(module) != room(other) and LEVELS[room(module)] <= LEVELS[room(other)]
    ]
    assert not wrong


def test_every_room_of_the_table_is_there() -> None:
    assert not LEVELS.keys() - MODULES.keys()


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ("models", {"app", "tkinter", "tests", *NETWORK}),
        ("app.gallery", {"tkinter", "torch"}),
        ("app.speech", {"tkinter", "torch"}),
        ("app.commandline", {"tkinter"}),
        ("app.ui", {"torch", "nltk", "speech_recognition"}),
    ],
)
def test_what_a_room_never_imports(who: str, what: set[str]) -> None:
    found = [
        f"{module} -> {name}"
        for module in ours()
        if f"{module}.".startswith(f"{who}.")
        for name in named(module)
        if name.partition(".")[0] in what
    ]
    assert not found


def test_what_draws_knows_nothing_of_training() -> None:
    """Nor does the window, so that a person who only draws needs none of training's libraries."""
    found = [
        f"{module} -> {name}"
        for module in ours()
        if module.startswith(("models.", "app.")) and not module.startswith("models.training")
        for name in imports(module)
        if name.startswith("models.training")
    ]
    assert not found
