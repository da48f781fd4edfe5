import numpy as np
import pytest
from made_curves import NAMES, curve_of, positions, pulse

from smastn.spotting import parts as parts_module
from smastn.spotting.curve import MovementCurve
from smastn.spotting.parts import parts_of
from smastn.spotting.regions import EYES
from smastn.spotting.spot import spot

RATE = 30.0
CORNER = NAMES.index("mouth corner left")
AT = (350, 900, 1199, 1795, 2400)  # two of them across an edge of 40 seconds


@pytest.fixture(scope="module")
def curve() -> MovementCurve:
    where = positions(100, RATE)
    for onset in AT:
        where[:, CORNER, 0] += 1.5 * pulse(len(where), onset, onset + 5, onset + 11)
    for name in EYES:
        where[:, NAMES.index(name), 1] += 6 * pulse(len(where), 1496, 1500, 1505)
    return curve_of(where, RATE)


def test_parts_make_up_the_film_once_and_see_their_neighbours(
    curve: MovementCurve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_module, "LONGEST", 40.0)
    parts = list(parts_of(curve))
    assert [frame for part in parts for frame in part.own] == list(range(3000))
    for part in parts:
        assert np.array_equal(part.curve.times[part.inside], curve.times[list(part.own)])
        assert len(part.curve.times) > len(part.own) + 250


def test_a_film_in_parts_gives_what_it_gives_whole(
    curve: MovementCurve, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = spot(curve)
    monkeypatch.setattr(parts_module, "LONGEST", 40.0)
    apart = spot(curve)
    assert [one.apex for one in apart.intervals] == [one.apex for one in whole.intervals]
    assert [one.onset for one in apart.intervals] == [one.onset for one in whole.intervals]
    assert len(apart.intervals) == len(AT)
    assert apart.blinks == whole.blinks
    assert apart.speech == whole.speech
    assert apart.regions_px.shape == whole.regions_px.shape
    assert apart.movement == pytest.approx(whole.movement, rel=0.2, abs=0.6)


def test_a_short_film_is_one_part(curve: MovementCurve) -> None:
    (only,) = parts_of(curve)
    assert only.inside == slice(0, 3000)
