"""Birds that are only compared with, and those that are meant."""

import pytest

from models.words.reader import read


@pytest.mark.parametrize(
    ("text", "sentence", "left_out"),
    [
        ("a brown bird smaller than a pigeon", "a brown bird smaller", ["than a pigeon"]),
        ("a red bird bigger than a blackbird", "a red bird bigger", ["than a blackbird"]),
        ("blue, smaller than a house sparrow", "blue smaller", ["than a house sparrow"]),
        ("a bird smaller than a Wilson's warbler", "a bird smaller", ["than a wilson's warbler"]),
        ("a bird bigger than a robin or a crow", "a bird bigger", ["than a robin", "or a crow"]),
        ("a white bird the size of a blackbird", "a white bird", ["the size of a blackbird"]),
        ("a white bird that is about the size of a crow", "a white bird that is large", []),
        ("a bird half the size of a crow", "a bird", ["half the size of a crow"]),
        ("a bird, its bill longer than a robin's", "a bird its bill longer", ["than a robin's"]),
        ("a bird the size of a robin", "a bird medium sized", []),
        ("a pink bird shaped like a flamingo", "a pink bird", ["shaped like a flamingo"]),
        ("a blue bird with a beak like a parrot's", "a blue bird with a beak", ["like a parrot's"]),
        ("a bird with a bill like a toucan's", "a bird with a bill", ["like a toucan's"]),
        ("a bird with a crest like a jay's crest", "a bird with a crest", ["like a jay's crest"]),
        ("a blue bird with a beak like a parrot", "a blue bird with a beak", ["like a parrot"]),
        ("a blue bird with the beak of a parrot", "a blue bird with the beak", ["of a parrot"]),
        ("a red bird with a bill like that of a duck", "a red bird with a bill",
         ["like that of a duck"]),
        ("a white bird with a toucan's bill", "a white bird with a bill", ["toucan's"]),
        ("with an eagle's wings, a red bird", "with wings a red bird", ["eagle's"]),
        ("Smaller than a robin, not as red as a cardinal, with a beak like a duck's",
         "smaller with a beak", ["not red", "than a robin", "like a duck's"]),
    ],
)  # fmt: skip
def test_a_bird_that_is_only_compared_with_is_not_drawn(
    text: str, sentence: str, left_out: list[str]
) -> None:
    understood = read(text)
    assert (understood.bird, understood.drawn_as) == (None, sentence)
    assert list(understood.left_out) == left_out


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a small red bird like a cardinal", "cardinal"),
        ("a bird shaped like a mallard", "mallard"),
        ("a bird with a crest like a cardinal", "cardinal"),
        ("smaller than a robin", "European robin"),
        ("a robin bigger than a blackbird with a crest like a cardinal's", "European robin"),
        ("bigger than a blackbird, a bird like a cardinal", "cardinal"),
        ("a smaller than average cardinal with green wings", "cardinal"),
        ("the red belly of a robin", "European robin"),
        ("this cardinal's head is red", "cardinal"),
        ("a cardinal's a red bird", "cardinal"),
        ("a Wilson's warbler with a black cap", "Wilson's warbler"),
        ("a bird like a Steller's jay", "Steller's jay"),
        ("an Anna's hummingbird's throat", "Anna's hummingbird"),
    ],
)
def test_the_bird_that_is_meant_is_drawn_among_comparisons(text: str, name: str) -> None:
    bird = read(text).bird
    assert bird is not None and bird.name == name
