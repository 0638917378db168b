"""Pictures keep what they were drawn from, and bad files are told in a sentence."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.gallery import Gallery, PictureError, PictureMetadata, read_metadata, save_picture
from models import Painter

METADATA = PictureMetadata("a “red” bird\nwith größe", 7, 512, "bird (a1b2)", "0.1.0", "2026-11-22")


@pytest.fixture
def picture() -> Image.Image:
    return Image.effect_noise((512, 512), 60).convert("RGB")


@pytest.mark.parametrize("name", ["bird.png", "bird.jpg", "BIRD.JPEG", "no ascii é.png"])
def test_metadata_comes_back(tmp_path: Path, picture: Image.Image, name: str) -> None:
    save_picture(picture, METADATA, tmp_path / name)
    assert read_metadata(tmp_path / name) == METADATA
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]


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
    save_picture(picture, replace(METADATA, sentence="a red bird"), path)
    with Image.open(path) as saved:
        assert saved.getexif()[0x010E].startswith("a red bird\nSeed: 7")


@pytest.mark.parametrize("keep", [0, 4, 2000, 0.5, 0.99])
@pytest.mark.parametrize("name", ["bird.png", "bird.jpg"])
def test_truncated_picture(tmp_path: Path, picture: Image.Image, name: str, keep: float) -> None:
    path = tmp_path / name
    save_picture(picture, METADATA, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data)) if keep < 1 else int(keep)])
    with pytest.raises(PictureError, match=r"bird\."):
        read_metadata(path)


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


@pytest.mark.parametrize("name", ["bird", "bird.gif", ".png"])
def test_bad_suffix(tmp_path: Path, picture: Image.Image, name: str) -> None:
    with pytest.raises(PictureError, match=r"must end in \.png or \.jpg"):
        save_picture(picture, METADATA, tmp_path / name)


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


def test_gallery_keeps_every_picture(tmp_path: Path, painter: Painter) -> None:
    gallery = Gallery(tmp_path / "new" / "gallery")
    drawing = painter.draw("a red/blue bird: ../with wings?", seed=3, size=64)
    kept = [gallery.keep(drawing) for _ in range(3)]
    assert len(set(kept)) == 3 and set(gallery.paths()) == set(kept)
    assert all(path.parent == gallery.folder for path in kept)
    assert read_metadata(kept[2]).sentence == drawing.sentence
    assert read_metadata(kept[2]).size == 64


def unwritable_folder(tmp_path: Path) -> Path:
    """Return a folder that cannot be written to, not even by root where that is who tests."""
    if os.geteuid() == 0:
        return Path("/proc")
    folder = tmp_path / "unwritable"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o500)
    return folder
