"""Pictures keep what they were drawn from, and bad files are told in a sentence."""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PIL import Image

from app.pictures.picture_file import (
    PictureError,
    peek_metadata,
    read_metadata,
    read_picture,
    save_picture,
)
from app.pictures.picture_metadata import PictureMetadata
from models.request import DrawRequest

METADATA = PictureMetadata(
    DrawRequest("a “red” bird\nwith größe", 7, 512), "bird (a1b2)", "0.1.0", "2026-11-22"
)


@pytest.fixture
def picture() -> Image.Image:
    return Image.effect_noise((512, 512), 60).convert("RGB")


@pytest.mark.parametrize(
    "name", ["bird.png", "bird.jpg", "BIRD.JPEG", "no ascii é.png", "bird.webp"]
)
def test_metadata_comes_back(tmp_path: Path, picture: Image.Image, name: str) -> None:
    save_picture(picture, METADATA, tmp_path / name)
    assert read_metadata(tmp_path / name) == METADATA
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]


@pytest.mark.parametrize("saved", ["bird.webp", "bird.jpg"])
@pytest.mark.parametrize("other", ["other.jpg", "other.webp", "other.avif", "other.tif"])
def test_what_another_program_kept_is_read(
    tmp_path: Path, picture: Image.Image, saved: str, other: str
) -> None:
    save_picture(picture, METADATA, tmp_path / saved)
    with Image.open(tmp_path / saved) as image:
        image.save(tmp_path / other, exif=image.getexif())
    assert read_metadata(tmp_path / other) == METADATA


def test_png_keeps_pixels_and_readable_parameters(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "bird.png"
    save_picture(picture, METADATA, path)
    with Image.open(path) as saved:
        assert saved.tobytes() == picture.tobytes()
        parameters = saved.info["parameters"]
    assert parameters.startswith(METADATA.sentence)
    assert "Seed: 7" in parameters and "Size: 512x512" in parameters
    assert "Model: bird (a1b2)" in parameters and "speech2bird 0.1.0" in parameters


def test_jpeg_has_exif(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "bird.jpg"
    save_picture(picture, replace(METADATA, request=DrawRequest("a red bird", 7, 512)), path)
    with Image.open(path) as saved:
        assert saved.getexif()[0x010E].startswith("a red bird\nSeed: 7")


@pytest.mark.parametrize("keep", [0, 4, 2000, 0.5, 0.99])
@pytest.mark.parametrize("name", ["bird.png", "bird.jpg", "bird.webp"])
def test_truncated_picture(tmp_path: Path, picture: Image.Image, name: str, keep: float) -> None:
    path = tmp_path / name
    save_picture(picture, METADATA, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data)) if keep < 1 else int(keep)])
    for read in (read_metadata, peek_metadata):
        with pytest.raises(PictureError, match=r"bird\."):
            read(path)


def test_foreign_pictures(tmp_path: Path, picture: Image.Image) -> None:
    foreign = tmp_path / "foreign.png"
    picture.save(foreign)
    with pytest.raises(PictureError, match="does not say which sentence"):
        read_metadata(foreign)
    picture.save(foreign, format="JPEG", comment='{"sentence": "half"}')
    with pytest.raises(PictureError, match="does not say which sentence"):
        read_metadata(foreign)
    foreign.write_text("no picture at all")
    with pytest.raises(PictureError, match="is not a picture"):
        read_metadata(foreign)
    with pytest.raises(PictureError, match="There is no picture"):
        read_metadata(tmp_path / "absent.png")
    with pytest.raises(PictureError, match="cannot be read"):
        read_metadata(tmp_path)


def test_an_ending_alone_is_no_name(tmp_path: Path, picture: Image.Image) -> None:
    with pytest.raises(PictureError, match=r"'\.PNG' is an ending alone: name it bird\.PNG"):
        save_picture(picture, METADATA, tmp_path / ".PNG")


@pytest.mark.parametrize("name", ["bird", "bird.gif"])
def test_bad_suffix(tmp_path: Path, picture: Image.Image, name: str) -> None:
    with pytest.raises(PictureError, match=r"must end in \.png, \.jpg or \.webp"):
        save_picture(picture, METADATA, tmp_path / name)


@pytest.mark.parametrize("size", [64, 128, 256, 512, 1024])
@pytest.mark.parametrize("name", ["bird.png", "bird.jpg", "bird.webp"])
def test_saved_in_a_chosen_size(tmp_path: Path, picture: Image.Image, name: str, size: int) -> None:
    save_picture(picture, METADATA, tmp_path / name, size)
    read = read_picture(tmp_path / name)
    assert read.image.size == (size, size) and read.image.mode == "RGB"
    assert read.metadata == METADATA  # the size it was drawn in


@pytest.mark.parametrize("size", [(512, 1), (1, 512), (512, 3)])
def test_a_narrow_picture_is_saved_small(tmp_path: Path, size: tuple[int, int]) -> None:
    save_picture(Image.new("RGB", size, "red"), METADATA, tmp_path / "narrow.png", 64)
    expected = tuple(64 if side == 512 else 1 for side in size)
    assert read_picture(tmp_path / "narrow.png").image.size == expected


def test_no_colour_changes_much(tmp_path: Path) -> None:
    red = Image.new("RGB", (64, 64), (200, 30, 40))
    for name in ("bird.png", "bird.jpg", "bird.webp"):
        save_picture(red, METADATA, tmp_path / name, 128)
        pixel = read_picture(tmp_path / name).image.getpixel((64, 64))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, (200, 30, 40), strict=True)) < 8


def test_peek_finds_chunks_behind_the_pixels(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "bird.png"
    save_picture(picture, METADATA, path)
    assert peek_metadata(path) == METADATA
    data = path.read_bytes()
    first, last = data.index(b"IDAT") - 4, len(data) - 12
    # What programs that rewrite PNG files may do: pixels first, texts after them.
    texts, pixels = data[33:first], data[first:last]
    path.write_bytes(data[:33] + pixels + texts + data[last:])
    assert peek_metadata(path) == METADATA


def test_decompression_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (30_000, 30_000)).save(path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(PictureError):
        read_picture(path)
    Image.new("1", (8_000, 8_000)).save(path)  # below Pillow's own limit
    with pytest.raises(PictureError, match="too large: 8000 x 8000"):
        read_picture(path)


def test_no_ordinary_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(PictureError, match="it is no file"):
        read_picture(pipe)  # does not wait for somebody to write
    huge = tmp_path / "huge.webp"
    with huge.open("wb") as file:
        file.truncate(10**10)  # takes no room
    with pytest.raises(PictureError, match="too large"):
        read_picture(huge)


@pytest.mark.parametrize(
    "changes",
    [
        {"sentence": "a" * 20_000},
        {"seed": -1},
        {"seed": 2**31},
        {"seed": float("inf")},
        {"size": 10**9},
        {"model": "m" * 1000},
        {"created": [[[]]] * 200},
    ],
)
def test_metadata_of_others_is_limited(
    tmp_path: Path, picture: Image.Image, changes: dict[str, object]
) -> None:
    path = tmp_path / "foreign.jpg"
    picture.save(path, comment=json.dumps(json.loads(METADATA.to_json()) | changes))
    with pytest.raises(PictureError, match="does not say which sentence"):
        read_metadata(path)


def test_characters_that_are_no_text(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "foreign.jpg"
    strange = {"sentence": "a\0red\ud800 bird\x1b[31m"}
    picture.save(path, comment=json.dumps(json.loads(METADATA.to_json()) | strange))
    assert read_metadata(path).sentence == "a red  bird [31m"
    picture.save(path, comment="[" * 40_000)  # deeper than Python reads
    with pytest.raises(PictureError, match="does not say which sentence"):
        read_metadata(path)


def test_unwritable_folders(tmp_path: Path, picture: Image.Image) -> None:
    with pytest.raises(PictureError, match="There is no folder"):
        save_picture(picture, METADATA, tmp_path / "absent" / "bird.png")
    with pytest.raises(PictureError, match=r"cannot be (saved|written)"):
        save_picture(picture, METADATA, unwritable_folder(tmp_path) / "bird.png")


def test_failed_save_leaves_the_old_picture(tmp_path: Path, picture: Image.Image) -> None:
    path = tmp_path / "bird.jpg"
    save_picture(picture, METADATA, path)
    before = path.read_bytes()
    with pytest.raises(PictureError, match="cannot be saved"):
        save_picture(picture.convert("RGBA"), METADATA, path)  # JPEG has no transparency
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["bird.jpg"]


def unwritable_folder(tmp_path: Path) -> Path:
    """Return a folder that cannot be written to, not even by root where that is who tests."""
    if os.geteuid() == 0:
        return Path("/proc")
    folder = tmp_path / "unwritable"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o500)
    return folder


def test_every_choice_of_a_request_is_kept(tmp_path: Path, picture: Image.Image) -> None:
    request = DrawRequest(
        "a crimson bird", 7, 512, drawn_as="a dark red bird", sketches=4, sketch=2, pose="left"
    )
    metadata = replace(METADATA, request=request)
    save_picture(picture, metadata, tmp_path / "bird.png")
    assert read_metadata(tmp_path / "bird.png").request == request
    kept = [
        field.name
        for field in fields(DrawRequest)
        if field.name not in ("beside", "blend", "sound")
    ]
    assert list(request.kept()) == kept
