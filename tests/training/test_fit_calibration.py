"""Temperature and limits are fitted to predictions for other subjects."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from smastn.errors import InputError
from smastn.methods.calibration import Calibration
from smastn.training.fit_calibration import (
    CalibrationClip,
    fit_calibration,
    measure_sureness,
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


def test_sureness_is_counted_as_right_and_all_answers_at_least_that_sure() -> None:
    def clip(number: int, sureness: float, right: bool) -> CalibrationClip:
        rest = (1 - sureness) / 2
        chances = {"negative": sureness, "positive": rest, "surprise": rest}
        return CalibrationClip(f"made/{number}", "negative" if right else "positive", chances)

    answers = [clip(number, 0.85, number < 18) for number in range(20)]
    answers += [clip(number, 0.65, number < 3) for number in range(20)]
    counted = measure_sureness(answers, {one.subject: Calibration() for one in answers})
    known = Calibration(measured=counted, measured_on="40 answers")
    assert str(known.measured_at(0.82)) == "18 of 20"
    assert str(known.measured_at(0.65)) == "21 of 40"
    assert known.measured_at(0.82) == known.measured_at(0.97)  # no answer was surer than 0.85


def test_an_answer_to_a_clip_without_expression_is_a_wrong_one() -> None:
    answers = [replace(one, emotion="neutral") for one in clips(1.0, 100)]
    counted = measure_sureness(answers, {one.subject: Calibration() for one in answers})
    assert counted[0].answers == 100
    assert {one.right for one in counted} == {0}


def test_each_subject_is_measured_with_its_own_calibration() -> None:
    cold, warm = Calibration(temperature=0.2), Calibration(temperature=20.0)
    answers = [replace(one, subject=f"made/{at % 2}") for at, one in enumerate(clips(1.0, 200))]
    counted = measure_sureness(answers, {"made/0": cold, "made/1": warm})
    assert counted[0].answers == 200
    assert max(one.answers for one in counted if one.least >= 0.5) <= 100
