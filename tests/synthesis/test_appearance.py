from dataclasses import replace

import numpy as np
import pytest

from smastn.synthesis.appearance import Appearance, draw_appearance, with_appearance
from smastn.synthesis.photographs import photograph, upright

PHOTO = upright(photograph("astronaut"), (200, 200), 140.0, (100.0, 88.0))
PICTURE = PHOTO.image.astype(np.float32)
CHEEK = tuple(np.rint(PHOTO.points[50]).astype(int))


def cheek(appearance: Appearance) -> np.ndarray:
    x, y = CHEEK
    return with_appearance(PICTURE, PHOTO.points, appearance)[y - 4 : y + 5, x - 4 : x + 5].mean(
        (0, 1)
    )


def test_the_default_appearance_leaves_the_photograph() -> None:
    picture = with_appearance(PICTURE, PHOTO.points, Appearance())
    assert np.abs(picture.astype(int) - PHOTO.image).max() <= 1


def test_melanin_darkens_skin_blue_most_and_leaves_the_background() -> None:
    pale, dark = cheek(Appearance()), cheek(Appearance(melanin=1.2))
    share = dark / pale
    assert 1 > share[0] > share[1] > share[2] > 0.2
    picture = with_appearance(PICTURE, PHOTO.points, Appearance(melanin=1.2))
    assert np.abs(picture[:60, :8].astype(int) - PHOTO.image[:60, :8]).max() <= 2


def test_teeth_and_eyes_keep_their_colour_on_dark_skin() -> None:
    picture = with_appearance(PICTURE, PHOTO.points, Appearance(melanin=1.5)).astype(float)
    x, y = np.rint(PHOTO.points[[13, 14]].mean(0)).astype(int)
    assert picture[y, x].mean() > 0.9 * PICTURE[y, x].mean()


def test_blood_takes_green_and_blue_but_not_red() -> None:
    share = cheek(Appearance(redness=0.5)) / cheek(Appearance())
    assert share[0] > 0.97
    assert max(share[1:]) < 0.95


def test_light_from_one_side_brightens_that_side() -> None:
    lit = with_appearance(PICTURE, PHOTO.points, Appearance(light=(0.2, 0.0))).astype(float)
    share = lit.mean((0, 2)) / PICTURE.mean((0, 2))
    assert share[180] > share[100] > share[20]


def test_smoothness_takes_fine_wrinkles_away() -> None:
    photo = upright(photograph("grace_hopper"), (200, 200), 140.0, (100.0, 88.0))
    kept, gone = (
        with_appearance(photo.image.astype(np.float32), photo.points, Appearance(smoothness=amount))
        for amount in (0.0, 1.0)
    )
    inside = np.s_[110:150, 60:140]
    rough, smooth = (
        np.abs(np.diff(one[inside].astype(float), axis=0)).mean() for one in (kept, gone)
    )
    assert smooth < 0.9 * rough


@pytest.mark.parametrize("change", [{"freckles": 1.0}, {"moles": 4}, {"texture": 3.0}])
def test_marks_of_the_skin_lie_where_their_seed_says(change: dict) -> None:
    plain = with_appearance(PICTURE, PHOTO.points, Appearance())
    marked = replace(Appearance(seed=1), **change)
    one = with_appearance(PICTURE, PHOTO.points, marked)
    assert np.array_equal(one, with_appearance(PICTURE, PHOTO.points, marked))
    assert not np.array_equal(one, plain)
    assert not np.array_equal(one, with_appearance(PICTURE, PHOTO.points, replace(marked, seed=2)))


def test_the_same_seed_draws_the_same_appearance() -> None:
    assert draw_appearance(np.random.default_rng(3)) == draw_appearance(np.random.default_rng(3))
    assert draw_appearance(np.random.default_rng(3)) != draw_appearance(np.random.default_rng(4))
