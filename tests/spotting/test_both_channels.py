from dataclasses import replace

import pytest
from made_curves import curve_of, positions
from made_units import RATE, add, coefficients, ramp

from smastn.spotting.spot import spot


@pytest.mark.parametrize("shared", [-0.1, 0.1, 0.3])
def test_a_weaker_expression_ends_where_a_stronger_one_begins(shared: float) -> None:
    start = 5.0 - shared
    values = add(coefficients(10), "browInnerUp", 0.5 * ramp(10, 3.5, 3.8, 4.8, 5.0))
    values = add(values, "mouthSmile", 0.9 * ramp(10, start, start + 0.2, 7.0, 7.2))
    brows, smile = spot(replace(curve_of(positions(10, RATE), RATE), blendshapes=values)).intervals
    assert brows.action_units == ("1",)
    assert smile.action_units == ("12",)
    assert brows.onset / RATE == pytest.approx(3.6, abs=0.1)
    assert brows.seconds == pytest.approx((brows.offset - brows.onset) / RATE)
    assert brows.offset < smile.onset
    assert min(smile.onset, brows.offset + 1) / RATE == pytest.approx(min(5.0, start), abs=0.12)
