"""Which frames belong to a blink, so that it is not taken for an expression."""

import numpy as np
from jaxtyping import Bool
from numpy import ndarray
from scipy.ndimage import binary_dilation
from scipy.signal import find_peaks, peak_widths

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.regions import EYES, places

_CHANGE, _TIMES_USUAL = 0.12, 4.0
"""Least change of the eyes' picture in a blink: absolute, and against the film's median."""

_LIDS_PX = 2.0
"""Downward movement of both lids that returns, pixels of a face of 224."""

_MARGIN = 0.07
"""Seconds before and after, in which the lids start and settle."""

_EYES = places(EYES)

_CLOSED, _LONGEST = 0.28, 0.45
"""Least rise of both eyes' blink coefficient above its surroundings, 0 to 1, and the longest
time at half of that, s: eyes that stay shut or look down take longer."""

_LIDS = [BLENDSHAPES.index(name) for name in ("eyeBlinkLeft", "eyeBlinkRight")]


def blinks_of(curve: MovementCurve, blinking: Bool[ndarray, " frames"]) -> list[tuple[int, int]]:
    """First and last frame of each blink, both inclusive.

    Blinks are read off the blink coefficients of both eyes, which rise and fall again within a
    moment; where there are none, off the eyes' pictures.

    Args:
        curve: of the film.
        blinking: see `blink_mask`.
    """
    closed = np.nan_to_num(curve.blendshapes[:, _LIDS].mean(axis=1))
    if not closed.any():
        return stretches(blinking)
    peaks, _ = find_peaks(closed, prominence=_CLOSED)
    width, _, left, right = peak_widths(closed, peaks, rel_height=0.5)
    brief = width / max(curve.rate, 1e-9) <= _LONGEST
    edges = zip(np.floor(left[brief]), np.ceil(right[brief]), strict=True)
    return [(int(first), int(last)) for first, last in edges]


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
