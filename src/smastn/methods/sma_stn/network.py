"""SMA-STN: the images of a clip -> logits of emotions and action units, attention and weights."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.corpora.facs import SIDES
from smastn.methods.network_interface import NetworkConfig, Output, Shape
from smastn.methods.sma_stn.backbone import Backbone
from smastn.methods.sma_stn.linear_units import LinearUnits, linear_places
from smastn.methods.sma_stn.movement_attention import SegmentWeights, SpatialAttention
from smastn.methods.sma_stn.unit_attention import UnitAttention
from smastn.methods.sma_stn.unit_places import unit_places


class SmaStn(nn.Module):
    """Segmented Movement-Attending Spatiotemporal Network (Liu, Zheng and Zong, 2020).

    Known from the abstract: dynamic images of segments, attention over the face,
    weights over segments. All else here is inferred.

    With `NetworkConfig.unit_attention` a unit on the left side is predicted as that unit on the
    right side of the mirrored images, with the same weights, so that mirroring a face exactly
    exchanges the sides.
    """

    def __init__(self, config: NetworkConfig, shape: Shape) -> None:
        super().__init__()
        self.backbone = Backbone(config.width, shape.size)
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
        self.head = nn.Linear(config.features, shape.classes)
        self.features, self.has_segment_features = config.features, True
        self.has_units = bool(config.units)
        # Last, so that a network without units draws the same random weights as before.
        self.unit_head: nn.Linear | None = None
        self.units: UnitAttention | None = None
        self.linear: LinearUnits | None = None
        self._mirror = shape.mirror
        if config.units and config.unit_attention:
            self._attend(config, shape)
        elif config.units:
            self.unit_head = nn.Linear(config.features, len(config.units) * len(SIDES))

    def _attend(self, config: NetworkConfig, shape: Shape) -> None:
        crop, forehead = shape.crop, shape.forehead
        prior = unit_places(config.units, crop, self.backbone.places, forehead)
        self.units = UnitAttention(self.backbone.fine_channels, prior, config.weighing)
        if config.linear_units:
            coarse = unit_places(config.units, crop, linear_places(shape.size), forehead)
            self.linear = LinearUnits(coarse, shape.channels)

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
        fine, found = self._fine(images)
        maps = self.backbone.rest(fine)
        attention = torch.full_like(maps[:, 0], 1 / maps[0, 0].numel())
        if self.spatial is not None:
            maps, attention = self.spatial(maps)
        segment_features = self.embed(maps).unflatten(0, (batch, count))
        weights = self.segments(segment_features)
        features = torch.einsum("b k, b k f -> b f", weights, segment_features)
        given = features if kept is None else features * kept
        logits = self.head(given)
        attention = attention.unflatten(0, (batch, count))
        if found is None:
            units = None if self.unit_head is None else self.unit_head(given)
            sides = None if units is None else units.unflatten(1, (-1, len(SIDES)))
            return Output(logits, features, segment_features, weights, attention, sides)
        unit_logits, unit_attention = found
        looked = _by_probability(unit_logits, unit_attention)
        return Output(
            logits, features, segment_features, weights, looked, unit_logits, unit_attention
        )

    def _fine(
        self, images: Float[Tensor, "batch images 3 height width"]
    ) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
        """The fine maps of the images; logits and attention of units, sides last and third."""
        flat = images.flatten(0, 1)
        if self.units is None:
            return self.backbone.fine(flat), None
        both = torch.cat([images, self._mirrored(images)])
        fine = self.backbone.fine(both.flatten(0, 1))
        maps = self.units(fine, images.shape[1])
        logits = maps.logits if self.linear is None else maps.logits + self.linear(both)
        right, left = logits.chunk(2)
        at_right, at_left = maps.attention.chunk(2)
        logits = torch.stack([left, right], dim=-1)
        return fine[: len(flat)], (logits, torch.stack([at_left.flip(-1), at_right], dim=3))

    def _mirrored(
        self, images: Float[Tensor, "batch images 3 height width"]
    ) -> Float[Tensor, "batch images 3 height width"]:
        signs = torch.tensor(self._mirror, dtype=images.dtype, device=images.device)
        return images.flip(-1) * signs[:, None, None]

    def begin(self) -> None:
        """Before training: forget what was solved."""
        if self.linear is not None:
            self.linear.clear()

    def finish(
        self,
        batches: Iterable[Float[Tensor, "batch images 3 height width"]],
        units: Float[Tensor, "clips units sides"],
    ) -> None:
        """After training: solve the linear classifiers of the units, if there are any.

        Args:
            batches: the images of all training clips, not augmented.
            units: labels of all clips: 1, 0, or NaN where unknown.
        """
        if self.linear is None:
            return
        faces = [
            (self.linear.cells(one), self.linear.cells(self._mirrored(one))) for one in batches
        ]
        right, left = (torch.cat(side) for side in zip(*faces, strict=True))
        self.linear.solve(torch.cat([right, left]), torch.cat([units[..., 1], units[..., 0]]))


def _by_probability(
    logits: Float[Tensor, "batch units sides"],
    attention: Float[Tensor, "batch images units sides rows columns"],
) -> Float[Tensor, "batch images rows columns"]:
    """The mean attention of all units and sides, each by its probability."""
    share = torch.sigmoid(logits).flatten(1)
    share = share / share.sum(1, keepdim=True).clamp_min(1e-12)
    return torch.einsum("bn,bknrc->bkrc", share, attention.flatten(2, 3))
