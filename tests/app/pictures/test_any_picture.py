"""Pictures of others, of any format, are called pictures; what was drawn here is read from each."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image

from app.file_kind import SOUND_ENDINGS, kind_of
from app.pictures.picture_file import PictureError, read_picture, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.window.window import MainWindow
from models.request import DrawRequest
from tests.app.commandline.command_line import failure, run
from tests.app.events import drop, drop_addresses
from tests.app.pictures.test_foreign_pictures import chunk, drop_when_possible, ours, png, text
from tests.conftest import wait_until
from tests.odd_pictures import Page, tiff, unreadable_pictures
from tests.speech_fixtures import SpeakSentence

METADATA = PictureMetadata(DrawRequest("a red bird", 7, 64), "test (0000)")
# A file of each name, and the format that is written into it.
_FOREIGN = {
    "bird.gif": "GIF",
    "bird.jfif": "JPEG",
    "BIRD.BMP": "BMP",
    "bird.tif": "TIFF",
    "bird.avif": "AVIF",
    "bird.ppm": "PPM",
    "bird.tga": "TGA",
    "bird.ico": "ICO",
    "bird": "PNG",
    "bird.txt": "GIF",
    "bird.wav": "JPEG",  # somebody gave it a wrong name
}
_BAD_EXIF = b"Exif\0\0this is no EXIF"


def two_colours(width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (0, 0, width // 2, height))
    return image


@pytest.mark.parametrize("name", _FOREIGN)
def test_what_pillow_reads_is_called_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    two_colours(64, 64).save(path, format=_FOREIGN[name])
    assert kind_of(path) == "picture"
    told = failure(capsys, 1, "draw", "--from", path, "-o", tmp_path / "again.png")
    assert f"The picture {path} does not say which sentence and seed it was drawn from" in told


def test_what_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    for name, told in (("bird.heic", "of a kind that cannot be read here"), ("a.png", "not a")):
        (tmp_path / name).write_bytes(b"what nobody reads")
        assert kind_of(tmp_path / name) == "picture"
        with pytest.raises(PictureError, match=told):
            read_picture(tmp_path / name)
    for name, kind in (("a.m4a", "sound"), ("a.txt", "other"), ("a", "other"), ("a.pdf", "other")):
        (tmp_path / name).write_bytes(b"what nobody reads")
        assert kind_of(tmp_path / name) == kind
    assert kind_of(tmp_path) == "other"


def test_a_hundred_megapixels_are_told_of_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "photograph.png"
    Image.new("1", (10_000, 10_000)).save(path)
    told = run("draw", "--from", path, "-o", tmp_path / "again.png")
    assert told.returncode == 1
    assert told.stderr == f"speech2bird: The picture {path} is too large: 10000 x 10000 pixels.\n"


def test_a_damaged_tiff_is_told_of_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bird.tif"
    two_colours(64, 64).convert("CMYK").save(path)
    path.write_bytes(path.read_bytes()[:50])
    told = run("draw", "--from", path, "-o", tmp_path / "again.png")
    assert told.returncode == 1
    assert told.stderr == f"speech2bird: {path} is not a picture, or it is damaged.\n"


def test_what_is_no_picture_is_told(tmp_path: Path, spoken_sentence: SpeakSentence) -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
    sound = spoken_sentence("a red bird").read_bytes()
    for name, content, told in (
        ("photo.jpg", heic, "is a picture of a kind that cannot be read here; PNG, JPEG, WebP"),
        ("photo.cr3", heic.replace(b"ftypheic", b"ftypcrx "), "is a picture of a kind that cannot"),
        ("drawing.svg", b"<svg/>", "is a picture of a kind that cannot be read here; PNG, JPEG"),
        ("empty.png", b"", "is an empty file"),
        ("page.png", b"<html>", "is not a picture, or it is damaged"),
        ("bird.wav", sound, "is a sound, not a picture: the tab Speak and `listen` take it"),
        ("bird", sound, "is a sound, not a picture"),
    ):
        (tmp_path / name).write_bytes(content)
        assert (kind_of(tmp_path / name) == "sound") == (content is sound)
        with pytest.raises(PictureError, match=told):
            read_picture(tmp_path / name)


@pytest.mark.parametrize("name", unreadable_pictures())
def test_a_kind_that_pillow_knows_and_cannot_show_is_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", False)
    path = tmp_path / name
    path.write_bytes(unreadable_pictures()[name])
    assert kind_of(path) == "picture"
    told = failure(capsys, 1, "draw", "--from", path, "-o", tmp_path / "again.png")
    assert f"{path} is a picture of a kind that cannot be read here; PNG, JPEG, WebP" in told


def test_a_cameras_raw_file_is_called_one(
    window: MainWindow, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = np.asarray(two_colours(320, 240))
    path = tmp_path / "bird.nef"
    path.write_bytes(tiff(Page(full[::2, ::2], 1, [Page(full[..., 0].astype(np.uint16), 0)])))
    sentence = (
        f"{path} is a camera's raw file, or another of which only a preview (160 x 120 pixels) "
        "can be read here; export the photograph as JPEG or PNG."
    )
    assert sentence in failure(capsys, 1, "draw", "--from", path, "-o", tmp_path / "again.png")
    drop_when_possible(window, path)
    wait_until(window, lambda: window.messages.text != "")
    assert sentence in window.messages.text


@pytest.mark.parametrize("name", ["bird.gif", "bird", "bird.wav"])
def test_a_picture_in_place_of_a_sound_is_called_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    two_colours(64, 64).save(tmp_path / name, format="GIF")
    told = failure(capsys, 1, "listen", tmp_path / name)
    assert f"{name} is a picture, not a sound. One that was drawn here is opened by" in told


def test_sounds_are_known_by_name_or_beginning(tmp_path: Path) -> None:
    for ending in SOUND_ENDINGS:
        (tmp_path / f"sound{ending}").write_bytes(b"what nobody reads")
        assert kind_of(tmp_path / f"sound{ending}") == "sound", ending
    for number, (beginning, kind) in enumerate(
        (
            (b"ID3\3", "sound"),
            (b"\0\0\0\x20ftypM4A ", "sound"),
            (b"\x1aE\xdf\xa3", "sound"),
            (b"#!AMR\n", "sound"),
            (b"a red bird", "other"),
            (b"PK\3\4", "other"),
        )
    ):
        path = tmp_path / f"file {number}"
        path.write_bytes(beginning + b"\0" * 20)
        assert kind_of(path) == kind, beginning
    for name in ("camera.raw", "VOICE.RAW"):  # of either kind: none can tell what is in it
        (tmp_path / name).write_bytes(b"\0" * 2000)
        assert kind_of(tmp_path / name) == "other"


def test_each_kind_is_taken_for_what_it_is_when_dropped(
    window: MainWindow, tmp_path: Path, spoken_sentence: Callable[[str], Path]
) -> None:
    wait_until(window, lambda: window.transcriber_loader.value is not None)
    for name in _FOREIGN:
        path = tmp_path / name
        two_colours(64, 64).save(path, format=_FOREIGN[name])
        window.messages.clear()
        drop_when_possible(window, path)
        wait_until(window, lambda: window.messages.text != "")
        assert "does not say which sentence" in window.messages.text, name
    for name in ("notes.txt", "a folder"):
        path = tmp_path / name
        path.mkdir() if " " in name else path.write_text("a red bird")
        window.messages.clear()
        drop(window, path)
        wait_until(window, lambda: window.messages.text != "")
        assert "cannot be opened: give a picture that was drawn here" in window.messages.text
    sound = tmp_path / "a sound without an ending"
    sound.write_bytes(spoken_sentence("a red bird").read_bytes())
    drop(window, sound)
    wait_until(window, lambda: "red bird" in window.speak_tab.field.sentence, timeout=60)


def test_a_dropped_link_or_nothing_is_told(window: MainWindow) -> None:
    wait_until(window, lambda: window.root.tk.eval("namespace exists ::tkdnd::xdnd") == "1")
    for addresses, told in (
        ([], "no file in what you dropped"),
        ([""], "no file in what you dropped"),
        (["https://example.org/bird.png"], "a link to https://example.org/bird.png"),
        (["smb://server/bird.png", "https://example.org/b.wav"], "a link to smb://server/"),
    ):
        window.messages.clear()
        drop_addresses(window, *addresses)
        wait_until(window, lambda: window.messages.text != "")
        assert told in window.messages.text and window.messages.is_error


def test_dropped_addresses_of_this_computer_are_opened(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "my bird.png"
    save_picture(two_colours(64, 64), METADATA, path)
    (tmp_path / "notes.txt").write_text("a red bird")
    wait_until(window, lambda: window.root.tk.eval("namespace exists ::tkdnd::xdnd") == "1")
    address = path.as_uri().removeprefix("file://")
    others = [tmp_path.as_uri(), (tmp_path / "notes.txt").as_uri()]
    for addresses in (
        [f"file://localhost{address}"],
        [f"file://{platform.node()}{address}"],
        [f"file:{address}"],
        [*others, path.as_uri()],  # the first that can be opened
    ):
        window.messages.clear()
        drop_addresses(window, *addresses)
        wait_until(window, lambda: window.messages.text != "")
        told = window.messages.text
        assert told.startswith("my bird.png was drawn with seed 7."), addresses
        assert ("Only my bird.png was taken" in told) == (len(addresses) > 1), addresses
    no_text = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xffird.png"))
    no_text.write_bytes(path.read_bytes())
    window.messages.clear()
    drop_addresses(window, no_text.as_uri())
    wait_until(window, lambda: "was drawn with seed 7." in window.messages.text)
    drop_addresses(window, "file://server/bird.png")
    wait_until(window, lambda: "a link to server/bird.png" in window.messages.text)


@pytest.mark.parametrize("as_numbers", [False, True])
def test_a_dropped_address_may_have_spaces(
    window: MainWindow, tmp_path: Path, as_numbers: bool
) -> None:
    folder = tmp_path / "my  birds "
    folder.mkdir()
    first, second = folder / "a réd #3.png", tmp_path / "bird.png"
    for path in (first, second):
        save_picture(two_colours(64, 64), METADATA, path)
    wait_until(window, lambda: window.root.tk.eval("namespace exists ::tkdnd::xdnd") == "1")
    for addresses in (
        [f"file://{first}"],
        [f"file://localhost{first} "],
        [f"file://{first}  ", f"file://{second}"],
        [f"file://{second} ", f"file://{first}"],
    ):
        window.messages.clear()
        drop_addresses(window, *addresses, as_numbers=as_numbers)
        wait_until(window, lambda: window.messages.text != "")
        name = addresses[0].rpartition("/")[2].strip()
        assert window.messages.text.startswith(f"{name} was drawn with seed 7."), addresses


def test_files_that_are_left_of_several_are_told(
    window: MainWindow, tmp_path: Path, spoken_sentence: SpeakSentence
) -> None:
    wait_until(window, lambda: window.transcriber_loader.value is not None)
    ours, foreign, notes = (tmp_path / name for name in ("ours.png", "foreign.png", "notes.txt"))
    save_picture(two_colours(64, 64), METADATA, ours)
    two_colours(64, 64).save(foreign)
    notes.write_text("a red bird")
    sound, no_sound = spoken_sentence("a red bird"), tmp_path / "no sound.wav"
    no_sound.write_bytes(b"no sound")
    only = "Only {} was taken of the 2 files that you dropped: drop one at a time."
    for first, second, told in (
        (ours, foreign, f"ours.png was drawn with seed 7. {only.format('ours.png')}"),
        (notes, tmp_path, "None of the 2 files that you dropped can be opened"),
        (foreign, ours, "does not say which sentence"),
        (foreign, ours, only.format("foreign.png")),
        (sound, ours, only.format(sound.name)),
        (no_sound, ours, "is not a sound file"),
        (no_sound, ours, only.format("no sound.wav")),
    ):
        window.messages.clear()
        drop_addresses(window, first.as_uri(), second.as_uri())
        wait_until(window, lambda: window.messages.text != "", timeout=60)
        assert told in window.messages.text
    assert window.speak_tab.field.sentence == "a red bird"
    link = "https://example.org/bird.png"
    for path, told in (
        (ours, "Only ours.png was taken of the 2 files and links that you dropped"),
        (notes, "None of the 2 files and links that you dropped can be opened"),
    ):
        window.messages.clear()
        drop_addresses(window, link, path.as_uri())
        wait_until(window, lambda: window.messages.text != "")
        assert told in window.messages.text


@pytest.mark.parametrize("name", ["bird.png", "bird.jpg", "bird.webp"])
def test_a_picture_is_shown_upright(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save_picture(two_colours(64, 64), METADATA, path)
    with Image.open(path) as image:
        exif, comment = image.getexif(), image.info.get("comment", b"")
        exif[0x0112] = 6  # to be turned to the right
        if image.format == "PNG":
            data = path.read_bytes()
            first = data.index(b"IDAT") - 4
            path.write_bytes(data[:first] + chunk(b"eXIf", exif.tobytes()[6:]) + data[first:])
        else:
            image.save(path, exif=exif, comment=comment)
    read = read_picture(path)
    assert read.metadata.sentence == "a red bird"
    red, _, blue = read.image.getpixel((32, 56))  # type: ignore[misc]
    assert red > blue and read.image.getpixel((32, 8))[2] > 200  # type: ignore[index]


def test_exif_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bird.png"
    path.write_bytes(png(text(ours()), chunk(b"eXIf", b"this is no EXIF")))
    assert read_picture(path).metadata.sentence == "a red bird"
    save_picture(two_colours(64, 64), METADATA, tmp_path / "bird.jpg")
    with Image.open(tmp_path / "bird.jpg") as image:
        image.save(path.with_suffix(".jpeg"), exif=_BAD_EXIF, comment=image.info["comment"])
    assert read_picture(path.with_suffix(".jpeg")).metadata.sentence == "a red bird"
    two_colours(64, 64).save(tmp_path / "foreign.webp", exif=_BAD_EXIF)
    with pytest.raises(PictureError, match="does not say which sentence"):
        read_picture(tmp_path / "foreign.webp")


def test_dialogs_show_every_ending_in_any_case(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(**options: object) -> str:
        types = options["filetypes"]
        assert isinstance(types, tuple)
        asked.append(types[0][1])
        return ""

    monkeypatch.setattr(filedialog, "askopenfilename", ask)
    monkeypatch.setattr(filedialog, "asksaveasfilename", ask)
    window.pictures.open()
    for ending in (".png", ".jpg", ".jpeg", ".jfif", ".webp"):
        assert {f"*{ending}", f"*{ending.upper()}"} <= set(asked[-1].split())
    window.tabs.select(window.morph_tab)
    window.morph_tab.first.insert(0, "a red bird")
    window.morph_tab.second.insert(0, "a blue bird")
    for entry in (window.morph_tab.first_seed, window.morph_tab.second_seed):
        entry.delete(0, "end")
        entry.insert(0, "1")
    window.morph_tab._export(True)
    assert asked[-1] == "*.gif *.GIF *.Gif"
