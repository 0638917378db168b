"""Sentences with their colours exchanged: wrong in that, and in nothing else."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from models.networks.config import GeneratorConfig, TextEncoderConfig
from models.networks.text_encoder import TextEncoder, TextFeatures, pad_ids
from models.training.damsm.similarity import DamsmConfig, damsm_loss
from models.training.data.captions import CaptionSettings
from models.training.data.counterfactual import Counterfactual, WrongText
from models.training.data.examples import Example
from models.training.data.photographs import Photographs
from models.training.gan.batch import BatchSampler
from models.training.gan.settings import Phase
from models.words.vocabulary import Vocabulary

WORDS = Vocabulary(
    [
        *("a", "the", "bird", "with", "and", "wings", "head", "belly", "has", "is", "all", "over"),
        *("red", "black", "white", "grey", "gray", "blue"),
    ]
)


def ids(sentence: str) -> list[int]:
    return list(WORDS.read(sentence, 30).ids)


def sentence(numbers: list[int] | None) -> str | None:
    return None if numbers is None else " ".join(WORDS.words[number - 1] for number in numbers)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("a red bird with black wings", "a black bird with red wings"),
        ("a black and white bird with a red head", "a red bird with a black and white head"),
        ("a bird with grey wings and blue belly", "a bird with blue wings and grey belly"),
        # The same colours, said once more or the other way round, are no other bird.
        ("a black and white bird", None),
        ("a black white bird with white and black wings", None),
        ("a grey bird with a gray head", None),
        ("a red bird", None),
        ("a bird with wings", None),
    ],
)
def test_two_parts_exchange_their_colours(right: str, wrong: str | None) -> None:
    assert sentence(Counterfactual(WORDS).swapped(ids(right))) == wrong


def test_any_two_parts_may_be_exchanged() -> None:
    caption = ids("a red bird with black wings and the head is white")
    counterfactual = Counterfactual(WORDS)
    seen = {sentence(counterfactual.swapped(caption)) for _ in range(40)}
    assert seen == {
        "a black bird with red wings and the head is white",
        "a white bird with black wings and the head is red",
        "a red bird with white wings and the head is black",
    }


def test_another_colour_is_one_that_the_sentence_has_not() -> None:
    counterfactual = Counterfactual(WORDS)
    seen = {sentence(counterfactual.recoloured(ids("a grey bird all grey"))) for _ in range(60)}
    assert seen == {f"a {name} bird all {name}" for name in ("red", "black", "white", "blue")}
    assert counterfactual.recoloured(ids("a bird with wings")) is None
    assert counterfactual.recoloured(ids("red black white grey blue")) is None


def test_sentences_without_colours_stand_for_themselves() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(TextEncoderConfig(len(WORDS))).eval()
    captions = [ids("a bird with wings"), ids("a red bird"), ids("a bird with a red head")]
    with torch.no_grad():
        wrong = Counterfactual(WORDS).encode(captions, encoder)
        right = encoder(*pad_ids(captions))
    assert wrong.changed.tolist() == [False, True, True]
    same = [torch.equal(*pair) for pair in zip(wrong.text.sentence, right.sentence, strict=True)]
    assert same == [True, False, False]


def features(directions: list[list[float]]) -> TextFeatures:
    vectors = torch.tensor(directions)
    return TextFeatures(vectors[:, :, None], vectors, torch.ones(len(vectors), 1, dtype=torch.bool))


def test_damsm_falls_when_its_own_wrong_sentence_fits_less() -> None:
    pictures = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    text = features([[1.0, 0, 0], [0, 1.0, 0]])
    species, config = torch.tensor([0, 1]), DamsmConfig()

    def losses(wrong: list[list[float]], changed: list[bool]) -> list[float]:
        loss = damsm_loss(
            pictures[:, :, None],
            pictures,
            text,
            species,
            config,
            WrongText(features(wrong), torch.tensor(changed)),
        )
        return [loss.words.item(), loss.sentence.item()]

    plain = damsm_loss(pictures[:, :, None], pictures, text, species, config)
    alike = losses([[1.0, 0.1, 0], [0.1, 1.0, 0]], [True, True])
    unlike = losses([[0, 0, 1.0], [0, 0, 1.0]], [True, True])
    assert alike[1] > 0.3 > unlike[1] and alike[0] > unlike[0]
    # What has not been changed is not asked about.
    unasked = losses([[1.0, 0.1, 0], [0.1, 1.0, 0]], [False, False])
    assert unasked == pytest.approx([plain.words.item(), plain.sentence.item()])


def test_wrong_sentences_of_ones_own_species_are_asked_about_and_of_its_others_not() -> None:
    pictures = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    text = features([[1.0, 0, 0], [0, 1.0, 0]])
    same = torch.tensor([3, 3])
    # Each wrong sentence fits the *other* picture, of the same species: that is no mistake.
    fits_other = WrongText(features([[0, 1.0, 0], [1.0, 0, 0]]), torch.tensor([True, True]))
    loss = damsm_loss(pictures[:, :, None], pictures, text, same, DamsmConfig(), fits_other)
    assert loss.sentence.item() < 0.01
    own = WrongText(features([[1.0, 0, 0], [0, 1.0, 0]]), torch.tensor([True, True]))
    loss = damsm_loss(pictures[:, :, None], pictures, text, same, DamsmConfig(), own)
    assert loss.sentence.item() > 0.3


def test_discriminators_see_neighbours_sentences_and_exchanged_ones_as_wrong(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    Image.new("RGB", (8, 8)).save(tmp_path / "grey.png")
    examples = [
        Example(tmp_path / "grey.png", (caption,), f"{caption} wren")
        for caption in ["a red bird", "a bird with wings"] * 32
    ]
    photographs = Photographs(examples, 8)
    encoder = TextEncoder(TextEncoderConfig(len(WORDS))).eval()
    own = CaptionSettings(of_species=0, named=0, name_alone=0)
    sampler = BatchSampler(
        photographs,
        WORDS,
        encoder,
        Phase(batch_size=64, sentence_noise=0.0, captions=own),
        GeneratorConfig(),
    )
    batch = next(iter(sampler))
    assert batch.wrong is not None
    neighbour = batch.sentence.view(32, 2, -1).flip(1).flatten(0, 1)
    own_wrong = (batch.wrong_sentence != neighbour).any(1)
    changed = batch.wrong.changed
    assert 16 < changed.sum() < 48 and not (own_wrong & ~changed).any()
    assert 0.25 < own_wrong.sum() / changed.sum() < 0.75
    exchanged = batch.wrong.text.sentence[own_wrong]
    torch.testing.assert_close(batch.wrong_sentence[own_wrong], exchanged)
    half = batch.part(slice(0, 32))
    assert half.wrong is not None
    assert torch.equal(half.wrong_sentence, batch.wrong_sentence[:32])
    assert torch.equal(half.wrong.changed, changed[:32])
