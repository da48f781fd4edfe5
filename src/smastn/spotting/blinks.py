"""Which frames belong to a blink, so that it is not taken for an expression."""

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from scipy.ndimage import binary_dilation

from smastn.spotting.curve import MovementCurve
from smastn.spotting.regions import EYES, places

_CHANGE, _TIMES_USUAL = 0.12, 4.0
"""Least change of the eyes' picture in a blink: absolute, and against the film's median."""

_LIDS_PX = 2.0
"""Downward movement of both lids that returns, pixels of a face of 224."""

_MARGIN = 0.07
"""Seconds before and after, in which the lids start and settle."""

_EYES = places(EYES)


def blink_mask(curve: MovementCurve) -> Bool[ndarray, " frames"]:
    """True in frames that belong to a blink.

    Two signs, either suffices: both eyes look different from what they were and will be
    again, or both lids go down and come back by more than micro-expressions move them.
    The mesh's own eyelids are no sign: they lag behind and hardly close in small faces.
    """
    closing = _eyes_changed(curve) | _lids_down(curve)
    frames = max(1, round(_MARGIN * curve.rate))
    return binary_dilation(closing, iterations=frames)


def _eyes_changed(curve: MovementCurve) -> Bool[ndarray, " frames"]:
    known = curve.eye_change[np.isfinite(curve.eye_change)]
    usual = float(np.median(known)) if len(known) else 0.0
    with np.errstate(invalid="ignore"):
        return curve.eye_change > max(_CHANGE, _TIMES_USUAL * usual)


def _lids_down(curve: MovementCurve) -> Bool[ndarray, " frames"]:
    rise, fall = curve.rise[:, _EYES, 1], curve.fall[:, _EYES, 1]
    with np.errstate(invalid="ignore"):
        return np.minimum(rise, fall).min(axis=1) > _LIDS_PX
