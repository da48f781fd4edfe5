"""STMA for action units: each unit attends to places of the face, and weighs the segments.

The abstract of SMA-STN names spatial attention and segment weights, not action units. One query
a unit, the prior of places, the template and both sides by mirroring are our own.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor, nn

from smastn.methods.network_interface import Weighing

_FLOOR, _TRUST = 0.03, 0.7
"""Least prior of a place, and the power of the prior."""

_QUERY = 16
_GAIN = 7.0


class UnitMaps(NamedTuple):
    """What each unit is predicted from, on the right side of the face.

    Attributes:
        logits: above 0 the unit is more probable than not.
        features: their sum over the channels and the bias are the logits.
        attention: in each image, one map a unit that sums to 1.
        weights: of each image, for each unit; they sum to 1 over the images.
    """

    logits: Float[Tensor, "batch units"]
    features: Float[Tensor, "batch units channels"]
    attention: Float[Tensor, "batch images units places places"]
    weights: Float[Tensor, "batch images units"]


class UnitTemplates(nn.Module):
    """What each unit expects at each place; zero at the start.

    Trained by plain gradient steps, see `Optimiser`: Adam's steps are alike for all places,
    also for those that attention hardly looks at, which overfits.
    """

    plain_steps = True

    def __init__(self, units: int, channels: int, places: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(units, channels, places * places))

    def forward(
        self,
        attention: Float[Tensor, "batch units positions"],
        maps: Float[Tensor, "batch channels positions"],
    ) -> Float[Tensor, "batch units channels"]:
        """f_uc = sum_p a_u(p) W_uc(p) m_c(p)."""
        return torch.einsum("bup,ucp,bcp->buc", attention, self.weight, maps)


class UnitAttention(nn.Module):
    """One query a unit, and weights of the segments for each unit.

    a_u = softmax_p(q_u^T k(p) / sqrt(d) + 0.7 log prior_u(p) + o_u(p)), f_u as in
    `UnitTemplates`, and segment k has the weight softmax_k(s_u sum_c |f_ukc|). At the start o
    and s are zero: attention lies near the prior, and segments have equal weights.

    Args:
        channels: of the fine map.
        prior: where each unit moves the right side of the face, 0 to 1.
        weighing: ``uniform`` weighs all images alike.
    """

    def __init__(
        self,
        channels: int,
        prior: Float[ndarray, "units places places"],
        weighing: Weighing,
    ) -> None:
        super().__init__()
        units, places = prior.shape[:2]
        inner = 2 * channels
        self.stem = nn.Sequential(
            nn.Conv2d(channels, inner, 3, padding=1, bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True),
        )
        self.prior: Tensor
        known = _TRUST * np.log(_FLOOR + (1 - _FLOOR) * prior)
        self.register_buffer("prior", torch.tensor(known, dtype=torch.float32).flatten(1))
        self.offset = nn.Parameter(torch.zeros(units, places * places))
        self.query = nn.Parameter(torch.randn(units, _QUERY) / math.sqrt(_QUERY))
        self.key = nn.Conv2d(inner, _QUERY, 1)
        self.templates = UnitTemplates(units, inner, places)
        self.bias = nn.Parameter(torch.zeros(units))
        self.segments = nn.Parameter(torch.zeros(units)) if weighing == "softmax" else None
        # Plain steps grow with the gradient, which is shared by all units.
        self._gain = _GAIN * math.sqrt(units / 11)

    def forward(
        self, fine: Float[Tensor, "all_images channels places places"], images: int
    ) -> UnitMaps:
        """Predict the units of the right side, by fine maps of so many images a clip."""
        maps = self.stem(fine)
        keys = self.key(maps).flatten(2)
        content = torch.einsum("ud,bdp->bup", self.query, keys) / math.sqrt(_QUERY)
        attention = torch.softmax(content + self.prior + self.offset, dim=-1)
        found = self._gain * self.templates(attention, maps.flatten(2))
        found = found.unflatten(0, (-1, images))
        weights = self._weights(found)
        features = torch.einsum("bku,bkuc->buc", weights, found)
        looked = attention.unflatten(2, fine.shape[2:]).unflatten(0, (-1, images))
        return UnitMaps(features.sum(-1) + self.bias, features, looked, weights)

    def _weights(
        self, found: Float[Tensor, "batch images units channels"]
    ) -> Float[Tensor, "batch images units"]:
        batch, images, units = found.shape[:3]
        if self.segments is None:
            return found.new_full((batch, images, units), 1 / images)
        return torch.softmax(self.segments * found.abs().sum(-1), dim=1)
