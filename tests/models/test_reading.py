"""What a model draws of a person's words: its own names, descriptions, or the words themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import SentenceError
from models.reading import SentenceReader
from models.request import DrawRequest
from models.words.lexicon import lexicon

KNOWN = lexicon().caption_words
READER = SentenceReader(KNOWN, 24)


def test_a_name_is_drawn_by_its_description_in_which_a_learned_name_stays() -> None:
    request = DrawRequest("a cardinal on a branch")
    reading = READER.read(request)
    assert reading.described == "cardinal" and reading.is_changed
    assert reading.drawn_as.startswith("a bright red bird with a red pointed crest")
    assert reading.drawn_as.endswith("on a branch")

    learned = SentenceReader(KNOWN | {"cardinal"}, 24, frozenset(["cardinal"])).read(request)
    assert learned.drawn_as == reading.drawn_as.replace("bird", "cardinal")
    assert learned.described == "cardinal" and learned.is_changed


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("cardinals", "a bright red cardinal with a red pointed crest"),
        ("two cardinals", "a bright red cardinal with a red pointed crest"),
        ("a male cardinal", "a bright red cardinal with a red pointed crest"),
        ("a red cardinal", "a bright red northern cardinal with a red pointed crest"),
        ("a redbird on a branch", "a bright red northern cardinal with a red pointed crest"),
        ("a northern cardinal with a black face", "a bright red northern cardinal with a black"),
        ("a small cardinal with brown eyes", "a small bright red cardinal with brown eyes"),
        ("Northern Cardinals!", "a bright red northern cardinal"),
        ("a picture of a cardnal", "a bright red cardinal"),
    ],
)
def test_a_learned_name_counts_in_every_form(text: str, begins: str) -> None:
    names = frozenset(["cardinal", "northern cardinal"])
    reader = SentenceReader(KNOWN | {"northern", "cardinal"}, 24, names)
    assert reader.understand(text).drawn_as.startswith(begins)


@pytest.mark.parametrize(
    ("text", "seen"), [("a blue cardinal", "blue"), ("a cardinal with green wings", "green wings")]
)
def test_a_learned_name_does_not_stay_where_it_is_contradicted(text: str, seen: str) -> None:
    reader = SentenceReader(KNOWN | {"cardinal"}, 24, frozenset(["cardinal"]))
    reading = reader.understand(text)
    assert reading.described == "cardinal"
    assert seen in reading.drawn_as and "cardinal" not in reading.drawn_as


def test_a_learned_name_that_says_less_does_not_count() -> None:
    reader = SentenceReader(KNOWN | {"stork"}, 24, frozenset(["stork"]))
    assert "stork" in reader.understand("a stork").drawn_as
    assert "stork" not in reader.understand("white storks").drawn_as


def test_a_name_whose_words_are_unknown_is_not_learned() -> None:
    reader = SentenceReader(KNOWN - {"cardinal"}, 24, frozenset(["cardinal"]))
    assert "cardinal" not in reader.read(DrawRequest("a cardinal")).drawn_as
    both = SentenceReader(KNOWN | {"cardinal"}, 24, frozenset(["cardinal"]))
    assert both.read(DrawRequest("a puffin")).described == "puffin"
    assert both.read(DrawRequest("Anna's hummingbird")).described == "anna's hummingbird"


def test_words_are_drawn_as_written_where_that_is_asked_for() -> None:
    written = "a Crimson zorgly cardinal, no crest"
    assert READER.read(DrawRequest(written, as_written=True)).drawn_as == written
    reading = READER.read(DrawRequest(written, drawn_as="a red bird"))
    assert reading.drawn_as == "a red bird" and not reading.is_changed
    with pytest.raises(SentenceError, match="no text to draw"):
        READER.read(DrawRequest(" ", drawn_as="a red bird"))


def test_what_was_changed_is_told() -> None:
    reading = READER.read(DrawRequest("a crimson zorgly bird, no crest, on a red car"))
    assert reading.drawn_as == "a dark red bird"
    assert reading.replaced == (("crimson", "dark red"),)
    assert reading.left_out == ("no crest", "on a red car")
    assert reading.unknown_words == ("zorgly",)
    assert reading.is_changed and len(reading.notices) == 3
    assert not READER.read(DrawRequest("A small, red bird!")).is_changed


def test_only_birds_are_drawn() -> None:
    with pytest.raises(SentenceError, match="Only birds are drawn, and “red car” is none"):
        READER.read(DrawRequest("a red car"))


LEARNED = SentenceReader(
    KNOWN | lexicon().book.words, 24, frozenset(["cardinal", "blue jay", "snowy owl", "parrot"])
)
SAID = """a the blue red cardinal cardinals jay owl owls snowy parrot parrots male two with without
no not and , . on in like bird birds wings crest crimson zorgly flamigo car tree is has 's"""


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(SAID.split())).map(" ".join)))
def test_any_text_gives_words_or_a_sentence_why_not(text: str) -> None:
    for reader in (READER, LEARNED):
        reading = reader.understand(text)
        assert bool(reading.drawn_as) != bool(reading.error)
        assert set(reading.drawn_as.split()) <= reader.known
        try:
            assert reader.read(DrawRequest(text)).drawn_as == reading.drawn_as
        except SentenceError as error:
            assert str(error).endswith(".")
