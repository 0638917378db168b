"""Labels of data sets become names as a sentence says them, and sentences get names in them."""

from random import Random

import pytest

from models.words.names import BirdName, article, name_sentences, names_of, with_name
from models.words.vocabulary import tokenize

CARDINAL = names_of("Cardinal")
MALLARD = names_of("mallard duck")
CHUCK = names_of("Chuck will Widow")


@pytest.mark.parametrize(
    ("label", "full", "shorter", "group"),
    [
        ("Laysan Albatross", "laysan albatross", ["albatross"], "albatross"),
        ("Artic Tern", "arctic tern", ["tern"], "tern"),
        ("Anna Hummingbird", "anna s hummingbird", ["hummingbird"], "hummingbird"),
        ("annas hummingbird", "anna s hummingbird", ["hummingbird"], "hummingbird"),
        ("Chuck will Widow", "chuck will s widow", [], "nightjar"),
        ("Whip poor Will", "eastern whip poor will", ["whip poor will"], "nightjar"),
        ("Florida Jay", "florida scrub jay", ["scrub jay", "jay"], "jay"),
        ("Geococcyx", "greater roadrunner", ["roadrunner"], "cuckoo"),
        ("Cardinal", "northern cardinal", ["cardinal"], "cardinal"),
        ("Gray Catbird", "grey catbird", ["catbird"], "catbird"),
        ("Myrtle Warbler", "myrtle warbler", ["yellow rumped warbler", "warbler"], "warbler"),
        ("d-arnauds barbet", "d arnaud s barbet", ["barbet"], "barbet"),
        ("bar-tailed godwit", "bar tailed godwit", ["godwit"], "sandpiper"),
        ("tit mouse", "tufted titmouse", ["titmouse"], "tit"),
        ("parus major", "great tit", ["tit"], "tit"),
        ("killdear", "killdeer", [], "plover"),
        ("mallard duck", "mallard", ["mallard duck"], "duck"),
        ("frigate", "frigatebird", [], "frigatebird"),
        ("emperor penguin", "emperor penguin", ["penguin"], "penguin"),
        (
            "abyssinian ground hornbill",
            "abyssinian ground hornbill",
            ["ground hornbill", "hornbill"],
            "hornbill",
        ),
        (
            "wilsons bird of paradise",
            "wilson s bird of paradise",
            ["bird of paradise"],
            "bird of paradise",
        ),
        ("american robin", "american robin", ["robin"], "thrush"),
        ("pink robin", "pink robin", ["robin"], "robin"),
    ],
)
def test_a_label_gives_its_proper_name_shorter_names_and_the_group(
    label: str, full: str, shorter: list[str], group: str
) -> None:
    assert names_of(label) == BirdName(full, tuple(shorter), group)


@pytest.mark.parametrize("label", ["", " - "])
def test_a_label_without_words_is_told(label: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        names_of(label)


def test_sentences_of_a_name_say_nothing_else_and_every_form_comes_up() -> None:
    rng = Random(0)
    sentences = {name_sentences(MALLARD, rng) for _ in range(500)}
    assert {"mallard", "a mallard", "this is a mallard duck", "this duck"} <= sentences
    said = {word for sentence in sentences for word in sentence.split()}
    assert said == set(["a", "the", "this", "is", "bird", "picture", "of", "mallard", "duck"])
    assert [name_sentences(MALLARD, Random(5)) for _ in range(9)] == [
        name_sentences(MALLARD, Random(5)) for _ in range(9)
    ]


@pytest.mark.parametrize(
    ("caption", "named"),
    [
        ("this bird has a red crown", "this {} has a red crown"),
        (
            "a small bird with a red crown and gray wings",
            "a small {} with a red crown and grey wings",
        ),
        ("This BIRD, is it red?", "this {} is it red"),
        ("bird with a long beek", "{} with a long beak"),
        ("this is a very large bird that swims", "this is a very large {} that swims"),
        ("this bird s beak is red", "this {} s beak is red"),
        ("red in color this bird is a bird", "red in color this {} is a bird"),
        ("a medium sized bird has a tuft", "a medium sized {} has a tuft"),
    ],
)
def test_a_name_takes_the_place_of_the_first_bird(caption: str, named: str) -> None:
    got = {with_name(caption, CARDINAL, Random(seed)) for seed in range(40)}
    assert got == {named.format("northern cardinal"), named.format("cardinal")}


def test_after_words_of_colour_the_name_is_a_short_one() -> None:
    got = {with_name("a small red bird with a crest", CARDINAL, Random(k)) for k in range(40)}
    assert got == {"a small red cardinal with a crest"}
    got = {with_name("a brown bird with a crest", CHUCK, Random(k)) for k in range(40)}
    assert got == {"a brown nightjar with a crest"}


def test_the_article_fits_the_name() -> None:
    tern = names_of("Artic Tern")
    got = {with_name("a bird with red feet", tern, Random(seed)) for seed in range(40)}
    assert got == {"an arctic tern with red feet", "a tern with red feet"}
    assert with_name("an bird", CARDINAL, Random(0)) in ("a northern cardinal", "a cardinal")
    words = ["owl", "european starling", "umbrellabird", "ural owl", "i iwi", "hoopoe", "one"]
    assert [article(word) for word in words] == ["an", "a", "an", "a", "an", "a", "a"]


@pytest.mark.parametrize(
    "caption",
    [
        "",
        "a red head and white wings",
        "this cardinal is a red bird",
        "a bird feeder with a black head",
        "the bird like head is red",
        "a baby bird with fluffy feathers",
        "a shore bird with long legs",
        "a bird of prey with a hooked beak",
        "these birds have red wings",
    ],
)
def test_a_name_is_not_put_where_it_reads_badly(caption: str) -> None:
    assert with_name(caption, CARDINAL, Random(0)) is None


def test_names_and_sentences_are_words_as_captions_are_cut() -> None:
    rng = Random(2)
    for label in ("Black and white Warbler", "i iwi", "go away bird", "Forsters Tern"):
        name = names_of(label)
        for text in (*name.forms, name_sentences(name, rng)):
            assert " ".join(tokenize(text)) == text
