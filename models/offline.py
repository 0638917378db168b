"""What keeps the libraries from reporting home: nothing that is done here leaves this computer."""

from __future__ import annotations

import os

SWITCHES = {
    # onnxruntime keeps a device id and a queue in ~/.cache/Microsoft, and sends it to Microsoft.
    # Kokoro's voices in training run in it; nothing else loads it, but other libraries may want it.
    "ORT_DISABLE_TELEMETRY": "1",
    # Through faster-whisper and tokenizers: no look-up of a model, a version or a newer release.
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    # What libraries ask that have no switch of their own, here or in a later version.
    "DO_NOT_TRACK": "1",
}
"""The variables that libraries look for when they are first imported, and their values."""


def stay_offline() -> None:
    """Turn off telemetry and look-ups of this process's libraries, and of its children's.

    To be called before they are imported: the packages that are the beginning of each process do
    it, ``app`` and ``models.training``. ``models`` itself leaves the programs of others as they
    are; none of its own libraries has anything to turn off.
    """
    os.environ.update(SWITCHES)
