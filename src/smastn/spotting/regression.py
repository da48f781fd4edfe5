"""What goes with what, learnt from a film in which much else happens as well."""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

_ROUNDS, _LIMIT = 5, 2.0  # times the spread of the errors, from which they count less


def robust_effect(
    causes: Float64[ndarray, "moments causes"],
    moved: Float64[ndarray, "moments values"],
    stiffness: Float64[ndarray, " causes"],
) -> Float64[ndarray, "causes values"]:
    """What each cause does to each value: Huber's regression (1964), drawn towards nothing.

    Args:
        causes: how far each has changed.
        moved: how far each value has.
        stiffness: noise of the values over the effect that is usual, for each cause.
    """
    effect = np.empty((causes.shape[1], moved.shape[1]))
    towards_nothing = np.diag(stiffness**2)
    for place, wanted in enumerate(moved.T):
        weights = np.ones(len(wanted))
        for _ in range(_ROUNDS):
            heavy = causes.T * weights
            effect[:, place] = np.linalg.solve(heavy @ causes + towards_nothing, heavy @ wanted)
            errors = np.abs(wanted - causes @ effect[:, place])
            limit = _LIMIT * max(1.4826 * float(np.median(errors)), 1e-6)
            weights = limit / np.maximum(errors, limit)
    return effect
