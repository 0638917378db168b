"""Photographs in another colour: the bird changes, all else stays, and the caption says so."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from models.networks.config import GeneratorConfig, TextEncoderConfig
from models.networks.text_encoder import TextEncoder
from models.training.data.captions import CaptionSettings
from models.training.data.crops import CropSettings
from models.training.data.examples import read_examples
from models.training.data.photographs import Photographs
from models.training.data.recolour import HUES, LEFT_ALONE, Recolourer, Recolouring
from models.training.evaluation.colours import dominant_colour
from models.training.gan.batch import BatchSampler
from models.training.gan.settings import Phase
from models.words.vocabulary import Vocabulary

RGB = {
    "red": (220, 20, 20),
    "orange": (235, 140, 30),
    "yellow": (230, 215, 30),
    "green": (40, 190, 50),
    "blue": (30, 80, 220),
    "purple": (170, 30, 210),
    "grey": (128, 128, 128),
}
WORDS = Vocabulary(["a", "bird", "head", "grey", *HUES])


def change(source: str, target: str) -> tuple[float, float, float, float]:
    of, to = HUES[source], HUES[target]
    return of.centre, of.reach, to.centre, to.gamma


def plain(colour: str, size: int = 16) -> Tensor:
    return (torch.tensor(RGB[colour]) / 127.5 - 1)[None, :, None, None].expand(1, 3, size, size)


def nearest(colour: Tensor) -> str:
    """The name of the colour (3,) in `RGB` that is nearest."""
    return min(RGB, key=lambda name: float((plain(name, 1).flatten() - colour).norm()))


@pytest.mark.parametrize("source", ["red", "orange", "yellow", "blue"])
@pytest.mark.parametrize("target", list(HUES))
def test_a_colour_becomes_any_other(source: str, target: str) -> None:
    changed = Recolouring.of([change(source, target)]).apply(plain(source))
    assert nearest(changed[0, :, 8, 8]) == target


def test_a_dark_red_becomes_what_scoring_calls_orange_and_not_brown() -> None:
    dark_red = torch.tensor([0.45, 0.08, 0.08])[None, :, None, None].expand(1, 3, 64, 64) * 2 - 1
    (drawn,) = Recolouring.of([change("red", "orange")]).apply(dark_red)
    pixels = ((drawn / 2 + 0.5) * 255).byte().permute(1, 2, 0)
    assert dominant_colour(Image.fromarray(pixels.numpy())) == "orange"


@pytest.mark.parametrize("other", ["green", "purple", "grey"])
def test_other_colours_stay(other: str) -> None:
    for source in ("red", "yellow"):
        changed = Recolouring.of([change(source, "blue")]).apply(plain(other))
        torch.testing.assert_close(changed, plain(other), atol=1e-6, rtol=0)


def test_photographs_left_alone_stay_bit_for_bit() -> None:
    photographs = torch.rand(3, 3, 8, 8) * 2 - 1
    changed = Recolouring.of([LEFT_ALONE, change("red", "blue"), LEFT_ALONE]).apply(photographs)
    assert torch.equal(changed[[0, 2]], photographs[[0, 2]])
    assert Recolouring.of([LEFT_ALONE] * 3).apply(photographs) is photographs


def photographs(folder: Path, bird: str, around: str, caption: str) -> Photographs:
    folder.mkdir(exist_ok=True)
    for number in range(4):
        picture = Image.new("RGB", (64, 64), RGB[around])
        picture.paste(RGB[bird], (16, 16, 48, 48))
        picture.save(folder / f"{number}.png")
    lines = [
        f'{{"file_name": "{number}.png", "captions": ["{caption}"], "species": "{number} wren"}}'
        for number in range(4)
    ]
    (folder / "metadata.jsonl").write_text("\n".join(lines))
    return Photographs(read_examples(folder), 64)


def said(caption: str) -> list[int]:
    return list(WORDS.read(caption, 20).ids)


def test_the_caption_says_the_new_colour(tmp_path: Path) -> None:
    recolourer = Recolourer(WORDS, photographs(tmp_path, "red", "green", "a red bird"))
    targets = set()
    for _ in range(50):
        exchange = recolourer.exchange(0, said("a red bird red head"))
        assert exchange is not None
        source, reach, target, _ = exchange.change
        assert (source, reach) == (HUES["red"].centre, HUES["red"].reach)
        (name,) = (name for name, hue in HUES.items() if hue.centre == target)
        assert exchange.caption == said(f"a {name} bird {name} head")
        targets.add(name)
    assert targets == set(HUES) - {"red"}


def test_rare_colours_are_chosen_more_often(tmp_path: Path) -> None:
    torch.manual_seed(0)
    recolourer = Recolourer(WORDS, photographs(tmp_path, "red", "grey", "a red bird"))
    exchanges = [recolourer.exchange(0, said("a red bird")) for _ in range(450)]
    targets = [exchange.change[2] for exchange in exchanges if exchange]
    counts = {name: targets.count(HUES[name].centre) for name in HUES}
    # Of nine shares orange and purple have three each, and the three others one.
    assert 120 < counts["orange"] < 180 and 120 < counts["purple"] < 180
    assert 30 < counts["blue"] < 70


def test_a_colour_that_the_caption_has_already_is_not_the_new_one(tmp_path: Path) -> None:
    recolourer = Recolourer(WORDS, photographs(tmp_path, "red", "grey", "a red bird"))
    for _ in range(30):
        exchange = recolourer.exchange(0, said("a red bird blue head green orange yellow"))
        assert exchange is not None and exchange.change == change("red", "purple")


@pytest.mark.parametrize(
    ("bird", "around", "caption"),
    [
        ("blue", "blue", "a blue bird"),  # before the sky: it would change, too
        ("grey", "blue", "a blue bird"),
        ("red", "grey", "a bird"),  # nobody says red
        ("green", "grey", "a green bird"),  # leaves are
    ],
)
def test_what_cannot_be_told_from_its_surroundings_stays(
    tmp_path: Path, bird: str, around: str, caption: str
) -> None:
    recolourer = Recolourer(WORDS, photographs(tmp_path, bird, around, caption))
    assert recolourer.exchange(0, said(caption)) is None


@pytest.mark.parametrize(("share", "changed"), [(1.0, 4), (0.0, 0)])
def test_a_batch_shows_the_share_that_is_set(tmp_path: Path, share: float, changed: int) -> None:
    torch.manual_seed(0)
    pictures = photographs(tmp_path, "red", "grey", "a red bird")
    encoder = TextEncoder(TextEncoderConfig(len(WORDS))).eval()
    own = CaptionSettings(of_species=0, named=0, name_alone=0)
    # Squares as large as the photographs, so that the bird's own colour is in the middle of each.
    phase = Phase(batch_size=4, recoloured=share, captions=own, crops=CropSettings(1, 1, 0))
    sampler = BatchSampler(pictures, WORDS, encoder, phase, GeneratorConfig())
    batch = next(iter(sampler))
    assert batch.photographs.shape == (4, 3, 64, 64)
    middle = [nearest(image[:, 32, 32]) for image in batch.photographs]
    assert sum(colour != "red" for colour in middle) == changed
    assert {nearest(image[:, 3, 3]) for image in batch.photographs} == {"grey"}
