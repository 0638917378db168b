"""Every error that a person may see crosses the pipe as itself, with its sentence."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from app.engine.messages import EngineDefect, Failure
from app.errors import OutOfMemoryError
from app.speech.recognition.transcriber import (
    NothingHeardError,
    NothingUnderstoodError,
    SpeechModelError,
)
from app.speech.sound.recording import Recording
from models.errors import CheckpointError, DrawingCancelled, SentenceError


def cross(error: Exception) -> Exception:
    """Catch an error, send it through a pickle and build it again."""
    try:
        raise error
    except Exception as caught:
        failure: Failure = pickle.loads(pickle.dumps(Failure.of(caught)))
    return failure.to_error()


@pytest.mark.parametrize(
    "error",
    [
        SentenceError("I know none of these words."),
        CheckpointError("The weights are damaged."),
        DrawingCancelled(),
        NothingHeardError(),
        NothingUnderstoodError(Recording(np.zeros(16_000, np.int16), 16_000)),
        SpeechModelError("Whisper failed."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_for_the_person_cross_as_themselves(error: Exception) -> None:
    arrived = cross(error)
    assert type(arrived) is type(error) and str(arrived) == str(error)


def test_defects_cross_with_their_traceback() -> None:
    class LibraryError(Exception):
        """As a library raises it, which the window must not import."""

    arrived = cross(LibraryError("wrong shape"))
    assert isinstance(arrived, EngineDefect) and str(arrived) == "LibraryError: wrong shape"
    assert "test_messages.py" in arrived.__notes__[0]


def test_too_little_memory_is_told_and_no_defect() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50, dtype=torch.uint8)
    for error in (caught.value, MemoryError()):
        arrived = cross(error)
        assert isinstance(arrived, OutOfMemoryError) and "not enough memory" in str(arrived)
