"""What is written is whole, at any moment; and the split."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

import pytest

from models.training.data.examples import read_examples
from models.training.prepare import writer
from models.training.prepare.pictures import Checked
from models.training.prepare.split import ATTNGAN_TEST_SPECIES, choose_test_species
from tests.training.prepare.inputs import make_cub, make_picture, prepare, read_metadata


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[object, ...]:
    cub = make_cub(tmp_path)
    return "--cub", cub, "--captions", tmp_path / "text_c10", "--out", tmp_path / "birds"


def files(out: Path) -> dict[str, int]:
    """Every picture, and when it was last written."""
    return {str(path.relative_to(out)): path.stat().st_mtime_ns for path in out.rglob("*.webp")}


def make_old(out: Path) -> None:
    for path in out.rglob("*.webp"):
        os.utime(path, ns=(0, 0))


def test_a_second_run_keeps_what_is_intact(
    tmp_path: Path, arguments: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "birds"
    assert prepare(*arguments) == 0
    metadata = (out / "train" / "metadata.jsonl").read_bytes()
    damaged = out / "train" / "00003.webp"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    (out / "train" / "00004.webp").unlink()
    make_old(out)
    capsys.readouterr()

    assert prepare(*arguments) == 0
    assert "4 pictures (2 were there already)" in capsys.readouterr().out
    written = {name for name, changed in files(out).items() if changed}
    assert written == {"train/00003.webp", "train/00004.webp"}
    assert (out / "train" / "metadata.jsonl").read_bytes() == metadata
    assert not list(out.rglob(".*")), "no temporary files"


def test_other_settings_or_pictures_are_written_anew(
    tmp_path: Path, arguments: tuple[object, ...]
) -> None:
    out = tmp_path / "birds"
    assert prepare(*arguments) == 0
    make_old(out)
    changed = next((tmp_path / "CUB_200_2011" / "images").rglob("Bobolink_0.jpg"))
    make_picture(99).save(changed)
    assert prepare(*arguments) == 0
    assert {name for name, time in files(out).items() if time} == {"train/00005.webp"}

    assert prepare(*arguments, "--size", 64) == 0
    assert all(files(out).values())


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), OSError(28, "No space left")])
def test_a_stopped_run_leaves_no_metadata_and_can_go_on(
    tmp_path: Path,
    arguments: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    interruption: BaseException,
) -> None:
    out = tmp_path / "birds"
    assert prepare(*arguments) == 0, "an earlier run, whose metadata must not outlive its pictures"
    render = writer.render

    def stop(checked: Checked, size: int) -> object:
        if checked.source.target == "00004.webp":
            raise interruption
        return render(checked, size)

    monkeypatch.setattr(writer, "render", stop)
    assert prepare(*arguments, "--size", 70) == 1
    assert "error: " in capsys.readouterr().err
    assert not list(out.rglob("metadata.jsonl"))
    with pytest.raises(FileNotFoundError, match="is no data folder"):
        read_examples(out / "train")

    monkeypatch.undo()
    assert prepare(*arguments, "--size", 70) == 0
    assert len(read_examples(out / "train")) == 4


def test_a_full_disk_is_told_with_the_file(
    tmp_path: Path, arguments: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "birds"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room, name in ((20, "prepare.json"), (100, "webp")):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            assert prepare(*arguments) == 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        told = capsys.readouterr().err.splitlines()[-1]
        assert re.search(rf"error: /.*{name}: File too large$", told)
        assert not list(out.rglob("*.partial"))
    assert prepare(*arguments) == 0


def test_a_folder_of_others_is_left_alone(
    tmp_path: Path, arguments: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "birds" / "train"
    out.mkdir(parents=True)
    (out / "metadata.jsonl").write_text("precious")
    assert prepare(*arguments) == 1
    assert "was not made by prepare: choose a new folder" in capsys.readouterr().err
    assert (out / "metadata.jsonl").read_text() == "precious"


def test_broken_input_leaves_an_earlier_folder_as_it_was(
    tmp_path: Path, arguments: tuple[object, ...]
) -> None:
    assert prepare(*arguments) == 0
    next((tmp_path / "CUB_200_2011" / "images").rglob("*.jpg")).write_bytes(b"")
    before = files(tmp_path / "birds")
    assert prepare(*arguments) == 1
    assert files(tmp_path / "birds") == before
    assert len(read_examples(tmp_path / "birds" / "train")) == 4


def test_the_report_goes_when_the_faults_do(tmp_path: Path, arguments: tuple[object, ...]) -> None:
    picture = next((tmp_path / "CUB_200_2011" / "images").rglob("*.jpg"))
    whole = picture.read_bytes()
    picture.write_bytes(b"")
    assert prepare(*arguments) == 1
    assert (tmp_path / "birds-problems.txt").exists()
    picture.write_bytes(whole)
    assert prepare(*arguments) == 0
    assert not (tmp_path / "birds-problems.txt").exists()


def test_no_species_for_testing(tmp_path: Path, arguments: tuple[object, ...]) -> None:
    assert prepare(*arguments) == 0
    assert prepare(*arguments, "--test-species", 0) == 0
    assert len(read_metadata(tmp_path / "birds" / "train")) == 6
    assert not (tmp_path / "birds" / "test" / "metadata.jsonl").exists(), "of the run before"


BIRDS = [f"bird {number}" for number in range(40)]


def test_the_split_is_the_same_everywhere_and_nearly_so_with_one_more() -> None:
    chosen = choose_test_species(BIRDS, None, None)
    assert len(chosen) == 10
    assert chosen == choose_test_species(reversed(BIRDS), None, None)
    assert len(chosen - choose_test_species([*BIRDS, "one more"], "10", None)) <= 1


@pytest.mark.parametrize(
    ("there", "tested"), [(2, 1), (3, 1), (4, 2), (5, 2), (7, 2), (12, 3), (40, 10)]
)
def test_two_species_are_tested_on_where_there_are_four(there: int, tested: int) -> None:
    assert len(choose_test_species(BIRDS[:there], None, None)) == tested


def test_species_by_number_and_by_file(tmp_path: Path) -> None:
    assert len(choose_test_species(BIRDS, "3", frozenset({"bird 1"}))) == 3
    names = tmp_path / "names.txt"
    names.write_text("004.Bird_4\n\nbird 7\n")
    assert choose_test_species(BIRDS, str(names), None) == {"bird 4", "bird 7"}
    names.write_text("bird 99\n")
    with pytest.raises(ValueError, match="no pictures: bird 99"):
        choose_test_species(BIRDS, str(names), None)
    with pytest.raises(ValueError, match="no file"):
        choose_test_species(BIRDS, str(tmp_path / "gone.txt"), None)


def test_a_side_without_species() -> None:
    with pytest.raises(ValueError, match="leaves a side empty"):
        choose_test_species(BIRDS, "40", None)
    with pytest.raises(ValueError, match="0 puts everything into train"):
        choose_test_species(["only one"], None, None)


def test_what_the_source_keeps_for_testing_is_taken() -> None:
    assert choose_test_species(BIRDS, None, frozenset({"bird 1", "dodo"})) == {"bird 1"}
    assert len(choose_test_species(BIRDS, None, frozenset({"dodo"}))) == 10


def test_attngans_species_are_those_of_its_lists() -> None:
    """Once a gull of its training list stood here for the wren of its test list."""
    assert len(ATTNGAN_TEST_SPECIES) == 50
    assert "Marsh Wren" in ATTNGAN_TEST_SPECIES
    assert "California Gull" not in ATTNGAN_TEST_SPECIES
