"""Other models in the window: opened, named, remembered, left, and asked for by their pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.engine.engines import Engines
from app.gallery import Gallery
from app.pictures.picture_file import read_metadata, read_picture, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.settings import Settings
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from models.checkpoints.header import BUNDLED_WEIGHTS, describe_model
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.request import DrawRequest
from models.words.vocabulary import Vocabulary
from tests.app.events import click
from tests.app.ui.gallery.gallery_window import choose, click_on, settle
from tests.conftest import REPOSITORY, wait_until

SENTENCE = "a small red bird"
BUNDLED = describe_model().name


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of one's own, which draw other birds than the bundled ones."""
    path = tmp_path_factory.mktemp("own") / "own.safetensors"
    checkpoint = load_checkpoint(BUNDLED_WEIGHTS)
    for weights in checkpoint.generator.parameters():
        weights.data.mul_(0.97)
    config = replace(checkpoint.config, name="my garden")
    save_checkpoint(replace(checkpoint, config=config), path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of three stages, as the paper's are."""
    path = tmp_path_factory.mktemp("small") / "small.safetensors"
    words = SENTENCE.split()
    config = ModelConfig(
        TextEncoderConfig(len(words) + 1, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 6, 4)),
        name="three stages",
    )
    text_encoder, generator = TextEncoder(config.text_encoder), Generator(config.generator)
    save_checkpoint(Checkpoint(config, Vocabulary(words), text_encoder, generator), path)
    return path


@pytest.fixture
def ready(
    make_window: Callable[..., MainWindow], fresh_engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    """A window with engines of its own, whose model is loaded."""
    window = make_window(fresh_engines)
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY, timeout=60)
    return window


def open_model(window: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose a weights file in the dialog of the menu, and wait until something is said of it."""
    choose(monkeypatch, "askopenfilename", path)
    window.messages.clear()
    window.menu_bar.menus["File"].invoke("Open model…")
    wait_until(window, lambda: window.messages.text not in ("", "The model is being loaded."), 60)


def draw(window: MainWindow, seed: int = 5) -> None:
    window.desk.draw(SENTENCE, seed)
    wait_until(window, lambda: not window.desk.busy, timeout=60)


def painted_by(window: MainWindow) -> str | None:
    return None if window.desk.drawing is None else window.desk.drawing.model_name


def test_a_model_is_opened_and_left(
    ready: MainWindow, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = describe_model(own).name
    assert name.startswith("my garden (") and "my garden" not in ready.status.text
    open_model(ready, own, monkeypatch)
    assert ready.messages.text == f"From now on {name} draws."
    assert name in ready.status.text and ready.status.back_link.winfo_ismapped()
    assert Settings.load().weights == str(own)
    draw(ready)
    assert painted_by(ready) == name
    (path,) = Gallery().paths()
    assert read_metadata(path).model == name

    click(ready.status.back_link)
    wait_until(ready, lambda: "From now on" in ready.messages.text, 60)
    assert ready.status.text == "Ready. Drawing on the processor."
    assert not ready.status.back_link.winfo_ismapped() and Settings.load().weights is None
    draw(ready)
    assert painted_by(ready) == BUNDLED


def test_a_bad_file_is_told_and_changes_nothing(
    ready: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray(BUNDLED_WEIGHTS.read_bytes())
    content[-100] ^= 1
    for name, content_, told in (
        ("text.safetensors", b"no weights", "cannot be read as weights"),
        ("damaged.safetensors", bytes(content), "is damaged: its checksum is wrong"),
    ):
        path = tmp_path / name
        path.write_bytes(content_)
        open_model(ready, path, monkeypatch)
        assert told in ready.messages.text and ready.messages.is_error
        assert ready.status.text == "Ready. Drawing on the processor."
        assert Settings.load().weights is None
        draw(ready)
        assert painted_by(ready) == BUNDLED


def test_a_kept_picture_is_drawn_again_by_its_model(
    ready: MainWindow, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_model(ready, own, monkeypatch)
    draw(ready)
    (path,) = Gallery().paths()
    first = read_picture(path)
    click(ready.status.back_link)
    wait_until(ready, lambda: "From now on" in ready.messages.text, 60)

    ready.tabs.select(ready.gallery_tab)
    ready.root.update()
    settle(ready)
    click_on(ready, 0)
    assert first.metadata.model in ready.panel.caption.cget("text")
    click(ready.gallery_tab.again_button)
    wait_until(ready, lambda: len(Gallery().paths()) == 2 and not ready.desk.busy, 60)
    (again,) = (each for each in Gallery().paths() if each != path)
    picture = read_picture(again)
    assert picture.metadata.model == first.metadata.model != BUNDLED
    assert picture.image.tobytes() == first.image.tobytes()
    # The engine that drew it may be another one by now.
    ready.changes.drawing("cpu", 1)
    wait_until(ready, lambda: ready.painter_loader.state is LoadState.READY, 60)
    ready.drawing.draw_again()
    wait_until(ready, lambda: len(Gallery().paths()) == 3 and not ready.desk.busy, 60)
    assert painted_by(ready) == first.metadata.model
    # The window's own model is still the bundled one, also for what is drawn next.
    draw(ready)
    assert painted_by(ready) == BUNDLED


def test_a_picture_whose_model_is_gone_is_told(ready: MainWindow) -> None:
    gallery = Gallery()
    gallery.folder.mkdir(parents=True)
    request = DrawRequest(SENTENCE, 5, 64, sketches=8, sketch=3, pose="left")
    metadata = PictureMetadata(request, "gone (12345678)")
    save_picture(Image.new("RGB", (64, 64)), metadata, gallery.folder / "old.png")
    ready.tabs.select(ready.gallery_tab)
    ready.root.update()
    settle(ready)
    click_on(ready, 0)
    click(ready.gallery_tab.again_button)
    wait_until(ready, lambda: "gone (12345678), which is not here" in ready.messages.text)
    assert not ready.desk.busy and ready.messages.link.cget("text") == "Draw all the same"
    click(ready.messages.link)
    wait_until(ready, lambda: ready.desk.drawing is not None, 60)
    assert painted_by(ready) == BUNDLED
    assert ready.desk.drawing is not None
    request = ready.desk.drawing.request
    assert (request.pose, request.seed) == ("left", 5), "what both models know"


def test_a_model_of_three_stages(
    ready: MainWindow, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stages are the model's own, and a picture of a larger one is drawn as large as it can."""
    draw(ready)
    strip = ready.panel.view.strip
    assert len(strip.thumbnails) == 4
    (path,) = Gallery().paths()
    open_model(ready, small, monkeypatch)
    draw(ready)
    assert ready.desk.drawing is not None and ready.desk.drawing.image.width == 256
    assert len(strip.thumbnails) == 3
    ready.desk.draw(read_metadata(path).request)  # of 512 pixels
    wait_until(ready, lambda: not ready.desk.busy)
    assert ready.desk.drawing.image.width == 256 and not ready.messages.is_error


@pytest.mark.parametrize(
    ("content", "told"), [(None, "does not exist"), (b"no weights", "be read as weights")]
)
def test_a_remembered_model_that_is_gone_gives_way(
    make_window: Callable[..., MainWindow], tmp_path: Path, content: bytes | None, told: str
) -> None:
    weights = tmp_path / "gone.safetensors"
    if content is not None:
        weights.write_bytes(content)
    with Engines(weights) as engines:
        window = make_window(engines)
        wait_until(window, lambda: window.painter_loader.state is LoadState.READY, timeout=60)
        assert told in window.messages.text
        assert "The model that came with the program draws instead." in window.messages.text
        assert window.painter_loader.value is not None
        assert window.painter_loader.value.model_name == BUNDLED


_START = """
import sys, main
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow

def run(window):
    def look():
        if window.painter_loader.state is LoadState.READY:
            print(window.painter_loader.value.model_name)
            window.close()
        else:
            window.root.after(20, look)

    look()
    window.root.mainloop()

MainWindow.run = run
sys.exit(main.main(sys.argv[1:]))
"""


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Open the window as a person does, and close it once its model is loaded."""
    return subprocess.run(
        [sys.executable, "-c", _START, *arguments],
        cwd=REPOSITORY,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_a_model_named_at_the_start_is_remembered(display: None, own: Path) -> None:
    name = describe_model(own).name
    assert start("--weights", str(own)).stdout.strip() == name
    assert start().stdout.strip() == name


def test_a_bad_file_named_at_the_start_is_told(display: None, tmp_path: Path) -> None:
    path = tmp_path / "no.safetensors"
    done = start("--weights", str(path))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"speech2bird: The weights file {path} does not exist.")
