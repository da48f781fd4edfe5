"""When somebody talks: the lower face moves and comes back several times a second."""

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray
from scipy.ndimage import binary_dilation
from scipy.signal import find_peaks

from smastn.spotting.curve import MovementCurve
from smastn.spotting.regions import REGIONS, SPEAKING

_WITHIN, _TIMES = 1.0, 3
"""So many movements within so many seconds are speech: one expression is one movement."""

_LEVEL, _LEAST_PX, _APART = 4.0, 0.4, 0.12  # times the noise; px; s
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
    peaks, _ = find_peaks(strongest, height=1.0, distance=max(1, round(_APART * curve.rate)))
    times = curve.times[peaks]
    mask = np.zeros(len(curve.times), bool)
    for first in range(len(peaks) - _TIMES + 1):
        last = first + _TIMES - 1
        if times[last] - times[first] <= _WITHIN:
            mask[peaks[first] : peaks[last] + 1] = True
    return binary_dilation(mask, iterations=max(1, round(_MARGIN * curve.rate)))
