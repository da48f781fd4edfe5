"""SMA-STN: the images of a clip -> logits, features, attention and weights."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.corpora.facs import SIDES
from smastn.methods.network_interface import NetworkConfig, Output
from smastn.methods.sma_stn.backbone import Backbone
from smastn.methods.sma_stn.movement_attention import SegmentWeights, SpatialAttention


class SmaStn(nn.Module):
    """Segmented Movement-Attending Spatiotemporal Network (Liu, Zheng and Zong, 2020).

    Known from the abstract: dynamic images of segments, attention over the face,
    weights over segments. All else here is inferred.
    """

    def __init__(self, config: NetworkConfig, classes: int) -> None:
        super().__init__()
        self.backbone = Backbone(config.width)
        channels = self.backbone.channels
        self.spatial = SpatialAttention(channels) if config.spatial_attention else None
        self.embed = nn.Sequential(
            nn.AdaptiveAvgPool2d(config.pool),
            nn.Flatten(),
            nn.Linear(channels * config.pool**2, config.features),
            nn.LayerNorm(config.features),
            nn.ReLU(inplace=True),
        )
        self.segments = SegmentWeights(config.features, config.weighing, config.segment_places)
        self.head = nn.Linear(config.features, classes)
        self.features, self.has_segment_features = config.features, True
        self.has_units = bool(config.units)
        # Last, so that a network without units draws the same random weights as before.
        outputs = len(config.units) * len(SIDES)
        self.unit_head = nn.Linear(config.features, outputs) if outputs else None

    def forward(
        self,
        images: Float[Tensor, "batch images 3 height width"],
        kept: Float[Tensor, "batch features"] | None = None,
    ) -> Output:
        """Classify clips by their images, -1 to 1.

        Args:
            images: one row a clip.
            kept: dropout mask of the features in training, 0 or more than 1; random numbers are
                drawn by the caller.
        """
        batch, count = images.shape[:2]
        maps = self.backbone(images.flatten(0, 1))
        attention = torch.full_like(maps[:, 0], 1 / maps[0, 0].numel())
        if self.spatial is not None:
            maps, attention = self.spatial(maps)
        segment_features = self.embed(maps).unflatten(0, (batch, count))
        weights = self.segments(segment_features)
        features = torch.einsum("b k, b k f -> b f", weights, segment_features)
        given = features if kept is None else features * kept
        attention = attention.unflatten(0, (batch, count))
        units = None if self.unit_head is None else self.unit_head(given)
        return Output(
            self.head(given),
            features,
            segment_features,
            weights,
            attention,
            None if units is None else units.unflatten(1, (-1, len(SIDES))),
        )
