"""STMA: spatial attention over the face, then weights of the segments.

The abstract of SMA-STN says that the module captures long-distance spatial
relation of the face and weighs temporal segments. That the first is a non-local
block with position and the second a softmax over the segments is inferred.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.methods.network_interface import Weighing


class SpatialAttention(nn.Module):
    """Embedded-Gaussian non-local block (Wang et al., CVPR 2018), with position.

    z = x + W softmax(theta(x)^T phi(x)) g(x), inner channels half of `channels`;
    W starts at zero, so that the block starts as the identity. Two channels that
    hold row and column, -1 to 1, are appended for theta, phi and g: without them,
    attention and the average after it would discard *where* on the face something moved.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = channels // 2
        self.query = nn.Conv2d(channels + 2, inner, 1)
        self.key = nn.Conv2d(channels + 2, inner, 1)
        self.value = nn.Conv2d(channels + 2, inner, 1)
        self.out = nn.Conv2d(inner, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias if self.out.bias is not None else self.out.weight)
        self._scale = inner**-0.5

    def forward(
        self, maps: Float[Tensor, "batch channels rows columns"]
    ) -> tuple[Float[Tensor, "batch channels rows columns"], Float[Tensor, "batch rows columns"]]:
        """The maps with attention added, and the attention map, which sums to one.

        The second is the attention matrix averaged over the queries.
        """
        placed = torch.cat([maps, _position(maps)], dim=1)
        query, key, value = (
            layer(placed).flatten(2) for layer in (self.query, self.key, self.value)
        )
        weights = torch.softmax(query.transpose(1, 2) @ key * self._scale, dim=-1)
        gathered = (value @ weights.transpose(1, 2)).unflatten(2, maps.shape[2:])
        return maps + self.out(gathered), weights.mean(1).unflatten(1, maps.shape[2:])


class SegmentWeights(nn.Module):
    """Weight of each segment: w = softmax_k(v^T tanh(U f_k)).

    ``uniform`` gives every segment the same weight and has no parameters. With `places`, the
    segment's position in time, -1 to 1, and its square are appended to f_k.
    """

    def __init__(self, features: int, weighing: Weighing, places: bool = False) -> None:
        super().__init__()
        self._places = places
        self.score = (
            None
            if weighing == "uniform"
            else nn.Sequential(
                nn.Linear(features + 2 * places, features // 2),
                nn.Tanh(),
                nn.Linear(features // 2, 1, bias=False),
            )
        )

    def forward(
        self, features: Float[Tensor, "batch images features"]
    ) -> Float[Tensor, "batch images"]:
        """Weights that sum to one over the images of a clip."""
        batch, images, _ = features.shape
        if self.score is None:
            return features.new_full((batch, images), 1 / images)
        if self._places:
            features = torch.cat([features, _when(features)], dim=2)
        return torch.softmax(self.score(features).squeeze(-1), dim=1)


def _when(
    features: Float[Tensor, "batch images features"],
) -> Float[Tensor, "batch images 2"]:
    place = torch.linspace(-1, 1, features.shape[1], device=features.device, dtype=features.dtype)
    return torch.stack([place, place.square()], dim=1).expand(len(features), -1, 2)


def _position(
    maps: Float[Tensor, "batch channels rows columns"],
) -> Float[Tensor, "batch 2 rows columns"]:
    batch, _, rows, columns = maps.shape
    row = torch.linspace(-1, 1, rows, device=maps.device, dtype=maps.dtype)
    column = torch.linspace(-1, 1, columns, device=maps.device, dtype=maps.dtype)
    grid = torch.stack(torch.meshgrid(row, column, indexing="ij"))
    return grid.expand(batch, 2, rows, columns)
