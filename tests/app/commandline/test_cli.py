"""The command line as a person uses it: exit statuses, files, and one sentence for each error."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.commandline import cli
from app.pictures.picture_file import read_metadata, save_picture
from app.pictures.picture_metadata import PictureMetadata
from models import Painter
from models.request import DrawRequest
from tests.app.commandline.command_line import failure, run
from tests.app.pictures.test_picture_file import unwritable_folder
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

SENTENCE = "a small red bird with black wings"


def pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.tobytes()


# One process each: what a person types.


@pytest.mark.alone
def test_help_is_quick() -> None:
    best = 1.0
    for _ in range(3):
        begun = time.monotonic()
        result = run("--help")
        best = min(best, time.monotonic() - begun)
        assert result.returncode == 0 and "draw" in result.stdout and "listen" in result.stdout
    assert best < 0.3


def test_help_names_commands_that_work() -> None:
    for command in ([], ["draw"], ["listen"]):
        words = " ".join(["python main.py", *command])
        assert run(*command, "--help").stdout.startswith(f"usage: {words} ")
    told = run("listen", "--seconds", "many").stderr
    assert told.startswith("speech2bird: ") and "(try python main.py listen --help)" in told


def test_help_loads_neither_torch_nor_tk() -> None:
    command = [sys.executable, "-X", "importtime", str(REPOSITORY / "main.py"), "--help"]
    imported = subprocess.run(command, capture_output=True, text=True, timeout=100).stderr
    names = {line.rpartition("|")[2].strip() for line in imported.splitlines()}
    assert "app.commandline.cli" in names
    assert not names & {"torch", "tkinter", "numpy", "PIL", "models.painter", "app.ui"}


def test_draw_then_from_gives_the_same_pixels(tmp_path: Path) -> None:
    first, second = tmp_path / "bird.png", tmp_path / "again.png"
    result = run("draw", SENTENCE, "-o", first)
    assert result.returncode == 0, result.stderr
    metadata = read_metadata(first)
    assert metadata.sentence == SENTENCE and metadata.size == 512
    assert f"seed {metadata.seed}" in result.stderr
    result = run("draw", "--from", first, "-o", second)
    assert result.returncode == 0, result.stderr
    assert pixels(first) == pixels(second)
    assert read_metadata(second).seed == metadata.seed


def test_captions_file_with_bad_lines(tmp_path: Path, painter: Painter) -> None:
    captions, folder = tmp_path / "captions.txt", tmp_path / "new" / "folder"
    lines = [SENTENCE] * 9 + ["", "qwxzv", "red " * 1250, "a yellow bird\r"]
    captions.write_bytes("\n".join(lines).encode() + b"\n")
    arguments = ["--captions", captions, "-o", folder, "--size", 64, "--seed", 5]
    result = run("draw", *arguments)
    assert result.returncode == 1
    for number in (11, 12):
        assert f"Line {number}: " in result.stderr
    assert "Line 10" not in result.stderr  # a blank one
    assert "2 lines of 12 could not be drawn" in result.stderr
    assert "Traceback" not in result.stderr
    assert "12/12" in result.stderr  # the progress bar
    names = sorted(path.name for path in folder.iterdir())
    assert names == [*(f"{number:06}.png" for number in [*range(9), 12]), "seed.txt"]
    metadata = read_metadata(folder / "000012.png")
    assert metadata.sentence == "a yellow bird" and metadata.seed == 17


# In this process: the same code without two seconds of start for each case.


def test_same_seed_same_picture_and_count(tmp_path: Path) -> None:
    first, second, alone = (tmp_path / f"{name}.png" for name in ("a-1", "a-2", "b"))
    for name, seed, count in (("a", 7, 2), ("b", 8, 1)):
        arguments = ["draw", SENTENCE, "-o", tmp_path / f"{name}.png", "--seed", seed]
        arguments += ["--count", count, "--size", 128, "--sketches", 1]
        assert cli.main([str(argument) for argument in arguments]) == 0
    assert set(tmp_path.glob("*.png")) == {first, second, alone}
    assert pixels(second) == pixels(alone) != pixels(first)
    assert read_metadata(second).seed == 8


def test_a_second_picture_comes_again_by_itself(tmp_path: Path) -> None:
    """Of its sketches one was taken that differs from the first picture's pose."""
    arguments = ["draw", SENTENCE, "-o", str(tmp_path / "a.png"), "--seed", "7", "--size", "64"]
    assert cli.main([*arguments, "--count", "2"]) == 0
    second, again = tmp_path / "a-2.png", tmp_path / "again.png"
    assert cli.main(["draw", "--from", str(second), "-o", str(again)]) == 0
    assert pixels(second) == pixels(again)


def test_stages_and_attention(tmp_path: Path) -> None:
    path = tmp_path / "bird.png"
    assert cli.main(["draw", SENTENCE, "-o", str(path), "--stages", "--attention"]) == 0
    for size in (64, 128, 256, 512):
        with Image.open(tmp_path / f"bird-stage-{size}.png") as stage:
            assert stage.size == (size, size)
    assert pixels(tmp_path / "bird-stage-512.png") == pixels(path)
    with Image.open(tmp_path / "bird-attention.png") as sheet:
        assert sheet.width > sheet.height > 512


def test_from_with_another_seed(tmp_path: Path) -> None:
    first, second = tmp_path / "bird.jpg", tmp_path / "other.png"
    assert cli.main(["draw", SENTENCE, "-o", str(first), "--size", "64", "--seed", "1"]) == 0
    assert cli.main(["draw", "--from", str(first), "--seed", "2", "-o", str(second)]) == 0
    metadata = read_metadata(second)
    assert (metadata.sentence, metadata.seed, metadata.size) == (SENTENCE, 2, 64)


def test_a_picture_of_the_first_stage_has_no_attention(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small, again = tmp_path / "small.png", tmp_path / "again.png"
    metadata = PictureMetadata(DrawRequest(SENTENCE, 1, 64), "test (0000)")
    save_picture(Image.new("RGB", (64, 64)), metadata, small)
    told = failure(capsys, 2, "draw", "--from", small, "--attention", "-o", again)
    assert "--attention needs --size 128" in told and not again.exists()
    larger = ["draw", "--from", small, "--size", 128, "--attention", "-o", again]
    assert cli.main([*map(str, larger)]) == 0
    assert (tmp_path / "again-attention.png").exists()


def test_too_little_memory_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*arguments: object, **options: object) -> None:
        torch.empty(2**50, dtype=torch.uint8)

    monkeypatch.setattr(Painter, "draw", draw)
    told = failure(capsys, 1, "draw", SENTENCE, "-o", tmp_path / "bird.png")
    assert "There is not enough memory" in told


def test_a_library_that_does_not_fit_into_memory_is_told(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "main.py"), "draw", SENTENCE, "-o", "bird.png"]
    script = f"ulimit -v 400000; exec {shlex.join(command)}"
    ended = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 1 and "There is not enough memory" in ended.stderr, ended.stderr


def test_a_working_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    gone, path = tmp_path / "gone", tmp_path / "bird.png"
    gone.mkdir()
    command = [sys.executable, str(REPOSITORY / "main.py"), "draw", SENTENCE, "-o", str(path)]
    script = f"rmdir {shlex.quote(str(gone))}; exec {shlex.join(command)}"
    ended = subprocess.run(["sh", "-c", script], cwd=gone, capture_output=True, text=True)
    assert ended.returncode == 1 and "is gone: change to another one" in ended.stderr


def test_a_disk_that_is_full_while_words_are_written_is_told(
    spoken_sentence: SpeakSentence,
) -> None:
    command = [
        sys.executable,
        str(REPOSITORY / "main.py"),
        "listen",
        str(spoken_sentence("a bird")),
    ]
    with open("/dev/full", "w") as full:
        buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        ended = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered
        )
    assert ended.returncode == 1
    assert ended.stderr.endswith("is not written: no space left on device.\n"), ended.stderr


def test_weights_that_are_no_file_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path, "/dev/zero"):
        told = failure(capsys, 1, "draw", SENTENCE, "-o", tmp_path / "a.png", "--weights", path)
        assert f"{path} is no file: name a weights file." in told


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "describe a bird"),
        (" \n", "describe a bird"),
        ("r" * 5000, "too long"),
        ("qwxzv zzyzx", "None of these words"),
    ],
)
def test_bad_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sentence: str, message: str
) -> None:
    path = tmp_path / "bird.png"
    assert message in failure(capsys, 1, "draw", sentence, "-o", path)
    assert not path.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["draw"],
        ["draw", SENTENCE],
        ["draw", "-o", "bird.png"],
        ["draw", SENTENCE, "--captions", "x.txt", "-o", "folder"],
        ["draw", "--captions", "x.txt", "--count", "2", "-o", "folder"],
        ["draw", SENTENCE, "-o", "bird.png", "--size", "100"],
        ["draw", SENTENCE, "-o", "bird.png", "--seed", "-1"],
        ["draw", SENTENCE, "-o", "bird.png", "--seed", "red"],
        ["draw", SENTENCE, "-o", "bird.png", "--count", "0"],
        ["draw", SENTENCE, "-o", "bird.png", "--device", "abacus"],
        ["draw", SENTENCE, "-o", "bird.png", "--size", "64", "--attention"],
        ["listen", "x.wav", "--seconds", "3"],
        ["listen", "--seconds", "nan"],
        ["listen", "x.wav", "--direct"],
        ["fly"],
        ["--no-such-option"],
        ["--weights", "own.safetensors", "doctor"],
        ["--weights", "own.safetensors", "--install-desktop"],
    ],
)
def test_bad_usage(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> None:
    failure(capsys, 2, *arguments)


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        (["draw", "–seed", "7", SENTENCE, "-o", "x.png"], "type --seed "),
        (["draw", "--captions", "x.txt", "—stages", "-o", "x"], "type --stages "),
        (["draw", SENTENCE, "—size=64", "-o", "x.png"], "type --size "),
        (["draw", SENTENCE, "–o", "x.png"], "type -o "),
        (["draw", "--sed", "7", SENTENCE, "-o", "x.png"], "arguments: --sed (try"),
        (["draw", *SENTENCE.split(), "-o", "x.png"], "goes between straight quotes"),
        (["draw", "“a", "red", "bird”", "-o", "x.png"], "goes between straight quotes"),
        (
            ["open", "my", "bird.png"],
            "arguments: bird.png. open takes one picture or sound; a name",
        ),
        (["listen", "a.wav", "b.wav", "c.wav"], "arguments: b.wav c.wav. listen takes one sound"),
        (["doctor", "bird.png"], "arguments: bird.png. doctor takes none (try"),
    ],
)
def test_what_is_wrong_with_a_pasted_command_is_told(
    capsys: pytest.CaptureFixture[str], pasted: list[str], told: str
) -> None:
    assert told in failure(capsys, cli.BAD_USAGE, *pasted)


_DIRECT = ["--direct", "-o", "bird.png"]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--microphone", "0"], "--microphone is for recording"),
        (["--seconds", "3"], "--seconds is for recording"),
        (["--seed", "0"], "--seed is for drawing"),
        (["--size", "64"], "--size is for drawing"),
        (["--sketches", "2"], "--sketches is for drawing"),
        (["--pose", "left"], "--pose is for drawing"),
        (["--as-written"], "--as-written is for drawing"),
        (["--weights", "own.safetensors"], "--weights is for drawing"),
        (["--device", "cpu"], "--device is for drawing"),
        ([*_DIRECT, "--as-written"], "--as-written is for words"),
        ([*_DIRECT, "--recogniser", "whisper"], "--recogniser is for words"),
        ([*_DIRECT, "--whisper", "folder"], "--whisper is for words"),
        (["--recogniser", "sphinx", "--whisper", "folder"], "--whisper is for Whisper, and sphinx"),
        (["--whisper", "tiny.en"], "There is no folder tiny.en: --whisper takes the folder of a"),
    ],
)
def test_options_that_would_do_nothing_for_a_sound_file_are_refused(
    capsys: pytest.CaptureFixture[str], option: list[str], told: str
) -> None:
    assert told in failure(capsys, cli.BAD_USAGE, "listen", "x.wav", *option)


def test_what_is_worth_telling_of_a_drawing_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["zorgly", *["red"] * 26]
    command = ["draw", " ".join(words), "-o", str(tmp_path / "bird.png"), "--size", "64"]
    assert cli.main([*command, "--count", "2"]) == cli.SUCCESS
    told = capsys.readouterr().err
    assert told.count("Words that were not understood: zorgly.") == 1
    assert told.count("Only the first 24 known words") == 1 and "2 more were left out" in told


def test_a_name_is_drawn_as_described_and_repeated_exactly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again, written = (tmp_path / name for name in ("a.png", "b.png", "c.png"))
    options = ["--seed", "3", "--size", "64"]
    assert cli.main(["draw", "cardinal, no crest", "-o", str(first), *options]) == cli.SUCCESS
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("cardinal: drawn as “a bright red cardinal with ")
    assert told[1].startswith("Left out: “no crest”.")
    with Image.open(first) as picture:
        parameters = picture.info["parameters"].splitlines()
    assert parameters[0] == "cardinal, no crest"
    assert parameters[1].startswith("Drawn as: a bright red cardinal with ")

    assert cli.main(["draw", "--from", str(first), "-o", str(again)]) == cli.SUCCESS
    assert pixels(again) == pixels(first)
    assert read_metadata(again).request == read_metadata(first).request
    command = ["draw", "cardinal, no crest", "--as-written", "-o", str(written), *options]
    assert cli.main(command) == cli.SUCCESS
    assert pixels(written) != pixels(first)
    with Image.open(written) as picture:
        assert "Drawn as" not in picture.info["parameters"]


def test_a_picture_of_an_earlier_version_is_drawn_as_written(
    tmp_path: Path, painter: Painter
) -> None:
    old, again = tmp_path / "old.png", tmp_path / "again.png"
    fields = {"sentence": "cardinal red bird", "seed": 3, "size": 64, "model": "", "version": "0.1",
              "created": ""}  # fmt: skip
    chunks = PngInfo()
    chunks.add_itxt("speech2bird", json.dumps(fields))
    Image.new("RGB", (64, 64)).save(old, pnginfo=chunks)
    assert cli.main(["draw", "--from", str(old), "-o", str(again)]) == cli.SUCCESS
    expected = painter.draw(DrawRequest("cardinal red bird", 3, 64, as_written=True))
    assert pixels(again) == expected.image.tobytes()
    other = painter.draw("cardinal red bird", 3, 64)
    assert other.image.tobytes() != expected.image.tobytes()


def test_what_is_no_bird_is_not_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = failure(capsys, 1, "draw", "a red car", "-o", tmp_path / "car.png")
    assert "Only birds are drawn, and “red car” is none." in told
    assert not (tmp_path / "car.png").exists()


def test_bad_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def draw(path: Path) -> str:
        return failure(capsys, 1, "draw", SENTENCE, "-o", path)

    assert "no folder" in draw(tmp_path / "absent" / "bird.png")
    assert "must end in" in draw(tmp_path / "bird.gif")
    for folder in (make_folder(tmp_path / "folder.png"), make_folder(tmp_path / "folder")):
        assert f"{folder} is a folder; give the name of a picture" in draw(folder)
    for folder in (Path("."), Path(".."), Path("/")):
        for options in ((), ("--count", 2), ("--stages", "--attention")):
            told = failure(capsys, 1, "draw", SENTENCE, "-o", folder, *options)
            assert f" {folder} is a folder; give the name of a picture" in told
    (tmp_path / "captions.txt").write_text(SENTENCE)
    unwritable = unwritable_folder(tmp_path)
    arguments = ["draw", "--captions", tmp_path / "captions.txt", "-o", unwritable / "new"]
    assert "cannot be made" in failure(capsys, 1, *arguments)


def test_unwritable_folder(tmp_path: Path) -> None:
    result = run("draw", SENTENCE, "-o", unwritable_folder(tmp_path) / "bird.png")
    assert result.returncode == 1 and "cannot be" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unwritable_folder_is_told_before_drawing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Painter, "load", lambda *arguments, **options: pytest.fail("it loaded"))
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)  # even for root
    told = failure(capsys, 1, "draw", SENTENCE, "-o", tmp_path / "bird.png")
    assert f"The folder {tmp_path} cannot be written to." in told


def test_bad_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("not a sound")
    output = tmp_path / "bird.png"
    assert "not a sound file" in failure(capsys, 1, "listen", text, "-o", output)
    assert "no file" in failure(capsys, 1, "listen", tmp_path / "absent.wav")
    assert "not a picture" in failure(capsys, 1, "draw", "--from", text, "-o", output)
    absent = tmp_path / "absent.txt"
    assert "cannot be read" in failure(capsys, 1, "draw", "--captions", absent, "-o", tmp_path)
    absent.write_bytes(b"")
    assert "no line" in failure(capsys, 1, "draw", "--captions", absent, "-o", tmp_path)
    assert not output.exists()


@pytest.mark.parametrize("damage", ["truncated", "corrupted", "text", "absent"])
def test_bad_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str) -> None:
    weights = tmp_path / "bird.safetensors"
    data = bytearray((REPOSITORY / "weights" / "bird.safetensors").read_bytes())
    if damage == "truncated":
        del data[len(data) // 2 :]
    elif damage == "corrupted":
        data[len(data) // 2] ^= 0xFF
    elif damage == "text":
        data = bytearray(b"no weights at all")
    if damage != "absent":
        weights.write_bytes(data)
    arguments = ["draw", SENTENCE, "--weights", weights, "-o", tmp_path / "bird.png"]
    assert failure(capsys, 1, *arguments)
    assert not (tmp_path / "bird.png").exists()


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("option", "command"),
    [
        ("SOUND", ["listen", ""]),
        ("-o/--output", ["listen", "-o", ""]),
        ("--captions", ["draw", "--captions", "", "-o", "birds"]),
        ("--from", ["draw", "--from", "", "-o", "bird.png"]),
        ("--weights", ["draw", "a bird", "-o", "bird.png", "--weights", ""]),
        ("FILE", ["open", ""]),
    ],
)
def test_an_empty_name_is_told_with_its_option(
    capsys: pytest.CaptureFixture[str], option: str, command: list[str]
) -> None:
    told = failure(capsys, cli.BAD_USAGE, *command)
    assert f"argument {option}: the name is empty" in told


def test_an_address_is_a_file_of_this_computer_or_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parse = cli.build_parser().parse_args
    path = tmp_path / "a réd #3?.wav"
    for address in (path.as_uri(), path.as_uri().replace("file://", "file://localhost")):
        assert parse(["listen", address]).sound == path
        assert parse(["draw", "--from", address, "-o", "x.png"]).source == path
    odd = os.fsdecode(b"/b\xffird.png")
    assert parse(["open", Path(odd).as_uri()]).file == Path(odd)
    assert parse(["open", "a: bird.png"]).file == Path("a: bird.png")
    for link in ("https://example.org/bird.wav", "smb://server/a.wav", "file://server/a.wav"):
        for command in (["listen", link], ["draw", "--captions", link, "-o", "x"], ["open", link]):
            with pytest.raises(SystemExit) as stopped:
                cli.main(command)
            assert stopped.value.code == 2
            assert f"{link} is a link, and nothing is fetched" in capsys.readouterr().err
