"""Which numbers the keys of a recipe take: others would end a run in its middle, or never do."""

from __future__ import annotations

import re

from models.request import MAX_SEED

_SHARE = (0, 1)
_MANY = (1, 10**12)
_RANGES: tuple[tuple[str, tuple[float, float]], ...] = (
    (r"photographs", _MANY),
    (r"epochs|generator_steps|gradient_accumulation|words_of", (1, 100_000)),
    (r"batch_size", (2, 100_000)),  # batch norm needs two
    (r"\w*_rate|dropout|recoloured|ema_decay|share|patch|shift|scale|cutout", _SHARE),
    (r"of_species|named|name_alone|tract|tempo", _SHARE),
    (r"betas", (0, 0.99999)),  # optimisers divide by what is left to 1
    (r"\w*_weight|sentence_noise", (0, 1_000_000)),
    (r"gamma3", (0.01, 1000)),
    (r"closest|farthest", (0.1, 100)),
    (r"picture_sizes?|judged_sizes", (32, 1 << 12)),
    (r"feature_size|condition_size|noise_size|head_size", (1, 1 << 14)),
    (r"seed_channels|stage_channels|discriminator_width", (1, 1 << 14)),
    (r"pose_channels|blocks|residual_blocks|first_stage_blocks", (0, 1 << 10)),
    (r"masked_bands", (0, 64)),
    (r"masked_frames", (0, 10_000)),
    (r"seed", (0, MAX_SEED)),
    (r"flat_start", (0, 10**9)),
    (r"checkpoint_minutes", (0, 1_000_000)),
)
"""Names of keys, and the least and the largest number of each."""


def check_range(key: str, value: float, where: str) -> None:
    """Refuse a number that nothing can be trained with.

    Parameters
    ----------
    key : its name in the table.
    where : its name in the recipe, which is told.

    Raises
    ------
    ValueError
        It is too small or too large.
    """
    for names, (least, largest) in _RANGES:
        if re.fullmatch(names, key):
            if not least <= value <= largest:
                raise ValueError(f"{where} = {value!r}: {least:g} to {largest:g} is wanted")
            return
