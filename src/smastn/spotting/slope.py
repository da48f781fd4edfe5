"""Where a movement begins and ends: the feet of its slopes, read off their middles."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray


def steps_to_foot(slope: Float[ndarray, " steps"]) -> int:
    """Steps from the top of a slope to its foot.

    The line through three quarters and one quarter of the height is drawn on to zero:
    the foot itself drowns in noise, the middle of the slope does not.
    """
    quarters = [_first_below(slope, float(slope[0]) * share) for share in (0.75, 0.25)]
    foot = quarters[1] + (quarters[1] - quarters[0]) / 2
    return int(np.clip(round(foot), 1, len(slope) - 1)) if len(slope) > 1 else 0


def _first_below(slope: ndarray, level: float) -> float:
    """Where a falling slope first crosses `level`, between samples."""
    below = np.flatnonzero(~(slope > level))  # NaN ends it as well
    if not len(below):
        return float(len(slope) - 1)
    after = int(below[0])
    if after == 0 or not np.isfinite(slope[after]):
        return float(max(0, after - 1))
    return after - float((level - slope[after]) / (slope[after - 1] - slope[after]))
