"""A trained DAMSM: what ``damsm.pt`` holds, and how captions are read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from models.checkpoints.checkpoint import text_identity
from models.networks.config import TextEncoderConfig
from models.networks.text_encoder import TextEncoder
from models.sketches.part_head import PartHead
from models.training.damsm.similarity import DamsmConfig, ImageProjection
from models.training.features.image_features import TAPPED_BLOCKS, ImageFeatures
from models.training.features.part_features import PartFeatures
from models.training.runs.states import load_state
from models.words.vocabulary import Vocabulary

MODEL_KEYS = (
    "vocabulary",
    "text_encoder_config",
    "damsm_config",
    "features",
    "features_weights",
    "parts_weights",
    "picture_size",
    "text_encoder",
    "projection",
)


@dataclass(frozen=True)
class Damsm:
    """A trained similarity model, as `load_damsm` gives it.

    Attributes
    ----------
    features : the frozen picture network that it looks through, with its part finder if it is an
        expert.
    picture_size : side in pixels at which its retrieval was measured.
    """

    config: DamsmConfig
    features: ImageFeatures | PartFeatures
    vocabulary: Vocabulary
    text_encoder: TextEncoder
    projection: ImageProjection
    picture_size: int = 128

    def state(self) -> dict[str, Any]:
        """What `load_damsm` reads; an expert's features come along, ImageNet's are at hand."""
        weights: dict[str, Any] = {"features_weights": None, "parts_weights": None}
        if isinstance(self.features, PartFeatures):
            weights["features_weights"] = _half(self.features.features)
            weights["parts_weights"] = _half(self.features.parts)
        return weights | {
            "vocabulary": list(self.vocabulary.words),
            "text_encoder_config": asdict(self.text_encoder.config),
            "damsm_config": asdict(self.config),
            "features": self.features.name,
            "picture_size": self.picture_size,
            "text_encoder": self.text_encoder.state_dict(),
            "projection": _half(self.projection),
        }


def load_damsm(path: Path) -> Damsm:
    """Load what `DamsmTrainer` saved, frozen and in evaluation mode.

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
        features = _features(state)
        projection = ImageProjection(features, config)
        projection.load_state_dict(state["projection"])
        vocabulary = Vocabulary(state["vocabulary"])
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path} is not a usable DAMSM model: {reason}") from error
    return Damsm(
        config,
        features,
        vocabulary,
        encoder.eval().requires_grad_(False),
        projection.eval().requires_grad_(False),
        state["picture_size"],
    )


def _features(state: Mapping[str, Any]) -> ImageFeatures | PartFeatures:
    if state["parts_weights"] is None:
        return ImageFeatures(state["features"])
    features = ImageFeatures(state["features"], state["features_weights"])
    parts = PartHead(features.channels)
    parts.load_state_dict(state["parts_weights"])
    return PartFeatures(features, parts)


def _half(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.half() for name, value in module.state_dict().items()}


def check_text_encoder(state: Mapping[str, Any], gan: Path, damsm: Damsm, named: object) -> None:
    """See that a gan run's generator was trained with the text encoder that it is to be used with.

    Files of earlier versions do not say which it was; they pass.

    Parameters
    ----------
    state, gan : what ``gan.pt`` holds, and where it was read.
    named : the file of `damsm`, or the option that named it.

    Raises
    ------
    ValueError
        It was another one: drawings would have nothing to do with their sentences.
    """
    own = text_identity(damsm.text_encoder)
    if state.get("text_identity", own) != own:
        raise ValueError(
            f"{named} and {gan} do not belong together: the run was trained with another text "
            "encoder. Name the damsm.pt of the run itself."
        )
