"""What is offered while somebody types: a name or a known word, quietly and at once."""

from __future__ import annotations

import timeit
from functools import partial
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.words.completion import completer
from models.words.lexicon import lexicon
from models.words.tokens import find_words

KNOWN = lexicon().caption_words


@pytest.mark.parametrize(
    ("before", "rest"),
    [
        ("a flami", "ngo"),
        ("a northern car", "dinal"),
        ("A Northern Car", "dinal"),
        ("a card", "inal"),
        ("peng", "uin"),
        ("a great blue he", "ron"),
        ("an anna's hum", "mingbird"),
        ("a black-capped chi", "ckadee"),
        ("a yel", "low"),
        ("a bird with a yellow eyeb", "row"),
        ("a bird with a red cro", "wn"),
        # Nothing: too few letters, whole words, no word at the cursor, what nothing begins with.
        ("a fl", ""),
        ("a red", ""),
        ("a flamingo", ""),
        ("a flami ", ""),
        ("a flami,", ""),
        ("zorg", ""),
        ("", ""),
    ],
)
def test_the_rest_of_a_name_or_word_is_offered(before: str, rest: str) -> None:
    assert completer().rest(before, KNOWN) == rest


def test_only_words_that_the_model_knows_are_offered() -> None:
    assert completer().rest("a bird with a yellow eyeb", KNOWN - {"eyebrow", "eyebrows"}) == ""


@given(st.text(max_size=60), st.sampled_from(["flam", "yello", "blue he", ""]))
def test_what_is_offered_completes_a_known_word_or_name(text: str, end: str) -> None:
    before = f"{text}{end}"
    rest = completer().rest(before, KNOWN)
    if rest:
        last = f"{before}{rest}".split()[-1]
        words = [word for word, _, _ in find_words(last)]
        assert words[-1] in KNOWN | lexicon().book.words


@pytest.mark.alone
def test_a_key_costs_less_than_two_milliseconds() -> None:
    complete = completer()
    for before in ("a small bl", "a great blue h", "a bird with a zorg", "zorgle " * 140 + "zor"):
        work = partial(complete.rest, before, KNOWN)
        assert min(timeit.repeat(work, timer=process_time, number=1)) < 0.002, before
