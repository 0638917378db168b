"""Loading the two engines: one after the other at the start, and anew after a change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.engine.engines import Engines
from app.engine.pictures import EnginePainter
from app.engine.speech import EngineTranscriber
from app.errors import AppError
from app.settings import Settings
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.loader import Loader
from models.errors import CheckpointError

_BUNDLED_INSTEAD = "The model that came with the program draws instead."


class EngineLoaders:
    """Brings what draws and what listens.

    Parameters
    ----------
    engines : draw and listen, in processes of their own.
    on_painter_state : called whenever it changes how far the painter is.

    Attributes
    ----------
    painter, transcriber : the loaders.
    """

    def __init__(
        self, engines: Engines, runner: BackgroundRunner, on_painter_state: Callable[[], None]
    ) -> None:
        self._engines = engines
        self._runner = runner
        self.painter: Loader[EnginePainter] = Loader(runner, engines.load_painter, on_painter_state)
        self.transcriber: Loader[EngineTranscriber] = Loader(
            runner, engines.load_transcriber, lambda: None
        )

    def load(self, on_error: Callable[[Exception], None]) -> None:
        """Load the painter, and the transcriber then.

        On a small computer both at once would make both slow.
        """

        def failed(error: Exception) -> None:
            self.transcriber.start()
            if isinstance(error, CheckpointError) and self._engines.weights is not None:
                error = AppError(f"{error} {_BUNDLED_INSTEAD}")
                self.open_model(None, lambda painter: on_error(error), on_error)
            else:
                on_error(error)

        self.painter.when_loaded(lambda painter: self.transcriber.start(), failed)

    def open_model(
        self,
        weights: Path | None,
        on_opened: Callable[[EnginePainter], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Draw with another model (None: the bundled one) as soon as it is loaded.

        One that cannot be loaded changes nothing.
        """

        def opened(painter: EnginePainter) -> None:
            self.painter.replace(painter)
            on_opened(painter)

        self._runner.run_in_thread(lambda task: self._engines.open_model(weights), opened, on_error)

    def draw_elsewhere(self, settings: Settings) -> None:
        """Load the painter anew for another device or number of threads."""
        self._engines.change_painter(settings.device, settings.threads)
        self.painter.start_anew()

    def listen_differently(self, settings: Settings) -> None:
        """Load the recogniser anew that was chosen."""
        folder = settings.whisper_folder
        self._engines.change_recogniser(
            settings.recogniser, None if folder is None else Path(folder)
        )
        self.transcriber.start_anew()
