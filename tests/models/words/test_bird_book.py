"""The bird book is complete, in words that captions use, without doubles; names are found."""

from pathlib import Path

import pytest

from models.words.bird_book import BOOK, Bird, BirdBook, bird_book, read_book
from models.words.names import GROUPS, LABELS, names_of
from models.words.parts import BASIC_COLOURS, COLOURS, colours_by_part
from models.words.spelling import mend
from models.words.vocabulary import tokenize

MOST_WORDS = 22
CAPTION_WORDS = frozenset(BOOK.with_name("caption_words.txt").read_text().split())


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def test_descriptions_are_short_and_in_words_that_captions_use() -> None:
    birds = read_book(BOOK)
    assert len(birds) >= 700
    for bird in birds:
        words = tokenize(bird.description)
        assert len(words) <= MOST_WORDS, bird
        assert mend(words) == words, bird
        assert not set(words) - CAPTION_WORDS, bird
        assert not set(words) & {"no", "not", "without"}, "what is named is drawn"


def test_every_word_of_colour_is_seen_as_a_basic_colour() -> None:
    assert all(BASIC_COLOURS[colour] for colour in COLOURS)
    assert BASIC_COLOURS["rusty"] == ("brown", "red", "orange")
    assert BASIC_COLOURS["red"] == ("red",)
    assert set(COLOURS) <= CAPTION_WORDS | {"auburn"}


def test_every_bird_has_a_colour_and_a_description_of_its_own() -> None:
    birds = bird_book().birds
    assert all(bird.colours for bird in birds)
    doubles = len(birds) - len({bird.description for bird in birds})
    assert doubles < len(birds) // 100, "kinds that look alike should be names of one line"


@pytest.mark.parametrize("row", rows(LABELS), ids=lambda row: row[0])
def test_the_book_has_the_birds_of_labels_that_are_mended(row: list[str]) -> None:
    name = names_of(row[0])
    for form in name.forms:
        assert bird_book().get(form), form


def test_the_book_has_every_group_and_what_belongs_to_it() -> None:
    for group, members in rows(GROUPS):
        for name in (group, *members.split(", ")):
            found = bird_book().get(name)
            assert found, name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("flamingo", "American flamingo"),
        ("Snowy OWLS", "snowy owl"),
        ("snowy-owl", "snowy owl"),
        ("geese", "goose"),
        ("canaries", "domestic canary"),
        ("gray heron", "grey heron"),
        ("anna's hummingbird", "Anna's hummingbird"),
        ("bluejay", "blue jay"),
        ("thrushes", "song thrush"),
        ("Lammergeier", "bearded vulture"),
        ("mocking birds", "northern mockingbird"),
        ("fly catcher", "flycatcher"),
        ("red tail hawk", "red-tailed hawk"),
        ("ring neck pheasants", "ring-necked pheasant"),
        ("birds of paradise", "bird-of-paradise"),
    ],
)
def test_a_name_is_found_however_it_is_written(written: str, name: str) -> None:
    bird = bird_book().get(written)
    assert bird
    assert bird.name == name


@pytest.mark.parametrize("written", ["", "car", "a", "owl car", "red", "black bird"])
def test_what_is_no_name_is_not_found(written: str) -> None:
    assert bird_book().get(written) is None


def test_the_longest_name_is_found_in_a_sentence() -> None:
    words = tokenize("two snowy owls beside a great blue heron or a blue jay and an owl")
    found = [(one.start, one.end, one.bird.name) for one in bird_book().find(words)]
    assert found == [
        (1, 3, "snowy owl"), (5, 8, "great blue heron"), (10, 12, "blue jay"), (14, 15, "owl"),
    ]  # fmt: skip


def test_a_book_with_a_name_twice_or_a_line_that_lacks_something_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'robin' twice"):
        BirdBook([Bird("robin", (), "a bird"), Bird("thrush", ("robin",), "a bird")])
    book = tmp_path / "book.tsv"
    for line in ("robin", "robin\t ", "\ta bird", "robin,,\ta bird"):
        book.write_text(f"# comment\n{line}\n")
        with pytest.raises(ValueError, match="line 2"):
            read_book(book)


@pytest.mark.parametrize(
    ("description", "colours"),
    [
        (
            "a small red bird with black and white wings, a blue grey bill and long legs",
            {"bird": ("red",), "wings": ("black", "white"), "bill": ("blue", "grey")},
        ),
        (
            "a bird with a black breast band, white tail feathers and a red spotted chest",
            {"breast marks": ("black",), "tail": ("white",), "breast": ("red",)},
        ),
        ("a white gull with a yellow bill with a red spot", {"bird": ("white",)}
         | {"bill": ("yellow",), "marks": ("red",)}),
        ("a large bird on a tree", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_colours_belong_to_the_part_behind_them(
    description: str, colours: dict[str, tuple[str, ...]]
) -> None:
    assert colours_by_part(description) == colours
