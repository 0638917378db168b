"""Names of birds as words of a sentence: from a label of a data set to 'a northern cardinal'.

Words are cut as captions are and spelled as :mod:`models.words.spelling` spells them, so that
names and captions share their words: "Anna's hummingbird" is ``anna s hummingbird``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from models.words.spelling import mend
from models.words.vocabulary import tokenize

LABELS = Path(__file__).with_name("labels.tsv")
GROUPS = Path(__file__).with_name("groups.tsv")

_HEADS = {
    tuple(words.split())
    for words in (
        "bay owl", "bee eater", "bird of paradise", "brush turkey", "chuck will s widow",
        "cock of the rock", "crowned crane", "crowned pigeon", "fig parrot", "fish eagle",
        "fruit dove", "go away bird", "ground hornbill", "hawk eagle", "house martin",
        "huet huet", "i iwi", "native hen", "piping guan", "pond heron", "prairie chicken",
        "pygmy goose", "rock dove", "rock thrush", "rosy finch", "sage grouse", "scrub jay",
        "serpent eagle", "shrike tit", "sierra finch", "storm petrel", "turtle dove",
        "whip poor will", "white eye", "wood partridge", "wood pewee", "wood rail",
    )
}  # fmt: skip
"""Last words of names that stand for a kind of bird only together."""

_FRAMES = ("{a}", "{a}", "{name}", "{name}", "this is {a}", "this bird is {a}", "this {name}",
           "the {name}", "a picture of {a}")  # fmt: skip
"""What a sentence may say that has nothing but a name: no sex, no place, no pose."""

_SIZES = frozenset(
    "small large tiny big little medium sized huge very size average".split()  # noqa: SIM905
)
_STARTS = frozenset(["a", "an", "the", "this", "that"])
_NO_NAME_BEFORE = frozenset(["baby", "his", "like", "of", "shore", "these", "type", "young"])
_AFTER = """
bath birds feeder feeders house houses like looking of or seed seeds shape shaped species watcher
watchers
"""
_NO_NAME_AFTER = frozenset(_AFTER.split())
_VOWEL_SOUND = re.compile("(?!eu|one|uni|ur)[aeiou]")


@dataclass(frozen=True)
class BirdName:
    """The words for a kind of bird, singular, as a caption is cut.

    Attributes
    ----------
    full : the whole name: 'northern cardinal', 'anna s hummingbird', 'mallard'.
    shorter : what people say for short, the best first: 'cardinal'; none for 'mallard'.
    group : what it is in one everyday word: 'duck' for 'mallard', 'penguin' for 'emperor penguin'.
    """

    full: str
    shorter: tuple[str, ...]
    group: str

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way to name it, the whole name first, each once."""
        return tuple(dict.fromkeys((self.full, *self.shorter, self.group)))


def name_words(name: str) -> str:
    """Return a written name as a caption's words: "Grey go-away-bird" is 'grey go away bird'."""
    return " ".join(mend(tokenize(name)))


def names_of(species: str) -> BirdName:
    """Return the names for a label of a data set, with the label's mistakes mended.

    Raises
    ------
    ValueError
        When the label has no words.
    """
    label = " ".join(tokenize(species))
    if not label:
        raise ValueError(f"{species!r} is no name of a bird")
    proper, others = _labels().get(label, (label, ()))
    full = name_words(proper)
    head = _head(full)
    shorter = [name_words(other) for other in others]
    if head != full:
        shorter.append(head)
        if head.count(" ") and head.rpartition(" ")[2] in _everyday_groups():
            shorter.append(head.rpartition(" ")[2])
    groups = _groups()
    group = groups.get(full) or groups.get(head) or head
    return BirdName(full, tuple(dict.fromkeys(shorter)), group)


def name_sentences(name: BirdName, rng: Random) -> str:
    """Return a sentence that has nothing but a name of the bird: 'this is a cardinal'."""
    (form,) = rng.choices(name.forms, _weights(name))
    return rng.choice(_FRAMES).format(name=form, a=f"{article(form)} {form}")


def with_name(caption: str, name: BirdName, rng: Random) -> str | None:
    """Return the caption with a name of the bird in place of its first 'bird'.

    None where that would not read well: it has no 'bird', names a bird already, or says 'bird'
    as a part of something else ('bird feeder', 'baby bird').
    """
    words = mend(tokenize(caption))
    if "bird" not in words or any(f" {form} " in f" {' '.join(words)} " for form in name.forms):
        return None
    at = words.index("bird")
    before, after = words[:at], words[at + 1 :]
    if (before and before[-1] in _NO_NAME_BEFORE) or (after and after[0] in _NO_NAME_AFTER):
        return None
    forms, weights = list(name.forms), _weights(name)
    if not _only_sizes(before):  # 'a small red northern cardinal' reads badly
        forms = [form for form in forms if " " not in form] or [min(forms, key=len)]
        weights = [1.0] * len(forms)
    (form,) = rng.choices(forms, weights)
    if before and before[-1] in ("a", "an"):
        before = [*before[:-1], article(form)]
    return " ".join([*before, form, *after])


def article(words: str) -> str:
    """Return 'a' or 'an', whichever goes before the words."""
    return "an" if _VOWEL_SOUND.match(words) else "a"


def _only_sizes(before: list[str]) -> bool:
    """Whether nothing but an article and words of size stand right before the bird's name."""
    for word in reversed(before):
        if word in _STARTS:
            return True
        if word not in _SIZES:
            return False
    return True


def _weights(name: BirdName) -> list[float]:
    """How often each of a name's forms is said: the group least, since it says least."""
    return [
        3.0 if form == name.full else 2.0 if form in name.shorter else 1.0 for form in name.forms
    ]


def _head(full: str) -> str:
    """Return the last words of a name, those that say what kind of bird it is."""
    words = tuple(full.split())
    for length in range(min(4, len(words)), 1, -1):
        if words[-length:] in _HEADS:
            return " ".join(words[-length:])
    return words[-1]


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _listed(text: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for words in text for part in words.split(",") if part.strip())


@cache
def _labels() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {label: (proper, _listed(others)) for label, proper, *others in _rows(LABELS)}


@cache
def _groups() -> dict[str, str]:
    return {member: group for group, members in _rows(GROUPS) for member in _listed([members])}


@cache
def _everyday_groups() -> frozenset[str]:
    return frozenset(_groups().values())
