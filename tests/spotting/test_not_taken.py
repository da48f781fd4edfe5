"""Peaks outside all intervals, and the reason against each."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from made_curves import NAMES, curve_of, positions, pulse
from made_units import RATE, add, coefficients, ramp

from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import SpottingConfig
from smastn.spotting.regions import EYES
from smastn.spotting.spot import Spotting, spot

SECONDS = 12.0
FRAMES = round(SECONDS * RATE)
CORNER, BROW, CHIN = (
    NAMES.index(name) for name in ("mouth corner left", "inner brow right", "chin")
)


def moved(px: float, at: float = 6.0, region: int = CORNER, length: float = 0.5) -> np.ndarray:
    """Where regions are, one of which moves and comes back within `length` seconds around `at`."""
    where = positions(SECONDS, RATE)
    frames = (np.array([at - length / 2, at, at + length / 2]) * RATE).round().astype(int)
    where[:, region, 0] += px * pulse(FRAMES, *frames)
    return where


def with_units(where: np.ndarray, values: np.ndarray) -> MovementCurve:
    return replace(curve_of(where, RATE), blendshapes=values)


def reason_at(found: Spotting, seconds: float) -> str:
    (one,) = [one for one in found.not_taken if abs(one.frame / RATE - seconds) <= 0.1]
    assert all(not kept.onset <= one.frame <= kept.offset for kept in found.intervals)
    return one.reason


def quiet() -> np.ndarray:
    return coefficients(SECONDS)


def weak_movement() -> MovementCurve:
    return curve_of(moved(0.15), RATE)


def tiny() -> MovementCurve:
    where = positions(SECONDS, RATE, noise=0.01)
    where[:, CORNER, 0] += 0.27 * pulse(FRAMES, 172, 180, 188)
    return curve_of(where, RATE)


def in_a_blink() -> MovementCurve:
    where = moved(1.5, region=BROW, length=0.4)
    for name in EYES:
        where[:, NAMES.index(name), 1] += 6 * pulse(FRAMES, 174, 180, 186)
    return curve_of(where, RATE)


def in_speech() -> MovementCurve:
    where = moved(0.0)
    for at in np.arange(3.87, 8.0, 0.4):
        start = round(at * RATE)
        where[:, CHIN, 1] += 3 * pulse(FRAMES, start, start + 4, start + 9)
    return curve_of(where, RATE)


def of_a_moving_head() -> MovementCurve:
    return curve_of(moved(0.4), RATE, head_speed=200)


def among_others() -> MovementCurve:
    where = moved(0.0)
    for start in range(122, 240, 9):
        where[:, CHIN, 1] += 1.5 * pulse(FRAMES, start, start + 4, start + 8)
    return curve_of(where, RATE)


def beside_a_larger_one() -> MovementCurve:
    where = moved(20.0, at=5.5, length=0.5)
    where[:, BROW, 0] += 2.0 * pulse(FRAMES, 176, 180, 184)
    return curve_of(where, RATE)


def overlapping() -> MovementCurve:
    where = moved(1.2, length=0.4)
    where[:, BROW, 0] += 1.6 * pulse(FRAMES, 184, 190, 196)
    return curve_of(where, RATE)


def before_a_smile() -> MovementCurve:
    smile = add(quiet(), "mouthSmile", 0.8 * ramp(SECONDS, 6.3, 6.5, 8.0, 8.3))
    return with_units(moved(2.0, region=BROW), smile)


def after_a_smile() -> MovementCurve:
    smile = add(quiet(), "mouthSmile", 0.7 * ramp(SECONDS, 4.0, 4.2, 5.7, 6.0))
    return with_units(moved(1.5, region=BROW, length=0.6), smile)


def longer_than_a_smile() -> MovementCurve:
    smile = add(quiet(), "mouthSmile", 0.5 * ramp(SECONDS, 5.2, 5.25, 5.7, 5.75))
    return with_units(moved(3.0, region=BROW, length=2.0), smile)


def between_two_brow_raises() -> MovementCurve:
    brows = ramp(SECONDS, 2.0, 2.3, 5.4, 5.6) + ramp(SECONDS, 6.4, 6.6, 9.0, 9.3)
    where = moved(0.0)
    where[:, BROW, 1] -= 3 * brows
    return with_units(where, add(quiet(), "browInnerUp", 0.7 * brows))


def weak_unit() -> MovementCurve:
    course = 0.2 * ramp(SECONDS, 5.7, 5.9, 6.1, 6.3)
    return with_units(moved(0.0), add(quiet(), "mouthSmile", course))


def brief_unit() -> MovementCurve:
    values = add(quiet(), "mouthSmile", 0.9 * ramp(SECONDS, 5.8, 5.9, 6.1, 6.2))
    values[[*range(170, 180), *range(182, 190)]] = np.nan  # the face is hardly seen
    return with_units(moved(0.0), values)


def unit_that_forms_sounds() -> MovementCurve:
    talk = sum(ramp(SECONDS, at, at + 0.1, at + 0.15, at + 0.25) for at in np.arange(3.9, 8.0, 0.4))
    return with_units(moved(0.0), add(quiet(), "jawOpen", 0.8 * np.asarray(talk)))


def unit_beside_a_longer_one() -> MovementCurve:
    smile = add(quiet(), "mouthSmile", 0.9 * ramp(SECONDS, 4.0, 4.2, 5.6, 5.8))
    return with_units(
        moved(0.0), add(smile, "mouthDimple", 0.7 * ramp(SECONDS, 4.5, 6.1, 6.15, 6.25))
    )


def unit_that_overlaps_a_stronger_one() -> MovementCurve:
    smile = add(quiet(), "mouthSmile", 0.9 * ramp(SECONDS, 4.0, 4.2, 5.6, 5.8))
    brows = 0.7 * ramp(SECONDS, 5.1, 6.0, 6.1, 6.2)
    return with_units(moved(0.0), add(smile, "browInnerUp", brows))


REASONS: list[tuple[Callable[[], MovementCurve], str]] = [
    (weak_movement, "below the threshold: "),
    (tiny, "moves less than 0.3 px"),
    (in_a_blink, "blink: "),
    (in_speech, "speech: "),
    (of_a_moving_head, "head movement: "),
    (among_others, "constant movement: "),
    (beside_a_larger_one, "edge of a larger movement at 5.5 s"),
    (overlapping, "weaker than an overlapping movement at 6.3 s"),
    (before_a_smile, "part of an expression: AU 12 acts just after it"),
    (after_a_smile, "part of an expression: AU 12 acts just before it"),
    (longer_than_a_smile, "part of the expression at "),
    (between_two_brow_raises, "rest between two expressions"),
    (weak_unit, "below the threshold: AU 12 reaches "),
    (brief_unit, "too short: AU 12 acts for less than 0.08 s"),
    (unit_that_forms_sounds, "speech: AU 26 also forms sounds"),
    (unit_that_overlaps_a_stronger_one, "weaker than an overlapping movement at 4."),
    (unit_beside_a_longer_one, "AU 14 acts with the expression at 4."),
]


@pytest.mark.parametrize(("film", "reason"), REASONS, ids=[film.__name__ for film, _ in REASONS])
def test_a_peak_that_was_not_taken_says_why(film: Callable[[], MovementCurve], reason: str) -> None:
    assert reason_at(spot(film()), 6.0).startswith(reason)


def test_the_limits_of_length_are_reasons() -> None:
    curve = curve_of(moved(1.5, length=0.3), RATE)
    short, long = SpottingConfig(shortest=0.5), SpottingConfig(shortest=0.05, longest=0.1)
    assert reason_at(spot(curve, short), 6.0) == "too short: less than 0.5 s"
    assert reason_at(spot(curve, long), 6.0) == "too long: 0.3 s, more than 0.1 s"


def test_a_peak_in_an_interval_needs_no_reason() -> None:
    found = spot(curve_of(moved(1.5), RATE))
    assert found.intervals
    assert not [one for one in found.not_taken if abs(one.frame / RATE - 6.0) < 0.3]


def test_a_peak_late_in_a_long_film_is_counted_from_its_beginning() -> None:
    where = np.tile(positions(SECONDS, RATE), (30, 1, 1))
    late = round(350 * RATE)
    where[:, CORNER, 0] += 0.15 * pulse(len(where), late - 7, late, late + 7)
    assert reason_at(spot(curve_of(where, RATE)), 350.0).startswith("below the threshold: ")
