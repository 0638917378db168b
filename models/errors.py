"""What can go wrong with a model. ``str(error)`` is always a sentence for the person."""


class ModelError(Exception):
    """Anything that keeps the model from drawing."""


class CheckpointError(ModelError):
    """A weights file is missing, damaged or not one of ours."""


class SentenceError(ModelError):
    """A sentence cannot be drawn: it is empty, too long, or has no word the model knows."""


class SoundError(ModelError):
    """A recording cannot be drawn: it is too short, too long, or holds nothing like a sentence."""


class TextFileError(ModelError):
    """A text file cannot be read."""


class DrawingCancelled(ModelError):
    """The caller asked for the drawing to stop."""

    def __init__(self) -> None:
        super().__init__("The drawing was cancelled.")
