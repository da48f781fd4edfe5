"""Counts how often predictions are right, on people that nothing was chosen by."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from smastn.errors import InputError
from smastn.methods.calibration import Measured
from smastn.training.fit_calibration import CalibrationClip, fit_calibration, logits_of

_LEVELS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
_FEWEST = 10
"""Predictions that a level needs: of fewer, the share that was right says next to nothing."""


class Outcome(NamedTuple):
    """A prediction for a clip that had no say in the network or its calibration.

    Attributes:
        right: whether the most probable emotion is the true one; never for a clip without one.
        probability: of that emotion, calibrated.
        sure: whether the result was not "not sure".
    """

    right: bool
    probability: float
    sure: bool


def counted(predictions: Iterable[Outcome]) -> tuple[Measured, ...]:
    """How many sure predictions were right, among those at least as probable as some levels."""
    sure = [one for one in predictions if one.sure]
    levels: list[Measured] = []
    for level in _LEVELS:
        right = [one.right for one in sure if one.probability >= level]
        if len(right) >= _FEWEST and not (levels and levels[-1].predictions == len(right)):
            levels.append(Measured(level, sum(right), len(right)))
    return tuple(levels)


def measure_sureness(
    clips: Sequence[CalibrationClip], part: Callable[[CalibrationClip], str]
) -> tuple[Measured, ...]:
    """How many sure predictions for each part of the clips were right, calibrated on the others.

    Args:
        clips: uncalibrated predictions.
        part: the part that a clip belongs to; no person may be in two.

    Returns:
        Counts over all parts together; empty where the rest of a part is too little to calibrate.
    """
    predictions: list[Outcome] = []
    for name in sorted({part(clip) for clip in clips}):
        try:
            calibration = fit_calibration([clip for clip in clips if part(clip) != name])
        except InputError:
            return ()
        for clip in (clip for clip in clips if part(clip) == name):
            chances = _calibrated(clip.probabilities, calibration.temperature)
            likeliest = max(chances, key=lambda emotion: chances[emotion])
            doubt = calibration.doubt(chances[likeliest], clip.features)
            predictions.append(Outcome(likeliest == clip.emotion, chances[likeliest], not doubt))
    return counted(predictions)


def _calibrated(probabilities: Mapping[str, float], temperature: float) -> dict[str, float]:
    """The probabilities with their logits divided by the temperature."""
    logits = logits_of(np.array(list(probabilities.values())))
    return dict(zip(probabilities, softmax(logits / temperature).tolist(), strict=True))
