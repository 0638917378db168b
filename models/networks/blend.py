"""Between two sentences, and between two seeds."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.batched import Batched
from models.networks.attention import WordAttention
from models.networks.text_encoder import TextFeatures

_NEARLY_PARALLEL = 1e-4  # radians; below it the arc cannot be told from the straight line


@dataclass(frozen=True)
class TextBlend(Batched):
    """The features of B pairs of sentences, mixed.

    Sentences differ in length and order, so that to mix the first word of one with the first word
    of the other means nothing. Each place of the image therefore attends to either sentence by
    itself, and what it saw is mixed: c = (1 - share) c_first + share c_second. A softmax over all
    words together, weighted by the shares, would let the sentence with the larger scores win
    nearly everywhere until its share is close to zero: the picture would jump instead of change.
    At the ends this is, bit for bit, the plain sentence.

    Attributes
    ----------
    first, second : features of the B sentences on either side.
    share : 0 is the first sentence, 1 the second.
    """

    first: TextFeatures
    second: TextFeatures
    share: float

    @property
    def sentence(self) -> Tensor:
        """(B, D) sentence features on the straight line between both."""
        return torch.lerp(self.first.sentence, self.second.sentence, self.share)

    def attend(self, attention: WordAttention, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Attend as `TextFeatures.attend`; the words of `second` follow those of `first`.

        Returns
        -------
        context : (B, C, H, W).
        attention : (B, T_first + T_second, H, W); over all words it sums to one.
        """
        seen_first, looked_first = self.first.attend(attention, hidden)
        seen_second, looked_second = self.second.attend(attention, hidden)
        looked = torch.cat([(1 - self.share) * looked_first, self.share * looked_second], dim=1)
        return torch.lerp(seen_first, seen_second, self.share), looked


def slerp(first: Tensor, second: Tensor, share: float) -> Tensor:
    """Go from one noise vector (B, N) to another along the arc between them (Shoemake, 1985).

        slerp(a, b; t) = sin((1 - t) theta) / sin(theta) a + sin(t theta) / sin(theta) b

    Long normal vectors lie close to a sphere. The straight line leaves it: half way between two of
    them the norm is 0.7 of what the generator was trained with, and pictures turn dull.
    """
    # In double precision: the angle between equal vectors is lost in single precision.
    cosine = torch.nn.functional.cosine_similarity(first.double(), second.double(), dim=1)
    theta = cosine[:, None].clamp(-1, 1).acos()
    # Divided before they are used, the factors at the ends are exactly 1 and 0.
    of_first = ((1 - share) * theta).sin() / theta.sin()
    of_second = (share * theta).sin() / theta.sin()
    arc = of_first.to(first.dtype) * first + of_second.to(first.dtype) * second
    line = torch.lerp(first, second, share)
    return torch.where(theta.sin() > _NEARLY_PARALLEL, arc, line)
