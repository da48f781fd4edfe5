"""Expected calibration error: how far predicted probabilities are from observed frequencies."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from smastn.errors import MetricError
from smastn.evaluation.metrics import emotions_in
from smastn.evaluation.predictions import Prediction

BINS = 15
"""As in Guo et al., ICML 2017."""


def expected_calibration_error(predictions: Sequence[Prediction], bins: int = BINS) -> float:
    """Mean gap between the probability of the predicted emotion and how often it is correct.

    Clips are grouped by that probability into `bins` of equal width (Guo et al., 2017);
    0 is perfect.

    Raises:
        MetricError: there are no predictions, or one has no probabilities.
    """
    _require_probabilities(predictions)
    highest = np.array([row.probabilities[row.predicted] for row in predictions])
    return _gap(highest, np.array([row.correct for row in predictions]), bins)


def class_calibration_errors(
    predictions: Sequence[Prediction], bins: int = BINS
) -> dict[str, float]:
    """The same for each emotion: its probability in every clip against how often it is the truth.

    (Nixon et al., 2019, with bins of equal width.)

    Raises:
        MetricError: there are no predictions, or one has no probabilities.
    """
    _require_probabilities(predictions)
    return {
        name: _gap(
            np.array([row.probabilities.get(name, 0.0) for row in predictions]),
            np.array([row.truth == name for row in predictions]),
            bins,
        )
        for name in emotions_in(predictions)
    }


def _gap(
    probabilities: Float[ndarray, " clips"], true: Bool[ndarray, " clips"], bins: int
) -> float:
    place = np.clip(np.ceil(probabilities * bins).astype(int) - 1, 0, bins - 1)
    difference = np.bincount(place, weights=probabilities - true, minlength=bins)
    return float(np.abs(difference).sum() / len(probabilities))


def _require_probabilities(predictions: Sequence[Prediction]) -> None:
    if not predictions or not all(row.probabilities for row in predictions):
        raise MetricError(
            f"{len(predictions)} predictions were given, not all with probabilities, so the "
            "calibration error is undefined; score a method that gives probabilities"
        )
