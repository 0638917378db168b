"""A name's description in a sentence: what the person says counts, the book says the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.words.chunks import DETERMINERS
from models.words.names import article
from models.words.parts import COLOURS, PARTS

_SIZES = frozenset("tiny small medium sized large huge tall big little".split())  # noqa: SIM905
_SHADES = frozenset(["bright", "dark", "deep", "light", "pale"])
_PLACES = frozenset(["flying", "in", "on", "sitting", "standing", "swimming"])
_COUNTS = frozenset(["two", "three", "many", "several"])


def described(
    description: Sequence[str],
    before: Sequence[str],
    after: Sequence[str],
    most_words: int,
    name: Sequence[str] = (),
) -> list[str]:
    """Return the sentence that a description and the person's words for the bird make.

    'a blue cardinal with white wings on a branch' is "a blue bird with white wings, a blue crest,
    a black face on a branch": words before the name take the place of the description's, colours
    of it everywhere, and what the person says of a part is all that is said of it.

    Parameters
    ----------
    description:
        The words of a description of the bird book: 'a red bird with a red crest'.
    before, after:
        The person's words before and behind the name, as captions have them.
    most_words:
        Phrases of the description behind this many words are left out.
    name:
        A name that the model knows, to stand for the 'bird' of the description.
    """
    said = [word for word in before if word not in DETERMINERS and word not in _COUNTS]
    lead, phrases = _taken_apart(description)
    colours, after = _colours_said(said, after)
    if after[:1] in (["s"], ["is"], ["are"]) and (len(after) < 2 or after[1] in _PLACES):
        after = after[1:]
    adjectives = [word for word in said if word not in COLOURS and word != "and"]
    for alike in (_SIZES, _SHADES):
        if alike & set(adjectives):
            lead = [word for word in lead if word not in alike]
    if colours:
        phrases = [_recoloured(phrase, lead, colours) for phrase in phrases]
        lead = _recoloured(lead, lead, colours)
        if not any(word in COLOURS for word in lead):
            lead = [*lead[:-1], *colours, lead[-1]]
    if name:
        lead = [*lead[:-1], *name]
    opening = [*(word for word in adjectives if word not in lead), *lead]
    sentence = [article(opening[0]), *opening]

    parts = {PARTS[word] for word in after if word in PARTS}
    phrases = [phrase for phrase in phrases if not parts & {PARTS.get(word) for word in phrase}]
    if _PLACES & set(after):
        phrases = [phrase for phrase in phrases if phrase[0] not in _PLACES]
    place = next((at for at, word in enumerate(after) if word in _PLACES), len(after))
    if after[:1] not in (["with"], ["has"], ["that"], ["is"], ["are"]):
        place = 0
    has, there = after[:place], after[place:]
    described = _joined(phrases, most_words - len(sentence) - len(after), "and" if has else "with")
    return [*sentence, *has, *described, *there]


def _taken_apart(words: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Return the words of a description up to its 'bird', and its phrases, without articles."""
    at = next((at for at, word in enumerate(words) if PARTS.get(word) == "bird"), 0)
    lead = [word for word in words[: at + 1] if word not in ("a", "an")]
    phrases: list[list[str]] = [[]]
    for word in words[at + 1 :]:
        whole = any(one in PARTS for one in phrases[-1])
        if word in ("and", "with") and (whole or not phrases[-1]):
            phrases.append([])
        elif whole and word not in PARTS and phrases[-1][-1] in PARTS:
            phrases.append([word])
        else:
            phrases[-1].append(word)
    return lead, [phrase for phrase in phrases if phrase]


def _colours_said(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], Sequence[str]]:
    """Return the colours said of the whole bird ('black and white'), and what else follows it."""
    if after[:1] in (["is"], ["are"]):
        told = 1
        while told < len(after) and (after[told] in COLOURS or after[told] == "and"):
            told += 1
        rest = after[told:]
        if told > 1 and not (rest and rest[0] in PARTS):
            return _from_colour_to_colour(after[1:told]), rest
    return _from_colour_to_colour(before), after


def _from_colour_to_colour(words: Sequence[str]) -> list[str]:
    """Return the words from the first colour to the last, but for those that are no part of it."""
    at = [at for at, word in enumerate(words) if word in COLOURS]
    return (
        [word for word in words[at[0] : at[-1] + 1] if word in COLOURS or word == "and"]
        if at
        else []
    )


def _recoloured(phrase: list[str], old: Iterable[str], new: Sequence[str]) -> list[str]:
    """Return the phrase with the whole bird's colours changed, where it has no others."""
    colours = [word for word in phrase if word in COLOURS]
    if not colours or not set(colours) <= set(old):
        return phrase
    at = phrase.index(colours[0])
    without = [word for word in phrase if word not in COLOURS and word != "and"]
    return [*without[:at], *new, *without[at:]]


def _joined(phrases: Iterable[list[str]], room: int, link: str) -> list[str]:
    """Return as many of the phrases as there is room for, with a link before the first."""
    fitting: list[list[str]] = []
    for phrase in phrases:
        if sum(map(len, fitting)) + len(phrase) + 2 > room:
            break
        fitting.append(phrase)
    words = [link, *fitting[0]] if fitting else []
    for phrase in fitting[1:]:
        last = phrase is fitting[-1] and phrase[0] not in _PLACES and link != "and"
        words.extend(["and", *phrase] if last else phrase)
    return words
