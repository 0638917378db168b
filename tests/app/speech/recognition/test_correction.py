"""Weighing what was heard with how words sound and what people say of birds."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.speech.recognition.correction import Corrector, Guess
from app.speech.recognition.pronunciations import (
    Pronunciations,
    SoundAlikes,
    cmu_dictionary,
    guess_sounds,
    read_pronunciations,
)


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector()


def heard(text: str, log_probability: float, *unsure: str) -> Guess:
    """Return a guess of which some words were not heard surely."""
    certainties = tuple(0.3 if word in unsure else 0.95 for word in text.split())
    return Guess(text, log_probability, certainties)


MISHEARD = [
    (("a small bird with a black geek", "geek"), "a small bird with a black beak"),
    (
        ("a small bird with black rings and a wide belly", "rings", "wide"),
        "a small bird with black wings and a white belly",
    ),
    (("a bird with black second berries", "second", "berries"), "a bird with black secondaries"),
    (("this bird has brown darsus", "darsus"), "this bird has brown tarsus"),
]


@pytest.mark.parametrize(("words", "said"), MISHEARD)
def test_unsure_words_that_sound_alike_are_exchanged(
    corrector: Corrector, words: tuple[str, ...], said: str
) -> None:
    chosen = corrector.choose([heard(words[0], -4.0, *words[1:])])
    assert chosen.replace("grey", "gray") == said.replace("grey", "gray")


@pytest.mark.parametrize("text", [words[0] for words, _ in MISHEARD[:-1]])
def test_what_was_heard_surely_is_not_exchanged(corrector: Corrector, text: str) -> None:
    assert corrector.choose([heard(text, -4.0)]) == text
    assert corrector.choose([Guess(text, -4.0)]) == text


@pytest.mark.parametrize(
    ("heard_as", "said"),
    [
        (MISHEARD[-1][0][0], MISHEARD[-1][1]),
        ("a marabo stork", "a marabou stork"),
        ("a eurasian jackdoy", "a eurasian jackdaw"),
    ],
)
def test_what_is_no_word_was_never_heard_surely(
    corrector: Corrector, heard_as: str, said: str
) -> None:
    assert corrector.choose([heard(heard_as, -4.0)]) == said


@pytest.mark.parametrize(
    "sentence",
    [
        "a small red bird with black wings and a white belly",
        "a large white swan swimming on a lake",
        "two herons fighting at sunset",
        "the quick brown fox jumps over the lazy dog",
        "zebra finch",
        "you can see a small bird and it will be yellow with a black head",
        "i would like to see what a red bird looks like",
        "it s the bird that we ve seen isn t it",
    ],
)
def test_what_makes_sense_is_left_alone(corrector: Corrector, sentence: str) -> None:
    assert corrector.choose([heard(sentence, -3.0, *sentence.split())]) == sentence


def test_nothing_that_was_heard_is_left_out(corrector: Corrector) -> None:
    whole = "i think it might be a black bird because it has been singing all night"
    ends_early = "i think it might be a black bird because it has"
    assert corrector.choose([Guess(whole, -5.0), Guess(ends_early, -6.0)]) == whole
    name = "show me a profit notary warbler"  # a strange name makes the whole sentence unlikely
    assert corrector.choose([Guess("show me", -3.2), Guess(name, -5.4)]) == name
    again = f"{whole} {whole}"  # what was said once
    assert corrector.choose([Guess(whole, -5.0), Guess(again, -9.8)]) == whole


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


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("a jiffable tempo a bambini jocano in jardino", False),
        ("commemos una sopa to verduras antes de salir de casa", False),
        ("this bird has black rectrices a gray nape and white wingbars", True),
        ("a supersoniary bird with brown actresses", True),
        ("33 for 692", True),
        ("redpoll", True),
        ("", True),
    ],
)
def test_words_of_other_languages_are_noticed(
    corrector: Corrector, text: str, english: bool
) -> None:
    assert corrector.is_english(text) is english


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
