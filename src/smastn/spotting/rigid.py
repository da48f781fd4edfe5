"""The skull's part in what a face did, and how far it turned meanwhile.

A similarity of the picture, fitted to all points but trusting most those that move with
the skull alone, is taken away: it has few parameters, so it adds little noise. Under weak
perspective a rigid body that turns a little moves each of its points besides by its depth,
which the mesh knows: that gives the turn. What the turn does to each region is taken away
later, when all frames are known and it can be averaged over some of them
(`spotting.turning`).
"""

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

_ROUNDS, _TUKEY = 5, 3.0
_LEAST_ERROR = 0.05  # px
_UNIT = 100.0  # px, so that all parameters are of one size
_NOISE = 0.15  # px, of one followed point
_LEAST_POINTS = 8  # of which some are outvoted; fewer cannot tell how the skull moved

_FREE = 4  # shift (2), size, roll
_USUAL = np.array([np.inf, np.inf, np.inf, np.inf, 15.0, 15.0, 1.0, 1.0])
"""What each parameter of `_design` may be, px at 100 px from the middle.

Shift, size and roll are free; a turn of some ten degrees is likely; that the picture is
stretched or sheared is only the small part of a turn that its linear part leaves.
"""


def skull_movement(
    start: Float32[ndarray, "points 3"],
    end: Float32[ndarray, "points 2"],
    trust: Float64[ndarray, " points"],
) -> tuple[Float64[ndarray, "points 2"], Float64[ndarray, " 2"]]:
    """Where each point would be if it had only moved with the skull.

    By iteratively reweighted least squares with Tukey's biweight, so that points that were
    lost, or that a muscle moved, are outvoted.

    Args:
        start: where points were, and how deep, pixels.
        end: where they were found.
        trust: how far each moves with the skull alone, 0 (not counted) to 1.

    Returns:
        Where a similarity would have taken all points, and the turn: yaw towards the
        person's left and pitch upwards, radians. NaN where too few points are left, as after
        a cut or a jump of the picture.
    """
    places, counted = start.astype(np.float64), trust > 0
    if np.count_nonzero(counted) < _LEAST_POINTS:
        return np.full((len(start), 2), np.nan), np.full(2, np.nan)
    middle = np.average(places, axis=0, weights=trust)
    design = _design((places - middle) / _UNIT)
    moved = end.astype(np.float64) - places[:, :2]
    rows, wanted = design[counted].reshape(-1, len(_USUAL)), moved[counted].reshape(-1)
    trusted = np.repeat(trust[counted], 2)
    weights, found = trusted, np.zeros(_FREE)
    for _ in range(_ROUNDS):
        found = _solved(rows[:, :_FREE], wanted, weights)
        errors = np.hypot(*(rows[:, :_FREE] @ found - wanted).reshape(-1, 2).T)
        spread = _TUKEY * max(float(np.median(errors)), _LEAST_ERROR)
        weights = trusted * np.repeat(np.clip(1 - (errors / spread) ** 2, 1e-3, None) ** 2, 2)
    turn = _solved(rows, wanted, weights)[4:6] / _UNIT
    return places[:, :2] + design[..., :_FREE] @ found, -turn * (1, -1)


def _solved(rows: ndarray, wanted: ndarray, weights: ndarray) -> ndarray:
    heavy = rows.T * weights
    stiffness = np.diag((_NOISE / _USUAL[: rows.shape[1]]) ** 2)
    return np.linalg.solve(heavy @ rows + stiffness, heavy @ wanted)


def _design(centred: Float64[ndarray, "points 3"]) -> Float64[ndarray, "points 2 8"]:
    """How x and y answer to shift (2), size, roll, yaw, pitch, stretch, shear."""
    x, y, z = centred.T
    one, none = np.ones_like(x), np.zeros_like(x)
    across = np.stack([one, none, x, -y, z, none, x, y], axis=1)
    down = np.stack([none, one, y, x, none, z, -y, x], axis=1)
    return np.stack([across, down], axis=1)
