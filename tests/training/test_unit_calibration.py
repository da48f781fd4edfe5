import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import f1_score

from smastn.training.unit_calibration import HALF, best_threshold, fit_units


def clips(count: int = 3000) -> list[tuple[tuple[str, ...], dict[str, float]]]:
    """Clips with a common and a rare unit, whose network says too much of the rare one."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(count):
        chances = {"4": float(generator.random()), "12": float(generator.random() * 0.3)}
        shown = tuple(unit for unit, value in chances.items() if generator.random() < value)
        said = {"4": chances["4"], "12": float(expit(2 * logit(chances["12"] + 1e-9) + 3))}
        found.append((shown, said))
    return found


def test_a_calibrated_probability_is_right_as_often_as_it_says() -> None:
    coded = clips()
    for one in fit_units(coded):
        truth = np.array([one.unit in codes for codes, _ in coded])
        given = np.clip([known[one.unit] for _, known in coded], 1e-6, 1 - 1e-6)
        values = expit(one.slope * logit(given) + one.offset)
        assert values.mean() == pytest.approx(truth.mean(), abs=0.02)
        assert abs(given.mean() - truth.mean()) >= abs(values.mean() - truth.mean())


def test_the_threshold_has_the_highest_f1_of_calibrated_clips() -> None:
    coded = clips(300)
    for one in fit_units(coded):
        truth = np.array([one.unit in codes for codes, _ in coded])
        values = np.array([one.probability(logit(known[one.unit])) for _, known in coded])
        best = max(f1_score(truth, values >= at) for at in values)
        assert f1_score(truth, values >= one.threshold) == pytest.approx(best)


def test_a_unit_that_few_clips_show_is_not_calibrated() -> None:
    few = [
        (codes + (("9",) if at < 9 else ()), {**known, "9": 0.4})
        for at, (codes, known) in enumerate(clips(200))
    ]
    assert [one.unit for one in fit_units(few)] == ["4", "12"]
    assert fit_units([]) == ()


def test_no_clip_with_the_unit_leaves_the_threshold_at_a_half() -> None:
    assert best_threshold(np.array([0.1, 0.9]), np.array([False, False])) == HALF
