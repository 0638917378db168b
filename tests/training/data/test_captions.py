"""What is said of a photograph: its captions, its species' captions, its name, in their shares."""

from collections import Counter
from pathlib import Path

import pytest
import torch

from models.training.data.captions import Captions, CaptionSettings, name_of
from models.training.data.examples import Example
from models.words.bird_book import bird_book
from models.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    ["a", "this", "is", "here", "it", "red", "blue", "bird", "northern", "cardinal", "zorgle"]
)
OWN = CaptionSettings(of_species=0, named=0, name_alone=0)
CARDINALS = [
    Example(Path("0.png"), ("a red bird",), "Northern_Cardinal"),
    Example(Path("1.png"), ("this bird is red",), "Northern_Cardinal"),
    Example(Path("2.png"), (), "Northern_Cardinal"),
    Example(Path("3.png"), (), "Wren"),
    Example(Path("4.png"), (), "Zorgle"),
]
SPECIES = torch.tensor([0, 0, 0, 1, 2])


def captions(settings: CaptionSettings) -> Captions:
    return Captions(CARDINALS, SPECIES, WORDS, 20, settings)


def chosen(settings: CaptionSettings, row: int, times: int = 300) -> Counter[str]:
    torch.manual_seed(0)
    source = captions(settings)
    return Counter(
        " ".join(WORDS.words[word - 1] for word in source.choose(row)) for _ in range(times)
    )


def test_a_photograph_is_shown_with_its_own_captions() -> None:
    assert set(chosen(OWN, 0)) == {"a red bird"}
    (own,) = captions(OWN).own(0)
    assert list(own) == list(WORDS.read("a red bird", 20).ids)
    assert captions(OWN).own(2) == [] and len(captions(OWN)) == 5


def test_with_a_caption_of_another_photograph_of_its_species() -> None:
    counts = chosen(CaptionSettings(of_species=0.5, named=0, name_alone=0), 0)
    assert set(counts) == {"a red bird", "this bird is red"}
    assert 0.18 < counts["this bird is red"] / 300 < 0.32, "half of half: its own are among them"


def test_with_a_name_for_bird_or_nothing_but_the_name() -> None:
    counts = chosen(CaptionSettings(of_species=0, named=0.4, name_alone=0.2), 0)
    named = counts["a red cardinal"]
    alone = sum(count for text, count in counts.items() if "red" not in text)
    assert 0.3 < named / 300 < 0.5 and 0.12 < alone / 300 < 0.28
    assert any(text.endswith("northern cardinal") for text in counts)
    assert counts["a red bird"] + named + alone == 300


def test_without_captions_it_is_shown_with_its_species_or_the_book_or_its_name() -> None:
    assert set(chosen(OWN, 2)) == {"a red bird", "this bird is red"}
    wren = bird_book().get("wren")
    assert wren is not None
    assert set(chosen(OWN, 3)) == {" ".join(WORDS.read(wren.description, 20).words)}
    assert all("zorgle" in text for text in chosen(OWN, 4))


def test_the_same_random_numbers_choose_the_same_sentences() -> None:
    settings = CaptionSettings()
    assert chosen(settings, 0) == chosen(settings, 0)


def test_a_picture_without_species_has_no_name() -> None:
    assert name_of("new/IMG_0012.jpg") is None and name_of("...") is None
    cardinal = name_of("Northern_Cardinal")
    assert cardinal is not None and cardinal.full == "northern cardinal"
    alone = [Example(Path("a.png"), ("a red bird",), "a.png")]
    source = Captions(alone, torch.tensor([0]), WORDS, 20, CaptionSettings())
    assert {tuple(source.choose(0)) for _ in range(50)} == {tuple(source.own(0)[0])}


@pytest.mark.parametrize(
    ("texts", "species"), [(("ein roter Vogel",), "Rotkardinal"), ((), "x.png"), (("…",), "…")]
)
def test_what_the_text_encoder_cannot_read_is_refused(texts: tuple[str], species: str) -> None:
    foreign = [Example(Path("vogel.png"), texts, species)]
    with pytest.raises(ValueError, match=r"nothing that is said of vogel\.png has a word.*other"):
        Captions(foreign, torch.tensor([0]), WORDS, 20, CaptionSettings())
