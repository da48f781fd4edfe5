"""SMA-STN: dynamic images in, one answer a clip out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.config import check_choices
from smastn.errors import ConfigError
from smastn.methods.sma_stn.backbone import Backbone
from smastn.methods.sma_stn.movement_attention import SegmentWeights, SpatialAttention, Weighing


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What the network is made of; parts can be switched off to see what they bring.

    Attributes:
        width: channels of the backbone's first stage.
        pool: cells a side into which the map is averaged; 1 forgets place.
        features: length of the feature vector of a clip.
        spatial_attention: whether STMA attends over the face.
        weighing: how STMA weighs the segments.
        segment_places: whether the weights also see when each segment comes; inferred.
        dropout: share of features dropped before the head, 0 to 1.
    """

    REMOVED: ClassVar = {"backbone": "light"}

    width: int = 16
    pool: int = 4
    features: int = 128
    spatial_attention: bool = True
    weighing: Weighing = "softmax"
    segment_places: bool = False
    dropout: float = 0.3

    def __post_init__(self) -> None:
        check_choices(self)
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"dropout is {self.dropout}; wanted 0 or more and below 1")
        if min(self.width, self.pool, self.features) < 1:
            raise ConfigError("width, pool and features are at least 1")


class Output(NamedTuple):
    """What the network says of a batch of clips.

    Attributes:
        logits: one row a clip, one column a class.
        features: of the clip, what DE-Loss acts on.
        segment_features: of each dynamic image, before weighing.
        attention: where in each image was looked, each map sums to 1; None unless asked for.
        segment_weights: how much each image counted, each row sums to 1.
    """

    logits: Float[Tensor, "batch classes"]
    features: Float[Tensor, "batch features"]
    segment_features: Float[Tensor, "batch images features"]
    segment_weights: Float[Tensor, "batch images"]
    attention: Float[Tensor, "batch images rows columns"] | None


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

    def forward(
        self,
        images: Float[Tensor, "batch images 3 height width"],
        inspect: bool = False,
        kept: Float[Tensor, "batch features"] | None = None,
    ) -> Output:
        """Classify clips by their dynamic images, -1 to 1.

        Args:
            images: one row a clip.
            inspect: also return where the network looked.
            kept: in training, what dropout leaves of the features before the head, 0 or more
                than 1; chance is handed in, so that none is drawn here.
        """
        batch, count = images.shape[:2]
        maps = self.backbone(images.flatten(0, 1))
        looked = torch.full_like(maps[:, 0], 1 / maps[0, 0].numel())
        if self.spatial is not None:
            maps, looked = self.spatial(maps)
        segment_features = self.embed(maps).unflatten(0, (batch, count))
        weights = self.segments(segment_features)
        features = torch.einsum("b k, b k f -> b f", weights, segment_features)
        logits = self.head(features if kept is None else features * kept)
        attention = looked.unflatten(0, (batch, count)) if inspect else None
        return Output(logits, features, segment_features, weights, attention)


class Committee(nn.Module):
    """Several networks of one shape, asked as one; each was trained from another seed.

    Probabilities are averaged. Weights and attention are means too; the features of the
    members stand one after another.
    """

    def __init__(self, members: Sequence[SmaStn]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(
        self, images: Float[Tensor, "batch images 3 height width"], inspect: bool = False
    ) -> Output:
        """As `SmaStn.forward`."""
        found = [member(images, inspect) for member in self.members]
        probabilities = torch.stack([torch.softmax(one.logits, dim=1) for one in found]).mean(0)
        attention = torch.stack([one.attention for one in found]).mean(0) if inspect else None
        return Output(
            probabilities.clamp_min(1e-12).log(),
            torch.cat([one.features for one in found], dim=-1),
            torch.cat([one.segment_features for one in found], dim=-1),
            torch.stack([one.segment_weights for one in found]).mean(0),
            attention,
        )


def make_network(config: NetworkConfig, classes: int, count: int = 1) -> SmaStn | Committee:
    """A network, or a committee of `count` of them."""
    members = [SmaStn(config, classes) for _ in range(count)]
    return members[0] if count == 1 else Committee(members)
