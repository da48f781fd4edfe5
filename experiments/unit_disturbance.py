"""What measured flow of a face shows besides the movement of its muscles.

Lengths are shares of the largest displacement by muscles: public pictures of flow keep no scale.
"""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Float64
from numpy import ndarray

Flow = Float64[ndarray, "rows columns 2"]
"""Movement to the right and downwards, of each cell."""

_NOISE, _WIDTHS = 0.15, ((1.5, 0.5), (4.0, 1.0), (10.0, 1.0))
"""Mean strength of smooth noise; its widths in cells, each with its weight."""

_HEAD, _BLINK, _SPECKLED, _DAMPED = 0.25, 0.4, 0.3, 0.5
"""Mean head movement; chances of moving lids and of wrong patches; spread of lost movement."""

_SMOOTHING = (0.5, 2.5)


def disturbed(
    flow: Flow,
    lids: Callable[[Float64[ndarray, "eyes lids"]], Flow],
    generator: np.random.Generator,
) -> Flow:
    """The flow as it would be measured.

    Args:
        flow: by muscles; its largest displacement is 1, or it is zero.
        lids: the displacement of lids that move down so far.
        generator: draws the disturbances.
    """
    seen = flow + _head(flow.shape, generator) + _noise(flow.shape, generator)
    if generator.random() < _BLINK:
        far = float(generator.exponential(0.5) * generator.choice([-1, 1]))
        moved = lids(np.outer((1.0, generator.uniform(0.6, 1.4)), (1.0, -0.3)))
        seen += far * moved / np.abs(moved).max()
    lost = np.abs(generator.normal(0, _DAMPED)) * np.maximum(_smooth(flow.shape, 6, generator), 0)
    seen *= np.exp(-lost[..., :1])  # skin without texture
    if generator.random() < _SPECKLED:
        _add_wrong_patches(seen, generator)
    width = float(generator.uniform(*_SMOOTHING))
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), width))


def _head(shape: tuple[int, ...], generator: np.random.Generator) -> Flow:
    """Shift, roll, approach and turns that registration has left."""
    rows, columns = shape[:2]
    y, x = np.mgrid[:rows, :columns] * 2.8 / rows - 1.4
    far = generator.exponential(_HEAD)
    across, down, roll, nearer, yaw, pitch = generator.normal(0, far, 6)
    bulge = np.exp(-(x**2 + y**2) / 1.28)
    return np.stack(
        [
            across - roll * y + nearer * x + yaw * bulge,
            down + roll * x + nearer * y + pitch * bulge,
        ],
        axis=-1,
    )


def _noise(shape: tuple[int, ...], generator: np.random.Generator) -> Flow:
    strength = generator.exponential(_NOISE)
    parts = [
        strength * weight * generator.uniform() * _smooth(shape, width, generator)
        for width, weight in _WIDTHS
    ]
    return np.sum(parts, axis=0)


def _smooth(shape: tuple[int, ...], width: float, generator: np.random.Generator) -> Flow:
    """Smooth noise of unit variance."""
    noise = cv2.GaussianBlur(generator.standard_normal(shape), (0, 0), width)
    return np.asarray(noise / noise.std())


def _add_wrong_patches(flow: Flow, generator: np.random.Generator) -> None:
    """Patches of a few cells in which the wrong movement was found."""
    for _ in range(generator.integers(1, 6)):
        row, column = generator.integers(0, flow.shape[0], 2)
        height, width = generator.integers(2, 7, 2)
        flow[row : row + height, column : column + width] += generator.normal(0, 0.7, 2)
