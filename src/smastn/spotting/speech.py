"""When the person speaks: the mouth moves as in speech and, in a film with sound, a voice is heard.

A voice alone may be another person's. The mouth is seen by the face model and on the skin. The
skin of a mouth that smiles moves several times a second, too, so the skin counts only where the
face model sees no expression of the mouth.
"""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from numpy import ndarray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.evidence import Evidence, either_way
from smastn.spotting.regions import JAW, SPEAKING, places
from smastn.spotting.smoothing import widened
from smastn.spotting.unit_curves import UnitCurves

_WITHIN, _TIMES = 1.0, 3
"""So many movements within so many seconds are speech: one expression is one movement."""

_LEVEL, _LEAST_PX = 4.0, 0.4  # times the noise, of turns too; px
_WEAK, _LEAST_WEAK_PX = 3.0, 0.3  # of a jaw that goes on speaking; turns not counted
_APART, _PAUSE = 0.12, 1.0  # s; least and most between two of them
_MARGIN = 0.4  # s
_SPEAKING, _JAW = places(SPEAKING), places(JAW)
_MOUTH = [
    place
    for place, unit in enumerate(UNITS)
    if any(region.startswith(unit.regions) for region in SPEAKING)
]

_OPENING = {"jawOpen": 1.0, "mouthFunnel": 0.5, "mouthPucker": 0.5, "mouthShrugLower": 0.3}
_OPENING |= dict.fromkeys(("mouthLowerDownLeft", "mouthLowerDownRight"), 0.25)
_OPENING |= dict.fromkeys(("mouthRollLower", "mouthRollUpper"), 0.3)
"""Coefficients that forming sounds changes, and how far each counts."""
_OPENS, _CLEARLY, _STEADY = 0.03, 0.04, 0.04
"""Least rise, and least of the middle one of three, so that no encoder's noise beside one large
movement is speech; s of averaging."""
_WIDE_FACE = 70.0  # px; in a smaller one the coefficients waver by so much more
_BREATH = 0.3  # s before a voice, after it and between its words

LEAST_VOICE = 0.5
"""Probability from which a voice is heard."""


def speech_mask(
    curve: MovementCurve, evidence: Evidence, units: UnitCurves
) -> Bool[ndarray, " frames"]:
    """True in frames in which the person speaks.

    Args:
        curve: when frames were seen, how the mouth opens, and where a voice is heard.
        evidence: what moved and came back within a micro-expression's time.
        units: action units over time.
    """
    mouth = _opens_often(curve)
    for first, last in stretches(_skin_moves(curve, evidence)):
        if units.evidence[first : last + 1, _MOUTH].max() <= 1:
            mouth[first : last + 1] = True
    return mouth & (
        widened(curve.voice >= LEAST_VOICE, _BREATH, curve.rate) | np.isnan(curve.voice)
    )


def _opens_often(curve: MovementCurve) -> Bool[ndarray, " frames"]:
    """True where the face model sees the mouth open and close in the rhythm of speech."""
    columns = [BLENDSHAPES.index(name) for name in _OPENING]
    opening = np.nan_to_num(curve.blendshapes[:, columns]) @ np.array(list(_OPENING.values()))
    steady = gaussian_filter1d(opening, _STEADY * curve.rate)
    peaks, found = find_peaks(
        steady, prominence=_OPENS, distance=max(1, round(_APART * curve.rate))
    )
    width = curve.boxes[peaks, 2] - curve.boxes[peaks, 0]
    rise = found["prominences"] * np.minimum(width / _WIDE_FACE, 1)
    peaks, rise = peaks[rise >= _OPENS], rise[rise >= _OPENS]
    clear = np.zeros(len(peaks), bool)
    for first in range(len(peaks) - _TIMES + 1):
        some = slice(first, first + _TIMES)
        brief = np.ptp(curve.times[peaks[some]]) <= _WITHIN
        clear[some] |= brief and np.median(rise[some]) >= _CLEARLY
    return _from_first_to_last(curve, peaks, clear)


def _skin_moves(curve: MovementCurve, evidence: Evidence) -> Bool[ndarray, " frames"]:
    """True where the skin of the lower face moves and comes back in the rhythm of speech."""
    strong = _strongest(evidence, _SPEAKING, _LEVEL * evidence.restless, _LEAST_PX)
    quiet = _WEAK * either_way(evidence.noise)
    weak = np.maximum(_strongest(evidence, _JAW, quiet, _LEAST_WEAK_PX), strong)
    peaks, _ = find_peaks(weak, height=1.0, distance=max(1, round(_APART * curve.rate)))
    return _from_first_to_last(curve, peaks, strong[peaks] >= 1)


def _from_first_to_last(
    curve: MovementCurve, peaks: Int64[ndarray, " peaks"], strong: Bool[ndarray, " peaks"]
) -> Bool[ndarray, " frames"]:
    """True from the first to the last movement of each run, and shortly before and after."""
    mask = np.zeros(len(curve.times), bool)
    for first, last in _runs(curve.times[peaks], strong):
        mask[peaks[first] : peaks[last] + 1] = True
    return widened(mask, _MARGIN, curve.rate)


def _strongest(
    evidence: Evidence, regions: list[int], level: ndarray, least: float
) -> Float32[ndarray, " frames"]:
    """What the region that moves most does, as a multiple of what it must reach."""
    return np.nan_to_num(evidence.moved / np.maximum(level, least))[:, regions].max(axis=1)


def _runs(
    times: Float64[ndarray, " peaks"], strong: Bool[ndarray, " peaks"]
) -> list[tuple[int, int]]:
    """First and last of each run of movements that holds enough strong ones close together.

    A run goes on with every further movement, weak ones too, that is not long in coming:
    people trail off.
    """
    runs = []
    for some in np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > _PAUSE) + 1):
        when = times[some][strong[some]]
        if len(when) >= _TIMES and (when[_TIMES - 1 :] - when[: 1 - _TIMES]).min() <= _WITHIN:
            runs.append((int(some[0]), int(some[-1])))
    return runs
