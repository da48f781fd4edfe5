from dataclasses import replace

import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import EMOTIONS, Event
from smastn.synthesis.nuisance import NO_NUISANCE, Nuisance
from smastn.synthesis.synthetic_film import Film, demo_film

EVENT = Event(5, 12, 14, 30, "surprise", ("1", "2"), (1.0, 1.0), 2.0)
TIMING = (100.0, 36)


@pytest.fixture(scope="module")
def demo() -> Film:
    return demo_film()


def test_a_neutral_film_without_disturbance_is_still(face: AnimatedFace) -> None:
    frames = list(Film(face, (), (100.0, 6), NO_NUISANCE, 0))
    assert [np.array_equal(frame, face.portrait.image) for frame in frames] == 6 * [True]


def test_without_disturbance_only_the_movement_moves(face: AnimatedFace) -> None:
    frames = np.stack(list(Film(face, (EVENT,), TIMING, NO_NUISANCE, 0))).astype(int)
    change = np.abs(frames - frames[0]).max((1, 2, 3))
    assert (change[: EVENT.onset + 1] == 0).all()
    assert (change[EVENT.offset :] == 0).all()
    assert change[EVENT.apex] == change.max() > 10
    lower_half = int(face.portrait.points[2, 1])
    assert np.abs(frames[EVENT.apex, lower_half:] - frames[0, lower_half:]).max() <= 1


def test_each_pass_and_each_film_of_the_same_seed_give_the_same_bytes(
    face: AnimatedFace,
) -> None:
    film = Film(face, (EVENT,), TIMING, Nuisance(), 3)
    again = Film(face, (EVENT,), TIMING, Nuisance(), 3)
    first, second, third = (b"".join(map(bytes, one)) for one in (film, film, again))
    assert first == second == third
    other = Film(face, (EVENT,), TIMING, Nuisance(), 4)
    assert not np.array_equal(next(iter(other)), next(iter(film)))


@pytest.mark.parametrize(
    "change",
    [
        {"gaze_shifts": 60.0, "gaze": 2.0},
        {"drift": 2.0},
        {"roll": 2.0},
        {"zoom": 0.02},
        {"flicker": 0.05},
        {"light_drift": 0.1},
        {"shot_noise": 2.0},
        {"read_noise": 2.0},
        {"blinks": 5.0},
    ],
)
def test_every_disturbance_shows(face: AnimatedFace, change: dict) -> None:
    frames = np.stack(list(Film(face, (), (30.0, 40), replace(NO_NUISANCE, **change), 1)))
    assert np.abs(frames.astype(int) - frames[0]).max() > 4


def test_a_film_counts_its_frames(face: AnimatedFace) -> None:
    film = Film(face, (EVENT,), TIMING, NO_NUISANCE, 0)
    assert len(film) == film.length == len(list(film)) == 36
    assert film.rate == 100.0


def test_a_movement_must_end_before_the_film(face: AnimatedFace) -> None:
    with pytest.raises(ConfigError, match="ends at frame 30 of 30"):
        Film(face, (EVENT,), (100.0, 30), NO_NUISANCE, 0)


def test_the_demo_shows_all_emotions_at_known_times(demo: Film) -> None:
    assert len(demo.events) == 8
    assert {event.emotion for event in demo.events} == set(EMOTIONS)
    for event, following in zip(demo.events, demo.events[1:], strict=False):
        assert event.offset + demo.rate < following.onset
    assert demo.length == 20 * demo.rate
    assert all(1.5 <= event.amplitude <= 3 for event in demo.events)


def test_the_demo_blinks_between_its_movements(demo: Film) -> None:
    assert len(demo.blinks) >= 3
    for blink in demo.blinks:
        assert all(blink.last < event.onset or blink.first > event.offset for event in demo.events)


def test_the_demo_is_made_of_full_frames(demo: Film) -> None:
    frame = next(iter(demo))
    assert frame.shape == (480, 640, 3)
    assert demo.rate == 30.0
