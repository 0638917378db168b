"""Start speech2bird: the window without arguments, a command of ``app.commandline`` with some."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or run one command.

    Parameters
    ----------
    arguments
        The command line without the program's name; None takes ``sys.argv``.

    Returns
    -------
    int
        Exit status: 0 success, 1 failure, 2 bad usage.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    # Each side is imported only when it is wanted: a command never needs Tk.
    if arguments:
        from app.commandline.cli import main as run_command

        return run_command(arguments)
    from app.ui import open_window

    return open_window()


if __name__ == "__main__":
    sys.exit(main())
