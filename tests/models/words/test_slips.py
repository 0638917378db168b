"""Misspelled words are found by likeness, and right ones are never changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics import edit_distance as nltk_distance

from models.words.inflection import known_form
from models.words.lexicon import lexicon
from models.words.slips import Slips, edit_distance


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("flamigo", "flamingo"), ("penguine", "penguin"), ("parott", "parrot"),
        ("hummngbird", "hummingbird"), ("kingfsher", "kingfisher"), ("eagel", "eagle"),
        ("cardnial", "cardinal"), ("yelow", "yellow"), ("steaks", "streaks"),
        ("feahters", "feathers"), ("ecagle", "eagle"), ("peackock", "peacock"),
    ],
)  # fmt: skip
def test_a_slip_is_mended(written: str, meant: str) -> None:
    assert lexicon().slips.mended(written) == meant


@pytest.mark.parametrize(
    "word",
    [
        "would", "world", "start", "house", "africa", "feathers", "qwertyuiop", "gul", "",
        "trending", "trendy", "better", "trade", "theory", "total", "visit", "saturday", "sunday",
        "teachers", "waterfall", "victory", "whenever", "bacteria",
    ],
)  # fmt: skip
def test_other_words_are_no_slips(word: str) -> None:
    assert lexicon().slips.mended(word) is None


def test_the_likelier_word_is_taken_and_a_swapped_first_letter_is_forgiven() -> None:
    slips = Slips(["white", "whine"], no_slips=["while"])
    assert slips.mended("whice") == "white"
    assert slips.mended("hwite") == "white"
    assert slips.mended("while") is None


@given(st.text("bcdf", max_size=6), st.text("bcdf", max_size=6))
def test_distance_is_that_of_damerau_and_levenshtein(first: str, second: str) -> None:
    # nltk's may change a letter between two that it swaps, which ours may not
    assert edit_distance(first, second) >= nltk_distance(first, second, transpositions=True)
    assert edit_distance(first, second) <= nltk_distance(first, second)
    assert edit_distance(first, second) == edit_distance(second, first)
    assert edit_distance(first, second[:0]) == len(first)


def test_a_wrong_vowel_and_a_doubled_letter_are_small_slips() -> None:
    assert edit_distance("puffen", "puffin") < edit_distance("puffen", "puffed")
    assert lexicon().slips.mended("puffen") == "puffin"
    assert lexicon().slips.mended("malard") == "mallard"


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("beaks", "beak"), ("bellies", "belly"), ("reddest", "red"), ("orangey", "orange"),
        ("tannish", "tan"), ("fluffier", "fluffy"), ("brightly", "bright"), ("crest", "crested"),
        ("longest", "long"), ("geese", None), ("red", None), ("zorgles", None),
        ("crests", "crested"), ("cres", None),
    ],
)  # fmt: skip
def test_an_inflected_word_is_brought_to_one_that_is_known(word: str, form: str | None) -> None:
    known = {"beak", "belly", "red", "orange", "tan", "fluffy", "bright", "crested", "long"}
    assert known_form(word, known.__contains__) == form
