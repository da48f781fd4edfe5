"""Clips without expression: something goes on in the face, and none of it is a coded expression."""

import numpy as np
import pytest

from smastn.synthesis.distractions import KINDS, draw_distraction
from smastn.synthesis.nuisance import NO_NUISANCE, Nuisance


@pytest.mark.parametrize("length", [8, 40, 300])
@pytest.mark.parametrize("kind", ["speech", "chewing"])
def test_the_mouth_moves_through_the_whole_clip_and_ends_with_it(kind: str, length: int) -> None:
    gestures, _ = draw_distraction(np.random.default_rng(3), kind, NO_NUISANCE, (100.0, length))
    assert gestures[0].onset == 0
    assert all(0 <= one.onset < one.offset < length for one in gestures)
    moving = [max(one.activation(frame) for one in gestures) for frame in range(length)]
    assert max(moving) > 0.9
    if length == 300:
        assert np.mean(np.array(moving[:240]) > 0.05) > 0.8


def test_speech_and_chewing_move_units_of_the_mouth_only() -> None:
    generator = np.random.default_rng(0)
    for kind in KINDS:
        gestures, _ = draw_distraction(generator, kind, Nuisance(), (60.0, 120))
        moved = {code for one in gestures for code in one.action_units}
        assert moved <= {"17", "20", "23", "24", "25", "26"}
        assert bool(moved) == (kind in ("speech", "chewing"))


def test_turns_blinks_and_gaze_are_stronger_than_beside_an_expression() -> None:
    usual = Nuisance()
    turned = draw_distraction(np.random.default_rng(0), "head turn", usual, (60.0, 30))[1]
    assert turned.head_turns * 0.5 >= 1  # one or more in half a second
    blinking = draw_distraction(np.random.default_rng(0), "blinks and gaze", usual, (60.0, 30))[1]
    assert blinking.blinks > usual.blinks
    assert blinking.gaze_shifts > usual.gaze_shifts
    assert draw_distraction(np.random.default_rng(0), "rest", usual, (60.0, 30))[1] == usual
