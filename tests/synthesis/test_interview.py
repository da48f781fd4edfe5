from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.synthesis.animated_face import Puppet
from smastn.synthesis.head_rotation import Turn, direction_at, draw_turns
from smastn.synthesis.identities import draw_person, portrait
from smastn.synthesis.interview import RESTLESS, Interview, interview
from smastn.synthesis.nuisance import STILL
from smastn.synthesis.speech_movement import Speech, Syllable, draw_speech

SHORT = Interview(seconds=20.0, micro=2, macro=1)


def test_expressions_are_as_many_and_as_strong_as_wanted() -> None:
    film = interview(1, SHORT)
    seconds = [(event.offset - event.onset) / film.rate for event in film.events]
    assert sorted(length <= 0.5 for length in seconds) == [False, True, True]
    for event, length in zip(film.events, seconds, strict=True):
        assert event.amplitude == 1.5 if length <= 0.5 else 3 <= event.amplitude <= 7
    assert all(after.onset - one.offset > 0.4 * film.rate for one, after in pairwise(film.events))


def test_the_same_seed_is_the_same_film_and_another_is_not() -> None:
    first, again, other = (next(iter(interview(seed, SHORT))) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_another_frame_rate_keeps_the_moments() -> None:
    slow, fast = interview(3, SHORT), interview(3, replace(SHORT, rate=100.0))
    for one, two in zip(slow.events, fast.events, strict=True):
        assert one.onset / 30 == pytest.approx(two.onset / 100, abs=0.05)
        assert one.action_units == two.action_units


def test_speech_moves_the_mouth_and_leaves_the_brows() -> None:
    puppet = Puppet(portrait(draw_person(np.random.default_rng(4))))
    speech = Speech(puppet, (Syllable(1.0, 0.06, (1.0, 0.0, 0.0), 1.0),))
    assert speech.moving(0.5) == []
    assert abs(speech.nod(1.0)) > 0.9
    changed = np.abs(puppet.frame(speech.moving(1.0)) - puppet.frame().astype(float)).mean(axis=2)
    assert changed[180:240].mean() > 1
    assert changed[60:110].max() == 0


def test_a_turned_head_moves_its_nose_further_than_its_rim() -> None:
    from smastn.faces.landmarks import FaceTracker

    film = interview(5, Interview(30.0, 20.0, 0, 1.5, 0, replace(STILL, turns=0.3, widest=15.0)))
    turn = max(film.turns, key=lambda one: abs(one.yaw))
    after = round((turn.time + turn.seconds) * film.rate)
    tracker = FaceTracker()
    front = tracker(film.clean_frame(0))
    tracker.reset()
    aside = tracker(film.clean_frame(min(after, len(film) - 1)))
    assert front is not None
    assert aside is not None
    way = (aside.points - front.points)[:, 0]
    nose, rim = way[4], way[[234, 454]].mean()
    assert np.sign(nose) == np.sign(turn.yaw)
    assert abs(nose) > abs(rim) + 3


def test_turns_and_speech_fill_the_time_they_should() -> None:
    generator = np.random.default_rng(0)
    turns = draw_turns(generator, 0.12, 15.0, 3600.0)
    assert max(abs(turn.yaw) for turn in turns) <= 15
    assert max(abs(turn.yaw) for turn in turns) > 13
    assert all(one.time + one.seconds <= after.time for one, after in pairwise(turns))
    times = np.array([one.time for one in draw_speech(generator, 0.2, 3600.0)])
    steps = np.diff(times)
    assert steps[steps < 0.5].sum() / 3600 == pytest.approx(0.2, abs=0.06)
    assert draw_speech(generator, 0.0, 100.0) == ()


def test_a_direction_is_reached_and_kept() -> None:
    turns = (Turn(1.0, 0.5, 10.0, -4.0),)
    assert direction_at(turns, 0.9) == (0, 0)
    assert direction_at(turns, 1.25) == pytest.approx((5, -2))
    assert direction_at(turns, 9.0) == pytest.approx((10, -4))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"do not fit into 10.0 s"):
        Interview(seconds=10.0)
    with pytest.raises(ConfigError, match="talking is 1.5; wanted a share below 1"):
        replace(RESTLESS, talking=1.5)
