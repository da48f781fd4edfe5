"""The calibration error is what its definition says."""

import numpy as np
import pytest
from experiments.calibration_error import class_calibration_errors, expected_calibration_error

from smastn.errors import MetricError
from smastn.evaluation.predictions import Prediction


def prediction(number: int, truth: str, happy: float) -> Prediction:
    probabilities = {"happiness": happy, "surprise": 1 - happy}
    predicted = max(probabilities, key=lambda name: probabilities[name])
    return Prediction("made/1", str(number), 0, "f", truth, predicted, probabilities)


def test_said_eighty_and_right_in_half_is_off_by_thirty() -> None:
    rows = [prediction(n, "happiness" if n % 2 else "surprise", 0.8) for n in range(10)]
    assert expected_calibration_error(rows) == pytest.approx(0.3)
    errors = class_calibration_errors(rows)
    assert errors == pytest.approx({"happiness": 0.3, "surprise": 0.3})


def test_truth_drawn_from_the_probabilities_is_well_calibrated() -> None:
    generator = np.random.default_rng(0)
    rows = []
    for number in range(20_000):
        happy = float(generator.uniform())
        truth = "happiness" if generator.uniform() < happy else "surprise"
        rows.append(prediction(number, truth, happy))
    assert expected_calibration_error(rows) < 0.02


def test_errors_of_opposite_sign_in_different_bins_do_not_cancel() -> None:
    rows = [prediction(n, "surprise", 0.75) for n in range(4)]
    rows += [prediction(n + 4, "happiness", 0.55) for n in range(4)]
    assert expected_calibration_error(rows) == pytest.approx((0.75 + 0.45) / 2)


def test_certainty_falls_into_the_last_bin() -> None:
    assert expected_calibration_error([prediction(0, "happiness", 1.0)]) == 0


@pytest.mark.parametrize(
    "rows", [[], [Prediction("made/1", "a", 0, "f", "happiness", "happiness")]]
)
def test_without_probabilities_it_is_undefined(rows: list[Prediction]) -> None:
    with pytest.raises(MetricError, match="undefined"):
        expected_calibration_error(rows)
