"""Averaging over time in seconds, so that the frame rate does not matter."""

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from smastn.spotting.curve import MovementCurve, stretches


def smoothed(
    values: Float32[ndarray, "frames *rest"], curve: MovementCurve, sigma: float
) -> Float32[ndarray, "frames *rest"]:
    """Gaussian mean over time within each stretch that shows the face; NaN elsewhere.

    Values that are NaN although the face is seen stay NaN and count nothing for others.

    Args:
        values: one row a frame.
        curve: where the face is seen, and how fast frames follow.
        sigma: seconds.
    """
    frames = sigma * curve.rate
    result = np.full(values.shape, np.nan, np.float32)
    for first, last in stretches(curve.face):
        inside = values[first : last + 1].astype(np.float64)
        known = np.isfinite(inside)
        weight = gaussian_filter1d(known.astype(np.float64), frames, axis=0, mode="nearest")
        total = gaussian_filter1d(np.where(known, inside, 0.0), frames, axis=0, mode="nearest")
        mean = total / np.maximum(weight, 1e-9)
        result[first : last + 1] = np.where(known, mean, np.nan)
    return result


def widened(
    mask: Bool[ndarray, " frames"], seconds: float, rate: float
) -> Bool[ndarray, " frames"]:
    """True as well for so long before and after."""
    frames = round(seconds * rate)
    return maximum_filter1d(mask.astype(np.uint8), 2 * frames + 1) > 0


def narrowed(
    mask: Bool[ndarray, " frames"], seconds: float, rate: float
) -> Bool[ndarray, " frames"]:
    """False as well for so long after and before what is False; a film's ends are no edges."""
    return ~widened(~mask, seconds, rate)
