"""A file of captions drawn into a folder: stopped and gone on with, shared out, or refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.commandline import batch, cli
from app.commandline.ranks import Rank
from app.commandline.steps import UsageError, save_drawing
from app.pictures.picture_file import PictureError, read_metadata, save_picture
from models import Drawing, Painter
from models.request import DrawRequest
from tests.conftest import REPOSITORY

COLOURS = ("red", "blue", "yellow", "black", "white", "brown", "green")
Batch = Callable[..., int]


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    """Seven captions, of which the last is much longer than the others."""
    path = tmp_path / "captions.txt"
    lines = [f"a {colour} bird" for colour in COLOURS]
    lines[-1] += " with a long beak and a white belly that sits on a branch"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def draw(captions: Path, painter: Painter, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Draw small pictures of the captions in this process."""
    monkeypatch.setattr(Painter, "load", lambda *_, **__: painter)

    def run(folder: Path, *options: object) -> int:
        command = ["draw", "--captions", captions, "-o", folder, "--size", 64, *options]
        return cli.main([str(word) for word in command])

    return run


def start(captions: Path, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Draw small pictures in a process of its own."""
    command = [sys.executable, str(REPOSITORY / "main.py"), "draw", "--size", "64"]
    command += ["--captions", str(captions), "-o", str(folder)]
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


def pictures(folder: Path) -> dict[str, bytes]:
    """The pixels of all pictures; each must be whole."""
    found = {}
    for path in sorted(folder.glob("*.png")):
        with Image.open(path) as image:
            found[path.name] = image.tobytes()
    return found


def changed(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def kept_seed(folder: Path) -> int:
    return int((folder / "seed.txt").read_text())


def test_what_was_stopped_is_gone_on_with(tmp_path: Path, captions: Path, draw: Batch) -> None:
    lines = [f"a {colour} bird" for colour in COLOURS * 20]
    captions.write_text("\n".join(lines))
    folder, whole = tmp_path / "stopped", tmp_path / "whole"
    process = start(captions, folder)
    deadline = time.monotonic() + 60
    while len(list(folder.glob("*.png"))) < 2:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The same command goes on" in told and "Traceback" not in told
    before = changed(folder)
    assert len(before) < 100, "it was to be stopped on its way"
    assert not list(folder.glob(".*")), "no half file is left"

    captions.write_text("\n".join(lines[: len(before) + 5]))  # enough, and sooner done
    assert draw(folder) == 0
    assert before.items() <= changed(folder).items(), "nothing is drawn twice"
    assert draw(whole, "--seed", kept_seed(folder)) == 0
    assert pictures(folder) == pictures(whole)


def test_halves_of_killed_programs_are_removed(tmp_path: Path, draw: Batch) -> None:
    half = tmp_path / "b" / ".000003-1234abcd.part"
    half.parent.mkdir()
    half.write_bytes(b"half")
    os.utime(half, (1, 1))
    assert draw(half.parent) == 0
    assert not half.exists()


def test_words_that_were_left_out_are_told_with_their_line(
    tmp_path: Path, captions: Path, draw: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    captions.write_text("a red bird\n" + "red " * 30)
    assert draw(tmp_path / "birds") == cli.SUCCESS
    assert "Line 2: Only the first 24 known words" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("encoding", "end"),
    [("utf-16", "\r\n"), ("utf-16-le", "\n"), ("cp1252", "\r"), ("utf-8-sig", "\n")],
)
def test_captions_as_people_have_them(
    tmp_path: Path, captions: Path, draw: Batch, encoding: str, end: str
) -> None:
    captions.write_bytes(
        end.join(["a naïve red bird", "", "  ", "a blue bird", ""]).encode(encoding)
    )
    folder = tmp_path / "birds"
    assert draw(folder) == cli.SUCCESS
    assert sorted(pictures(folder)) == ["000000.png", "000003.png"]
    assert read_metadata(folder / "000000.png").sentence == "a naïve red bird"
    assert read_metadata(folder / "000003.png").sentence == "a blue bird"
    assert read_metadata(folder / "000003.png").seed == kept_seed(folder) + 3
    assert draw(folder) == cli.SUCCESS  # nothing is left to do


def test_captions_of_the_standard_input(tmp_path: Path) -> None:
    folder = tmp_path / "birds"
    command = [sys.executable, str(REPOSITORY / "main.py"), "draw", "--captions", "-"]
    options = ["-o", str(folder), "--size", "64", "--sketches", "1"]

    def run(
        captions: bytes, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*command, *options], input=captions, env=environment, capture_output=True, timeout=100
        )

    assert run("a naïve red bird\n\na blue bird".encode("utf-16")).returncode == cli.SUCCESS
    assert sorted(pictures(folder)) == ["000000.png", "000002.png"]
    assert read_metadata(folder / "000000.png").sentence == "a naïve red bird"
    told = run(b"\n").stderr.decode()
    assert told == "speech2bird: The captions (standard input) have no line to draw.\n"
    told = run(b"", {**os.environ, "WORLD_SIZE": "2", "RANK": "0"}).stderr.decode()
    assert told == (
        "speech2bird: Several processes cannot share the standard input: give a file.\n"
    )


def test_a_line_of_what_nobody_sees_is_blank(tmp_path: Path, captions: Path, draw: Batch) -> None:
    captions.write_text("a red bird\n\u200b\n\u00a0\u200e\na b\u00adlue bird\n", encoding="utf-8")
    folder = tmp_path / "birds"
    assert draw(folder) == cli.SUCCESS
    assert sorted(pictures(folder)) == ["000000.png", "000003.png"]
    assert draw(folder) == cli.SUCCESS  # it is the same run


def test_a_line_of_marks_alone_is_blank(
    tmp_path: Path, captions: Path, draw: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    captions.write_text("---\n1. a red bird\n***\n2. a blue bird\n_ _\n", encoding="utf-8")
    folder = tmp_path / "birds"
    assert draw(folder) == cli.SUCCESS
    assert sorted(pictures(folder)) == ["000001.png", "000003.png"]
    drawn = [read_metadata(folder / name).request.drawn_as for name in sorted(pictures(folder))]
    assert drawn == ["a red bird", "a blue bird"]
    captions.write_text("---\n\n***\n")
    assert draw(tmp_path / "none") == cli.FAILURE
    assert "have no line to draw" in capsys.readouterr().err


def test_unknown_words_are_told_at_the_end(
    tmp_path: Path, captions: Path, draw: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    captions.write_text("a xyzzy red bird\nzorgly\n\na blue xyzzy bird with a zeppelin\n")
    told = "Words that were not understood: xyzzy (2 lines), zeppelin."
    for _ in range(2):  # and again by who goes on with what was stopped before it was told
        assert draw(tmp_path / "birds") == cli.FAILURE
        assert capsys.readouterr().err.splitlines()[-2:] == [
            told,
            "1 line of 3 could not be drawn.",
        ]
    captions.write_text(" ".join(f"red zorgly{chr(97 + k)}" for k in range(24)) + " bird\n")
    draw(tmp_path / "others")
    assert "zorglyt, and 4 more." in capsys.readouterr().err


def test_what_was_read_otherwise_is_told_at_the_end(
    tmp_path: Path, captions: Path, draw: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    captions.write_text("a cardinal\na crimson bird, no crest\na red bird\ncardinal, no crest\n")
    folder = tmp_path / "birds"
    assert draw(folder, "--seed", 1) == cli.SUCCESS
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "Birds drawn as the bird book describes them: cardinal (2 lines).",
        "Words that were read otherwise: “crimson” as “dark red”.",
        "Left out: “no crest” (2 lines).",
    ]
    metadata = read_metadata(folder / "000001.png")
    assert metadata.sentence == "a crimson bird, no crest"
    assert metadata.request.drawn_as == "a dark red bird"
    assert draw(folder) == cli.SUCCESS
    capsys.readouterr()
    assert draw(folder, "--as-written") == cli.FAILURE
    told = capsys.readouterr().err
    assert "its wording is 'a bright red cardinal with" in told and "would be 'a cardinal'" in told
    captions.write_text(captions.read_text().replace("a red bird", "a gray bird"))
    assert draw(tmp_path / "gray", "--seed", 1) == cli.SUCCESS
    gray = tmp_path / "gray" / "000002.png"
    with Image.open(gray) as picture:  # as an earlier version kept it, which mended it, too
        metadata = read_metadata(gray)
        request = replace(metadata.request, as_written=True, drawn_as=None)
        save_picture(picture.convert("RGB"), replace(metadata, request=request), gray)
    assert draw(tmp_path / "gray") == cli.SUCCESS
    captions.write_text(captions.read_text().replace("a gray bird", "a red bird"))
    before = pictures(folder)
    assert draw(tmp_path / "written", "--seed", 1, "--as-written") == cli.SUCCESS
    written = pictures(tmp_path / "written")
    assert [name for name in before if before[name] == written[name]] == ["000002.png"]


def test_captions_of_blank_lines_alone_are_refused(
    tmp_path: Path, captions: Path, draw: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    captions.write_text("\n  \n\n")
    assert draw(tmp_path / "birds") == cli.FAILURE
    assert "have no line to draw" in capsys.readouterr().err


def test_a_deleted_picture_is_drawn_again(tmp_path: Path, draw: Batch) -> None:
    assert draw(tmp_path / "b") == 0
    before, times = pictures(tmp_path / "b"), changed(tmp_path / "b")
    assert len(before) == 7
    (tmp_path / "b" / "000003.png").unlink()
    assert draw(tmp_path / "b", "--seed", kept_seed(tmp_path / "b")) == 0
    assert pictures(tmp_path / "b") == before
    again = changed(tmp_path / "b")
    assert [name for name in times if times[name] != again[name]] == ["000003.png"]


def test_a_picture_is_what_draw_alone_makes_of_it(tmp_path: Path, draw: Batch) -> None:
    assert draw(tmp_path / "b", "--seed", 2**31 - 3) == 0
    for name in ("000000.png", "000006.png"):
        source, alone = tmp_path / "b" / name, tmp_path / name
        assert cli.main(["draw", "--from", str(source), "-o", str(alone)]) == 0
        assert pictures(tmp_path)[name] == pictures(tmp_path / "b")[name]
    seeds = [read_metadata(path).seed for path in sorted((tmp_path / "b").glob("*.png"))]
    assert seeds == [2**31 - 3, 2**31 - 2, 2**31 - 1, 0, 1, 2, 3]


def test_batches_are_always_the_same_lines(
    tmp_path: Path, draw: Batch, painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[list[int | None]] = []
    draw_batch = painter.draw_batch

    def record(requests: list[DrawRequest]) -> list[Drawing]:
        drawn.append([request.seed for request in requests])
        return draw_batch(requests)

    monkeypatch.setattr(painter, "draw_batch", record)
    monkeypatch.setattr(batch, "BATCH_ON_GPU", 3)
    monkeypatch.setattr(Painter, "device", type("Device", (), {"type": "cuda"}))
    assert draw(tmp_path / "b", "--seed", 0) == 0
    (tmp_path / "b" / "000004.png").unlink()
    times = changed(tmp_path / "b")
    assert draw(tmp_path / "b") == 0
    assert drawn == [[0, 1, 2], [3, 4, 5], [6], [3, 4, 5]]
    assert times.items() <= changed(tmp_path / "b").items()


def test_what_is_saved_beside_is_made_up_for(tmp_path: Path, draw: Batch) -> None:
    assert draw(tmp_path / "b", "--size", 128) == 0
    pixels = pictures(tmp_path / "b")
    assert draw(tmp_path / "b", "--size", 128, "--stages", "--attention") == 0
    names = set(pictures(tmp_path / "b"))
    kinds = ("", "-stage-64", "-stage-128", "-attention")
    assert names == {f"00000{index}{kind}.png" for index in range(7) for kind in kinds}
    assert pixels.items() <= pictures(tmp_path / "b").items()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("seed", "begun with --seed 5"),
        ("lost seed", "its seed is 6, here it would be 5"),
        ("size", "its size is 64"),
        ("sentence", "its sentence is 'a yellow bird'"),
        ("foreign", "is not a picture, or it is damaged. Delete it"),
        ("broken seed", "holds no seed"),
    ],
)
def test_a_folder_of_another_run_is_refused(
    tmp_path: Path,
    captions: Path,
    draw: Batch,
    capsys: pytest.CaptureFixture[str],
    damage: str,
    message: str,
) -> None:
    folder = tmp_path / "b"
    assert draw(folder, "--seed", 5) == 0
    (folder / "000000.png").unlink()  # so that there is something to draw
    options: list[object] = []
    if damage == "seed":
        options = ["--seed", 6]
    elif damage == "lost seed":
        (folder / "seed.txt").unlink()
        options = ["--seed", 4]
    elif damage == "size":
        options = ["--size", 128]
    elif damage == "sentence":
        captions.write_text(captions.read_text().replace("yellow", "pink"))
    elif damage == "foreign":
        (folder / "000003.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    else:
        (folder / "seed.txt").write_text("red")
    before = changed(folder)
    capsys.readouterr()
    assert draw(folder, *options) == 1
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1
    assert changed(folder) == before


def test_another_model_is_refused(
    tmp_path: Path, draw: Batch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draw(tmp_path / "b") == 0
    monkeypatch.setattr(Painter, "model_name", "other (00000000)")
    assert draw(tmp_path / "b") == 1
    assert "its model is" in capsys.readouterr().err


def test_two_processes_draw_together_what_one_draws(
    tmp_path: Path, captions: Path, draw: Batch
) -> None:
    folder = tmp_path / "shared"
    processes = [start(captions, folder, RANK=str(rank), WORLD_SIZE="2") for rank in range(2)]
    told = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    assert "4/4" in told[0] and told[1] == "", "only the first shows progress"
    assert draw(tmp_path / "alone", "--seed", kept_seed(folder)) == 0
    assert pictures(folder) == pictures(tmp_path / "alone")
    assert len(pictures(folder)) == 7


def test_a_bad_line_does_not_stop_the_other_processes(
    tmp_path: Path,
    captions: Path,
    draw: Batch,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    captions.write_text("qwxzv\na red bird\n")
    assert draw(tmp_path / "b") == 1
    for name, value in {"RANK": "0", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Rank, "limit_threads", lambda _: None)
    assert draw(tmp_path / "c") == 0
    assert capsys.readouterr().err.count("Line 1: ") == 2
    assert not list((tmp_path / "c").glob("*.png"))


def test_a_rank_is_what_torchrun_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Rank.from_environment({}) == Rank(0, 1, 0, 1)
    second = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4"}
    rank = Rank.from_environment(second)
    assert [number for number in range(16) if rank.of(number)] == [5, 13]
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)
    assert [rank.device(name) for name in ("auto", "cuda", "cpu")] == ["cuda:1", "cuda:1", "cpu"]
    assert Rank().device("auto") == "auto"
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    four = [Rank(number, 4, number, 4) for number in range(4)]
    assert {each.device("auto") for each in four} == {"cuda:0"}, "each draws, also with one GPU"
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert rank.device("auto") == "auto"
    for name, value in (("RANK", "8"), ("WORLD_SIZE", "many"), ("LOCAL_RANK", "-1")):
        with pytest.raises(UsageError, match="torchrun"):
            Rank.from_environment({**second, name: value})


def test_drawing_waits_for_saving_and_hears_what_went_wrong(
    tmp_path: Path, draw: Batch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saved_in: set[str] = set()

    def save(drawing: Drawing, path: Path, *kinds: bool) -> None:
        saved_in.add(threading.current_thread().name)
        if drawing.seed == 1:
            raise PictureError("The disk is full.")
        save_drawing(drawing, path, *kinds)

    monkeypatch.setattr(batch, "save_drawing", save)
    assert draw(tmp_path / "b", "--seed", 0) == 1
    told = capsys.readouterr().err
    assert "The disk is full." in told and "The same command goes on" in told
    assert threading.current_thread().name not in saved_in
    monkeypatch.undo()
    assert "000001.png" not in pictures(tmp_path / "b")
