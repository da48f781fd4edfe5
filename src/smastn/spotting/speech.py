"""When somebody talks: the lower face moves and comes back several times a second."""

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray
from scipy.signal import find_peaks

from smastn.spotting.curve import MovementCurve
from smastn.spotting.regions import REGIONS, SPEAKING
from smastn.spotting.smoothing import widened

_WITHIN, _TIMES = 1.0, 3
"""So many movements within so many seconds are speech: one expression is one movement."""

_LEVEL, _LEAST_PX, _APART = 4.0, 0.4, 0.12  # times the noise; px; s
_WEAK, _PAUSE = 0.6, 0.7  # share of that, and seconds after which, a movement is still speech
_MARGIN = 0.4  # s
_SPEAKING = [list(REGIONS).index(name) for name in SPEAKING]


def speech_mask(
    curve: MovementCurve,
    moved: Float32[ndarray, "frames regions"],
    noise: Float32[ndarray, "frames regions"],
) -> Bool[ndarray, " frames"]:
    """True in frames that belong to speech.

    Args:
        curve: when frames were seen.
        moved: what moved and came back within a micro-expression's time, pixels of 224.
        noise: its deviation in each frame, larger where the head turns.
    """
    level = np.maximum(_LEVEL * noise, _LEAST_PX)
    strongest = np.nan_to_num((moved / level)[:, _SPEAKING]).max(axis=1)
    peaks, _ = find_peaks(strongest, height=_WEAK, distance=max(1, round(_APART * curve.rate)))
    mask = np.zeros(len(curve.times), bool)
    for first, last in _runs(curve.times[peaks], strongest[peaks] >= 1):
        mask[peaks[first] : peaks[last] + 1] = True
    return widened(mask, _MARGIN, curve.rate)


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
