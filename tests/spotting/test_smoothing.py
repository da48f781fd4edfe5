import numpy as np
import pytest
from made_curves import curve_of, positions

from smastn.spotting.smoothing import smoothed

RATE = 50.0


def test_what_is_constant_stays_and_gaps_do_not_leak() -> None:
    face = np.ones(200, bool)
    face[80:90] = False
    curve = curve_of(positions(4, RATE), RATE, face)
    values = np.where(np.arange(200) < 85, 1.0, 7.0).astype(np.float32)
    result = smoothed(values, curve, 0.1)
    assert result[:80] == pytest.approx(1)
    assert np.isnan(result[80:90]).all()
    assert result[90:] == pytest.approx(7)


def test_unknown_values_count_nothing_for_their_neighbours() -> None:
    curve = curve_of(positions(4, RATE), RATE)
    values = np.full(200, 2.0, np.float32)
    values[100] = np.nan
    result = smoothed(values, curve, 0.1)
    assert np.isnan(result[100])
    assert np.delete(result, 100) == pytest.approx(2)


def test_a_second_is_a_second_at_any_frame_rate() -> None:
    widths = []
    for rate in (25.0, 100.0):
        curve = curve_of(positions(8, rate), rate)
        values = (np.arange(len(curve.times)) == round(4 * rate)).astype(np.float32)
        result = smoothed(values, curve, 0.2)
        spread = np.sqrt((result * (curve.times - 4) ** 2).sum() / result.sum())
        widths.append(float(spread))
    assert widths == pytest.approx([0.2, 0.2], abs=0.01)
