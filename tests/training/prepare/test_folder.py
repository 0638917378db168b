"""One's own pictures become a data folder, or each fault is named."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image, ImageCms

from models.training.data.examples import load_square, read_examples
from models.training.data.folder import DataFolder
from models.training.prepare.pictures import MAX_PIXELS, to_rgb
from tests.odd_pictures import Page, tiff, unreadable_pictures
from tests.training.prepare.inputs import make_picture, prepare, read_metadata, refuse

SPECIES = ("wren", "robin", "jay", "crow")
_BOX = "not in pixels, empty or not inside its picture: 1"
_PARTS = "not understood or not inside their picture: 1"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Eight pictures of four species; ``birds.csv`` beside them has two captions for each."""
    folder = tmp_path / "mine"
    (folder / "more").mkdir(parents=True)
    lines = ["file_name,caption,species"]
    for number in range(8):
        name = f"more/{number}.png" if number > 5 else f"{number}.png"
        make_picture(number).save(folder / name)
        species = SPECIES[number % 4]
        lines += [f'{name},"A small, red {species}",{species}', f"{name},a bird,{species}"]
    (folder / "birds.csv").write_text("\n".join(lines) + "\n")
    return folder


def arguments(mine: Path) -> tuple[object, ...]:
    return "--pictures", mine, "--captions", mine / "birds.csv"


def append(mine: Path, line: bytes) -> None:
    with (mine / "birds.csv").open("ab") as file:
        file.write(line + b"\n")


def all_entries(out: Path) -> dict[str, dict[str, object]]:
    entries = read_metadata(out / "train") + read_metadata(out / "test")
    return {str(entry["source_image"]): entry for entry in entries}


def test_a_csv(mine: Path, tmp_path: Path) -> None:
    out = tmp_path / "birds"
    assert prepare(*arguments(mine), "--out", out) == 0
    assert len(read_metadata(out / "train")) == 4
    assert len({entry["species"] for entry in read_metadata(out / "test")}) == 2, "two of four"
    assert all_entries(out)["more/6.png"] == {
        "file_name": "more/6.webp",
        "captions": ["a small red jay", "a bird"],
        "species": "jay",
        "source_image": "more/6.png",
        "side": 120,
        "box": [0, 0, 1, 1],
        "parts": {},
    }
    assert len(read_examples(out / "train")) == 4
    with Image.open(next(out.glob("*/0.webp"))) as written:
        shown = np.asarray(written).astype(int)
    assert np.abs(shown - np.asarray(make_picture(0))[:, 20:140]).mean() < 4, "the middle"


def test_a_spreadsheets_csv(mine: Path, tmp_path: Path) -> None:
    """With a byte order mark and semicolons, as Excel saves it in half of Europe."""
    text = "\ufefffile_name;caption;species\r\n"
    text += "".join(f"{n}.png;a bird, red;{SPECIES[n % 4]}\r\n" for n in range(6))
    (mine / "birds.csv").write_text(text, encoding="utf-8", newline="")
    (mine / "more" / "6.png").unlink()
    (mine / "more" / "7.png").unlink()
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    assert all_entries(tmp_path / "birds")["0.png"]["captions"] == ["a bird red"]


@pytest.mark.parametrize(
    ("encoding", "end"), [("utf-16", "\r\n"), ("cp1252", "\r"), ("utf-8", "\n\n")]
)
def test_a_list_of_any_editor(mine: Path, tmp_path: Path, encoding: str, end: str) -> None:
    lines = [
        "file_name,caption,species",
        *(f"{n}.png,a café bird,{SPECIES[n % 4]}" for n in range(6)),
    ]
    (mine / "birds.csv").write_bytes(end.join([*lines, ""]).encode(encoding))
    (mine / "more" / "6.png").unlink()
    (mine / "more" / "7.png").unlink()
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    assert all_entries(tmp_path / "birds")["0.png"]["captions"] == ["a cafe bird"]


@pytest.mark.parametrize(
    ("before", "separator", "header"),
    [
        ("sep=;\r\n", ";", "file_name;caption;species"),
        ('"sep=|"\n\n', "|", '"file_name"|"caption"|"species"'),
        ("\n ;;\n", ";", '"file_name";"caption";"species";"seen on, at, by, with"'),
        ("", "\t", "file_name\tcaption\tspecies"),
    ],
)
def test_a_list_of_any_spreadsheet(
    mine: Path, tmp_path: Path, before: str, separator: str, header: str
) -> None:
    more = header.count(separator) - 2
    lines = [f"{n}.png{separator}a bird, red{separator}{SPECIES[n % 4]}" for n in range(6)]
    rows = [f"{line}{separator * more}\n" for line in lines]
    blank = separator * (2 + more) + "\n"
    (mine / "birds.csv").write_text(f"{before}{header}\n{''.join(rows)}{blank}")
    (mine / "more" / "6.png").unlink()
    (mine / "more" / "7.png").unlink()
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    assert all_entries(tmp_path / "birds")["0.png"]["captions"] == ["a bird red"]


def test_a_list_whose_columns_are_not_told_is_refused(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine / "birds.csv").write_text("file_name,caption,caption\n0.png,a red bird,a bird\n")
    told = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "names the column caption more than once" in told
    (mine / "birds.csv").write_text('"file_name" and, "caption"\n0.png,a red bird\n')
    told = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "must name the columns file_name and caption" in told


def test_json_lines_and_no_species(mine: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps({"file_name": "more/6.png", "caption": "a bird"}),
        json.dumps({"file_name": "more/6.png", "captions": ["one", "two"], "species": None}),
        *(json.dumps({"file_name": f"./{n}.png", "captions": ["a bird"]}) for n in range(6)),
        json.dumps({"file_name": "more/7.png", "caption": "a bird"}),
    ]
    captions = tmp_path / "captions.jsonl"
    captions.write_text("\n".join(lines))
    out = tmp_path / "birds"
    assert prepare("--pictures", mine, "--captions", captions, "--out", out) == 0
    entries = all_entries(out)
    assert entries["more/6.png"]["captions"] == ["a bird", "one", "two"]
    assert {entry["species"] for entry in entries.values()} == set(entries), (
        "each a kind of its own"
    )


@pytest.mark.parametrize(
    ("line", "heading", "entry"),
    [
        (b"gone.png,a bird,wren", "Listed, but there is no such picture: 1", "gone.png"),
        (b"../mine/0.png,a bird,wren", "lead out of their folder: 1", "../mine/0.png"),
        (b"/etc/passwd,a bird,wren", "lead out of their folder: 1", "/etc/passwd"),
        (
            b"0.png,a bird,penguin",
            "two different species, boxes or parts: 1",
            "0.png: wren, penguin",
        ),
        (b"0.png", "Lines that cannot be understood: 1", "birds.csv, line 18"),
        (b"0.png,a,wren,b", "Lines that cannot be understood: 1", "birds.csv, line 18"),
        (b'0.png,"a bird', "Lines that cannot be understood: 1", "birds.csv, line 18"),
        (b'0.png,"a "red" bird",\n0.png,a,', "Lines that cannot be understood: 1", "line 18"),
    ],
)
def test_a_bad_line_is_named_and_can_be_skipped(
    mine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    line: bytes,
    heading: str,
    entry: str,
) -> None:
    append(mine, line)
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert heading in said
    assert entry in said
    assert prepare(*arguments(mine), "--out", tmp_path / "birds", "--skip-broken") == 0


def test_a_bad_json_line_is_named(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    captions = mine / "captions.jsonl"
    captions.write_text('{"file_name": "0.png"\n[1]\n{"file_name": "0.png"}\n{"caption": "a"}\n')
    said = refuse(capsys, tmp_path / "birds", "--pictures", mine, "--captions", captions)
    assert "Lines that cannot be understood: 4" in said
    assert "captions.jsonl, line 3: neither captions nor a species" in said


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_list_is_read_as_lines_are(mine: Path, tmp_path: Path, indent: int | None) -> None:
    names = [*(f"{n}.png" for n in range(6)), "more/6.png", "more/7.png"]
    captions = tmp_path / "captions.json"
    listed = [{"file_name": name, "caption": f"a bird of {name}"} for name in names]
    captions.write_text(json.dumps(listed, indent=indent))
    out = tmp_path / "birds"
    assert prepare("--pictures", mine, "--captions", captions, "--out", out) == 0
    assert all_entries(out)["more/6.png"]["captions"] == ["a bird of more 6 png"]


def test_a_bad_entry_of_a_json_list_is_named(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    captions = mine / "captions.json"
    captions.write_text('[{"file_name": "0.png", "caption": "a bird"}, {"file_name": "1.png"}, 1]')
    said = refuse(capsys, tmp_path / "birds", "--pictures", mine, "--captions", captions)
    assert "captions.json, entry 2: neither captions nor a species" in said
    assert "captions.json, entry 3: not a JSON object" in said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"images": [{"id": 1, "file_name": "0.png"}], "annotations": []}, "no list of pictures"),
        ({"0.png": "a bird"}, "no list of pictures"),
        ([{"file_name": "0.png", "caption": "a bird"}], "is damaged: Expecting"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_another_json_document_is_told_in_a_sentence(
    mine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: object,
    told: str,
    indent: int | None,
) -> None:
    captions = mine / "captions.json"
    written = json.dumps(content, indent=indent)
    captions.write_text(written[:-1] if "damaged" in told else written)
    said = refuse(capsys, tmp_path / "birds", "--pictures", mine, "--captions", captions)
    assert told in said
    assert "Lines that cannot be understood" not in said


def test_a_picture_nobody_described(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_picture().save(mine / "new.jpg")
    for name in ("@eaDir/new.jpg/thumb.jpg", ".thumbnails/new.png", "._new.jpg"):  # of the system
        (mine / name).parent.mkdir(parents=True, exist_ok=True)
        make_picture().save(mine / name)
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "Pictures without captions: 1\n  new.jpg" in said


def test_two_names_for_one_file(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_picture().save(mine / "0.jpg")
    append(mine, b"0.jpg,a bird,wren")
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "0.jpg: would be written to 0.webp, as would 0.png" in said


def test_captions_without_a_word_are_left_out(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(mine, b"0.png,!!!,wren")
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    assert "Captions without a word" in capsys.readouterr().out
    assert all_entries(tmp_path / "birds")["0.png"]["captions"] == ["a small red wren", "a bird"]


def test_a_csv_without_columns(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine / "birds.csv").write_text("0.png,a bird\n")
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "must name the columns file_name and caption" in said


def test_a_folder_in_place_of_the_list_is_told(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refuse(capsys, tmp_path / "birds", "--pictures", mine, "--captions", mine)
    assert f"{mine} is a folder: give the one file with all captions, a CSV" in said


@pytest.mark.skipif(os.name != "posix", reason="Windows has no pipes with a name in a folder")
def test_a_list_out_of_a_pipe(mine: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cp", mine / "birds.csv", pipe]):
        assert prepare("--pictures", mine, "--captions", pipe, "--out", tmp_path / "birds") == 0
    assert len(all_entries(tmp_path / "birds")) == 8


def test_a_decompression_bomb_is_not_unpacked(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A PNG of 130 bytes that says it has 900 million, and one of a little over the limit."""
    for name, side in (("0.png", 30_000), ("1.png", int(MAX_PIXELS**0.5) + 1)):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
        (mine / name).write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + b"".join(
                struct.pack(">I", len(body))
                + kind
                + body
                + struct.pack(">I", zlib.crc32(kind + body))
                for kind, body in chunks
            )
        )
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "Too many pixels (make them smaller): 2" in said


def test_a_kind_that_pillow_knows_and_cannot_show_is_not_called_damaged(
    mine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", False)
    for name, content in unreadable_pictures().items():
        (mine / name).write_bytes(content)
        append(mine, f"{name},a bird,wren".encode())
    out = tmp_path / "birds"
    said = refuse(capsys, out, *arguments(mine))
    assert f"save HEIC and others as JPEG): {len(unreadable_pictures())}\n" in said
    assert "  drawing.eps: a picture of a kind that cannot be read here; PNG, JPEG, WebP" in said
    assert "Damaged" not in said

    assert prepare(*arguments(mine), "--out", out, "--skip-broken") == 0
    read = read_examples(out / "train")[0]
    read.path.write_bytes(unreadable_pictures()["plot.wmf"])
    with pytest.raises(ValueError, match="is a picture of a kind that cannot be read here"):
        load_square(read, 64)


def test_a_raw_files_preview_is_not_taken_for_the_photograph(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = np.asarray(make_picture(0, (320, 240)))
    preview, sensor = full[::2, ::2], np.zeros((240, 320), dtype=np.uint16)
    for name, pages in (
        ("raw.dng", [Page(preview, 1, [Page(sensor, 0)])]),
        ("behind.tif", [Page(preview, 1, [Page(full, 0)])]),
        ("before.tif", [Page(full), Page(preview, 1)]),
    ):
        (mine / name).write_bytes(tiff(*pages))
        append(mine, f"{name},a bird,wren".encode())
    out = tmp_path / "birds"
    said = refuse(capsys, out, *arguments(mine))
    assert "input: 1\nNot a picture, or of a kind that cannot be read" in said
    assert (
        "  raw.dng: a camera's raw file, or another of which only a preview (160 x 120 pixels) can "
        "be read here; export the photograph as JPEG or PNG\n"
    ) in said
    assert prepare(*arguments(mine), "--out", out, "--skip-broken") == 0
    entries = all_entries(out)
    assert entries["behind.tif"]["side"] == entries["before.tif"]["side"] == 240
    for name in ("behind", "before"):
        with Image.open(next(out.glob(f"*/{name}.webp"))) as written:
            shown = np.asarray(written).astype(int)
        assert np.abs(shown - full[:, 40:280]).mean() < 4


def test_small_pictures_are_named_unless_they_are_wanted(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_picture(0, (200, 50)).save(mine / "0.png")
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "0.png: a square of 50 x 50 px of a picture of 200 x 50 px" in said
    assert prepare(*arguments(mine), "--out", tmp_path / "birds", "--min-side", 50) == 0
    assert all_entries(tmp_path / "birds")["0.png"]["side"] == 50


def test_transparent_becomes_white() -> None:
    picture = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    picture.putpixel((1, 0), (0, 0, 0, 0))
    assert [to_rgb(picture).getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (255, 255, 255)]
    palette = Image.new("P", (1, 1), 0)
    palette.info["transparency"] = 0
    assert to_rgb(palette).getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bits_keep_their_brightness() -> None:
    picture = Image.fromarray(np.full((1, 1), 0x8000, dtype=np.uint16))
    assert to_rgb(picture).getpixel((0, 0)) == (128, 128, 128)


def test_a_colour_profile_is_obeyed_and_a_broken_one_ignored() -> None:
    picture = Image.new("RGB", (1, 1), (200, 100, 50))
    picture.info["icc_profile"] = b"no profile"
    assert to_rgb(picture).getpixel((0, 0)) == (200, 100, 50)
    lab = Image.new("RGB", (1, 1), (200, 100, 50))
    lab.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shown = to_rgb(lab).getpixel((0, 0))
    assert isinstance(shown, tuple)
    assert max(abs(a - b) for a, b in zip(shown, (200, 100, 50), strict=True)) <= 1


def test_a_turned_photograph_is_put_upright(mine: Path, tmp_path: Path) -> None:
    """And so are its boxes: people draw them on what a screen shows."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    make_picture().save(mine / "0.png", exif=exif)
    (mine / "birds.csv").write_text("file_name,caption,species,box\n")
    write_species(mine, box="10 100 60 40")
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    upright = make_picture().transpose(Image.Transpose.ROTATE_270)
    with Image.open(next((tmp_path / "birds").glob("*/0.webp"))) as written:
        difference = np.asarray(written).astype(int) - np.asarray(upright)[70:160, 0:90]
    assert np.abs(difference).mean() < 4


def write_species(mine: Path, box: str = "", parts: str = "") -> None:
    """Add a line for each picture; the first one's has a box and parts."""
    for number in range(8):
        name = f"more/{number}.png" if number > 5 else f"{number}.png"
        marks = f",{box}{f',{parts}' if parts else ''}" if number == 0 else ""
        append(mine, f"{name},a bird,{SPECIES[number % 4]}{marks}".encode())


def test_a_picture_whose_exif_is_broken_is_used(mine: Path, tmp_path: Path) -> None:
    make_picture().save(mine / "0.png", exif=b"nonsense" * 4)
    with Image.open(mine / "0.png") as broken, pytest.raises(SyntaxError):
        broken.load()
        broken.getexif()
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    assert len(all_entries(tmp_path / "birds")) == 8


def test_boxes_and_parts(mine: Path, tmp_path: Path) -> None:
    """In a CSV and in JSON lines; the square is 90 px from (25, 5) on, as in the test of CUB."""
    (mine / "birds.csv").write_text("file_name,caption,species,box,parts\n")
    write_species(mine, "40 30 60 40", "beak 100 41; left eye 43 59")
    append(mine, b"0.png,,,,7 43 59;2 100 41")
    assert prepare(*arguments(mine), "--out", tmp_path / "birds") == 0
    expected = {
        "box": [0.1667, 0.2778, 0.6667, 0.4444],
        "parts": {"2": [0.8333, 0.4], "7": [0.2, 0.6]},
    }
    entry = all_entries(tmp_path / "birds")["0.png"]
    assert {key: entry[key] for key in expected} == expected

    lines = [
        {"file_name": name, "caption": "a bird", "species": line["species"]}
        for name, line in all_entries(tmp_path / "birds").items()
    ]
    marks = {"box": [40, 30, 60, 40], "parts": {"beak": [100, 41], "7": [43, 59]}}
    lines = [line | marks if line["file_name"] == "0.png" else line for line in lines]
    captions = tmp_path / "captions.jsonl"
    captions.write_text("\n".join(map(json.dumps, lines)))
    out = tmp_path / "from_json"
    assert prepare("--pictures", mine, "--captions", captions, "--out", out) == 0
    entry = all_entries(out)["0.png"]
    assert {key: entry[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("line", "heading", "entry"),
    [
        (b"0.png,,,40 30 60", _BOX, "line 10, 0.png: box is '40 30 60'; wanted: left, top, width"),
        (b"0.png,,,.1 .1 .5 nan", _BOX, "box is '.1 .1 .5 nan'"),
        (b"0.png,,,.1 .1 .5 .5", _BOX, "height in pixels"),
        (b"0.png,,,,nose 1 2", _PARTS, "there is no part 'nose'"),
        (b"0.png,,,,beak 1", _PARTS, "wanted: two numbers"),
        (b"0.png,,,,beak 1 2;2 3 4", _PARTS, "is named twice"),
        (b"0.png,,,,beak 10 200", _PARTS, "0.png: beak at (10, 200) in a picture"),
        (b"0.png,,,300 0 50 50", _BOX, "0.png: (300, 0, 50, 50) in a picture"),
        (b"0.png,,,30 30 0 0", _BOX, "0.png: (30, 30, 0, 0) in a picture"),
        (b"0.png,,,1 2 3 4\n0.png,,,1 2 3 5", "species, boxes or parts: 1", "0.png: 2 boxes"),
        (b"0.png,,,,2 1 2\n0.png,,,,2 1 3", "boxes or parts: 1", "0.png: 2 lists of parts"),
    ],
)
def test_a_bad_box_or_part_is_named(
    mine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    line: bytes,
    heading: str,
    entry: str,
) -> None:
    (mine / "birds.csv").write_text("file_name,caption,species,box,parts\n")
    write_species(mine)
    append(mine, line)
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert heading in said
    assert entry in said
    assert "input: 1\n" in said


def test_what_was_refused_is_not_called_without_captions(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boxes = ("a b c d", "nan 1 20 20", ".1 .1 .5 .5", "300 0 50 50", "30 30 0 0", "40 30 60 40")
    rows = [f"{number}.png,a bird,wren,{box}" for number, box in enumerate(boxes)]
    for folder in ("first", "second"):
        (mine / folder).mkdir()
        make_picture().save(mine / folder / "0.png")
    rows += ["more/6.png,a bird,crow,", "first/0.png,a bird,crow,", "first/0.png,a bird,,1 2 3"]
    rows += [f"{mine}/second/0.png,a bird,jay,"]
    (mine / "birds.csv").write_text("\n".join(["file_name,caption,species,box", *rows]))
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "Pictures without captions: 1\n  more/7.png\n" in said
    assert f"{_BOX[:-1]}6\n  birds.csv, line 2, 0.png: box is 'a b c d'" in said
    assert "birds.csv, line 10, first/0.png: box is '1 2 3'" in said
    out = tmp_path / "birds"
    assert prepare(*arguments(mine), "--out", out, "--skip-broken", "--test-species", 1) == 0
    assert set(all_entries(out)) == {"5.png", "more/6.png"}, "none whose box is not known"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("birds.csv", ("file_name,caption", '0.png,a "red" bird', "1.png,a bird, red")),
        ("birds.csv", ("caption;file_name", '"a bird;0.png', "a bird;1.png")),
        ("birds.csv", ("file_name,caption", '0.png,"a bird', '1.png,"a bird"')),
        ("birds.json", ('{"file_name": "0.png", "caption": "a", }', '{"file_name": "1.png"}')),
        ("birds.jsonl", ('{"file_name": "0.png", "caption": 1}', '{"file_name":"\\u0031.png",}')),
        ("birds.jsonl", ('{"file_name": "0.png", "caption": "\\udcff"}', '{"file_name":"1.png"')),
    ],
)
def test_a_picture_whose_line_is_refused_is_not_called_without_captions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, lines: tuple[str, ...]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for picture in ("0.png", "1.png", "2.png"):
        make_picture().save(folder / picture)
    (tmp_path / name).write_text("\n".join((*lines, "")))
    given = "--pictures", folder, "--captions", tmp_path / name
    said = refuse(capsys, tmp_path / "birds", *given)
    assert "Pictures without captions: 1\n  2.png\n" in said


def test_pictures_without_captions_are_a_kind_of_their_own(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "birds"
    for name, species in (("new", "gull"), ("seen", "wren"), ("tested", "Robin")):
        make_picture().save(mine / f"{name}.png")
        append(mine, f"{name}.png,,{species}".encode())
    (tmp_path / "tested.txt").write_text("robin\n")
    options = (*arguments(mine), "--out", out, "--test-species", tmp_path / "tested.txt")
    assert prepare(*options) == 0
    said = capsys.readouterr().out
    assert f"{out / 'more'}: 2 pictures, 2 species" in said
    assert "kept for testing (always left out): 1\n  tested.png: Robin" in said
    read = DataFolder.read(out)
    assert [(one.path.name, one.species, one.captions) for one in read.more] == [
        ("new.webp", "gull", ()),
        ("seen.webp", "wren", ()),
    ]

    for name in ("new", "seen", "tested"):
        append(mine, f"{name}.png,a bird,".encode())
    assert prepare(*options) == 0
    assert len(DataFolder.read(out).more) == 0, "what an earlier run left there is not read"


@pytest.mark.parametrize(
    ("written", "is_called", "reason"),
    [
        ("wren\\1.png", "wren/1.png", "there is wren/1.png; folders are told by /"),
        ("WREN/1.PNG", "wren/1.png", "there is wren/1.png; capital letters differ"),
        (
            "C:\\mine\\wren\\one.png",
            "wren/one.png",
            "names are told from the folder of pictures on",
        ),
        ("wren/a%20bird.png", "wren/a bird.png", "a space is written as it is, not %20"),
        ("wren/one", "wren/one.png", "there is wren/one.png; endings are told, too"),
        ("\u00e9.png", "e\u0301.png", "this name is in NFC, and the file's in NFD"),
        ("e\u0301.png", "\u00e9.png", "this name is in NFD, and the file's in NFC"),
    ],
)
def test_a_name_that_only_looks_right_is_told_once_with_its_reason(
    mine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    written: str,
    is_called: str,
    reason: str,
) -> None:
    (mine / "wren").mkdir()
    make_picture().save(mine / is_called)
    append(mine, f"{written},a bird,wren".encode())
    said = refuse(capsys, tmp_path / "birds", *arguments(mine))
    assert "Listed, but there is no such picture: 1\n" in said
    assert reason in said
    assert "input: 1\n" in said


def test_a_terminal_that_knows_ascii_only(mine: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "models.training", "prepare"]
    ran = subprocess.run(
        [*command, *map(str, arguments(mine)), "--out", str(tmp_path / "d\u00e4t\u00e4")],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert b"d\\xe4t\\xe4/train: 4 pictures" in ran.stdout


def test_an_output_folder_among_the_pictures_is_refused(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refuse(capsys, mine / "birds", *arguments(mine))
    assert "--out lies in the folder of --pictures" in said
