"""Sentences that name birds, for a language model to learn; how plurals sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from app.speech.recognition.pronunciations import Phones
from models.words.bird_book import BirdBook
from models.words.names import BirdName, article, name_sentences, name_words, with_name

CAPTIONS_EACH = 5
"""Captions to say with a name for 'bird'; some read badly and are left out."""

_SCENES = """
at the window | eating a fish | eating seeds | flying | flying over the sea | in a tree
in flight | in the grass | in the reeds | in the snow | looking at me | on a beach | on a branch
on a fence | on a lake | on a pond | on a post | on a rock | on a tree | on a wire | on the ground
on the water | perched on a branch | running | singing | sitting on a branch | standing in water
standing on a rock | swimming | walking | with an open bill | with its crest up | with spread wings
"""
_PLACES = tuple(" ".join(scene.split()) for scene in _SCENES.replace("\n", "|").split("|") if scene)
_ASKED = ("draw {a}", "i want {a}", "i would like {a}", "paint {a}", "show me {a}", "{a} please")
_SEX = ("a male {name}", "a female {name}", "a young {name}", "a baby {name}", "an adult {name}")
_MANY = ("{names}", "two {names}", "some {names}")

_HISSING = frozenset(["S", "Z", "SH", "ZH", "CH", "JH"])
_VOICELESS = frozenset(["P", "T", "K", "F", "TH"])
_PLURALS = {"goose": "geese", "mouse": "mice", "titmouse": "titmice"}


def spoken_names(book: BirdBook, captions: Sequence[str], rng: Random) -> Iterator[str]:
    """Give sentences with every name of the book: alone, with what it does, in captions.

    Parameters
    ----------
    book : the bird book.
    captions : captions; of those that say 'bird', some are said with names in its place.
    """
    with_bird = [caption for caption in captions if "bird" in caption.split()]
    names = (name for bird in book.birds for name in (bird.name, *bird.other_names))
    for form in dict.fromkeys(map(name_words, names)):
        name = BirdName(form, (), form)
        a = f"{article(form)} {form}"
        yield a
        yield f"{a} {rng.choice(_PLACES)}"
        yield f"{a} {rng.choice(_PLACES)}"
        yield rng.choice(_ASKED).format(a=a)
        yield rng.choice(_SEX).format(name=form)
        yield from (many.format(names=plural(form)) for many in rng.sample(_MANY, 2))
        yield name_sentences(name, rng)
        for caption in rng.sample(with_bird, min(CAPTIONS_EACH, len(with_bird))):
            sentence = with_name(caption, name, rng)
            if sentence is not None:
                yield sentence


def plural(name: str) -> str:
    """Return the plural of a name: 'snowy owls', 'geese', 'finches'."""
    before, _, last = name.rpartition(" ")
    many = next(
        (last.removesuffix(one) + more for one, more in _PLURALS.items() if last.endswith(one)), ""
    )
    if not many:
        if last.endswith(("s", "x", "z", "ch", "sh")):
            many = f"{last}es"
        elif last.endswith("y") and last[-2:-1] not in "aeiou":
            many = f"{last[:-1]}ies"
        else:
            many = f"{last}s"
    return f"{before} {many}".strip()


def plural_sounds(singular: Sequence[Phones]) -> list[Phones]:
    """Return how a regular plural sounds, by the sounds of its singular."""
    return [
        (*phones, "IH", "Z")
        if phones[-1] in _HISSING
        else (*phones, "S" if phones[-1] in _VOICELESS else "Z")
        for phones in singular
    ]
