"""What a jaw that speaks and lids that close pull along, learnt from the film and taken away.

Both move far, often, and on their own. Whatever else moves in the same proportion every
time is their doing; an expression in the midst of it does something else.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray

from smastn.spotting.regions import BROWS, EYES, JAW, REGIONS, SPOKEN, places
from smastn.spotting.regression import robust_effect
from smastn.spotting.smoothing import widened

_MOST, _SIGMAS = 0.8, 1.28  # share of moments that leave less; standard deviations that makes
_USUAL = 0.25  # of what the cause moves
_LEAST_SECONDS, _SETTLING = 1.0, 0.15  # of it, from which it can be told; around it


@dataclass(frozen=True, slots=True)
class Pull:
    """Regions that pull, and those that may be pulled along."""

    pulling: list[int]
    pulled: list[int]


SPEECH = Pull(places(JAW), places(SPOKEN))
"""A jaw that speaks, and the rest of the lower face."""

BLINKING = Pull(places(EYES), places(BROWS))
"""Closing lids, and the brows above them."""


def without_pull(
    rise_and_fall: Float32[ndarray, "2 frames regions 2"],
    pull: Pull,
    when: Bool[ndarray, " frames"],
    rate: float,
) -> Float32[ndarray, "2 frames regions 2"]:
    """Rise and fall less what goes with a pull while it pulls, in units of what is left then.

    What pulls shows nothing itself in these frames. Where they are too few to learn from, what
    it may pull along shows nothing either, nor shortly before and after.

    Args:
        rise_and_fall: in units of the noise; NaN where unknown.
        pull: what pulls, and on what.
        when: frames in which it does.
        rate: frames a second.
    """
    pulling, pulled = pull.pulling, pull.pulled
    rest = rise_and_fall.copy()
    rest[:, when[:, None] & _among(pulling)] *= 0  # NaN stays NaN
    mean = rise_and_fall.mean(axis=0)
    known = np.flatnonzero(when & np.isfinite(mean).all(axis=(1, 2)))
    if len(known) < _LEAST_SECONDS * rate:
        rest[:, widened(when, _SETTLING, rate)[:, None] & _among(pulled)] *= 0
        return rest
    causes, moved = (_flat(mean[known], part).astype(np.float64) for part in (pulling, pulled))
    effect = robust_effect(causes, moved, np.full(causes.shape[1], 1 / _USUAL))
    left = np.quantile(np.abs(moved - causes @ effect), _MOST, axis=0) / _SIGMAS
    for side, own in zip(rest, rise_and_fall[:, when], strict=True):
        alone = (_flat(own, pulled) - _flat(own, pulling) @ effect) / np.maximum(left, 1)
        side[when[:, None] & _among(pulled)] = alone.reshape(-1, 2)
    return rest


def _among(regions: list[int]) -> Bool[ndarray, " regions"]:
    return np.isin(np.arange(len(REGIONS)), regions)


def _flat(values: Float32[ndarray, "frames regions 2"], regions: list[int]) -> ndarray:
    return values[:, regions].reshape(len(values), -1)
