"""Films that were once taken for what they are not: each is made here as it was found."""

from collections.abc import Iterable, Iterator
from functools import cache

import cv2
import numpy as np
import pytest

from smastn.faces.landmarks import FaceTracker
from smastn.media.frame_array import Image
from smastn.media.frames import Frame
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import measure_movement
from smastn.spotting.scores import overlap
from smastn.spotting.spot import Spotting, spot
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import Event
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.synthetic_film import Film

SIZE = (480, 360)
NOISE = 1.5  # grey levels


@cache
def face() -> AnimatedFace:
    return AnimatedFace(upright(photograph("astronaut"), SIZE, 190.0, (240.0, 165.0)))


def smile(
    px: float,
    frames: tuple[int, int, int, int],
    length: int = 130,
    units: tuple[str, ...] = ("12",),
) -> Film[Event]:
    event = Event(*frames, "positive", units, (1.0,) * len(units), px)
    return Film(face(), (event,), (25.0, length), Nuisance(drift=0.5), 3)


def grainy(pictures: Iterable[Image]) -> Iterator[Image]:
    generator = np.random.default_rng(0)
    for picture in pictures:
        noisy = picture + generator.normal(0, NOISE, picture.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def measured(pictures: Iterable[Image], rate: float = 25.0) -> MovementCurve:
    frames = (Frame(at, at / rate, one) for at, one in enumerate(pictures))
    return measure_movement(frames, FaceTracker())


def spotted(pictures: Iterable[Image], rate: float = 25.0) -> Spotting:
    return spot(measured(pictures, rate))


def seen_from(still: Image, zoom: float, aside: float) -> Image:
    """The picture nearer by a factor, and shifted by so many pixels."""
    wide, high = SIZE
    matrix = np.array([[zoom, 0, (1 - zoom) * wide / 2 + aside], [0, zoom, (1 - zoom) * high / 2]])
    return np.asarray(cv2.warpAffine(still, matrix, SIZE, borderMode=cv2.BORDER_REPLICATE))


@pytest.mark.parametrize("px", [5.0, 10.0])
def test_a_held_smile_in_a_short_film_is_one_interval(px: float) -> None:
    found = spotted(grainy(smile(px, (38, 50, 95, 107))))
    (one,) = found.intervals
    assert overlap((one.onset, one.offset), (38, 107)) > 0.75
    assert not one.micro


def test_a_held_frown_is_no_speech() -> None:
    found = spotted(grainy(smile(15.0, (38, 50, 95, 107), units=("15", "17", "24"))))
    assert found.speech == ()
    assert found.intervals


def test_the_rest_between_two_held_expressions_is_no_expression() -> None:
    film = smile(2.0, (5, 11, 12, 18), length=20)
    rest, full = film.clean_frame(0), film.clean_frame(11)
    fall = [film.clean_frame(frame) for frame in range(12, 19)]
    held = [full] * 60
    around = [*fall, *fall[::-1]]
    found = spotted(grainy([*[rest] * 40, *fall[::-1], *held, *around, *held, *around, *held]))
    inside = 40 + len(fall) + len(held) + len(fall)  # the middle of the first rest between
    for one in found.intervals:
        assert not one.onset <= inside <= one.offset
        assert not one.onset <= inside + len(held) + len(around) <= one.offset


@pytest.mark.parametrize("px", [8, 20, 30])
def test_a_picture_that_is_shifted_once_shows_no_expression(px: int) -> None:
    still = face().portrait.image
    shifted = (np.roll(still, px if at >= 60 else 0, axis=1) for at in range(120))
    assert spotted(grainy(shifted)).intervals == ()


def test_a_head_that_sways_before_a_camera_that_shows_each_picture_twice_is_not_lost() -> None:
    still = face().portrait.image
    aside = [70 * np.sin(2 * np.pi * 0.6 * (at // 2) / 12.5) for at in range(100)]
    assert max(np.abs(np.diff(aside))) > 0.06 * 190
    assert measured(grainy(seen_from(still, 1, one) for one in aside)).gaps == []


def test_a_head_that_comes_near_within_a_moment_is_not_lost() -> None:
    still = upright(photograph("astronaut"), SIZE, 110.0, (150.0, 150.0)).image
    zoom = np.interp(np.arange(60), [30, 34], [1.0, 1.5])
    assert measured(grainy(seen_from(still, one, 0) for one in zoom)).gaps == []


def test_a_still_picture_that_is_compressed_again_and_again_shows_nothing() -> None:
    still = face().portrait.image
    generator = np.random.default_rng(1)

    def pressed(picture: Image) -> Image:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(generator.integers(40, 90))]
        return np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR))

    found = spotted(map(pressed, grainy([still] * 150)))
    assert found.intervals == ()
    assert found.speech == ()


def test_a_printed_photograph_moved_by_hand_shows_nothing() -> None:
    still = face().portrait.image
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    half = np.array(SIZE) / 2

    def moved(time: float) -> Image:
        wave = [np.sin(2 * np.pi * rate * time + rate * 9) for rate in (0.31, 0.23, 0.17, 0.4)]
        depth = 1 + corners @ (0.05 * wave[0], 0.06 * wave[1])
        angle = np.radians(4 * wave[2])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        end = (corners / depth[:, None] * half) @ turn + half + (15 * wave[3], 10 * wave[0])
        start = (corners * half + half).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(start, end.astype(np.float32))
        return np.asarray(cv2.warpPerspective(still, matrix, SIZE, borderMode=cv2.BORDER_REPLICATE))

    assert spotted(grainy(moved(at / 25) for at in range(200))).intervals == ()
