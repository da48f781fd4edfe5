"""Temperature and limits are fitted to predictions for other subjects."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from smastn.errors import InputError
from smastn.training.fit_calibration import (
    CalibrationClip,
    fit_calibration,
)

EMOTIONS = ("negative", "positive", "surprise")


def clips(sharpness: float, count: int = 3000, seed: int = 0) -> list[CalibrationClip]:
    """Predictions whose truth is drawn from their probabilities, then sharpened."""
    generator = np.random.default_rng(seed)
    made = []
    for number in range(count):
        logits = generator.normal(0, 1.5, 3)
        truth = int(generator.choice(3, p=softmax(logits)))
        features = np.eye(3)[truth] * 4 + generator.normal(0, 0.5, 3)
        probabilities: dict[str, float] = dict(
            zip(EMOTIONS, softmax(logits * sharpness).tolist(), strict=True)
        )
        known = features.astype(np.float32)
        made.append(CalibrationClip(f"made/{number % 20}", EMOTIONS[truth], probabilities, known))
    return made


def likeliest(clip: CalibrationClip) -> str:
    return max(clip.probabilities, key=lambda name: clip.probabilities[name])


@pytest.mark.parametrize("sharpness", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_over_and_underconfidence(sharpness: float) -> None:
    assert fit_calibration(clips(sharpness)).temperature == pytest.approx(sharpness, rel=0.1)


def test_each_limit_accepts_the_wanted_share_of_correct_predictions() -> None:
    answers = clips(1.0)
    fitted = fit_calibration(answers, accepted=0.9)
    right = [one for one in answers if likeliest(one) == one.emotion]
    near = [not fitted.doubt(1.0, one.features) for one in right if one.features is not None]
    likely = [max(one.probabilities.values()) >= fitted.least_probability for one in right]
    assert np.mean(near) == pytest.approx(0.9, abs=0.01)
    assert np.mean(likely) == pytest.approx(0.9, abs=0.02)


def test_a_movement_unlike_the_training_data_is_not_accepted() -> None:
    fitted = fit_calibration(clips(1.0))
    assert fitted.doubt(1.0, np.array([4.0, 0.0, 0.0])) == ""
    assert "unlike" in fitted.doubt(1.0, np.array([9.0, -9.0, 9.0]))


def test_a_subjects_own_clips_do_not_set_the_limit() -> None:
    """Two subjects, each far from the other: others' centres are far, own ones would be near."""
    apart = []
    for person, place in (("a", 0.0), ("b", 10.0)):
        for number in range(30):
            emotion = EMOTIONS[number % 3]
            probabilities: dict[str, float] = {
                name: 0.9 if name == emotion else 0.05 for name in EMOTIONS
            }
            features = (np.full(3, place) + np.eye(3)[number % 3]).astype(np.float32)
            apart.append(CalibrationClip(person, emotion, probabilities, features))
    fitted = fit_calibration(apart)
    assert fitted.farthest is not None
    assert fitted.farthest > 15


def test_without_features_only_probabilities_are_limited() -> None:
    answers = [replace(one, features=None) for one in clips(2.0)]
    fitted = fit_calibration(answers, fitted_on="an evaluation")
    assert fitted.temperature == pytest.approx(2.0, rel=0.1)
    assert fitted.doubt(0.0, np.zeros(3)) != ""
    assert fitted.doubt(1.0, np.full(3, 1e6)) == ""


@pytest.mark.parametrize("few", [[], clips(1.0, 5)[:1]])
def test_too_little_to_calibrate_with_is_refused(few: list[CalibrationClip]) -> None:
    with pytest.raises(InputError, match="wanted every emotion"):
        fit_calibration(few)
