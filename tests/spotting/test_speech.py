from dataclasses import replace

import numpy as np
from made_curves import NAMES, curve_of, positions, pulse

from smastn.spotting.spot import spot

RATE = 50.0
LIP, CHIN, BROW = (NAMES.index(name) for name in ("lower lip", "chin", "inner brow left"))
CORNER, CHEEK = NAMES.index("mouth corner left"), NAMES.index("cheek left")


def talking(first: int, last: int) -> np.ndarray:
    """Twenty seconds with speech in between: four syllables a second, not all alike."""
    where = positions(20, RATE)
    generator = np.random.default_rng(2)
    for start in range(first, last, 12):
        way = generator.uniform(1.5, 5) * pulse(len(where), start, start + 5, start + 11)
        where[:, LIP, 1] += way
        where[:, CHIN, 1] += 0.6 * way
    return where


def test_speech_is_seen_and_is_no_expression() -> None:
    found = spot(curve_of(talking(300, 500), RATE))
    ((first, last),) = found.speech
    assert abs(first - 300) < 20
    assert abs(last - 500) < 20
    assert not found.intervals


def test_a_single_movement_of_the_mouth_is_no_speech() -> None:
    found = spot(curve_of(talking(300, 310), RATE))
    assert not found.speech
    assert len(found.intervals) == 1


def test_brows_are_believed_while_somebody_talks() -> None:
    where = talking(300, 500)
    where[:, BROW, 1] -= 1.5 * pulse(len(where), 400, 408, 420)
    (found,) = spot(curve_of(where, RATE)).intervals
    assert found.regions == ("inner brow left",)
    assert abs(found.apex - 408) <= 2


def test_what_the_jaw_pulls_along_is_no_expression_and_what_moves_otherwise_is() -> None:
    where = talking(200, 700)
    jaw = where[:, LIP, 1].copy()
    where[:, CORNER, 1] += 0.4 * jaw
    where[:, CHEEK, 1] += 0.15 * jaw
    assert not spot(curve_of(where, RATE)).intervals
    where[:, CORNER, 0] += 1.5 * pulse(len(where), 400, 408, 420)
    (found,) = spot(curve_of(where, RATE)).intervals
    assert found.regions[0] == "mouth corner left"
    assert abs(found.apex - 408) <= 3


def test_a_mouth_is_not_believed_in_speech_too_short_to_learn_from() -> None:
    where = talking(300, 340)
    where[:, CORNER, 0] += 1.5 * pulse(len(where), 312, 320, 332)
    assert not spot(curve_of(where, RATE)).intervals


def test_speech_goes_on_while_the_jaw_does_though_the_head_turns() -> None:
    where = talking(300, 500)
    yaw = np.interp(np.arange(len(where)), [420, 450], [0, 12]).astype(np.float32)
    turned = np.stack([yaw, np.zeros_like(yaw)], axis=1)
    pose = np.concatenate([turned, np.zeros((len(yaw), 1), np.float32)], axis=1)
    curve = replace(curve_of(where, RATE), turned_degrees=turned, pose_degrees=pose)
    ((first, last),) = spot(curve).speech
    assert abs(first - 300) < 25
    assert abs(last - 500) < 25
