"""What a person writes or says, understood: which words the model reads, and what it does not.

>>> read("a crimson bird with a gray tummy, no crest").drawn_as
'a dark red bird with a grey belly'
>>> read("a puffin with blue wings").drawn_as
'a stocky black bird with blue wings and a white belly white face orange feet a huge orange bill'
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise

from models.words.bird_book import Bird, singulars
from models.words.chunks import (
    BREAK,
    DETERMINERS,
    LINKS,
    chunks,
    content,
    tidied,
)
from models.words.describing import described
from models.words.inflection import known_form
from models.words.left_out.corrections import without_corrections
from models.words.left_out.negations import without_negations
from models.words.left_out.plumages import without_other_plumage
from models.words.lexicon import Lexicon, lexicon
from models.words.names import name_words
from models.words.naming import BROAD, NAME, OTHER_NAME, Named, find_name
from models.words.parts import BODY_PARTS, COLOURS, KINDS, basic_colours, colours_by_part
from models.words.said_pose import activity, without_pose
from models.words.slips import scientific_names, unstretched
from models.words.spelling import spelling
from models.words.text_words import text_words, without_addresses
from models.words.tokens import fold, with_apostrophes
from models.words.vocabulary import tokenize

_MOST_SLIPS = 10
"""Words of a text whose right spelling is looked for, so that a long one is read as quickly."""
_OWN = frozenset(["her", "his", "its", "their"])
_UNSAID = frozenset(["adult", "male", "mature", "please", "real", "realistic", "thanks", "wild"])
"""Words that change nothing of a picture, and are left out without a word."""
_SCENERY = frozenset(
    ["branch", "forest", "ground", "rock", "sand", "sea", "shore", "sky", "snow", "tree", "water"]
)
_UNTOLD_PARTS = frozenset(["bill", "eyebrow", "eyering", "eyes", "legs", "wingbars", "wingtips"])
"""Parts of which a description says nothing as a rule, so that they may have any colour."""
_SAY_NOTHING = """
about across all almost along always am amount appears be been being big bit both can come comes
coming compared completely contain containing contains couple did different do does else elsewhere
even ever everywhere exception extremely feature features few first four generally gives go goes
going good great guy had half he here him however i if including interesting just kind look looking
looks lot made mainly majority makes many may more most mostly much multiple nearly normal noted off
otherwise out over pair part particular particularly rather same second see seem seems several she
single slightly so somewhat sort sorts such sure than them they thing things third three through
throughout thru together toward towards twice two type up very was way we well were what when where
will yet you
"""
_EMPTY = LINKS | DETERMINERS | frozenset(_SAY_NOTHING.split()) | {BREAK}

NOTHING_TO_DRAW = "Please describe a bird first: there is no text to draw."
NO_BIRD = (
    "None of these words says what a bird looks like. Name a bird, or try colours and parts in "
    "English, for example: a small red bird with black wings."
)
SCIENTIFIC = (
    "“{name}” looks like a scientific name. Ask for the bird by its English one, or say what it "
    "looks like."
)
ONLY_DENIED = (
    "This says only what is not to be seen. Say what the bird looks like, "
    "for example: a small red bird with black wings."
)


@dataclass(frozen=True)
class Reading:
    """How a text was understood.

    Attributes
    ----------
    drawn_as : the words that are drawn, all known, with a bird's description for its name; empty
        where `error` says why not.
    described : the name of a bird, as it was written, whose description is drawn.
    replaced : words that were written, and what is read instead.
    left_out : what is denied ('no crest') or no bird ('on a red car').
    unknown_words : words left out since the model does not know them.
    notices : what was replaced and left out, as sentences for the person; unknown words are not
        among them.
    error : why there is nothing to draw, as a sentence for the person, or None.
    pose : how the bird is to be seen, one of `pose_wish.POSES`, if the text says it.
    bird : the bird of the book that is named, if any, with its description.
    """

    drawn_as: str = ""
    described: str = ""
    replaced: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    unknown_words: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    error: str | None = None
    pose: str | None = None
    bird: Bird | None = None

    @property
    def is_changed(self) -> bool:
        """Whether other words are drawn than were written, but for unknown ones."""
        return self.error is None and bool(self.described or self.replaced or self.left_out)


@dataclass
class _Notes:
    """What is collected while a text is read."""

    lexicon: Lexicon
    known: Container[str]
    most_words: int
    names: Set[str]
    replaced: dict[str, str] = field(default_factory=dict)
    taken_back: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    no_birds: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    latin: list[str] = field(default_factory=list)

    def is_thing(self, word: str) -> bool:
        return any(one in self.lexicon.things for one in singulars(word))

    def knows(self, word: str) -> bool:
        return word in self.known and word not in self.lexicon.things

    def can_read(self, word: str) -> bool:
        return self.knows(word) or (word,) in self.lexicon.synonyms.table


def read(
    text: str,
    known: Container[str] | None = None,
    most_words: int = 24,
    names: Set[str] = frozenset(),
) -> Reading:
    """Understand a text.

    Parameters
    ----------
    text:
        Anything; a description of a bird, or its name, in English.
    known:
        The words that the model knows; without it, words that captions say often.
    most_words:
        How many words the model reads; a description from the book is cut to them.
    names:
        Names of birds that the model has learned: they stay in the description of the book, which
        is drawn for any name. Not so where the bird is to look otherwise: 'a blue cardinal'.
    """
    tables = lexicon()
    known = tables.caption_words if known is None else known
    reading = _Notes(tables, known, most_words, names)
    text, addresses = without_addresses(fold(text))
    reading.unknown.extend(addresses)
    text, seen = without_pose(text)
    words = text_words(text, lambda word: reading.knows(word) or tables.has(word))
    if not any(word != BREAK for word in words):
        return Reading(error=NOTHING_TO_DRAW)
    words, reading.taken_back = without_corrections(words)
    words, reading.no_birds = without_other_plumage(_spelled(words, reading))
    words, reading.denied = without_negations(words)
    named = find_name(words, tables)
    reading.no_birds.extend(named.compared)
    error = None if named.bird else _why_no_bird(words, reading)
    if error is None:
        words = tidied(_left_out(_in_known_words(named.words, reading), named, reading))
        if all(map(_is_empty, words)):
            error = _why_nothing(reading)
    if error is not None:
        unknown = tuple(dict.fromkeys(reading.unknown))
        return Reading(left_out=tuple(reading.denied), unknown_words=unknown, error=error)
    return replace(_understood(words, named, reading), pose=activity(words) or seen)


def _why_nothing(reading: _Notes) -> str:
    if reading.denied:
        return ONLY_DENIED
    return SCIENTIFIC.format(name=" ".join(reading.latin[:2])) if reading.latin else NO_BIRD


def _is_empty(word: str) -> bool:
    """Whether a word by itself gives a bird no look; models know '10' and the 'm' of '10 a.m.'."""
    return word in _EMPTY or word[0].isdigit() or len(word) == 1


def _spelled(words: Sequence[str], reading: _Notes) -> list[str]:
    """Return the words with their spelling mended, by the table and then by likeness."""
    mended: list[str] = []
    for written, meant in spelling().pieces(words):
        as_known = " ".join(written).replace("gray", "grey").replace("colour", "color")
        if meant != written and as_known != " ".join(meant):
            reading.replaced[" ".join(written)] = " ".join(meant)
        mended.extend(meant)
    tables = reading.lexicon

    def is_word(word: str) -> bool:
        return reading.knows(word) or tables.has(word)

    unknown = dict.fromkeys(word for word in mended if word != BREAK and not is_word(word))
    reading.latin = [word for pair in scientific_names(mended, is_word) for word in pair]
    slips = {}
    for word in [word for word in unknown if not known_form(word, tables.has)][:_MOST_SLIPS]:
        right = unstretched(word, is_word) or tables.slips.mended(word)
        if word in reading.latin and (
            right not in tables.book.words or right in COLOURS or right in BODY_PARTS
        ):
            continue  # 'corax' is none of 'coral'
        if right is not None:
            reading.replaced[word] = slips[word] = right
    return [slips.get(word, word) for word in mended]


def _why_no_bird(words: Sequence[str], reading: _Notes) -> str | None:
    """Return why a text is not about a bird: its first chunk with a meaning is about a thing."""
    for word, behind in pairwise([*words, BREAK]):
        if word in BROAD and not reading.is_thing(behind):  # but 'a bird house' is a house
            return None
    for chunk in chunks(words):
        meaning = content(chunk)
        is_thing = any(map(reading.is_thing, meaning))
        is_of_thing = bool(meaning) and reading.is_thing(meaning[-1])  # 'a white tailed deer'
        if set(meaning) & BODY_PARTS and not is_of_thing:
            return None
        if is_thing or (meaning and _SCENERY & {*singulars(meaning[-1])}):
            return (
                f"Only birds are drawn, and “{' '.join(meaning)}” is none. "
                "Name a bird, or say what one looks like."
            )
        if set(meaning) & COLOURS:
            return None
    return None


def _in_known_words(words: Sequence[str], reading: _Notes) -> list[str]:
    """Return the words with synonyms and inflections brought to words that captions say."""
    plain: list[str] = []
    for word in words:
        form = None
        if not (reading.can_read(word) or reading.is_thing(word)):
            form = known_form(word, lambda one: reading.can_read(one) and one not in _EMPTY)
        if form is not None:
            reading.replaced[word] = form
        plain.append(form or word)
    known: list[str] = []
    for written, meant in reading.lexicon.synonyms.pieces(plain):
        if written != meant:
            reading.replaced[" ".join(written)] = " ".join(meant)
        known.extend(meant)
    for at in range(len(known) - 4, -1, -1):  # 'red feathers of the head' is 'red head'
        match known[at : at + 4]:
            case ["feathers", "of" | "on", the, part] if the in DETERMINERS and part in BODY_PARTS:
                del known[at : at + 3]
    return known


def _left_out(words: Sequence[str], named: Named, reading: _Notes) -> list[str]:
    """Return the words without chunks about what is no bird, and without unknown words."""
    kept: list[str] = []
    others = iter(named.other_names)
    is_left_out = False
    for chunk in chunks(words):
        said = [next(others) if word == OTHER_NAME else word for word in chunk]
        if is_left_out and len(chunk) > 1 and chunk[0] in ("in", "on") and chunk[1] in _OWN:
            reading.no_birds[-1] += " " + " ".join(said)  # 'with a fish in its bill'
            continue
        is_left_out = _is_beside_the_bird(chunk, reading)
        if is_left_out:
            while said[0] in ("and", "but", "that", "with") and len(said) > 1:
                said = said[1:]
            reading.no_birds.append(" ".join(said))
            continue
        if _says_nothing(chunk, reading):
            reading.unknown.extend(word for word in content(chunk) if not reading.knows(word))
            continue
        for word, spoken in zip(chunk, said, strict=True):
            if word == NAME or reading.knows(word):
                kept.append(word)
            elif word == OTHER_NAME:
                reading.no_birds.append(spoken)
            elif word not in _UNSAID and word not in _EMPTY:
                reading.unknown.append(word)
        kept.append(BREAK)
    return kept


def _is_beside_the_bird(chunk: Sequence[str], reading: _Notes) -> bool:
    """Whether a chunk is about a thing: its colours would be drawn on the bird."""
    meaning = content(chunk)
    if not meaning or NAME in chunk or KINDS & set(chunk):
        return False
    if meaning[-1] == OTHER_NAME:
        return True
    if BODY_PARTS & set(meaning):
        return False
    return reading.is_thing(meaning[-1]) or (
        not reading.knows(meaning[-1]) and len(meaning) > 1 and meaning[-2] in COLOURS
    )


def _says_nothing(chunk: Sequence[str], reading: _Notes) -> bool:
    """Whether a chunk is about a word that is not known: 'with a big zorgle'."""
    meaning = content(chunk)
    return (
        bool(meaning)
        and chunk[0] in LINKS
        and not (reading.knows(meaning[-1]) or meaning[-1] in _UNSAID | {NAME})
        and not (BODY_PARTS | COLOURS | KINDS | {NAME}) & set(meaning)
    )


def _understood(words: list[str], named: Named, reading: _Notes) -> Reading:
    sentence = words
    if named.bird is not None:
        sentence = _described(words, named.bird, _learned_name(words, named, reading), reading)
    replaced = tuple(_told(named, reading))
    return Reading(
        drawn_as=" ".join(sentence),
        described=with_apostrophes(named.name),
        replaced=replaced,
        left_out=tuple(dict.fromkeys([*reading.taken_back, *reading.denied, *reading.no_birds])),
        unknown_words=tuple(dict.fromkeys(reading.unknown)),
        notices=tuple(_notices(replaced, reading)),
        bird=named.bird,
    )


def _learned_name(words: Sequence[str], named: Named, reading: _Notes) -> str:
    """Return the name that the model has learned for the bird, or nothing.

    It is the name as it is said, in singular, or else another of the bird's names.
    """
    if named.bird is None or _is_contradicted(words, named.bird):
        return ""
    *before, last = named.name.split()
    said = [" ".join([*before, one]) for one in singulars(last)]
    others = list(map(name_words, (named.bird.name, *named.bird.other_names)))
    # A learned 'stork' may look quite unlike a 'white stork'.
    less = [name for name in others if set(name.split()) < {*before, *singulars(last)}]
    for name in [*said, *(name for name in others if name not in less)]:
        if name in reading.names and all(word in reading.known for word in name.split()):
            if name not in said:
                reading.replaced[named.name] = name
            return name
    return ""


def _is_contradicted(words: Sequence[str], bird: Bird) -> bool:
    """Whether colours are said of the bird or of a part of it that the book does not give it."""
    own = {part: basic_colours(colours) for part, colours in bird.colours.items()}
    anywhere = frozenset[str]().union(*own.values())
    said = colours_by_part(" ".join("bird" if word == NAME else word for word in words))
    whole = said.pop("bird", ())
    return not all(anywhere & basic_colours([colour]) for colour in whole) or any(
        not own.get(part, anywhere) & basic_colours(colours)
        for part, colours in said.items()
        if part in own or not (part in _UNTOLD_PARTS or part.endswith("marks"))
    )


def _described(words: Sequence[str], bird: Bird, learned: str, reading: _Notes) -> list[str]:
    """Return the words with the book's description, of a learned name, in the place of the name.

    The description says more than the name alone: of a hundred well-known names, weights that had
    learned most of them showed the main colours of 91 so, and of 65 by the names alone.
    """
    at = words.index(NAME)
    start = _start_of_name(words, at)
    elsewhere = words[:start] if content(words[:start]) else []
    in_common_words = reading.lexicon.synonyms.pieces(tokenize(bird.description))
    return described(
        [word for _, meant in in_common_words for word in meant],
        words[start:at],
        [*words[at + 1 :], *tidied(elsewhere)],
        reading.most_words,
        learned.split(),
    )


def _start_of_name(words: Sequence[str], at: int) -> int:
    """Return where what is said before a name begins: 'this small black and white <name>'."""
    while at:
        word = words[at - 1]
        in_mix = word == "and" and at > 1 and words[at - 2] in COLOURS and words[at] in COLOURS
        if word in LINKS and not in_mix:
            break
        at -= 1
        if word in DETERMINERS:
            break
    return at


def _told(named: Named, reading: _Notes) -> Iterator[tuple[str, str]]:
    """Give what was replaced and by what in the end, but for the words of the name."""
    steps = set(reading.replaced.values())
    for said, meant in reading.replaced.items():
        if said in steps or f" {meant} " in f" {named.name} ":
            continue
        while reading.replaced.get(meant, meant) != meant:
            meant = reading.replaced[meant]
        yield said, meant


def _notices(replaced: Sequence[tuple[str, str]], reading: _Notes) -> Iterator[str]:
    if replaced:
        pairs = ", ".join(f"“{said}” as “{meant}”" for said, meant in replaced)
        yield f"Read {pairs}."
    if reading.taken_back:
        yield f"Left out, as you took it back: {_quoted(reading.taken_back)}."
    if reading.denied:
        yield f"Left out: {_quoted(reading.denied)}. Say what is to be seen, not what is not."
    if reading.no_birds:
        yield f"Left out: {_quoted(reading.no_birds)}. Only one bird is drawn."


def _quoted(phrases: Sequence[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in dict.fromkeys(phrases))
