"""An engine's process: ``python -m app.engine pictures|speech FD``, started by ``client.py``."""

from __future__ import annotations

import sys

from app.engine.inheriting import Connection
from app.engine.server import Server
from models.memory import share_one_heap


def main(kind: str, descriptor: int) -> None:
    """Serve at the open socket ``descriptor`` until its other end is closed."""
    share_one_heap()
    connection = Connection(descriptor)
    # Only what this engine needs is imported: the one for speech never loads torch.
    if kind == "pictures":
        from app.engine.pictures import PicturesEngine

        Server(connection, PicturesEngine).run()
    else:
        from app.engine.speech import SpeechEngine

        Server(connection, SpeechEngine).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
