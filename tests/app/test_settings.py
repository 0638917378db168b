"""Settings survive unknown keys, wrong types and broken files."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings, config_folder


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


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe\x00", b'"text"'])
def test_broken_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert Settings.load(path) == Settings()
