"""A trained DAMSM: what ``damsm.pt`` holds, and how captions are read for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.config import TextEncoderConfig
from models.text_encoder import TextEncoder
from models.training.damsm import DamsmConfig, ImageProjection
from models.training.data import Pictures
from models.training.files import load_state
from models.training.image_encoder import TAPPED_BLOCKS, ImageFeatures
from models.vocabulary import Vocabulary

MODEL_KEYS = (
    "vocabulary",
    "text_encoder_config",
    "damsm_config",
    "features",
    "text_encoder",
    "projection",
)


@dataclass(frozen=True)
class Damsm:
    """A trained similarity model, as `load_damsm` gives it.

    Attributes
    ----------
    picture_size : side in pixels at which its retrieval was measured.
    """

    config: DamsmConfig
    features: str
    vocabulary: Vocabulary
    text_encoder: TextEncoder
    projection: ImageProjection
    picture_size: int = 128


def load_damsm(path: Path) -> Damsm:
    """Load what `train_damsm` saved, frozen and in evaluation mode.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is damaged, or not what ``damsm`` saves.
    """
    state = load_state(path, "DAMSM model (damsm.pt)", MODEL_KEYS)
    if state["features"] not in TAPPED_BLOCKS:
        raise ValueError(f"{path} looks through {state['features']}, a network that is not known.")
    try:
        config = DamsmConfig(**state["damsm_config"])
        encoder = TextEncoder(TextEncoderConfig(**state["text_encoder_config"]))
        encoder.load_state_dict(state["text_encoder"])
        projection = ImageProjection(ImageFeatures(state["features"]), config)
        projection.load_state_dict(state["projection"])
        vocabulary = Vocabulary(state["vocabulary"])
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path} is not a usable DAMSM model: {reason}") from error
    return Damsm(
        config,
        state["features"],
        vocabulary,
        encoder.eval().requires_grad_(False),
        projection.eval().requires_grad_(False),
        state.get("picture_size", Damsm.picture_size),
    )


def read_captions(
    pictures: Pictures, vocabulary: Vocabulary, max_words: int
) -> list[list[Sequence[int]]]:
    """Ids of the captions of each picture; those without a known word are left out."""
    read: list[list[Sequence[int]]] = []
    for example in pictures.examples:
        ids = [vocabulary.read(caption, max_words).ids for caption in example.captions]
        known: list[Sequence[int]] = [sentence for sentence in ids if sentence]
        if not known:
            raise ValueError(f"no caption of {example.path} has a word seen twice")
        read.append(known)
    return read
