"""In which form the program is here: its source tree, an installed package, or a bundle.

The source tree has the packages ``app`` and ``models``. Installed by pip, they are
``speech2bird.app`` and ``speech2bird.models`` (setup.py). A bundle (scripts/bundle) has no Python
of its own to call: its program runs the modules that are processes of their own.
"""

from __future__ import annotations

import sys
from pathlib import Path

_IS_BUNDLE: bool = getattr(sys, "frozen", False)
_IS_INSTALLED = __name__ != "app.installation"

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds ``app``, ``models``, ``weights`` and ``docs``."""

IMPORT_ROOT = ROOT.parent if _IS_INSTALLED else ROOT
"""The folder in which Python finds the program's modules by their names."""

FORM = "a bundle" if _IS_BUNDLE else "installed" if _IS_INSTALLED else "from its source"
"""The same in words."""

COMMAND = "speech2bird" if _IS_BUNDLE or _IS_INSTALLED else "python main.py"
"""How a person starts the program in a terminal."""

START = (
    [sys.executable]
    if _IS_BUNDLE
    else [sys.executable, "-m", "speech2bird"]
    if _IS_INSTALLED
    else [sys.executable, str(ROOT / "main.py")]
)
"""The same for other programs, which know nothing of folders."""

INSTALL_AGAIN = (
    "install speech2bird again" if _IS_BUNDLE or _IS_INSTALLED else "run `make reinstall`"
)
"""What a person does about a library that is missing."""


def module_command(module: str) -> list[str]:
    """Return the command that runs a module of the program in a process of its own.

    Its working folder must be :data:`IMPORT_ROOT`.

    Parameters
    ----------
    module : its full name, ``__name__`` or ``__package__`` of whoever asks.
    """
    return [sys.executable, "-m", module]
