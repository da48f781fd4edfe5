import numpy as np
import pytest
from made_units import RATE, add, coefficients, curves_of, ramp

from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.unit_curves import AT_REST, neutral_of, unit_curves

NAMES = [unit.name for unit in UNITS]


def test_a_face_at_rest_has_no_evidence_of_any_unit() -> None:
    curves = curves_of(coefficients(6.0))
    assert curves.evidence.max() < AT_REST
    assert curves.neutral == (0, 179)


def test_a_smile_that_fills_most_of_a_short_film_is_not_its_neutral() -> None:
    smile = 0.9 * ramp(2.4, 0.5, 0.8, 9.0, 9.5)
    curves = curves_of(add(coefficients(2.4), "mouthSmile", smile))
    evidence = curves.evidence[:, NAMES.index("12")]
    assert evidence[: round(0.4 * RATE)].max() < AT_REST
    assert evidence[round(1.2 * RATE) :].min() > 2


def test_a_smile_that_fills_a_whole_film_is_seen_against_a_neutral_that_is_given() -> None:
    smile = add(coefficients(3.0), "mouthSmile", np.full(90, 0.8))
    assert curves_of(smile).evidence.max() < AT_REST
    rest = coefficients(1.0)
    neutral = neutral_of(np.arange(30) / RATE, rest, np.zeros((30, 3), np.float32))
    times, pose = np.arange(90) / RATE, np.zeros((90, 3), np.float32)
    given = unit_curves(times, smile, pose, neutral=neutral)
    assert given.evidence[:, NAMES.index("12")].min() > 2
    assert given.neutral is None


def test_the_frames_of_the_neutral_may_be_named() -> None:
    brows = add(coefficients(4.0), "browInnerUp", 0.8 * ramp(4.0, 3.0, 3.1, 9.0, 9.1))
    times, pose = np.arange(120) / RATE, np.zeros((120, 3), np.float32)
    raised = neutral_of(times, brows, pose, times > 3.3)
    assert raised is not None
    assert raised.left[NAMES.index("1")] > 0.7
    assert neutral_of(times, np.full_like(brows, np.nan), pose) is None


def test_the_rest_between_two_expressions_is_at_rest() -> None:
    brows = 0.6 * (ramp(8.0, 1.0, 1.3, 3.0, 3.2) + ramp(8.0, 3.6, 3.8, 6.0, 6.3))
    curves = curves_of(add(coefficients(8.0), "browInnerUp", brows))
    assert curves.evidence.max(axis=1)[round(3.3 * RATE) : round(3.5 * RATE)].max() < AT_REST
    assert curves.evidence.max(axis=1)[round(2.0 * RATE)] > 1


def test_a_unit_of_one_side_is_measured_on_that_side() -> None:
    smirk = 0.6 * ramp(6.0, 2.0, 2.3, 3.0, 3.3)
    curves = curves_of(add(coefficients(6.0), "mouthSmile", smirk, "L"))
    apex, unit = round(2.6 * RATE), NAMES.index("12")
    assert curves.left[apex, unit] == pytest.approx(0.6, abs=0.05)
    assert curves.right[apex, unit] == pytest.approx(0.0, abs=0.05)


def test_noise_of_the_film_raises_what_counts() -> None:
    smile, plateau = 0.35 * ramp(9.0, 2.0, 2.3, 6.0, 6.3), slice(round(3 * RATE), round(5 * RATE))
    clear, noisy = (
        np.median(
            curves_of(add(coefficients(9.0, 0.3, noise), "mouthSmile", smile)).evidence[plateau],
            axis=0,
        )
        for noise in (0.005, 0.3)
    )
    place = NAMES.index("12")
    assert clear[place] > 1 > noisy[place]


def test_a_turned_head_needs_more() -> None:
    smile = 0.4 * ramp(6.0, 2.0, 2.3, 3.0, 3.3)
    values = add(coefficients(6.0), "mouthSmile", smile)
    ahead = curves_of(values).evidence.max()
    turned = curves_of(values, turn=30 * ramp(6.0, 1.5, 1.8, 3.5, 3.8)).evidence.max()
    assert turned < 0.5 * ahead


def test_frames_without_a_face_have_no_evidence_and_leave_their_neighbours_alone() -> None:
    values = add(coefficients(6.0), "mouthSmile", 0.8 * ramp(6.0, 2.0, 2.3, 4.0, 4.3))
    values[80:85] = np.nan
    curves = curves_of(values)
    assert not curves.seen[80:85].any()
    assert (curves.evidence[80:85] == 0).all()
    assert np.isnan(curves.left[82]).all()
    assert curves.evidence[86, NAMES.index("12")] > 2


def test_without_any_face_there_is_no_neutral() -> None:
    curves = curves_of(np.full((30, 52), np.nan, np.float32))
    assert curves.neutral is None
    assert not curves.evidence.any()
