"""Where the bundle starts: the program, or one of its modules as a process of its own.

``speech2bird -m app.engine ...`` stands for ``python -m app.engine ...``, which needs a Python.
"""

from __future__ import annotations

import runpy
import sys

from main import main

if __name__ == "__main__":
    if sys.argv[1:2] == ["-m"]:
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.exit(main())
