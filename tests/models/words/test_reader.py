"""What a person writes is understood: synonyms, names, denials, and what no bird can be."""

import timeit
from collections.abc import Iterator
from functools import partial
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.words.bird_book import Bird, bird_book
from models.words.lexicon import lexicon
from models.words.reader import NO_BIRD, NOTHING_TO_DRAW, ONLY_DENIED, SCIENTIFIC, read
from models.words.tokens import fold

MOST_WORDS = 24


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a small red bird with black wings", "a small red bird with black wings"),
        ("a crimson bird with a gray tummy", "a dark red bird with a grey belly"),
        ("A SCARLET bird; navy wings!", "a bright red bird dark blue wings"),
        ("an orangey bird with golden beaks", "an orange bird with golden beak"),
        ("a reddish-brown bird with a teal back", "a reddish brown bird with a teal back"),
        ("charcoal wings and two bellies", "dark grey wings and two belly"),
        ("red feathers of the head", "red head"),
        ("a bird with a pop of yellow on its wing", "a bird with some yellow on its wing"),
        ("a gigantic bird and a teeny beak", "a huge bird and a tiny beak"),
        ("the tiniest, reddest bird", "the tiny red bird"),
        ("a bird with a magenta gorget", "a bird with a bright pink throat"),
        ("a polka-dotted bird", "a spotted bird"),
        ("a bird wearing a red hat", "a bird with a red crown"),
        ("a brid with a yelow beek, bright feahters", "a bird with a yellow beak bright feathers"),
        ("please draw me a picture of a blue bird", "a blue bird"),
        ("I'd like to see a blue bird", "a blue bird"),
        ("a bird that is as black as coal", "a bird that is black"),
        ("a bird, red as a rose", "a bird red"),
        ("a nice big picture of a blue bird", "a blue bird"),
        ("a bird with a big zorgle and a tail", "a bird and a tail"),
        ("a songbird with red wings", "a small bird with red wings"),
        ("a parrot-green bird", "a bright green bird"),
        ("a crow-sized bird with red feet", "a large bird with red feet"),
        ("a red bird with a swan like neck", "a red bird with a neck"),
        ("a bírd, ÜBER red", "a bird red"),
        ("a 🔴 bird with ⚫wings 😊", "a red bird with black wings"),
        ("a black bird except for a white throat", "a black bird except for a white throat"),
        ("a duck with a green head", "a duck with a green head"),
    ],
)  # fmt: skip
def test_a_sentence_is_brought_to_words_that_captions_say(text: str, sentence: str) -> None:
    understood = read(text)
    assert understood.drawn_as == sentence
    assert understood.bird is None
    assert understood.error is None


@pytest.mark.parametrize(
    ("text", "sentence", "left_out"),
    [
        ("a red bird with no crest", "a red bird", ["no crest"]),
        ("a red bird, no crest, black wings", "a red bird black wings", ["no crest"]),
        ("a bird with no crest and red wings", "a bird with red wings", ["no crest"]),
        ("a bird without any crest or tail", "a bird", ["without any crest or tail"]),
        ("a bird that isn't blue and has a tail", "a bird and has a tail", ["not blue"]),
        ("this bird is not blue but red", "this bird is red", ["not blue"]),
        ("a bird that doesn’t have a red tail", "a bird", ["not have a red tail"]),
        ("a bird with neither a crest nor a tail", "a bird", ["neither a crest", "nor a tail"]),
        ("no crest black wings", "black wings", ["no crest"]),
        ("not only red but also blue wings", "red and blue wings", []),
        ("a bird of any colour but red", "a bird of color", ["but red"]),
        (
            "a bird not having any crest but has a tail",
            "a bird but has a tail",
            ["not having any crest"],
        ),
        ("a bird in any color except for red", "a bird in color", ["except for red"]),
        ("anything but red, a small bird", "a small bird", ["but red"]),
        ("a white bird instead of a red one", "a white bird", ["instead of a red one"]),
        ("a blue bird rather than a cardinal", "a blue bird", ["rather than a cardinal"]),
        ("blue wings other than red", "blue wings", ["other than red"]),
        ("no doubt a red bird with black wings", "a red bird with black wings", []),
        ("without a doubt it has a crest, no question", "it has a crest", []),
        ("You can't miss its red head. Don't forget the crest", "its red head the crest", []),
        ("never before had I seen such a red bird", "a red bird", []),
        ("its wings could not be blacker", "its wings black", []),
        ("its legs could not be seen", "its legs", ["not be seen"]),
        ("wings that aren't just black but yellow", "wings that are black but yellow", []),
    ],
)
def test_what_is_denied_is_left_out_and_said(text: str, sentence: str, left_out: list[str]) -> None:
    understood = read(text)
    assert understood.drawn_as == sentence
    assert list(understood.left_out) == left_out
    for phrase in left_out:
        assert any(f"“{phrase}”" in notice for notice in understood.notices)


@pytest.mark.parametrize(
    ("text", "sentence", "left_out"),
    [
        (
            "Male: bright red with a black mask. Female: brown with a red crest.",
            "bright red with a black mask",
            "female brown with a red crest",
        ),
        ("males are blue and females are brown", "bird are blue", "females are brown"),
        ("a red male with a brown female", "a red bird", "a brown female"),
        ("Adult is white, juvenile brown", "bird is white", "juvenile brown"),
        ("Breeding: yellow. Non-breeding: brown.", "yellow", "non breeding brown"),
        ("In winter: grey head; in summer: black head", "grey head", "summer black head"),
        (
            "Male has a red head. The female has a yellow head. The male has a long tail.",
            "bird has a red head the bird has a long tail",
            "the female has a yellow head",
        ),
        ("a red female with a brown back", "a red bird with a brown back", None),
        ("the female is browner than the male", "the bird is brown", None),
        ("males and females have red wings", "bird have red wings", None),
        ("a male red bird in winter", "a red bird", None),
    ],
)
def test_one_plumage_is_drawn(text: str, sentence: str, left_out: str | None) -> None:
    # Two were drawn as one bird, and 'a red female' not at all.
    understood = read(text)
    assert understood.drawn_as == sentence and understood.unknown_words == ()
    assert list(understood.left_out) == [left_out] * (left_out is not None)
    if left_out is not None:
        assert f"Left out: “{left_out}”. Only one bird is drawn." in understood.notices


@pytest.mark.parametrize(
    ("text", "sentence", "left_out"),
    [
        ("a bird on a red car", "a bird", ["on a red car"]),
        ("a bird on a red car with blue wings", "a bird with blue wings", ["on a red car"]),
        ("a bird with a fish in its bill", "a bird", ["a fish in its bill"]),
        ("a blue bird and two green cats", "a blue bird", ["two green cats"]),
        ("a bird eating a purple zorgle", "a bird", ["eating a purple zorgle"]),
        ("a man with a red bird", "with a red bird", ["a man"]),
        ("this elf like bird has a crest", "bird has a crest", ["this elf"]),
        ("a bird on a rock by the water", "a bird on a rock by the water", []),
    ],
)
def test_what_is_no_bird_is_left_out_with_its_colours(
    text: str, sentence: str, left_out: list[str]
) -> None:
    understood = read(text)
    assert understood.drawn_as == sentence
    assert list(understood.left_out) == left_out


@pytest.mark.parametrize(
    "text",
    ["a red car", "a house", "cat", "a cat with red wings", "a white tailed deer", "green trees",
     "a bird house", "the quick brown fox jumps over a bird-house"]
)  # fmt: skip
def test_only_birds_are_drawn(text: str) -> None:
    understood = read(text)
    assert understood.drawn_as == ""
    assert understood.error is not None
    assert understood.error.startswith("Only birds are drawn, and “")


@pytest.mark.parametrize(
    ("text", "sentence", "taken_back"),
    [
        (
            "a red bird no wait a blue bird with a white belly",
            "a blue bird with a white belly",
            "a red bird",
        ),
        ("a red bird, sorry, I mean a blue bird", "a blue bird", "a red bird"),
        ("a small red, no wait, blue bird", "a small blue bird", "red"),
        ("make it blue. Actually no, make it yellow", "make it yellow", "it blue"),
        ("this bird is red, or rather blue", "this bird is blue", "red"),
        (
            "a bird with a red head, I mean with a blue one",
            "a bird with a blue one",
            "with a red head",
        ),
        ("a red bird with a crest. Scratch that: a bird", "a bird", "a red bird with a crest"),
        ("a red bird. No, a blue one", "a blue one", "a red bird"),
        ("I mean a red bird, sorry", "a red bird", None),
    ],
)
def test_what_is_taken_back_is_left_out_and_said(
    text: str, sentence: str, taken_back: str | None
) -> None:
    understood = read(text)
    assert understood.drawn_as == sentence and understood.unknown_words == ()
    assert list(understood.left_out) == [taken_back] * (taken_back is not None)
    if taken_back is not None:
        assert understood.notices == (f"Left out, as you took it back: “{taken_back}”.",)


@pytest.mark.parametrize(
    "name", ["Corvus corax", "Turdus merula", "Lanius collurio", "Strix aluco"]
)
def test_a_scientific_name_is_no_slip(name: str) -> None:
    understood = read(name)
    assert understood.error == SCIENTIFIC.format(name=name.lower())
    assert not understood.replaced


def test_an_address_is_left_out_as_one() -> None:
    understood = read("a red bird https://youtu.be/dQw4w9WgXcQ?t=10 with a crest, www.ebird.org")
    assert understood.drawn_as == "a red bird with a crest"
    assert understood.unknown_words == ("https://youtu.be/dqw4w9wgxcq?t=10", "www.ebird.org")


def test_what_is_stretched_is_read() -> None:
    understood = read("a reeeeed bird with a loooong tail and yellllow wings")
    assert understood.drawn_as == "a red bird with a long tail and yellow wings"
    assert ("reeeeed", "red") in understood.replaced


def test_marks_that_were_dictated_are_marks() -> None:
    text = "small red bird comma black wings period new line white belly full stop"
    understood = read(text)
    assert understood.drawn_as == "small red bird black wings white belly"
    assert understood.unknown_words == () and not understood.notices
    assert read("full wings").drawn_as == "full wings"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NOTHING_TO_DRAW),
        (" ,.!", NOTHING_TO_DRAW),
        ("hello world", NO_BIRD),
        ("and with the", NO_BIRD),
        ("go when they come through, and so on", NO_BIRD),
        ("Привет", NO_BIRD),
        ("no crest", ONLY_DENIED),
    ],
)
def test_a_text_without_a_bird_is_told(text: str, error: str) -> None:
    assert read(text).error == error


@pytest.mark.parametrize(
    "text",
    [
        "1", "2", "5", "10", "45.", "four", "10:15", "10:15 a.m.", "11/30/2026 10:15:01,",
        "00:00:01,000 --> 00:00:04,000", "5 May 2026", "n/a", "v", "a pair",
    ],
)  # fmt: skip
def test_a_number_or_a_time_is_no_description(text: str) -> None:
    known = {*lexicon().caption_words, "4", "5", "10", "45", "four", "a", "m", "n", "may", "pair"}
    assert read(text, known).error == NO_BIRD
    assert read(f"{text} red bird", known).error is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a flamingo", "American flamingo"),
        ("Two Snowy Owls", "snowy owl"),
        ("a flamigo", "American flamingo"),
        ("flamenco", "American flamingo"),
        ("a cardnal", "cardinal"),
        ("an albatros", "albatross"),
        ("ostritch", "ostrich"),
        ("toocans", "toco toucan"),
        ("a vulcher", "griffon vulture"),
        ("two love birds", "rosy-faced lovebird"),
        ("a red wing blackbird", "red-winged blackbird"),
        ("a red parott", "parrot"),
        ("an Adélie penguin", "Adelie penguin"),
        ("gray heron", "grey heron"),
        ("a bird called northern cardinal", "northern cardinal"),
        ("this bird is a toucan", "toco toucan"),
        ("a swan-like bird with red wings", "mute swan"),
        ("a kite", "kite"),
        ("a penguin on a car", "penguin"),
        ("an owl and two parrots", "owl"),
        ("a duck", "duck"),
        ("a vermillion flycatcher", "vermilion flycatcher"),
        ("an eagle's nest", "eagle"),
        ("a bird with feathers like a peacock", "Indian peafowl"),
        ("white-eye", "Malagasy white-eye"),
    ],
)
def test_the_name_of_a_bird_is_found_and_its_description_drawn(text: str, name: str) -> None:
    understood = read(text)
    assert understood.bird is not None
    assert understood.bird.name == name
    assert understood.drawn_as.startswith(("a ", "an "))
    assert len(understood.drawn_as.split()) > 5


@pytest.mark.parametrize(
    "text",
    [
        "a bird with a red head and white eyes",
        "a bird with a yellow bill",
        "a bird with a kite tail",
        "a peacock blue bird",
        "a small bird similar to a sparrow",
        "a bird with a white ruff",
        "a gull with black wings",
        "a bird with swift wings",
    ],
)
def test_what_only_sounds_like_a_name_is_none(text: str) -> None:
    assert read(text).bird is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a red bunting", "a small bright red bird with {bill}"),
        ("a great bunting on a branch", "a great small bright blue bird with {bill} on a branch"),
        ("this bunting is green and black", "a small bright green and black bird with {bill}"),
        ("a huge bunting with a long bill", "a huge bright blue bird with a long bill"),
        ("a bunting, running", "a small bright blue bird with {bill} running"),
        (
            "a bunting is sitting on a rock",
            "a small bright blue bird with {bill} sitting on a rock",
        ),
        ("a lime green bunting", "a small bright lime green bird with {bill}"),
        ("a red and black bunting", "a small bright red and black bird with {bill}"),
        ("on a branch sits a bunting", "a small bright blue bird with {bill} on a branch"),
    ],
)
def test_what_the_person_says_counts_more_than_the_book(text: str, sentence: str) -> None:
    bird = bird_book().get("bunting")
    assert bird is not None
    assert bird.description == "a small bright blue bird with a short conical bill"
    assert read(text).drawn_as == sentence.format(bill="a short conical bill")


def test_a_blue_cardinal_is_blue_and_keeps_what_is_not_red() -> None:
    words = read("a blue cardinal").drawn_as
    assert "blue bird" in words
    assert "red" not in words.split()
    assert "black face" in words


def test_a_name_that_the_model_has_learned_stays() -> None:
    text = "a crimson northern cardinal with a beek, no crest, on a red car"
    names = frozenset(["northern cardinal"])
    known = lexicon().caption_words | {"northern", "cardinal"}
    understood = read(text, known, names=names)
    assert understood.drawn_as.startswith("a dark red northern cardinal with a beak and a red")
    assert read(text, known).drawn_as == understood.drawn_as.replace("northern cardinal", "bird")
    assert understood.replaced == (("beek", "beak"), ("crimson", "dark red"))
    assert understood.left_out == ("no crest", "on a red car")
    assert understood.notices == (
        "Read “beek” as “beak”, “crimson” as “dark red”.",
        "Left out: “no crest”. Say what is to be seen, not what is not.",
        "Left out: “on a red car”. Only one bird is drawn.",
    )


def test_words_that_the_model_does_not_know_are_left_out_and_said() -> None:
    understood = read("a zorgly red bird")
    assert understood.drawn_as == "a red bird"
    assert understood.unknown_words == ("zorgly",)
    assert understood.notices == ()
    assert read("a zorgly red bird", known={"zorgly", "red"}).drawn_as == "zorgly red"


def names() -> Iterator[tuple[str, Bird]]:
    for bird in bird_book().birds:
        for name in (bird.name, *bird.other_names):
            yield name, bird


def test_a_word_of_its_own_is_no_slip_of_a_rare_one() -> None:
    reading = read("a bird trending on the web")
    assert (reading.replaced, reading.unknown_words) == ((), ("trending",))


def test_every_name_of_the_book_is_found_and_drawn_in_known_words() -> None:
    known = lexicon().caption_words
    for name, bird in names():
        for text in (name, f"a {name} sitting on a branch with a blue tail"):
            understood = read(text)
            assert understood.error is None, text
            words = understood.drawn_as.split()
            assert set(words) <= known, text
            assert 0 < len(words) <= MOST_WORDS, text
        assert read(name).bird is bird, name


def test_the_words_of_the_synonyms_are_words_that_captions_say() -> None:
    synonyms = lexicon().synonyms.table
    assert len(synonyms) > 1500
    for written, meant in synonyms.items():
        assert set(meant) <= lexicon().caption_words, written
        assert " ".join(meant) not in {" ".join(key) for key in synonyms}, written


SOME_WORDS = """
a an the no not without and but with on of as like bird birds red blue crimson car cat tail wings
cardinal owl white eye neither nor only also zorgle please draw , is isn't head feathers kite teal
two snowy in its ’ é
"""
WORDS = st.sampled_from(SOME_WORDS.split())


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=30).map(" ".join)))
def test_any_text_gives_known_words_or_a_sentence_why_not(text: str) -> None:
    understood = read(text)
    assert bool(understood.drawn_as) != bool(understood.error)
    assert set(understood.drawn_as.split()) <= lexicon().caption_words
    assert all(understood.left_out)
    assert all(notice.endswith(".") for notice in understood.notices)
    if understood.error:
        assert understood.error.endswith(".")
        assert understood.bird is None
    again = read(text)
    assert again == understood


def test_letters_of_another_keyboard_that_look_like_latin_ones_are_read() -> None:
    reading = read("a r\u0435d bird with bl\u0430ck wings and a \u0412lue \u03bfrange head")
    assert reading.drawn_as == "a red bird with black wings and a blue orange head"
    assert fold("ж" * 1_000_000) and fold("é" * 1_000_000)  # without looking ahead from each
    assert reading.notices == ()


@pytest.mark.parametrize(
    ("text", "sentence", "pose"),
    [
        ("a white bird in flight", "a white bird flying", "flying"),
        ("a brown bird, facing left, on the water", "a brown bird swimming", "swimming"),
        ("a red bird looking to the right", "a red bird", "right"),
        ("Draw a close-up of a blue bird", "a blue bird", "close-up"),
        ("a red bird with a blue left wing", "a red bird with a blue wing", None),
        ("a yellow bird that is not flying", "a yellow bird", None),
    ],
)
def test_what_is_said_of_the_pose_is_no_word_of_the_bird(
    text: str, sentence: str, pose: str | None
) -> None:
    reading = read(text)
    assert (reading.drawn_as, reading.pose) == (sentence, pose)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a red bird with a yellow bel-\nly", "a red bird with a yellow belly"),
        ("a whit-\r\n  ish bird", "a whitish bird"),
        ("a red-\nwinged bird", "a red winged bird"),
        ("a black- \n and white bird", "a black and white bird"),
    ],
)
def test_a_word_that_goes_on_in_the_next_line_is_one(text: str, sentence: str) -> None:
    reading = read(text)
    assert (reading.drawn_as, reading.unknown_words, reading.notices) == (sentence, (), ())


@pytest.mark.parametrize(
    "mark",
    ["1. ", "2) ", "(3) ", "#3 ", "#4: ", "10: ", "5 - ", "6 – ", "- 7. ", "8.", "9.)\t", "  1. "],
)
def test_the_number_of_a_list_is_no_word(mark: str) -> None:
    for text, sentence in (
        (f"{mark}A blue bird", "a blue bird"),
        (f"{mark}please draw a blue bird", "a blue bird"),
        (f"a blue bird\n{mark}a red tail", "a blue bird a red tail"),
    ):
        reading = read(text)
        assert (reading.drawn_as, reading.unknown_words, reading.notices) == (sentence, (), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2 white wingbars", "two white wingbars"),
        ("a bird with 2 wingbars.", "a bird with two wingbars"),
        ("a red bird 2. a tail", "a red bird two a tail"),
    ],
)
def test_another_number_is_a_word(text: str, sentence: str) -> None:
    assert read(text).drawn_as == sentence


@pytest.mark.alone
def test_a_text_is_read_in_less_than_ten_milliseconds() -> None:
    read("a flamingo")  # reads the tables
    texts = ["a crimson bird with a pop of yellow, no crest, on a red car"] * 20
    texts += ["an adelie pengiun with a navy beek", "zorgl " * 160, "flamigo " * 120, "no " * 330]
    for text in texts:
        quickest = min(timeit.repeat(partial(read, text), timer=process_time, number=1, repeat=5))
        assert quickest < 0.01, text
