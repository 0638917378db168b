"""Build the wheel: all of the program under the one name ``speech2bird``.

``app`` and ``models`` are names that other programs have, too. In site-packages they are
``speech2bird.app`` and ``speech2bird.models``, beside the weights and the guide; what imports them
is rewritten as it is copied. An editable installation shows the folder as it is.
"""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

NAME = "speech2bird"
PACKAGES = ("app", "models")
_ROOT = Path(__file__).resolve().parent
_INIT = f'"""{NAME}: say what a bird looks like, and get its picture."""\n'
_FILES = {  # what is read when the program runs, and nothing else
    "main.py": "__main__.py",  # python -m speech2bird
    "LICENSE": "LICENSE",
    "app/**/*": "",
    "models/**/*": "",
    "weights/README.md": "",
    "weights/*.safetensors": "",
    "weights/speech/*": "",
    "docs/guide.md": "",
    "docs/guide/*.jpg": "",
}
"""Patterns of the files that come along, and what they are called there (empty: the same)."""
_KINDS = {
    ".py",
    ".tsv",
    ".txt",
    ".toml",
    ".png",
    ".jpg",
    ".md",
    ".safetensors",
    ".dict",
    ".bin",
    "",
}


class BuildUnderOneName(build_py):
    """Copies what the program needs into the folder ``speech2bird`` of the wheel."""

    def run(self) -> None:
        """Copy; what an earlier build left is removed, since all that lies there is packed."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)
        package = Path(self.build_lib) / NAME
        for source, name in _files():
            target = package / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix == ".py":
                target.write_text(under_one_name(source.read_text("utf-8"), source), "utf-8")
            else:
                shutil.copyfile(source, target)
        (package / "__init__.py").write_text(_INIT, "utf-8")

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Name the files of the wheel."""
        if self.editable_mode:
            return super().get_outputs(include_bytecode)
        return [str(Path(self.build_lib, NAME, name)) for _, name in _files()]


def _files() -> Iterator[tuple[Path, str]]:
    for pattern, name in _FILES.items():
        for path in sorted(_ROOT.glob(pattern)):
            if path.is_file() and path.suffix in _KINDS:
                yield path, name or path.relative_to(_ROOT).as_posix()


def under_one_name(code: str, where: Path) -> str:
    """Return a module with ``speech2bird.`` before what it imports of the program.

    Raises
    ------
    ValueError
        It says ``import app.x``, which binds the name ``app``: ``from app import x`` does not.
    """
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import) and any(_is_ours(alias.name) for alias in node.names):
            raise ValueError(f"{where}:{node.lineno}: write 'from ... import ...' instead")
        if isinstance(node, ast.ImportFrom) and not node.level and _is_ours(node.module or ""):
            line, start = lines[node.lineno - 1], node.col_offset
            lines[node.lineno - 1] = line[:start] + line[start:].replace(
                f"from {node.module}", f"from {NAME}.{node.module}", 1
            )
    return "".join(lines)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


if __name__ == "__main__":  # as pip runs it
    # An editable installation has main.py on its path, and nothing called speech2bird.
    start = "main" if "editable_wheel" in sys.argv else f"{NAME}.__main__"
    setup(
        cmdclass={"build_py": BuildUnderOneName},
        entry_points={"console_scripts": [f"{NAME} = {start}:main"]},
    )
