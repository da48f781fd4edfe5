"""Small movements become large by the stated factor, and nothing else changes."""

from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from smastn.faces.magnification import MagnificationConfig, magnify
from smastn.faces.stabilisation import View

SIDE = 224
RATE = 30.0
WHOLE = MagnificationConfig(still_head=False)


@pytest.fixture(scope="module")
def scene() -> np.ndarray:
    """Smooth texture, such as skin has."""
    noise = np.random.default_rng(0).normal(size=(SIDE, SIDE, 3)).astype(np.float32)
    fine, coarse = (cv2.GaussianBlur(noise, (0, 0), sigma) for sigma in (2.0, 6.0))
    texture = fine / fine.std() + 2 * coarse / coarse.std()
    return np.clip(128 + 22 * texture, 0, 255).astype(np.uint8)


def magnified(film: Iterable[np.ndarray], *settings: Any, **others: Any) -> Iterator[np.ndarray]:
    """The frames of a film that are squares as they are."""
    return magnify((View(one, np.eye(2, 3), SIDE) for one in film), *settings, **others)


def bump(height: float) -> np.ndarray:
    """A movement to the right of `height` pixels in the middle that fades to all sides."""
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    return (height * np.exp(-(rows**2 + columns**2) / (2 * 22.0**2))).astype(np.float32)


def moved(scene: np.ndarray, right: Any) -> np.ndarray:
    """The scene, each place of it moved to the right."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    field = np.broadcast_to(np.float32(right), (SIDE, SIDE))
    back = field
    for _ in range(5):
        back = cv2.remap(field.copy(), columns - back, rows, cv2.INTER_LINEAR)
    method = cv2.INTER_LANCZOS4  # OpenCV's cubic is off by up to 0.04 pixels
    return cv2.remap(scene, columns - back, rows, method, borderMode=cv2.BORDER_REPLICATE)


def pulse(length: int, first: int, last: int, height: float) -> np.ndarray:
    """A smooth rise and fall of that height."""
    at = np.clip((np.arange(length) - first) / (last - first), 0, 1)
    return height * np.sin(np.pi * at) ** 2


def shift(before: np.ndarray, after: np.ndarray) -> float:
    """How far the middle has moved to the right, pixels."""
    grey = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (before, after)]
    around = np.arange(SIDE // 2 - 9, SIDE // 2 + 10, 3, dtype=np.float32)
    places = np.stack(np.meshgrid(around, around), axis=-1).reshape(-1, 1, 2)
    found, _, _ = cv2.calcOpticalFlowPyrLK(
        grey[0], grey[1], places, np.empty_like(places), winSize=(25, 25), maxLevel=2
    )
    return float(np.median((found - places)[..., 0]))


@pytest.mark.parametrize(
    ("factor", "rate", "height"), [(4.0, 30.0, 0.5), (10.0, 30.0, 0.25), (8.0, 100.0, 0.4)]
)
def test_a_shift_of_less_than_a_pixel_is_magnified_by_the_factor(
    scene: np.ndarray, factor: float, rate: float, height: float
) -> None:
    heights = pulse(round(1.6 * rate), round(0.6 * rate), round(1.1 * rate), height)
    film = [moved(scene, one) for one in heights]
    config = MagnificationConfig(factor=factor, still_head=False)
    shown = list(magnified(film, rate, config))
    apex = int(heights.argmax())
    assert shift(film[0], shown[apex]) == pytest.approx(factor * height, rel=0.1)
    assert abs(shift(film[0], shown[-1])) < 0.1 * factor * height


def test_a_still_film_stays_as_it_is(scene: np.ndarray) -> None:
    for shown in magnified([scene] * 40, RATE):
        np.testing.assert_array_equal(shown, scene)


def test_a_factor_of_one_leaves_a_moving_film_as_it_is(scene: np.ndarray) -> None:
    film = [moved(scene, one) for one in pulse(40, 10, 25, 1.0)]
    for before, after in zip(film, magnified(film, RATE, MagnificationConfig(1.0)), strict=True):
        assert np.abs(before.astype(int) - after).max() <= 1


def test_noise_is_magnified_less_than_by_the_factor(scene: np.ndarray) -> None:
    generator = np.random.default_rng(1)
    film = [
        np.clip(scene + generator.normal(0, 4, scene.shape), 0, 255).astype(np.uint8)
        for _ in range(45)
    ]
    shifts = [shift(scene, shown) for shown in magnified(film, RATE, WHOLE)]
    assert np.std(shifts) < 0.1  # pixels, at eight times


def test_a_place_stands_out_and_the_head_does_not(scene: np.ndarray) -> None:
    heights = pulse(40, 10, 25, 0.6)
    apex = int(heights.argmax())
    local = [moved(scene, bump(float(one))) for one in heights]
    together = [moved(scene, float(one)) for one in heights]
    standing_out = shift(local[0], list(magnified(local, RATE))[apex])
    head = shift(together[0], list(magnified(together, RATE))[apex])
    assert standing_out > 4 * shift(local[0], local[apex])
    assert head == pytest.approx(0.6, abs=0.1)


def test_what_stays_comes_to_rest(scene: np.ndarray) -> None:
    film = [scene] * 45 + [moved(scene, bump(1.0))] * 60
    shown = list(magnified(film, RATE))
    assert abs(shift(film[-1], shown[-1])) < 0.1


def test_what_is_held_for_a_while_is_magnified_all_the_while(scene: np.ndarray) -> None:
    film = [scene] * 35 + [moved(scene, bump(0.5))] * 24 + [scene] * 35
    shown = list(magnified(film, RATE))
    assert min(shift(scene, one) for one in shown[36:58]) > 4 * shift(scene, film[45])


def test_only_where_it_is_wanted(scene: np.ndarray) -> None:
    where = np.zeros((SIDE, SIDE), np.float32)
    film = [moved(scene, one) for one in pulse(40, 10, 25, 0.6)]
    for before, after in zip(film, magnified(film, RATE, WHOLE, where), strict=True):
        assert np.abs(before.astype(int) - after).max() <= 1


def test_the_picture_never_folds(scene: np.ndarray) -> None:
    ramp = np.arange(SIDE, dtype=np.uint8) + 16  # where each column came from
    scene = np.dstack([scene[..., :2], np.broadcast_to(ramp, (SIDE, SIDE))])
    film = [moved(scene, bump(float(one))) for one in pulse(40, 10, 25, 5.0)]
    shown = list(magnified(film, RATE, MagnificationConfig(factor=30.0)))
    inner = slice(8, -8)
    for before, after in zip(film, shown, strict=True):
        assert np.diff(after[inner, inner, 2].astype(int), axis=1).min() >= -1
        assert np.diff(before[inner, inner, 2].astype(int), axis=1).min() >= -1
    assert shift(film[17], shown[17]) > 2


@pytest.mark.parametrize("length", [0, 1, 2, 5, 37])
def test_as_many_pictures_come_out_as_went_in(scene: np.ndarray, length: int) -> None:
    assert len(list(magnified([scene] * length, RATE))) == length


def test_only_a_second_or_so_is_kept(scene: np.ndarray) -> None:
    taken = 0

    def film() -> Iterator[np.ndarray]:
        nonlocal taken
        for _ in range(120):
            taken += 1
            yield scene

    for given, _ in enumerate(magnified(film(), RATE)):
        assert taken - given <= 1.3 * RATE


def held(scene: np.ndarray, frames: int, rate: float) -> tuple[list[np.ndarray], np.ndarray]:
    """A movement that is held for some frames, between two seconds of rest; and where rest is."""
    around = round(2 * rate)
    film = [scene] * around + [moved(scene, bump(0.8))] * frames + [scene] * around
    resting = np.ones(len(film), bool)
    resting[around : around + frames] = False
    return film, resting


def test_an_expression_is_magnified_however_long_it_lasts(scene: np.ndarray) -> None:
    film, resting = held(scene, 120, RATE)
    shown = list(magnified(film, RATE, at_rest=resting))
    expression = shown[62:178]
    assert min(shift(scene, one) for one in expression) > 3 * shift(scene, film[90])
    for rest in (*shown[:58], *shown[186:]):
        assert abs(shift(scene, rest)) < 0.05


def test_a_face_that_is_never_at_rest_again_is_compared_with_the_seconds_around(
    scene: np.ndarray,
) -> None:
    rate = 10.0  # so that the film is short
    film, resting = held(scene, 180, rate)
    shown = list(magnified(film, rate, at_rest=resting))
    assert shift(scene, shown[20 + 60]) > 3 * shift(scene, film[80])
    assert shift(film[80], shown[20 + 150]) == pytest.approx(0, abs=0.1)


def test_without_any_rest_all_frames_count(scene: np.ndarray) -> None:
    film = [moved(scene, one) for one in pulse(48, 18, 33, 0.5)]
    never = np.zeros(len(film), bool)
    for one, other in zip(
        magnified(film, RATE, WHOLE), magnified(film, RATE, WHOLE, at_rest=never), strict=True
    ):
        np.testing.assert_array_equal(one, other)
