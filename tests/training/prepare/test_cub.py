"""The CUB download becomes a data folder, or each of its faults is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.training.data.examples import read_examples
from models.training.data.folder import DataFolder
from models.training.prepare.pictures import square_round
from tests.training.prepare.inputs import (
    CLASSES,
    ENCODED_NAMES,
    NORMALISED,
    dump,
    make_cub,
    make_pickles,
    make_picture,
    prepare,
    read_metadata,
    refuse,
    write_lines,
)


@pytest.fixture
def cub(tmp_path: Path) -> Path:
    return make_cub(tmp_path)


@pytest.fixture
def text(cub: Path) -> Path:
    return cub.parent / "text_c10"


def test_reeds_captions(cub: Path, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "birds"
    assert prepare("--cub", cub, "--captions", text, "--out", out) == 0

    train, test = read_metadata(out / "train"), read_metadata(out / "test")
    assert {entry["species"] for entry in test} == {"Black footed Albatross"}, "AttnGAN's choice"
    assert {entry["species"] for entry in train} == {"Red winged Blackbird", "Bobolink"}
    assert train[0] == {
        "file_name": "00003.webp",
        "captions": [NORMALISED, "a bird number 3"],
        "species": "Red winged Blackbird",
        "class_id": 2,
        "cub_image": f"{ENCODED_NAMES[2]}.jpg",
        "side": 90,
        # By hand: the square is 1.5 * 60 = 90 px wide and begins at (70 - 45, 50 - 45).
        "box": [0.1667, 0.2778, 0.6667, 0.4444],
        "parts": {"2": [0.8333, 0.4], "14": [0.2, 0.6]},
    }
    read = DataFolder.read(out)
    assert read.train[0].box == (0.1667, 0.2778, 0.6667, 0.4444)
    assert read.train[0].parts == ((2, 0.8333, 0.4), (14, 0.2, 0.6))
    assert (len(read.test), len(read.more)) == (2, 0)
    assert not (tmp_path / "birds-problems.txt").exists()


def test_more_pictures_of_known_species(
    cub: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more, out = tmp_path / "cub2010", tmp_path / "birds"
    for number, species in enumerate((*CLASSES, "Emu")):
        (more / species).mkdir(parents=True)
        make_picture(number).save(more / species / "new.jpg")
    arguments = ("--cub", cub, "--captions", text, "--more", more, "--out", out)
    assert prepare(*arguments) == 0
    assert "cub2010/001.Black_footed_Albatross/new.jpg: Black footed" in capsys.readouterr().out
    read = DataFolder.read(out)
    assert {one.species for one in read.more} == {"Red winged Blackbird", "Bobolink", "Emu"}
    assert read_metadata(out / "more")[2] == {
        "file_name": "Emu/new.webp",
        "species": "Emu",
        "source_image": "Emu/new.jpg",
        "side": 120,
        "box": [0, 0, 1, 1],
        "parts": {},
    }

    (more / "Emu" / "new.jpg").write_bytes(b"")
    make_picture().save(more / CLASSES[2] / "new.png")
    assert prepare(*arguments) == 1
    said = capsys.readouterr().err
    assert "cub2010/Emu/new.jpg: an empty file" in said
    assert "cub2010/013.Bobolink/new.png: would be written to 013.Bobolink/new.webp" in said


def test_the_folder_around_will_do(cub: Path, tmp_path: Path) -> None:
    out = tmp_path / "birds"
    assert prepare("--cub", tmp_path, "--captions", tmp_path, "--out", out) == 0
    assert len(read_metadata(out / "train")) == 4


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_attngans_pickles(cub: Path, tmp_path: Path, protocol: int) -> None:
    folder, out = make_pickles(tmp_path, protocol), tmp_path / "birds"
    assert prepare("--cub", cub, "--captions", folder / "captions.pickle", "--out", out) == 0
    train, test = read_metadata(out / "train"), read_metadata(out / "test")
    assert [entry["cub_image"][:3] for entry in test] == ["001", "001"]
    assert train[0]["captions"] == ["a red bird", "a blue bird"] * 5
    assert test[0]["captions"] == ["a blue bird"] * 10


def test_reeds_captions_with_attngans_split(cub: Path, text: Path, tmp_path: Path) -> None:
    folder, out = make_pickles(tmp_path), tmp_path / "birds"
    dump(ENCODED_NAMES[4:], folder / "test" / "filenames.pickle")
    dump(ENCODED_NAMES[:4], folder / "train" / "filenames.pickle")
    arguments = ("--cub", cub, "--captions", text, "--filenames", folder, "--out", out)
    assert prepare(*arguments) == 0
    assert {entry["species"] for entry in read_metadata(out / "test")} == {"Bobolink"}


def test_the_square_has_context_and_stays_in_the_picture() -> None:
    """Worked by hand, within 160 x 120 pixels."""
    assert square_round((40, 30, 60, 40), 160, 120) == (25, 5, 115, 95)
    assert square_round((100, 30, 60, 40), 160, 120) == (70, 5, 160, 95), "moved inside"
    assert square_round((10, 40, 140, 40), 160, 120) == (20, 0, 140, 120), "longer than high"


def test_the_square_shows_its_part_of_the_picture(cub: Path, text: Path, tmp_path: Path) -> None:
    _replace_line(cub / "bounding_boxes.txt", "1 100.0 30.0 60.0 40.0")
    out = tmp_path / "birds"
    assert prepare("--cub", cub, "--captions", text, "--out", out) == 0
    with Image.open(out / "test" / "00001.webp") as written:
        shown = np.asarray(written).astype(int)
    with Image.open(cub / "images" / f"{ENCODED_NAMES[0]}.jpg") as source:
        expected = np.asarray(source).astype(int)[5:95, 70:160]
    assert shown.shape == expected.shape == (90, 90, 3), "kept, not enlarged, not squashed"
    assert np.abs(shown - expected).mean() < 4
    assert read_metadata(out / "test")[0]["box"] == [0.3333, 0.2778, 0.6667, 0.4444]


def test_large_squares_shrink(cub: Path, text: Path, tmp_path: Path) -> None:
    make_picture(3, (500, 400)).save(cub / "images" / f"{ENCODED_NAMES[2]}.jpg")
    _replace_line(cub / "bounding_boxes.txt", "3 100 50 300 200", at=3)
    out = tmp_path / "birds"
    assert prepare("--cub", cub, "--captions", text, "--out", out) == 0
    with Image.open(out / "train" / "00003.webp") as written:
        assert written.size == (320, 320)
    entry = read_metadata(out / "train")[0]
    assert (entry["side"], entry["box"]) == (320, [0.125, 0.125, 0.75, 0.5])


def _truncate(cub: Path, text: Path) -> None:
    path = cub / "images" / f"{ENCODED_NAMES[0]}.jpg"
    path.write_bytes(path.read_bytes()[:-400])


def _no_picture_at_all(cub: Path, text: Path) -> None:
    (cub / "images" / f"{ENCODED_NAMES[0]}.jpg").write_text("<html>not found</html>")


def _empty_file(cub: Path, text: Path) -> None:
    (cub / "images" / f"{ENCODED_NAMES[0]}.jpg").write_bytes(b"")


def _small_box(cub: Path, text: Path) -> None:
    _replace_line(cub / "bounding_boxes.txt", "1 60.0 60.0 20.0 20.0")


def _box_outside(cub: Path, text: Path) -> None:
    _replace_line(cub / "bounding_boxes.txt", "1 600.0 60.0 50.0 50.0")


def _no_box(cub: Path, text: Path) -> None:
    _replace_line(cub / "bounding_boxes.txt", "1 left top")


def _odd_part(cub: Path, text: Path) -> None:
    _replace_line(cub / "parts" / "part_locs.txt", "1 16 10.0 10.0 1")


def _part_twice(cub: Path, text: Path) -> None:
    _replace_line(cub / "parts" / "part_locs.txt", "1 2 10.0 10.0 1")


def _part_outside(cub: Path, text: Path) -> None:
    _replace_line(cub / "parts" / "part_locs.txt", "1 1 400.0 10.0 1")


def _no_parts(cub: Path, text: Path) -> None:
    path = cub / "parts" / "part_locs.txt"
    write_lines(path, path.read_text().splitlines()[15:])


def _missing_picture(cub: Path, text: Path) -> None:
    (cub / "images" / f"{ENCODED_NAMES[0]}.jpg").unlink()


def _missing_captions(cub: Path, text: Path) -> None:
    (text / f"{ENCODED_NAMES[0]}.txt").unlink()


def _wordless_captions(cub: Path, text: Path) -> None:
    (text / f"{ENCODED_NAMES[0]}.txt").write_text("...\n\n")


def _captions_of_nothing(cub: Path, text: Path) -> None:
    (text / f"{ENCODED_NAMES[0]}_copy.txt").write_text("a bird\n")


def _leading_out(cub: Path, text: Path) -> None:
    _replace_line(cub / "images.txt", "1 ../../secret.jpg")


def _listed_twice(cub: Path, text: Path) -> None:
    _replace_line(cub / "images.txt", f"1 {ENCODED_NAMES[1]}.jpg")


def _odd_line(cub: Path, text: Path) -> None:
    _replace_line(cub / "images.txt", "one picture")


def _unknown_class(cub: Path, text: Path) -> None:
    _replace_line(cub / "image_class_labels.txt", "1 77")


def _replace_line(path: Path, line: str, at: int = 1) -> None:
    lines = path.read_text().splitlines()
    write_lines(path, [*lines[: at - 1], line, *lines[at:]])


FIRST = f"{ENCODED_NAMES[0]}.jpg"
FAULTS: list[tuple[Callable[[Path, Path], None], str, str]] = [
    (_truncate, "Damaged or cut-off files", f"{FIRST}: image file is truncated"),
    (_no_picture_at_all, "Not a picture", f"{FIRST}: no known format"),
    (_empty_file, "Not a picture", f"{FIRST}: an empty file"),
    (_small_box, "Too small", f"{FIRST}: a square of 30 x 30 px of a picture of 160 x 120 px"),
    (
        _box_outside,
        "Refused for a bounding box",
        f"{FIRST}: (600, 60, 50, 50) in a picture of 160 x 120 px",
    ),
    (_odd_part, "Lines that cannot be understood", "part_locs.txt, line 1: 1 16 10.0 10.0 1"),
    (_part_twice, "Listed twice", "part_locs.txt, line 2: part 2 of picture 1"),
    (
        _part_outside,
        "Refused for places of parts",
        f"{FIRST}: back at (400, 10) in a picture of 160 x 120",
    ),
    (_no_parts, "Refused for places of parts", FIRST),
    (_no_box, "Lines that cannot be understood", "bounding_boxes.txt: box 1 is 'left top'"),
    (_missing_picture, "Listed, but there is no such picture", FIRST),
    (_missing_captions, "Pictures without captions", FIRST),
    (_wordless_captions, "Captions without a word", "caption 1 is '...'"),
    (_captions_of_nothing, "Listed, but there is no such picture", f"{ENCODED_NAMES[0]}_copy.txt"),
    (_leading_out, "File names that lead out of their folder", "../../secret.jpg"),
    (_listed_twice, "Listed twice", f"{ENCODED_NAMES[1]}.jpg"),
    (_odd_line, "Lines that cannot be understood", "images.txt, line 1: one picture"),
    (_unknown_class, "Pictures without a species", FIRST),
]


@pytest.mark.parametrize(("break_it", "heading", "entry"), FAULTS)
def test_each_fault_is_named_and_can_be_skipped(
    cub: Path,
    text: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    break_it: Callable[[Path, Path], None],
    heading: str,
    entry: str,
) -> None:
    break_it(cub, text)
    out = tmp_path / "birds"
    said = refuse(capsys, out, "--cub", cub, "--captions", text)
    assert heading in said
    assert entry in said
    assert entry in (tmp_path / "birds-problems.txt").read_text()

    assert prepare("--cub", cub, "--captions", text, "--out", out, "--skip-broken") == 0
    assert heading in capsys.readouterr().out
    assert len(read_examples(out / "train")) == 4


def test_all_faults_are_told_at_once(
    cub: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ENCODED_NAMES:
        (cub / "images" / f"{name}.jpg").write_bytes(b"")
    (text / f"{ENCODED_NAMES[3]}.txt").unlink()
    said = refuse(capsys, tmp_path / "birds", "--cub", cub, "--captions", text)
    assert "nothing was written, because of faults in the input: 6\n" in said
    assert said.count("an empty file") == 5, "the uncaptioned one is not opened"
    assert "Pictures without captions" in said
    for name in ENCODED_NAMES:
        assert name in (tmp_path / "birds-problems.txt").read_text()


def test_a_long_list_is_shortened_on_the_terminal_only(
    cub: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ENCODED_NAMES:
        (text / f"{name}.txt").unlink()
    (text / CLASSES[0] / "other.txt").write_text("a bird\n")
    said = refuse(capsys, tmp_path / "birds", "--cub", cub, "--captions", text)
    assert "  ... and 1 more" in said
    assert f"{ENCODED_NAMES[-1]}.jpg" not in said
    assert f"{ENCODED_NAMES[-1]}.jpg" in (tmp_path / "birds-problems.txt").read_text()


def test_a_foreign_folder_is_refused(
    cub: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (cub / "classes.txt").unlink()
    (cub / "parts" / "part_locs.txt").unlink()
    said = refuse(capsys, tmp_path / "birds", "--cub", cub, "--captions", text)
    assert "is not the folder CUB_200_2011: it has no classes.txt, parts/part_locs.txt" in said


def test_a_folder_without_captions_is_refused(
    cub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    said = refuse(capsys, tmp_path / "birds", "--cub", cub, "--captions", tmp_path / "empty")
    assert "neither captions.pickle nor text files" in said


def test_lists_that_share_species_are_refused(
    cub: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_pickles(tmp_path)
    dump(ENCODED_NAMES[::2], folder / "train" / "filenames.pickle")
    dump(ENCODED_NAMES[1::2], folder / "test" / "filenames.pickle")
    arguments = ("--cub", cub, "--captions", text, "--filenames", folder)
    assert "share 3 species" in refuse(capsys, tmp_path / "birds", *arguments)


def test_lists_are_held_against_the_pictures(
    cub: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_pickles(tmp_path)
    dump([*ENCODED_NAMES[2:5], f"{CLASSES[2]}/gone"], folder / "train" / "filenames.pickle")
    arguments = ("--cub", cub, "--captions", text, "--filenames", folder)
    said = refuse(capsys, tmp_path / "birds", *arguments)
    assert f"{CLASSES[2]}/gone.jpg: filenames.pickle names it" in said
    assert "Pictures in neither of the two filenames.pickle: 1" in said


def test_the_kind_of_picture_does_not_matter(cub: Path, text: Path, tmp_path: Path) -> None:
    """A grey and a CMYK JPEG (CUB has a few) come out as RGB that looks the same."""
    path = cub / "images" / FIRST
    picture = make_picture(1)
    picture.convert("CMYK").save(path, quality=95)
    grey = cub / "images" / f"{ENCODED_NAMES[1]}.jpg"
    picture.convert("L").save(grey, quality=95)
    out = tmp_path / "birds"
    assert prepare("--cub", cub, "--captions", text, "--out", out) == 0
    for name, expected in (("00001", picture), ("00002", picture.convert("L").convert("RGB"))):
        with Image.open(out / "test" / f"{name}.webp") as written:
            assert written.mode == "RGB"
            difference = np.asarray(written).astype(int) - np.asarray(expected)[5:95, 25:115]
        assert np.abs(difference).mean() < 6
