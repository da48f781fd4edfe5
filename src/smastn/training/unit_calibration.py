"""Fits how the outputs for action units become probabilities, to held-out subjects.

Platt scaling (Platt, 1999) with one slope for all units and an offset for each: a network whose
loss weighs clips with and without a unit alike gives rare units too high a probability.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, Float64
from numpy import ndarray
from scipy.optimize import minimize
from scipy.special import expit, logit

from smastn.corpora.facs import by_number, units_of
from smastn.methods.calibration import UnitCalibration

HALF = 0.5
"""Threshold where none is fitted: the loss weighs clips with and without a unit alike."""

_LEAST_SHOWN = 10
"""Clips with and without a unit from which it is calibrated."""

_CLOSE = 1e-6  # of a probability to 0 or 1; files hold six digits
_DIGITS = 6


def fit_units(
    coded: Sequence[tuple[tuple[str, ...], Mapping[str, float]]],
) -> tuple[UnitCalibration, ...]:
    """The calibration of each unit that enough clips show; none where there are none.

    The threshold of a unit is the one of the highest F1 over these clips.

    Args:
        coded: true codes, and probabilities by unit, of clips of held-out subjects.
    """
    names = sorted({unit for _, known in coded for unit in known}, key=by_number)
    truth = np.array([[unit in units_of(codes) for unit in names] for codes, _ in coded], bool)
    given = np.array([[known.get(unit, 0.0) for unit in names] for _, known in coded])
    if not names:
        return ()
    shown = truth.sum(0)
    enough = (shown >= _LEAST_SHOWN) & (len(truth) - shown >= _LEAST_SHOWN)
    if not enough.any():
        return ()
    truth, logits = truth[:, enough], logit(np.clip(given[:, enough], _CLOSE, 1 - _CLOSE))
    slope, offsets = _platt(logits, truth)
    found = []
    fitted = [name for name, one in zip(names, enough, strict=True) if one]
    for at, unit in enumerate(fitted):
        offset = round(float(offsets[at]), _DIGITS)
        values = expit(slope * logits[:, at] + offset)
        threshold = round(best_threshold(values, truth[:, at]), _DIGITS)
        found.append(UnitCalibration(unit, slope, offset, threshold))
    return tuple(found)


def best_threshold(values: Float64[ndarray, " clips"], truth: Bool[ndarray, " clips"]) -> float:
    """The threshold of the highest F1, halfway to the next lower value; of equal ones the highest.

    It is `HALF` where no clip shows the unit.
    """
    if not truth.any():
        return HALF
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    f1[np.append(ranked[1:] == ranked[:-1], False)] = 0  # equal values cannot be parted
    last = int(f1.argmax())
    below = ranked[last + 1] if last + 1 < len(ranked) else 0.0
    return float((ranked[last] + below) / 2)


def _platt(
    logits: Float[ndarray, "clips units"], truth: Bool[ndarray, "clips units"]
) -> tuple[float, Float64[ndarray, " units"]]:
    """Slope and offsets of the least cross-entropy; offsets are drawn towards their mean.

    The draw is that of a normal prior with a standard deviation of 1.
    """

    def loss(values: ndarray) -> float:
        said = np.exp(values[0]) * logits + values[2:]
        entropy = np.logaddexp(0, said) - said * truth
        return float(entropy.sum() + 0.5 * ((values[2:] - values[1]) ** 2).sum())

    best = minimize(loss, np.zeros(2 + logits.shape[1]), method="L-BFGS-B").x
    return round(float(np.exp(best[0])), _DIGITS), best[2:]
