"""Captions spoken into a folder: planned well, made alike by all ways, whole after a stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from models.training import __main__ as command
from models.training.data.captions import name_of
from models.training.data.examples import read_examples
from models.training.speech.effects import active_level
from models.training.speech.spoken_captions import Outcome, make_spoken_captions
from models.training.speech.spoken_folder import SpokenFolder
from models.training.speech.spoken_plan import Plan, Utterance
from models.training.speech.synthesiser import Call, Line, Voice
from models.training.speech.voices import installed_voices
from models.words.tokens import with_apostrophes
from tests.training.conftest import write_squares

QUICK = ("flite:kal16", "flite:awb")
FIELDS = ["file_name", "text", "said", "picture", "species", "voice", "speed", "pitch", "seconds"]


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squares(tmp_path_factory.mktemp("speak") / "data")


def arguments(squares: Path, out: Path, utterances: int = 10, jobs: int = 1) -> list[str]:
    counts = ["--utterances", str(utterances), "--jobs", str(jobs)]
    return ["speak", "--data", str(squares), "--out", str(out), *counts, "--voices", *QUICK]


def contents(out: Path) -> dict[str, bytes]:
    """Every file that is there, whatever its name, but the lock."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def read_metadata(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()]


def plan_of(squares: Path, voices: Sequence[Voice] = (), clean: bool = False) -> Plan:
    chosen = voices or installed_voices()
    return Plan(squares, read_examples(squares), chosen, seed=5, clean=clean)


def test_files_and_lines_say_the_same(squares: Path, tmp_path: Path) -> None:
    assert command.main(arguments(squares, tmp_path / "out")) == 0
    lines = read_metadata(tmp_path / "out")
    assert [line["file_name"] for line in lines] == [f"00/{k:06d}.flac" for k in range(10)]
    captions = {
        example.path.name: (example.captions, example.species) for example in read_examples(squares)
    }
    for line in lines:
        assert list(line) == FIELDS
        name = name_of(captions[line["picture"]][1])
        named = name is not None and any(form in line["text"] for form in name.forms)
        assert named or line["text"] in captions[line["picture"]][0]
        assert line["species"] == captions[line["picture"]][1]
        assert line["voice"] in QUICK
        sound = soundfile.info(tmp_path / "out" / line["file_name"])
        assert (sound.samplerate, sound.channels, sound.subtype) == (16_000, 1, "PCM_16")
        assert sound.duration == pytest.approx(line["seconds"], abs=0.001)
        assert 0.3 < sound.duration < 8


def test_many_threads_make_what_one_makes_and_more_follow_on(squares: Path, tmp_path: Path) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    assert command.main(arguments(squares, one, 12)) == 0
    assert command.main(arguments(squares, many, 5, jobs=3)) == 0
    assert command.main(arguments(squares, many, 12, jobs=3)) == 0
    assert contents(many) == contents(one)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_goes_on_to_the_same_files(
    squares: Path, tmp_path: Path, signal_number: signal.Signals
) -> None:
    """Ctrl-C goes to all processes of a terminal, SIGTERM to one."""
    out, utterances = tmp_path / "stopped", 60
    call = [sys.executable, "-m", "models.training", *arguments(squares, out, utterances)]
    process = subprocess.Popen(call, stderr=subprocess.PIPE, start_new_session=True)
    metadata = out / "metadata.jsonl"
    while process.poll() is None and not (metadata.is_file() and metadata.read_bytes()):
        time.sleep(0.01)
    if signal_number == signal.SIGINT:
        os.killpg(process.pid, signal_number)
    else:
        process.send_signal(signal_number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.endswith(b"error: stopped; run the same command again to go on\n")
    before = contents(out)
    made = len(read_metadata(out))
    assert 0 < made < utterances
    assert not [name for name in before if "partial" in name]

    assert command.main(arguments(squares, out, made + 4, jobs=2)) == 0
    assert command.main(arguments(squares, tmp_path / "whole", made + 4, jobs=2)) == 0
    assert contents(out) == contents(tmp_path / "whole")


def test_what_is_torn_or_missing_is_made_again_and_nothing_else(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert command.main(arguments(squares, out)) == 0
    whole = contents(out)
    (out / "00" / "000002.flac").unlink()
    (out / "00" / "000004.flac").write_bytes(b"")
    lines = (out / "metadata.jsonl").read_bytes().splitlines(keepends=True)
    torn = [lines[3], *lines[:6], b"\xff nonsense\n", b"[]\n", *lines[6:9], lines[9][:-20]]
    (out / "metadata.jsonl").write_bytes(b"".join(torn))
    for path in out.rglob("*.flac"):
        os.utime(path, ns=(0, 0))
    capsys.readouterr()

    assert command.main(arguments(squares, out)) == 0
    assert capsys.readouterr().out.endswith("10 utterances, 3 of them new\n")
    assert contents(out) == whole
    new = {path.name[:6] for path in out.rglob("*.flac") if path.stat().st_mtime_ns}
    assert new == {"000002", "000004", "000009"}


def test_a_complete_folder_is_left_alone(squares: Path, tmp_path: Path) -> None:
    assert command.main(arguments(squares, tmp_path / "out", 3)) == 0
    whole = contents(tmp_path / "out")
    assert command.main(arguments(squares, tmp_path / "out", 2)) == 0, "fewer than there are"
    assert contents(tmp_path / "out") == whole


def test_the_plan_takes_every_picture_in_turn_and_varies_all_within_limits(squares: Path) -> None:
    plan = plan_of(squares)
    pictures = len(plan.examples)
    utterances = [plan[number] for number in range(40 * pictures)]
    first, second = utterances[:pictures], utterances[pictures : 2 * pictures]
    assert len({utterance.picture for utterance in first}) == pictures
    assert [u.picture for u in first] != [u.picture for u in second]
    clean = plan_of(squares, clean=True)
    said = {(clean[number].picture, clean[number].line.text) for number in range(2 * pictures)}
    assert len(said) == 2 * pictures, "both captions of each"

    def share(of: Callable[[Utterance], bool]) -> float:
        return sum(map(of, utterances)) / len(utterances)

    assert share(lambda u: u.line.text != with_apostrophes(u.text)) == pytest.approx(0.15, abs=0.05)
    for values, low, high in (
        ([utterance.line.speed for utterance in utterances], 0.75, 1.35),
        ([utterance.line.pitch for utterance in utterances], 0.85, 1.2),
    ):
        margin = 0.05 * (high - low)
        assert low <= min(values) < low + margin and high - margin < max(values) <= high
    natural = Counter(not plan.voices[u.voice].name.startswith("espeak") for u in utterances)
    if not natural[False]:
        pytest.skip("espeak-ng is not installed")
    assert natural[True] / len(utterances) > 0.4, "espeak-ng's voices are more, and chosen less"


def test_names_are_said_for_some_birds(squares: Path) -> None:
    plan = plan_of(squares)
    cardinal = replace(
        plan.examples[0], species="Northern Cardinal", captions=("this bird is all red",)
    )
    named = replace(plan, examples=[cardinal])
    said = Counter(named[number].text for number in range(600))
    assert said.pop("this bird is all red") / 600 == pytest.approx(0.75, abs=0.05)
    assert all("cardinal" in text or "bird" not in text for text in said), said
    assert sum(count for text, count in said.items() if text.endswith("is all red")) > 50


def test_an_utterance_does_not_depend_on_those_before(squares: Path) -> None:
    assert plan_of(squares)[123] == plan_of(squares)[123]
    assert plan_of(squares)[123] != plan_of(squares)[124]


def test_clean_speech_is_as_the_synthesiser_spoke_it(squares: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert command.main([*arguments(squares, out, 3), "--clean"]) == 0
    voices = {voice.name: voice for voice in installed_voices()}
    for line in read_metadata(out):
        assert (line["speed"], line["pitch"], line["said"]) == (1, 1, line["text"])
        sound, _ = soundfile.read(out / line["file_name"], dtype="float32")
        spoken = voices[line["voice"]].speak(line["text"])
        assert sound / active_level(sound) * active_level(spoken) == pytest.approx(spoken, abs=2e-4)


def voice_that_fails_on(word: str, name: str, batch: int = 1) -> Voice:
    """One that speaks lines like flite's kal16, and fails on all if one has the word."""

    def speak(lines: Sequence[Line], folder: Path) -> Call:
        if any(word in line.text for line in lines):
            return Call(["sh", "-c", "echo I will not >&2; exit 9"])
        commands = [
            f"flite -voice kal16 -t '{lines[k].text}' -o 0{k}.wav" for k in range(len(lines))
        ]
        return Call(["sh", "-c", f"cd {folder}; " + "; ".join(commands)])

    return Voice(name, speak, batch=batch)


def make(squares: Path, out: Path, voices: Sequence[Voice]) -> Outcome:
    with SpokenFolder(out, {"voices": "stand-ins"}) as folder:
        return make_spoken_captions(folder, plan_of(squares, voices), utterances=12, jobs=2)


def test_what_one_voice_cannot_say_the_next_says(squares: Path, tmp_path: Path) -> None:
    voices = [voice_that_fails_on("blue", "shy", batch=4), voice_that_fails_on("?", "bold")]
    outcome = make(squares, tmp_path / "out", voices)
    lines = read_metadata(tmp_path / "out")
    assert len(lines) == 12
    assert {line["voice"] for line in lines if "blue" in line["text"]} == {"bold"}
    assert {line["voice"] for line in lines if "blue" not in line["text"]} == {"shy", "bold"}
    assert outcome.failures
    for failure in outcome.failures:
        assert (failure.voice, failure.instead) == ("shy", "bold")
        assert lines[failure.number]["text"] == failure.text
        assert "I will not" in str(failure)


def test_what_no_voice_can_say_is_told_and_tried_again(squares: Path, tmp_path: Path) -> None:
    voices = [voice_that_fails_on("blue", name) for name in ("shy", "timid")]
    outcome = make(squares, tmp_path / "out", voices)
    lost = {failure.number for failure in outcome.failures}
    assert lost and len(outcome.failures) == 2 * len(lost), "each voice was asked once"
    assert all(str(failure).endswith("not spoken") for failure in outcome.failures)
    there = {int(line["file_name"][3:9]) for line in read_metadata(tmp_path / "out")}
    assert there == set(range(12)) - lost
    healed = make(squares, tmp_path / "out", [voice_that_fails_on("?", "a")] * 2)
    assert len(healed.made) == len(lost) and not healed.failures


def refuse(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the complaint of a command that must not work."""
    assert command.main(arguments) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("error: ")
    return errors


def test_other_options_need_another_folder(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arguments(squares, tmp_path / "out", 1)
    assert command.main(given) == 0
    whole = contents(tmp_path / "out")
    capsys.readouterr()
    assert "with other seed and clean" in refuse([*given, "--seed", "1", "--clean"], capsys)
    assert "with other voices" in refuse([*given, "--hold-out", QUICK[0]], capsys)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    foreign = refuse(arguments(squares, tmp_path / "mine", 1), capsys)
    assert "was not made by speak: choose a new folder" in foreign
    assert contents(tmp_path / "out") == whole
    assert contents(tmp_path / "mine") == {"letter.txt": b""}


def test_two_runs_do_not_write_to_one_folder(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with SpokenFolder(tmp_path / "out", {}):
        complaint = refuse(arguments(squares, tmp_path / "out"), capsys)
    assert "Another run of speak is writing" in complaint


def test_voices_are_listed_chosen_and_held_out(
    squares: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [voice.name for voice in installed_voices()]
    assert command.main(["speak", "--list-voices"]) == 0
    assert capsys.readouterr().out.split() == names
    given = arguments(squares, tmp_path / "out", 1)
    complaint = refuse([*given, "--hold-out", "hal:9000"], capsys)
    assert "No voice here is called hal:9000" in complaint and ", ".join(names) in complaint
    assert "none is left" in refuse([*given, "--hold-out", *QUICK], capsys)
    assert not (tmp_path / "out").exists()
    given[given.index("--voices") :] = ["--hold-out", *names[1:]]
    assert command.main(given) == 0
    assert read_metadata(tmp_path / "out")[0]["voice"] == names[0]


def test_without_a_synthesiser_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "install espeak-ng" in refuse(["speak", "--list-voices"], capsys)


def test_data_and_output_are_needed(squares: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--out are needed" in refuse(["speak", "--data", str(squares)], capsys)
