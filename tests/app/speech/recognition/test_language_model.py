"""The trigram model of bird talk, and the command that builds one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from app.speech.build_language_model import main as build
from app.speech.recognition.language_model import (
    BIRD_DICTIONARY,
    BIRD_MODEL,
    START,
    LanguageModel,
    LanguageModelError,
    SpokenLanguage,
)
from app.speech.recognition.pronunciations import read_pronunciations
from models.words.bird_book import bird_book
from models.words.names import name_words

CAPTIONS = """\
a red bird with black wings
a red bird with a white belly
the nape is red
the nape is red
a bird with blakc wings
"""


def test_what_people_say_of_birds_is_likelier() -> None:
    model = LanguageModel()
    said = model.score(["a", "red", "bird", "with", "black", "wings"])
    assert said > model.score(["a", "red", "bird", "with", "black", "rings"]) + 3
    assert said > model.score(["wings", "black", "with", "bird", "red", "a"]) + 10
    assert "wingbars" in model and "nape" in model and "whtie" not in model


def spoken(sentence: str) -> float:
    """Return the logarithm of the probability that somebody says a sentence."""
    language = SpokenLanguage()
    words = [START, *sentence.split()]
    return sum(
        language.word_score(word, words[:place]) for place, word in enumerate(words) if place
    )


@pytest.mark.parametrize(
    ("named", "misheard"),
    [
        ("a northern cardinal sitting on a branch", "a northern car did a sitting on a branch"),
        ("a toco toucan", "a toco two can"),
        ("two superb fairywrens", "two superb variants"),
        ("a cedar waxwing with a crest", "a cedar walk swing with a crest"),
        ("a flock of hoatzins", "a flock of what sins"),
    ],
)
def test_names_of_birds_are_likely(named: str, misheard: str) -> None:
    assert spoken(named) > spoken(misheard) + 2


def test_every_name_of_the_book_can_be_said() -> None:
    said = set(read_pronunciations([BIRD_DICTIONARY]))
    for bird in bird_book().birds:
        for name in (bird.name, *bird.other_names):
            assert said.issuperset(name_words(name).split()), name


def test_what_people_say_every_day_is_likely_too() -> None:
    assert spoken("a red bird with black wingbars") > spoken("a red bird with black rings") + 3
    assert (
        spoken("i do not know what it was called") > spoken("eye to not no but it was called") + 9
    )
    # Captions are written without apostrophes.
    assert spoken("it s been a long day") > spoken("its been a long day") + 1


def test_both_bundled_files_are_small() -> None:
    assert BIRD_MODEL.stat().st_size + BIRD_DICTIONARY.stat().st_size < 3_000_000


def test_names_are_learned_with_captions_where_that_is_asked_for(tmp_path: Path) -> None:
    captions = tmp_path / "captions.txt"
    captions.write_text(CAPTIONS)
    model_file, dictionary = tmp_path / "my.lm.bin", tmp_path / "my.dict"
    build([str(captions), "--names", "--model", str(model_file), "--dictionary", str(dictionary)])
    model = LanguageModel(model_file)
    assert all(word in model for word in ("nape", "hoopoe", "titmice", "finches"))
    said = dictionary.read_text().splitlines()
    assert "hoopoe(2) HH UW P OW" in said
    assert {"boobies B UW B IY Z", "tits T IH T S", "finches F IH N CH IH Z"} <= set(said)


def test_a_model_is_built_from_captions(tmp_path: Path) -> None:
    captions = tmp_path / "captions.txt"
    captions.write_text(CAPTIONS)
    model_file, dictionary = tmp_path / "my.lm.bin", tmp_path / "my.dict"
    build([str(captions), "--model", str(model_file), "--dictionary", str(dictionary)])
    model = LanguageModel(model_file)
    # Written twice at least, and known to a dictionary; a misspelled caption is left out.
    assert [word for word in ("nape", "red", "bird", "belly", "blakc") if word in model] == [
        "nape",
        "red",
    ]
    assert "nape N EY P" in dictionary.read_text().splitlines()
    # Probabilities of what may follow add up to one, but for the sentence's unseen beginning.
    words = ["the", "nape", "is", "red", "</s>"]
    assert sum(math.exp(model.word_score(word, ["the", "nape"])) for word in words) == (
        pytest.approx(1, abs=0.05)
    )
    written = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert written == {"captions.txt", "my.dict", "my.lm.bin"}


def test_captions_in_utf16_with_blank_lines_teach_the_same(tmp_path: Path) -> None:
    captions = tmp_path / "captions.txt"
    built = []
    for content in (CAPTIONS.encode(), CAPTIONS.replace("\n", "\r\n\r\n").encode("utf-16")):
        captions.write_bytes(content)
        model_file, dictionary = tmp_path / "my.lm.bin", tmp_path / "my.dict"
        build([str(captions), "--model", str(model_file), "--dictionary", str(dictionary)])
        built.append((model_file.read_bytes(), dictionary.read_bytes()))
    assert built[0] == built[1]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read: No such file"):
        build([str(tmp_path / "absent.txt")])


@pytest.mark.parametrize("captions", ["", "a red bird\nthe blue beak\n"])
def test_too_few_captions_are_told_and_nothing_is_written(tmp_path: Path, captions: str) -> None:
    path = tmp_path / "captions.txt"
    path.write_text(captions)
    model_file, dictionary = tmp_path / "my.lm.bin", tmp_path / "my.dict"
    with pytest.raises(SystemExit, match=r"No caption of .*captions\.txt can be learned from"):
        build([str(path), "--model", str(model_file), "--dictionary", str(dictionary)])
    assert not model_file.exists() and not dictionary.exists()


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="There is no language model"):
        LanguageModel(tmp_path / "absent.bin")
    for number, content in enumerate((b"", b"not a model", bytes(10_000))):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(content)
        with pytest.raises(LanguageModelError, match="is not a language model"):
            LanguageModel(path)
