"""What an expert sees at the parts of a bird."""

import torch

from models.sketches.part_head import PartHead
from models.sketches.pose import MEMBERS
from models.training.features.image_features import ImageFeatures
from models.training.features.part_features import PartFeatures


def test_pooled_features_say_what_is_where_each_part_is() -> None:
    features = ImageFeatures()
    head = PartHead(features.channels)
    seen = PartFeatures(features, head)
    pictures = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        for value in (*head.place.parameters(), head.unseen.weight):
            value.zero_()
        head.unseen.bias.fill_(-50)
        head.unseen.bias[3] = 50  # one that is nowhere
        maps, pooled = seen(pictures)
        plain_maps, plain = features(pictures)

    assert pooled.shape == (2, seen.pooled_size)
    torch.testing.assert_close(maps[1], plain_maps[1])
    torch.testing.assert_close(pooled[:, : features.pooled_size], plain)
    of_parts = pooled[:, features.pooled_size :].unflatten(1, (len(MEMBERS), -1))
    # Equally likely everywhere: the mean of the map; a part that is nowhere has nothing.
    fine = maps[1].mean(dim=(2, 3))
    torch.testing.assert_close(of_parts[:, 0, : fine.shape[1]], fine)
    torch.testing.assert_close(of_parts[:, 0, -1], torch.ones(2))
    assert of_parts[:, 3].abs().max() < 1e-6
