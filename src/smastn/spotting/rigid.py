"""The skull's part in what a face did: a rigid body turned, shifted and come nearer.

Under weak perspective a rigid body that turns a little moves each of its points by a
linear function of where it is and how deep. The mesh knows the depth, so that nose and
cheeks are told from each other when a head turns; a similarity of the picture is not
enough for that.
"""

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

_ROUNDS, _TUKEY = 4, 4.0
_LEAST_ERROR = 0.05  # px
_UNIT = 100.0  # px, so that all parameters are of one size
_NOISE = 0.15  # px, of one followed point

_USUAL = np.array([np.inf, np.inf, np.inf, np.inf, 15.0, 15.0, 1.0, 1.0])
"""What each parameter of `_design` may be, px at 100 px from the middle.

Shift, size and roll are free; a turn of some ten degrees is likely; that the picture is
stretched or sheared is only the small part of a turn that its linear part leaves.
"""


def skull_movement(
    start: Float32[ndarray, "points 3"], end: Float32[ndarray, "points 2"], stable: slice
) -> tuple[Float64[ndarray, "points 2"], Float64[ndarray, " 2"]]:
    """Where each point would be if it had only moved with the skull.

    By iteratively reweighted least squares on the stable points, with Tukey's biweight, so
    that a stable point that was lost or did move is outvoted.

    Args:
        start: where points were, and how deep, pixels.
        end: where they were found.
        stable: which of them move with the skull alone.

    Returns:
        Where the skull would have taken all points, and how far it turned about the
        vertical and the horizontal axis, radians.
    """
    places = start.astype(np.float64)
    centred = (places - places[stable].mean(axis=0)) / _UNIT
    design = _design(centred)
    moved = end.astype(np.float64) - places[:, :2]
    rows, wanted = design[stable].reshape(-1, 8), moved[stable].reshape(-1)
    weights = np.ones(len(wanted) // 2)
    found = np.zeros(8)
    for _ in range(_ROUNDS):
        heavy = rows * np.repeat(weights, 2)[:, None]
        found = np.linalg.solve(heavy.T @ rows + np.diag((_NOISE / _USUAL) ** 2), heavy.T @ wanted)
        errors = np.hypot(*(rows @ found - wanted).reshape(-1, 2).T)
        spread = _TUKEY * max(float(np.median(errors)), _LEAST_ERROR)
        weights = np.clip(1 - (errors / spread) ** 2, 0.0, None) ** 2
        weights += 1e-6
    return places[:, :2] + design @ found, found[4:6] / _UNIT


def _design(centred: Float64[ndarray, "points 3"]) -> Float64[ndarray, "points 2 8"]:
    """How x and y answer to shift (2), size, roll, yaw, pitch, stretch, shear."""
    x, y, z = centred.T
    one, none = np.ones_like(x), np.zeros_like(x)
    across = np.stack([one, none, x, -y, z, none, x, y], axis=1)
    down = np.stack([none, one, y, x, none, z, -y, x], axis=1)
    return np.stack([across, down], axis=1)
