"""Weighing what was heard with how words sound and what people say of birds."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.speech.correction import Corrector, Guess
from app.speech.pronunciations import (
    Pronunciations,
    SoundAlikes,
    cmu_dictionary,
    guess_sounds,
    read_pronunciations,
)


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector()


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("a small bird with a black geek", "a small bird with a black beak"),
        (
            "a small bird with black rings and a wide belly",
            "a small bird with black wings and a white belly",
        ),
        ("a bird with black second berries", "a bird with black secondaries"),
        ("this bird has brown darsus", "this bird has brown tarsus"),
    ],
)
def test_words_that_sound_alike_are_exchanged(corrector: Corrector, heard: str, said: str) -> None:
    chosen = corrector.choose([Guess(heard, -4.0)])
    assert chosen.replace("grey", "gray") == said.replace("grey", "gray")


@pytest.mark.parametrize(
    "sentence",
    [
        "a small red bird with black wings and a white belly",
        "a large white swan swimming on a lake",
        "two herons fighting at sunset",
        "the quick brown fox jumps over the lazy dog",
        "zebra finch",
    ],
)
def test_what_makes_sense_is_left_alone(corrector: Corrector, sentence: str) -> None:
    assert corrector.choose([Guess(sentence, -3.0)]) == sentence


def test_a_likelier_sentence_among_the_guesses_is_taken(corrector: Corrector) -> None:
    guesses = [
        Guess("a red third with black rings", -3.0),
        Guess("a red bird with black wings", -3.8),
    ]
    assert corrector.choose(guesses) == "a red bird with black wings"


def test_the_same_words_add_up(corrector: Corrector) -> None:
    # Two spellings of one sentence, each less likely than the other sentence, win together.
    several = [
        Guess("a black bird", -2.0),
        Guess("a brown bird", -2.3),
        Guess("a brown bird", -2.3),
    ]
    apart = corrector.choose(several[:2])
    assert (apart, corrector.choose(several)) == ("a black bird", "a brown bird")


def test_no_guesses_no_words(corrector: Corrector) -> None:
    assert corrector.choose([]) == ""


def test_sounds_alike() -> None:
    alikes = SoundAlikes(
        {"beak": [("B", "IY", "K")], "peak": [("P", "IY", "K")], "belly": [("B", "EH", "L", "IY")]}
    )
    near = alikes.like(("B", "IY", "K"), limit=1.0)
    assert near["beak"] == 0 and 0 < near["peak"] < 0.5 and "belly" not in near
    # A sound too many or too few counts the same in either direction.
    assert alikes.like(("B", "IY"), 2)["beak"] == alikes.like(("B", "IY", "K", "S"), 2)["beak"]


def test_unknown_words_are_said_by_their_letters() -> None:
    assert guess_sounds("darsus") == ("D", "AA", "R", "S", "AH", "S")
    assert guess_sounds("tufft") == ("T", "AH", "F", "T")
    assert guess_sounds("") == ()


def test_every_word_of_the_dictionary_is_found_with_all_its_pronunciations() -> None:
    pronunciations = Pronunciations([cmu_dictionary()])
    words = list(read_pronunciations([cmu_dictionary()]).items())
    for word, ways in [*words[:100], *words[::50], *words[-100:]]:
        assert pronunciations.of(word) == ways, word


@pytest.mark.parametrize("word", ["", "re", "redd", "zzz", "a("])
def test_what_is_no_word_of_a_dictionary_has_no_pronunciation(word: str, tmp_path: Path) -> None:
    dictionary = tmp_path / "birds.dict"
    dictionary.write_text("red R EH D\na AH\na(2) EY\n", encoding="utf-8")
    assert Pronunciations([dictionary]).of(word) == []
