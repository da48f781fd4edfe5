"""Which frames belong to a blink, so that it is not taken for an expression."""

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray
from scipy.ndimage import binary_dilation, white_tophat
from scipy.signal import find_peaks, peak_widths

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.regions import EYES, places
from smastn.spotting.smoothing import widened

_CHANGE, _TIMES_USUAL = 0.12, 4.0
"""Least change of the eyes' picture in a blink: absolute, and against the film's median."""

_LIDS_PX = 2.0
"""Downward movement of both lids that returns, pixels of a face of 224."""

_MARGIN = 0.07
"""Seconds before and after, in which the lids start and settle."""

_EYES = places(EYES)

_CLOSED, _LONGEST = 0.28, 0.5
"""Rise of both eyes' blink coefficient, 0 to 1, that is a blink by itself, and the longest time
that counts, s: eyes that stay shut or look down take longer."""

_HARDLY, _OF_USUAL, _NEAR = 0.03, 0.3, 0.05
"""Least rise of a blink where the eyes' pictures change as well, so many seconds around it:
absolute, since small eyes or glasses leave little of it, and as a share of the median one's."""

_LIDS = [BLENDSHAPES.index(name) for name in ("eyeBlinkLeft", "eyeBlinkRight")]


def blinks_of(curve: MovementCurve, blinking: Bool[ndarray, " frames"]) -> list[tuple[int, int]]:
    """First and last frame of each blink, both inclusive.

    In a blink the blink coefficients of both eyes rise and fall again within a moment. A small
    rise is one where the eyes also look different from what they were and will be again, as
    they do not in a glance that lasts. Without coefficients the eyes' pictures alone decide.

    Args:
        curve: of the film.
        blinking: see `blink_mask`.
    """
    closed = curve.blendshapes[:, _LIDS].mean(axis=1)
    known: Bool[ndarray, " frames"] = np.isfinite(closed)
    if not known.any():
        return stretches(blinking)
    changed = widened(_eyes_changed(curve), _NEAR, curve.rate)
    return [
        (first + begin, first + end)
        for first, last in stretches(known)
        for begin, end in _rises(closed[first : last + 1], changed[first : last + 1], curve.rate)
    ]


def _rises(
    closed: Float32[ndarray, " frames"], changed: Bool[ndarray, " frames"], rate: float
) -> list[tuple[int, int]]:
    """First and last frame of each rise of the coefficient that is a blink in one view."""
    # What stays up longer is taken away, so that a blink on a glance downwards rises from that.
    brief = white_tophat(closed, max(3, round(_LONGEST * rate)), mode="nearest")
    peaks, found = find_peaks(brief, prominence=_HARDLY)
    _, _, left, right = peak_widths(brief, peaks, rel_height=0.5)
    rise, seen = found["prominences"], changed[peaks]
    weak = _OF_USUAL * float(np.median(rise[seen])) if seen.any() else 0.0
    blink = (rise >= _CLOSED) | (seen & (rise >= weak))
    edges = zip(np.floor(left[blink]), np.ceil(right[blink]), strict=True)
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
