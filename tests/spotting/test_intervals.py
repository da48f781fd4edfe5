from itertools import pairwise

import numpy as np
import pytest
from made_curves import NAMES, curve_of, positions, pulse

from smastn.errors import ConfigError
from smastn.spotting.evidence import returned_movement
from smastn.spotting.intervals import SpottingConfig
from smastn.spotting.regions import EYES
from smastn.spotting.scores import overlap
from smastn.spotting.spot import spot

RATE = 50.0
CORNER, BROW = NAMES.index("mouth corner left"), NAMES.index("inner brow right")


def one_movement(px: float = 1.5, region: int = CORNER, noise: float = 0.05) -> np.ndarray:
    where = positions(10, RATE, noise)
    where[:, region, 1] -= px * pulse(len(where), 200, 208, 220)
    return where


def test_what_moves_and_returns_counts_with_its_height() -> None:
    where = np.zeros((100, len(NAMES), 2))
    where[:, CORNER, 0] = 2 * pulse(100, 40, 46, 54)
    curve = curve_of(where, RATE)
    moved = returned_movement(curve.rise, curve.fall)
    assert moved[46, CORNER] == pytest.approx(2, abs=1e-5)
    assert np.nanmax(np.delete(moved, CORNER, axis=1)) == 0


def test_what_moves_and_stays_counts_nothing() -> None:
    where = np.zeros((100, len(NAMES), 2))
    where[:, CORNER, 0] = np.clip(np.arange(100) - 50, 0, 5)  # a smile that lasts
    where[:, BROW, 1] = 0.2 * np.arange(100)  # a head that drifts
    curve = curve_of(where, RATE)
    assert np.nanmax(returned_movement(curve.rise, curve.fall)) < 1e-4


def test_onset_apex_and_offset_are_those_of_the_movement() -> None:
    for onset, apex, offset in ((200, 208, 220), (200, 212, 218), (200, 205, 222)):
        where = positions(10, RATE)
        where[:, CORNER, 0] += 1.5 * pulse(len(where), onset, apex, offset)
        (found,) = spot(curve_of(where, RATE)).intervals
        assert overlap((found.onset, found.offset), (onset, offset)) > 0.75
        assert abs(found.apex - apex) <= 2
        assert found.regions[0] == "mouth corner left"
        assert found.micro
        assert found.strength_px == pytest.approx(
            1.5, abs=0.4
        )  # averaging over 33 ms takes the tip off


@pytest.mark.parametrize("rate", [24.0, 30.0, 60.0, 100.0, 200.0])
def test_the_frame_rate_does_not_matter(rate: float) -> None:
    where = positions(12, rate)
    onset, apex, offset = (round(seconds * rate) for seconds in (5.0, 5.15, 5.4))
    where[:, BROW, 1] -= 1.5 * pulse(len(where), onset, apex, offset)
    (found,) = spot(curve_of(where, rate)).intervals
    assert overlap((found.onset, found.offset), (onset, offset)) > 0.6
    assert found.seconds == pytest.approx(0.4, abs=0.1)


def test_noise_alone_is_no_candidate() -> None:
    for seed in range(5):
        assert not spot(curve_of(positions(60, RATE, seed=seed), RATE)).intervals


@pytest.mark.parametrize("rate", [30.0, 200.0])
def test_more_frames_are_no_more_false_alarms(rate: float) -> None:
    for seed in range(3):
        noisy = positions(60, rate, noise=0.05 * (rate / 30) ** 0.5, seed=seed)
        assert not spot(curve_of(noisy, rate)).intervals


@pytest.mark.parametrize("seconds", [0.8, 1.5, 3.0])
def test_longer_expressions_are_found_whole_and_not_called_micro(seconds: float) -> None:
    where = positions(30, RATE)
    first, last = 600, 600 + round(seconds * RATE)
    rise, fall = round(0.3 * (last - first)), round(0.35 * (last - first))
    course = np.interp(
        np.arange(len(where)), [first, first + rise, last - fall, last], [0, 1, 1, 0]
    )
    where[:, CORNER, 0] += 4 * (0.5 - 0.5 * np.cos(np.pi * course))
    (found,) = spot(curve_of(where, RATE)).intervals
    assert not found.micro
    assert overlap((found.onset, found.offset), (first, last)) > 0.7


@pytest.mark.parametrize("onset", [4, 480])
def test_an_expression_at_the_edge_of_the_film_is_found(onset: int) -> None:
    where = positions(10, RATE)
    where[:, CORNER, 0] += 1.5 * pulse(len(where), onset, onset + 6, onset + 14)
    (found,) = spot(curve_of(where, RATE)).intervals
    assert overlap((found.onset, found.offset), (onset, onset + 14)) > 0.5


def test_two_halves_that_move_together_count_more_than_one() -> None:
    one, two = positions(10, RATE), positions(10, RATE)
    course = pulse(len(one), 200, 208, 220)
    one[:, CORNER, 0] += course
    two[:, CORNER, 0] += course
    two[:, NAMES.index("mouth corner right"), 0] -= course
    strengths = [spot(curve_of(where, RATE)).intervals[0].strength_noise for where in (one, two)]
    assert strengths[1] > 1.1 * strengths[0]


def test_regions_are_told_apart_in_pixels_and_in_noise() -> None:
    found = spot(curve_of(one_movement(), RATE))
    assert found.regions_px.shape == found.regions_noise.shape == (500, len(NAMES))
    assert int(np.argmax(found.regions_px[208])) == CORNER
    assert found.regions_noise[208, CORNER] > 5 * np.delete(found.regions_noise[208], CORNER).max()
    assert np.allclose(found.movement[208], found.regions_noise[208].max(), rtol=0.2)


def test_a_noisy_film_asks_for_stronger_movement() -> None:
    assert spot(curve_of(one_movement(noise=0.05), RATE)).intervals
    assert not spot(curve_of(one_movement(noise=1.0), RATE)).intervals


def test_more_sensitive_finds_what_less_sensitive_finds() -> None:
    where = positions(40, RATE, noise=0.15)
    for number, px in enumerate((0.3, 0.45, 0.6, 1.0, 2.0)):
        where[:, BROW, 1] += px * pulse(len(where), *(300 * number + np.array([200, 208, 220])))
    curve = curve_of(where, RATE)
    counts = [
        len(spot(curve, SpottingConfig(sensitivity=level)).intervals) for level in (0.0, 0.5, 1.0)
    ]
    assert 0 < counts[0] < counts[1] < counts[2]
    apexes = [
        {one.apex for one in spot(curve, SpottingConfig(sensitivity=level)).intervals}
        for level in (0.0, 0.5, 1.0)
    ]
    assert apexes[0] < apexes[1] < apexes[2]


def test_stronger_movement_has_more_confidence() -> None:
    weak, strong = (spot(curve_of(one_movement(px), RATE)).intervals[0] for px in (0.8, 2.5))
    assert 0 < weak.confidence < strong.confidence < 1


def test_movement_of_a_moving_head_has_less_confidence() -> None:
    where = one_movement()
    (calm,) = spot(curve_of(where, RATE)).intervals
    (moving,) = spot(curve_of(where, RATE, head_speed=40)).intervals
    assert moving.confidence < calm.confidence - 0.05


def test_eyes_alone_are_no_candidate() -> None:
    where = positions(10, RATE)
    for name in EYES:
        where[:, NAMES.index(name), 0] += 1.0 * pulse(len(where), 200, 208, 220)
    assert not spot(curve_of(where, RATE)).intervals


def test_a_blink_is_seen_and_brows_are_ignored_in_it() -> None:
    where = one_movement(region=BROW)
    for name in EYES:
        where[:, NAMES.index(name), 1] += 6 * pulse(len(where), 200, 205, 214)
    found = spot(curve_of(where, RATE))
    ((first, last),) = found.blinks
    assert first <= 205 <= last
    assert not found.intervals


def blinking(where: np.ndarray, starts: range) -> np.ndarray:
    """Both lids close now and then, and pull the inner brow along."""
    for start in starts:
        closing = 6 * pulse(len(where), start, start + 5, start + 14)
        for name in EYES:
            where[:, NAMES.index(name), 1] += closing
        where[:, BROW, 1] += 0.2 * closing
    return where


def test_a_brow_counts_in_a_blink_if_it_moves_as_lids_never_do() -> None:
    where = blinking(positions(40, RATE), range(100, 1900, 150))
    assert not spot(curve_of(where, RATE)).intervals
    where[:, BROW, 1] -= 1.5 * pulse(len(where), 1000, 1007, 1016)  # a blink begins there
    (found,) = spot(curve_of(where, RATE)).intervals
    assert found.regions == ("inner brow right",)
    assert overlap((found.onset, found.offset), (1000, 1016)) > 0.5


def test_noise_across_hides_no_movement_down_and_is_none_itself() -> None:
    where = positions(30, RATE)
    slipping = np.random.default_rng(3).normal(0, 0.6, len(where))
    where[:, BROW, 0] += slipping  # skin slides along a brow
    assert not spot(curve_of(where, RATE)).intervals
    where[:, BROW, 1] += 0.8 * pulse(len(where), 700, 708, 720)
    (found,) = spot(curve_of(where, RATE)).intervals
    assert found.regions == ("inner brow right",)
    assert abs(found.apex - 708) <= 2


def test_a_mouth_counts_even_in_a_blink() -> None:
    where = one_movement()
    for name in EYES:
        where[:, NAMES.index(name), 1] += 6 * pulse(len(where), 200, 205, 214)
    assert [one.regions[0] for one in spot(curve_of(where, RATE)).intervals] == [NAMES[CORNER]]


def test_nothing_is_spotted_where_the_face_is_lost() -> None:
    where = one_movement(3)
    face = np.ones(len(where), bool)
    face[206:212] = False
    curve = curve_of(where, RATE, face)
    assert curve.gaps == [(206, 211)]
    assert not spot(curve).intervals


def test_intervals_do_not_share_frames() -> None:
    where = positions(10, RATE)
    where[:, CORNER, 1] -= 1.5 * pulse(len(where), 200, 208, 218)
    where[:, BROW, 1] -= 1.5 * pulse(len(where), 212, 220, 232)
    (stronger,) = spot(curve_of(where, RATE)).intervals
    assert overlap((stronger.onset, stronger.offset), (212, 232)) > 0.75
    where[:, CORNER, 1] -= 1.5 * pulse(len(where), 250, 258, 268)
    found = spot(curve_of(where, RATE)).intervals
    assert len(found) == 2
    assert all(one.offset < after.onset for one, after in pairwise(found))


@pytest.mark.parametrize("frames", [2, 5, 16, 40])
def test_a_film_too_short_to_measure_gives_nothing(frames: int) -> None:
    found = spot(curve_of(positions(frames / RATE, RATE), RATE))
    assert not found.intervals
    assert len(found.movement) == frames


def test_a_threshold_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match="sensitivity is 1.5; wanted 0 to 1"):
        SpottingConfig(sensitivity=1.5)
    with pytest.raises(ConfigError, match="wanted 0 < shortest < longest"):
        SpottingConfig(shortest=1.0, longest=0.5)
