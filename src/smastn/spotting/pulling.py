"""What a jaw that speaks and lids that close pull along, learnt from the film and taken away.

Both move far, often, and on their own. Whatever else moves in the same proportion every
time is their doing; an expression in the midst of it does something else.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray

from smastn.spotting.regions import BROWS, EYES, JAW, REGIONS, SPOKEN
from smastn.spotting.regression import robust_effect

_MOST, _SIGMAS = 0.8, 1.28  # share of moments that leave less; standard deviations that makes
_USUAL = 0.25  # of what the cause moves
_LEAST_FRAMES = 30


@dataclass(frozen=True, slots=True)
class Pull:
    """Regions that pull, and those that may be pulled along."""

    pulling: tuple[int, ...]
    pulled: tuple[int, ...]


def _places(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(list(REGIONS).index(name) for name in names)


SPEECH = Pull(_places(JAW), _places(SPOKEN))
BLINKING = Pull(_places(EYES), _places(BROWS))


def without_pull(
    sides: tuple[Float32[ndarray, "frames regions 2"], ...],
    pull: Pull,
    when: Bool[ndarray, " frames"],
) -> tuple[Float32[ndarray, "frames regions 2"], ...]:
    """Rise and fall less what goes with a pull while it pulls, in units of what is left then.

    What pulls shows nothing itself in these frames; nor does what it pulls along where there
    are too few of them to learn from.

    Args:
        sides: rise and fall, in units of the noise.
        pull: what pulls, and on what.
        when: frames in which it does.
    """
    sides = tuple(side.copy() for side in sides)
    mean = sum(sides) / len(sides)
    known = np.flatnonzero(when & np.isfinite(mean).all(axis=(1, 2)))
    pulling, pulled = list(pull.pulling), list(pull.pulled)
    if len(known) < _LEAST_FRAMES:
        for side in sides:
            side[np.ix_(when, pulling + pulled)] = 0
        return sides
    causes, moved = (_flat(mean[known], part).astype(np.float64) for part in (pulling, pulled))
    effect = robust_effect(causes, moved, np.full(causes.shape[1], 1 / _USUAL))
    left = np.quantile(np.abs(moved - causes @ effect), _MOST, axis=0) / _SIGMAS
    for side in sides:
        rest = _flat(side[when], pulled) - _flat(side[when], pulling) @ effect
        side[np.ix_(when, pulled)] = (rest / np.maximum(left, 1)).reshape(len(rest), -1, 2)
        side[np.ix_(when, pulling)] = 0
    return sides


def _flat(values: Float32[ndarray, "frames regions 2"], regions: list[int]) -> ndarray:
    return values[:, regions].reshape(len(values), -1)
