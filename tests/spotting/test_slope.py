import numpy as np
import pytest

from smastn.spotting.slope import steps_to_foot


def test_a_straight_slope_ends_where_it_reaches_zero() -> None:
    assert steps_to_foot(np.clip(np.linspace(2, -1, 31), 0, None)) == 20


@pytest.mark.parametrize("length", [6, 12, 40])
def test_a_smooth_slope_ends_near_its_end(length: int) -> None:
    slope = np.r_[(1 + np.cos(np.linspace(0, np.pi, length + 1))) / 2, np.zeros(20)]
    assert steps_to_foot(slope) == pytest.approx(length, rel=0.25)


def test_the_unknown_ends_a_slope() -> None:
    slope = np.array([1.0, 0.95, 0.9, np.nan, 0.0])
    assert 1 <= steps_to_foot(slope) <= 4


def test_a_slope_of_one_frame_has_no_length() -> None:
    assert steps_to_foot(np.array([1.0])) == 0


def test_a_slope_that_never_falls_ends_with_the_film() -> None:
    assert steps_to_foot(np.ones(15)) == 14
