"""Misspelled words are mended as they are meant, and real words are left alone."""

from pathlib import Path

import pytest

from models.words.rewriting import read_table
from models.words.spelling import TABLE, mend
from models.words.vocabulary import tokenize


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("this brid has a yelow thrat", "this bird has a yellow throat"),
        ("a gray bird with grayish wings", "a grey bird with greyish wings"),
        ("redhead withwhite belly", "red head with white belly"),
        ("black retricies and larsus", "black rectrices and tarsus"),
        ("a small humming bird with webbed feed", "a small hummingbird with webbed feet"),
        (
            "a bird wit ha white bell and red eye brows",
            "a bird with a white belly and red eyebrows",
        ),
        ("a colourful bird", "a colorful bird"),
    ],
)
def test_what_is_written_wrong_is_mended(written: str, meant: str) -> None:
    assert mend(tokenize(written)) == meant.split()


@pytest.mark.parametrize(
    "sentence",
    [
        "a tern on a dock with a fish",
        "a bell shaped bird feed by the path in a shirt",
        "the feathers of the nape have a curved spot",
        "a check pattern on a thick neck and the lack of a crest",
        "a bard by the sea with a plum and a peak",
        "",
    ],
)
def test_right_words_stay(sentence: str) -> None:
    assert mend(tokenize(sentence)) == sentence.split()


def test_entries_are_words_as_captions_are_cut_and_what_they_give_is_right() -> None:
    table = read_table(TABLE)
    assert len(table) > 1300
    for written, meant in table.items():
        assert tuple(tokenize(" ".join(written))) == written
        assert tuple(tokenize(" ".join(meant))) == meant
        assert tuple(mend(meant)) == meant, f"{written} gives {meant}, which is mended again"


def test_a_line_that_is_no_entry_or_stands_there_twice_is_told(tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("# comment\nbeek\tbeak\nbeek\tbeck\n")
    with pytest.raises(ValueError, match="line 3"):
        read_table(table)
    table.write_text("beek beak\n")
    with pytest.raises(ValueError, match="line 1"):
        read_table(table)
