"""Sentences are cut into words as the training captions were."""

import subprocess
import sys

import pytest

from models.words.tokens import find_words
from models.words.vocabulary import Vocabulary, tokenize
from tests.conftest import REPOSITORY


def test_tokenize_ignores_case_and_punctuation() -> None:
    assert tokenize("It's a RED-headed bird, isn't it?") == [
        "it", "s", "a", "red", "headed", "bird", "isn", "t", "it",
    ]  # fmt: skip


def test_words_seen_once_are_left_out_and_frequent_ones_come_first() -> None:
    vocabulary = Vocabulary.from_captions(["red bird red", "a bird", "a red typoo"])
    assert vocabulary.words == ("red", "a", "bird")
    assert len(vocabulary) == 4  # three words and padding


def test_read_tells_known_from_unknown_words() -> None:
    read = Vocabulary(["a", "red", "bird"]).read("A zorgly red bird, zorgly!", max_words=10)
    assert read.words == ("a", "red", "bird")
    assert read.ids == (1, 2, 3)
    assert read.unknown_words == ("zorgly",)


def test_read_stops_at_max_words() -> None:
    read = Vocabulary(["a", "b"]).read("a b a c b a", max_words=3)
    assert read.words == ("a", "b", "a") and read.ids == (1, 2, 1)
    assert read.unread_words == ("b", "a") and read.unknown_words == ("c",)
    assert Vocabulary(["a", "b"]).read("a b a", max_words=3).unread_words == ()


def test_a_vocabulary_lists_each_word_once() -> None:
    with pytest.raises(ValueError, match="once"):
        Vocabulary(["red", "red"])


def test_the_nearest_known_words() -> None:
    vocabulary = Vocabulary(["bird", "yellow", "yellowish", "red", "beak", "peak"])
    assert vocabulary.nearest("yelow") == ["yellow"]
    assert vocabulary.nearest("beka") == ["beak"]  # two letters in the wrong order are one mistake
    assert vocabulary.nearest("geak") == ["beak", "peak"]  # the more frequent word first
    assert vocabulary.nearest("zeppelin") == []


def test_only_who_asks_for_the_nearest_words_waits_for_nltk() -> None:
    code = (
        "import sys; from models.words.vocabulary import Vocabulary; words = Vocabulary(['bird'])\n"
        "words.read('a bird', 2); assert 'nltk' not in sys.modules\n"
        "words.nearest('brid'); assert 'nltk' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202e"])
def test_what_nobody_sees_does_not_cut_a_word(unseen: str) -> None:
    written = f"{unseen}a yel{unseen}low bird{unseen}"
    assert tokenize(written) == ["a", "yellow", "bird"]
    found = [(written[start:end], word) for word, start, end in find_words(written)]
    assert [word for _, word in found] == ["a", "yellow", "bird"]
    assert found[1][0] == f"yel{unseen}low"


@pytest.mark.parametrize("word", ["красная", "طاير", "红色", "लल", "große", "kırmızı", "ʀᴇᴅ"])
def test_words_in_other_letters_are_told_as_a_whole(word: str) -> None:
    read = Vocabulary(["a", "bird", "e", "k"]).read(f"a {word} bird", 10)
    assert read.words == ("a", "bird") and read.unknown_words == (word,)


def test_vowels_that_are_marks_do_not_cut_a_word() -> None:
    assert [word for word, _, _ in find_words("एक लाल bird, สีแดง")] == ["एक", "लल", "bird", "สแดง"]
