"""A linear classifier of each action unit, on the movement near the places where the unit moves.

Few clips show a unit. Ridge regression, which has a closed solution, then separates better
than templates that are trained by gradient steps; the mean of both is better than either, see
``docs/log.md``.
"""

import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy import ndarray
from torch import Tensor, nn

_PLACES = 14
_FLOOR, _PENALTY = 0.03, 3.0
"""Least prior of a place; penalty of the weights, where clips have a squared length of 1."""

_OFFSET = 10.0
"""Squared length of the constant that is appended to every clip; the bias is hardly penalised."""

_LOGITS = 4.0
"""From values of -1 and 1 to logits."""


class LinearUnits(nn.Module):
    """Values of units on the right side of the face; 0 until they are solved.

    Args:
        prior: where each unit moves the right side of the face, 0 to 1.
        channels: of an image.
    """

    def __init__(self, prior: Float[ndarray, "units places places"], channels: int = 3) -> None:
        super().__init__()
        units, places = prior.shape[:2]
        # What the other side does counts too: most movements are of both sides.
        both = np.maximum(prior, prior[..., ::-1]).reshape(units, -1)
        self.trust: Tensor
        self.weight: Tensor
        self.bias: Tensor
        known = torch.tensor(np.sqrt(_FLOOR + (1 - _FLOOR) * both), dtype=torch.float32)
        self.register_buffer("trust", known)
        self.register_buffer("weight", torch.zeros(units, channels, places * places))
        self.register_buffer("bias", torch.zeros(units))
        self._pool = nn.AdaptiveAvgPool2d(places)

    def forward(
        self, images: Float[Tensor, "batch images channels height width"]
    ) -> Float[Tensor, "batch units"]:
        """To be added to the logits of the right side."""
        return torch.einsum("ucp,bcp->bu", self.weight, self.cells(images)) + self.bias

    def cells(
        self, images: Float[Tensor, "batch images channels height width"]
    ) -> Float[Tensor, "batch channels positions"]:
        """The mean image of a clip in coarse cells."""
        return self._pool(images.mean(1)).flatten(2)

    def clear(self) -> None:
        """Back to 0."""
        self.weight.zero_()
        self.bias.zero_()

    def solve(
        self,
        cells: Float[Tensor, "faces channels positions"],
        labels: Float[Tensor, "faces units"],
    ) -> None:
        """Fit the weights: faces with and without a unit weigh alike.

        A unit that none or all of the known faces show stays 0.

        Args:
            cells: of all training clips and of their mirrored images.
            labels: of the right side: 1, 0, or NaN where unknown.
        """
        self.clear()
        flat = cells.double().cpu().numpy()
        for unit, shown in enumerate(labels.T.double().cpu().numpy()):
            known = ~np.isnan(shown)
            if len(np.unique(shown[known])) < 2:
                continue
            trust = self.trust[unit].double().cpu().numpy()
            weight, bias = _ridge((flat[known] * trust).reshape(known.sum(), -1), shown[known] > 0)
            kept = _LOGITS * weight.reshape(flat.shape[1:]) * trust
            self.weight[unit] = torch.from_numpy(kept).to(self.weight)
            self.bias[unit] = _LOGITS * bias


def linear_places(size: int) -> int:
    """Rows and columns of the cells, for an image of so many pixels a side."""
    return min(_PLACES, size)


def _ridge(
    rows: Float64[ndarray, "faces values"], shown: ndarray
) -> tuple[Float64[ndarray, " values"], float]:
    """Weights and bias, from the span of the faces (representer theorem)."""
    unit = max(float(np.sqrt((rows**2).sum(1).mean())), 1e-12)
    scaled = rows / unit
    target = np.where(shown, 1.0, -1.0)
    balance = len(shown) / 2 / np.where(shown, shown.sum(), (~shown).sum())
    products = scaled @ scaled.T + _OFFSET
    amounts = np.linalg.solve(products + np.diag(_PENALTY / balance), target)
    return amounts @ scaled / unit, float(_OFFSET * amounts.sum())
