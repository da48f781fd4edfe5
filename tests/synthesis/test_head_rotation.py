from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from smastn.faces.landmarks import FaceTracker
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.head_rotation import HeadTurn, direction_at, draw_head_turns
from smastn.synthesis.nuisance import NO_NUISANCE
from smastn.synthesis.synthetic_film import Film


def test_a_turned_head_moves_its_nose_further_than_its_rim(face: AnimatedFace) -> None:
    nuisance = replace(NO_NUISANCE, head_turns=0.3, max_yaw=15.0)
    film = Film(face, (), (30.0, 600), nuisance, 5)
    turn = max(film.head_turns, key=lambda one: abs(one.yaw))
    after = round((turn.time + turn.seconds) * film.rate)
    tracker = FaceTracker()
    front = tracker(film.clean_frame(0))
    tracker.reset()
    aside = tracker(film.clean_frame(min(after, len(film) - 1)))
    assert front is not None
    assert aside is not None
    moved = (aside.points - front.points)[:, 0]
    nose, rim = moved[4], moved[[234, 454]].mean()
    assert np.sign(nose) == np.sign(turn.yaw)
    assert abs(nose) > abs(rim) + 3


def test_turns_stay_within_the_largest_yaw_and_do_not_overlap() -> None:
    turns = draw_head_turns(np.random.default_rng(0), 0.12, 15.0, 3600.0)
    assert 13 < max(abs(turn.yaw) for turn in turns) <= 15
    assert all(one.time + one.seconds <= after.time for one, after in pairwise(turns))


def test_a_direction_is_reached_and_kept() -> None:
    turns = (HeadTurn(1.0, 0.5, 10.0, -4.0),)
    assert direction_at(turns, 0.9) == (0, 0)
    assert direction_at(turns, 1.25) == pytest.approx((5, -2))
    assert direction_at(turns, 9.0) == pytest.approx((10, -4))
