from dataclasses import replace

import numpy as np
import pytest
from jaxtyping import Float32
from made_curves import curve_of, positions
from numpy import ndarray

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.blinks import blink_mask, blinks_of
from smastn.spotting.curve import MovementCurve

LIDS = [BLENDSHAPES.index(name) for name in ("eyeBlinkLeft", "eyeBlinkRight")]
RATES = (15.0, 30.0, 60.0)


def closing(times: ndarray, start: float, seconds: float, height: float) -> Float32[ndarray, " n"]:
    """Lids that close within .08 s, open within .15 s and are down for so long altogether."""
    share = np.minimum((times - start) / 0.08, (start + seconds - times) / 0.15)
    return (height * np.clip(share, 0, 1)).astype(np.float32)


def film(
    *lids: tuple[float, float, float], rate: float = 30.0, changes: tuple[float, ...] = ()
) -> MovementCurve:
    """Ten seconds in which lids go down, each as (start, seconds, height of the coefficient)."""
    curve = curve_of(positions(10, rate), rate)
    blendshapes = np.zeros((len(curve.times), len(BLENDSHAPES)), np.float32)
    for one in lids:
        blendshapes[:, LIDS] += closing(curve.times, *one)[:, None]
    eyes = curve.eye_change.copy()
    for start in changes:
        eyes[(curve.times > start) & (curve.times < start + 0.25)] = 0.4
    return replace(curve, blendshapes=blendshapes + np.float32(0.03), eye_change=eyes)


def starts(curve: MovementCurve) -> list[float]:
    return [round(float(curve.times[one[0]]), 1) for one in blinks_of(curve, blink_mask(curve))]


@pytest.mark.parametrize("rate", RATES)
def test_lids_that_close_and_open_within_a_moment_are_a_blink(rate: float) -> None:
    found = starts(film((2.0, 0.25, 0.6), (5.0, 0.3, 0.5), (7.5, 0.25, 0.7), rate=rate))
    assert found == pytest.approx([2.0, 5.0, 7.5], abs=0.11)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seconds", [0.7, 2.0])
def test_eyes_that_look_down_or_stay_shut_do_not_blink(rate: float, seconds: float) -> None:
    assert not starts(film((2.0, seconds, 0.4), (6.0, seconds, 0.9), rate=rate))


@pytest.mark.parametrize("rate", RATES)
def test_a_blink_of_eyes_that_look_down_is_one(rate: float) -> None:
    assert starts(film((2.0, 2.0, 0.4), (3.0, 0.25, 0.4), rate=rate)) == pytest.approx(
        [3.0], abs=0.11
    )


def test_a_small_rise_is_a_blink_only_where_the_eyes_look_different() -> None:
    small = ((2.0, 0.25, 0.1), (5.0, 0.25, 0.1))
    assert not starts(film(*small))
    assert starts(film(*small, changes=(5.0,))) == pytest.approx([5.0], abs=0.1)


def test_a_rise_far_smaller_than_the_film_s_blinks_is_none() -> None:
    blinks = [(float(start), 0.25, 0.6) for start in range(1, 6)]
    changes = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0)
    assert len(starts(film(*blinks, changes=changes))) == 5
    assert len(starts(film(*blinks, (7.0, 0.25, 0.1), changes=changes))) == 5
    assert len(starts(film(*blinks, (7.0, 0.25, 0.3), changes=changes))) == 6


def test_narrow_eyes_between_two_cuts_are_no_blink() -> None:
    curve = film((0.0, 10.0, 0.5))
    blendshapes = curve.blendshapes.copy()
    blendshapes[[120, 128]] = np.nan
    assert not starts(replace(curve, blendshapes=blendshapes))
