import numpy as np
from made_curves import NAMES, curve_of, positions, pulse

from smastn.spotting.intervals import spot

RATE = 50.0
LIP, CHIN, BROW = (NAMES.index(name) for name in ("lower lip", "chin", "inner brow left"))


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
