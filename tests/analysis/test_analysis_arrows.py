from dataclasses import replace

import numpy as np
import pytest

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.arrows import arrows_picture
from smastn.spotting.curve import MovementCurve

FACE = np.full((224, 224, 3), 128, np.uint8)


def drawn(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns that are no longer grey."""
    rows, columns = np.nonzero((picture != 128).any(axis=2))
    return rows, columns


def moved_by(analysis: Analysis, x: float, y: float) -> tuple[MovementCurve, np.ndarray]:
    """The first candidate's regions moving by that, and the picture of it."""
    curve, interval = analysis.curve, analysis.candidates[0].interval
    positions = np.zeros_like(curve.positions)
    positions[interval.apex] = x, y
    changed = replace(curve, positions=positions)
    return changed, arrows_picture(FACE, interval, changed)


def test_arrows_lie_on_the_regions_that_moved(analysis: Analysis) -> None:
    interval, curve = analysis.candidates[0].interval, analysis.curve
    rows, columns = drawn(arrows_picture(FACE, interval, curve))
    middle = np.array([columns.mean(), rows.mean()]) / 2
    near = np.linalg.norm(curve.places - middle, axis=1)
    assert near[list(analysis.spotting.noise_px).index("lower lip")] < near[0]


@pytest.mark.parametrize(("x", "y"), [(0.0, -50.0), (0.0, 50.0), (50.0, 0.0), (-50.0, 0.0)])
def test_no_arrow_leaves_the_picture(analysis: Analysis, x: float, y: float) -> None:
    rows, columns = drawn(moved_by(analysis, x, y)[1])
    assert rows.min() > 0
    assert columns.min() > 0
    assert rows.max() < 447
    assert columns.max() < 447


def test_twice_the_movement_is_a_longer_arrow(analysis: Analysis) -> None:
    short, long = (len(drawn(moved_by(analysis, 0.0, y)[1])[0]) for y in (-1.0, -2.0))
    assert long > 1.3 * short


def test_what_did_not_take_part_has_no_arrow(analysis: Analysis) -> None:
    interval = replace(analysis.candidates[0].interval, regions=())
    assert not len(drawn(arrows_picture(FACE, interval, analysis.curve))[0])
