"""One end of a connection in the hands of a process that is started: it is told a number."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

__all__ = ["Connection", "inheriting"]


def inheriting(connection: Connection) -> dict[str, Any]:
    """Return the options of ``subprocess.Popen`` for a process that gets ``connection.fileno()``.

    It gets nothing else that is open here, and Ctrl-C in a terminal is for the window alone.
    """
    number = connection.fileno()
    if sys.platform == "win32":
        os.set_handle_inheritable(number, True)
        return {
            "startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [number]}),
            "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
        }
    return {"pass_fds": [number], "start_new_session": True}
