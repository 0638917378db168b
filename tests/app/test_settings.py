"""Settings survive unknown keys, wrong types and broken files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.logfile import last_lines, log_path, start_logging
from app.settings import Settings, config_folder
from app.ui.settings.settings_keeper import SettingsKeeper
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from tests.conftest import wait_until


def test_round_trip(home: Path) -> None:
    settings = Settings(
        device="cpu",
        threads=2,
        microphone="USB microphone",
        save_folder="/tmp/ä",
        tab=1,
        theme="dark",
    )
    settings.save()
    assert home in (config_folder() / "settings.json").parents
    assert Settings.load() == settings
    assert [path.name for path in config_folder().iterdir()] == ["settings.json"]


def test_first_start() -> None:
    assert Settings.load() == Settings()


def test_halves_of_killed_programs_are_removed(tmp_path: Path) -> None:
    half = tmp_path / ".settings-1234abcd.part"
    half.write_text("{")
    os.utime(half, (1, 1))
    Settings().save(tmp_path / "settings.json")
    assert not half.exists()


def test_two_windows_keep_what_the_other_one_changed() -> None:
    first, second = SettingsKeeper(Settings.load()), SettingsKeeper(Settings.load())
    first.remember(theme="dark", tab=1)
    second.remember(pictures=4)
    first.remember(tab=2)
    assert Settings.load() == Settings(theme="dark", tab=2, pictures=4)
    assert first.current == Settings(theme="dark", tab=2), "an open window stays as it is"
    first.remember_model(Path("/one.safetensors"))
    second.remember_model(Path("/two.safetensors"))
    assert Settings.load().models == ("/two.safetensors", "/one.safetensors")


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"{")])
def test_a_window_whose_file_is_lost_writes_its_own_settings(
    lose: Callable[[Path], object],
) -> None:
    keeper = SettingsKeeper(Settings.load())
    keeper.remember(theme="dark")
    lose(config_folder() / "settings.json")
    keeper.remember(tab=2)
    assert Settings.load() == Settings(theme="dark", tab=2)


def test_unknown_and_wrong_fields_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        '{"device": "cpu", "of_the_future": [1], "microphone": 3, "tab": true, "dark": 1}'
    )
    assert Settings.load(path) == Settings(device="cpu")


def test_a_choice_that_does_not_exist_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        '{"device": "abacus", "theme": ["dark"], "threads": -3, "tab": 99, "pictures": 0, '
        '"gallery_folder": 7, "microphone": "USB"}'
    )
    assert Settings.load(path) == Settings(microphone="USB")


@pytest.mark.parametrize(
    ("content", "theme"),
    [
        ('{"dark": true}', "dark"),
        ('{"dark": false}', "system"),
        ('{"dark": true, "theme": "light"}', "light"),
    ],
)
def test_theme_of_an_older_file(tmp_path: Path, content: str, theme: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    assert Settings.load(path).theme == theme


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1, 2]", b"\xff\xfe\x00", b'"text"', b"[" * 100_000, b'{"tab": ' + b"9" * 5000],
)
def test_broken_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert Settings.load(path) == Settings()


@pytest.mark.parametrize(
    "text",
    [
        r'{"gallery_folder": "a\u0000b", "save_folder": "\ud800", "microphone": "\ud800"}',
        '{"gallery_folder": "", "save_folder": "", "weights": "", "models": ["", 1]}',
        '{"geometry": "1000000x1000000+0+0"}',
        '{"geometry": "a window"}',
        '{"tab": 1.5, "pictures": NaN, "threads": Infinity, "has_drawn": "yes"}',
        '{"of_the_future": {"tab": 2}, "theme": "sepia", "recogniser": null}',
    ],
)
def test_what_nothing_could_use_is_the_default(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert Settings.load(path) == Settings()


def test_odd_values_that_can_be_used_are_kept(tmp_path: Path) -> None:
    odd = Settings(
        gallery_folder=os.fsdecode(b"/no text \xff/new\nline"), geometry="900x600+-8+-31000"
    )
    path = tmp_path / "settings.json"
    odd.save(path)
    assert Settings.load(path) == odd


@pytest.mark.parametrize(
    "settings",
    [
        Settings(gallery_folder="g" * 300, save_folder="s" * 300, microphone="m" * 10_000),
        Settings(geometry="29999x700+0+0", recogniser="of the future", tab=3),
    ],
)
def test_the_window_opens_with_strange_settings(
    make_window: Callable[..., MainWindow], settings: Settings
) -> None:
    settings.save()
    window = make_window()
    assert window.settings == settings
    assert window.root.winfo_width() <= window.root.winfo_screenwidth()
    window.tabs.select(window.gallery_tab)
    window.root.update()
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    assert "unexpected" not in window.messages.text


def test_a_pipe_in_place_of_the_settings_or_the_log_is_not_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pipe = tmp_path / "settings.json"
    os.mkfifo(pipe)
    assert Settings.load(pipe) == Settings()
    assert "it is no file" in caplog.text
    Settings(pictures=4).save(pipe)
    assert pipe.is_file() and Settings.load(pipe).pictures == 4
    log_path().parent.mkdir(parents=True)
    os.mkfifo(log_path())
    start_logging()
    assert "There is no log file" in caplog.text
    assert last_lines(5) == []
