"""The engines of one window."""

from __future__ import annotations

from pathlib import Path

from app.engine.client import EngineClient
from app.engine.pictures import EnginePainter, LoadedModel
from app.engine.speech import EngineTranscriber


class Engines:
    """One engine that draws and one that listens: neither waits for the other.

    Their processes start with the first ``load_``; those are slow, and belong into a thread.

    Parameters
    ----------
    weights : model to draw with; None is the bundled one.
    device : where to draw: "auto", "cpu" or "cuda".
    threads : how many threads of the processor draw; None leaves it to torch.
    recogniser : a key of ``app.speech.recognition.choices.RECOGNISERS``.
    whisper_folder : another model for Whisper; None is the bundled one.
    """

    def __init__(
        self,
        weights: Path | None = None,
        device: str = "auto",
        threads: int | None = None,
        recogniser: str = "whisper",
        whisper_folder: Path | None = None,
    ) -> None:
        self._drawing = _absolute(weights), device, threads
        self.pictures = EngineClient("pictures", *self._drawing)
        self.speech = EngineClient("speech", recogniser, _absolute(whisper_folder))

    @property
    def weights(self) -> Path | None:
        """What draws, or is to be loaded for it; None is the bundled model."""
        return self._drawing[0]

    def load_painter(self) -> EnginePainter:
        """Return the painter once its model is loaded; errors as for ``Painter.load``.

        Its reader's tables are loaded, too: the first sentence would otherwise take a while.
        """
        return self._painter(self.pictures.load())

    def open_model(self, weights: Path | None) -> EnginePainter:
        """Draw with another model (None: the bundled one); if it cannot be loaded, with the last.

        Raises
        ------
        CheckpointError
            The weights cannot be used, with the reason.
        EngineStoppedError
            The engine died.
        """
        drawing = _absolute(weights), *self._drawing[1:]
        painter = self._painter(self.pictures.load_other(*drawing))
        self._drawing = drawing
        return painter

    def _painter(self, model: LoadedModel) -> EnginePainter:
        painter = EnginePainter(self.pictures, model)
        painter.reader.understand("a cardinal")
        return painter

    def load_transcriber(self) -> EngineTranscriber:
        """Return the transcriber once it is loaded; errors as for ``load_transcriber``."""
        return EngineTranscriber(self.speech, self.speech.load())

    def change_painter(self, device: str, threads: int | None) -> None:
        """Draw elsewhere from the next ``load_painter`` on; a drawing under way is lost."""
        former = self.pictures
        self._drawing = self._drawing[0], device, threads
        self.pictures = EngineClient("pictures", *self._drawing)
        former.close()

    def change_recogniser(self, recogniser: str, whisper_folder: Path | None = None) -> None:
        """Let another recogniser listen from the next ``load_transcriber`` on."""
        former = self.speech
        self.speech = EngineClient("speech", recogniser, _absolute(whisper_folder))
        former.close()

    def close(self) -> None:
        """End both processes at once, whatever they are doing."""
        self.pictures.close()
        self.speech.close()

    def __enter__(self) -> Engines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _absolute(path: Path | None) -> Path | None:
    """An engine's working folder is another one: a relative path would not be found there."""
    return None if path is None else path.absolute()
