"""When somebody talks: the lower face moves and comes back several times a second."""

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.curve import MovementCurve
from smastn.spotting.evidence import Evidence, either_way
from smastn.spotting.regions import JAW, SPEAKING, places
from smastn.spotting.smoothing import widened

_WITHIN, _TIMES = 1.0, 3
"""So many movements within so many seconds are speech: one expression is one movement."""

_LEVEL, _LEAST_PX = 4.0, 0.4  # times the noise, of turns too; px
_WEAK, _LEAST_WEAK_PX = 3.0, 0.3  # of a jaw that goes on speaking; turns not counted
_APART, _PAUSE = 0.12, 1.0  # s; least and most between two of them
_MARGIN = 0.4  # s
_SPEAKING, _JAW = places(SPEAKING), places(JAW)

_OPENING = {"jawOpen": 1.0, "mouthFunnel": 0.5, "mouthPucker": 0.5, "mouthShrugLower": 0.3}
_OPENING |= dict.fromkeys(("mouthLowerDownLeft", "mouthLowerDownRight"), 0.25)
_OPENING |= dict.fromkeys(("mouthRollLower", "mouthRollUpper"), 0.3)
"""Coefficients that forming sounds changes, and how far each counts."""
_OPENS, _STEADY, _NEAR = 0.03, 0.04, 1.0  # least rise; s of averaging; s around it


def speech_mask(curve: MovementCurve, evidence: Evidence) -> Bool[ndarray, " frames"]:
    """True in frames that belong to speech.

    Args:
        curve: when frames were seen.
        evidence: what moved and came back within a micro-expression's time.
    """
    strong = _strongest(evidence, _SPEAKING, _LEVEL * evidence.restless, _LEAST_PX)
    quiet = _WEAK * either_way(evidence.noise)
    weak = np.maximum(_strongest(evidence, _JAW, quiet, _LEAST_WEAK_PX), strong)
    peaks, _ = find_peaks(weak, height=1.0, distance=max(1, round(_APART * curve.rate)))
    mask = np.zeros(len(curve.times), bool)
    for first, last in _runs(curve.times[peaks], strong[peaks] >= 1):
        mask[peaks[first] : peaks[last] + 1] = True
    return widened(mask, _MARGIN, curve.rate)


def mouth_opens_often(curve: MovementCurve) -> Bool[ndarray, " frames"]:
    """True within a second of where the mouth is seen to open and close in the rhythm of speech.

    The skin of a mouth that smiles or chews moves several times a second, too. Where no
    blendshapes were measured this is True everywhere.
    """
    columns = [BLENDSHAPES.index(name) for name in _OPENING]
    opening = np.nan_to_num(curve.blendshapes[:, columns]) @ np.array(list(_OPENING.values()))
    if not opening.any():
        return np.ones(len(opening), bool)
    steady = gaussian_filter1d(opening, _STEADY * curve.rate)
    peaks, _ = find_peaks(steady, prominence=_OPENS, distance=max(1, round(_APART * curve.rate)))
    mask = np.zeros(len(opening), bool)
    for first, last in _runs(curve.times[peaks], np.ones(len(peaks), bool)):
        mask[peaks[first] : peaks[last] + 1] = True
    return widened(mask, _NEAR, curve.rate)


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
