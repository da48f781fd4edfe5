from dataclasses import replace

import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.synthesis.action_units import unit_and_sides
from smastn.synthesis.expressions import (
    EMOTIONS,
    UNIT_COMBINATIONS,
    Event,
    draw_event,
    draw_long_event,
    draw_units,
    split_by_side,
)

RATES = (200.0, 100.0, 60.0, 30.0)
EVENT = Event(4, 10, 12, 24, "positive", ("6", "L12"), (0.8, 1.0), 1.5)


def activations() -> np.ndarray:
    return np.array([EVENT.activation(frame) for frame in range(30)])


def test_a_movement_starts_and_ends_at_zero_and_peaks_at_the_apex() -> None:
    course = activations()
    assert (course[: EVENT.onset + 1] == 0).all()
    assert (course[EVENT.offset :] == 0).all()
    assert (course[EVENT.apex : EVENT.release + 1] == 1).all()
    inside = course[EVENT.onset + 1 : EVENT.offset]
    assert (inside > 0).all()


def test_a_movement_rises_to_the_apex_and_falls_after_the_release() -> None:
    steps = np.diff(activations())
    assert (steps[EVENT.onset : EVENT.apex] > 0).all()
    assert (steps[EVENT.release : EVENT.offset] < 0).all()


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_every_emotion_has_several_combinations_of_known_units(emotion: str) -> None:
    assert len(set(UNIT_COMBINATIONS[emotion])) >= 6
    for combination in UNIT_COMBINATIONS[emotion]:
        for code in combination.split("+"):
            unit_and_sides(code)


def test_no_combination_belongs_to_two_emotions() -> None:
    known = [units for emotion in EMOTIONS for units in set(UNIT_COMBINATIONS[emotion])]
    assert len(known) == len(set(known))


@pytest.mark.parametrize("rate", RATES)
def test_a_drawn_movement_lasts_as_long_as_a_micro_expression(rate: float) -> None:
    generator = np.random.default_rng(0)
    for _ in range(100):
        event = draw_event(generator, "negative", 3, rate, 1.0)
        assert event.onset == 3
        assert 0.19 <= (event.offset - event.onset) / rate <= 0.52


def test_drawn_movements_vary_in_units_strengths_and_timing() -> None:
    generator = np.random.default_rng(0)
    events = [draw_event(generator, "surprise", 0, 200.0, 1.0) for _ in range(40)]
    assert len({event.action_units for event in events}) > 8
    assert len({event.offset for event in events}) > 15
    assert len({event.strengths for event in events}) == 40


def test_units_come_in_the_order_of_their_numbers() -> None:
    generator = np.random.default_rng(0)
    for emotion in EMOTIONS * 20:
        units = draw_event(generator, emotion, 0, 100.0, 1.0).action_units
        numbers = [int(code.lstrip("LR")) for code in units]
        assert numbers == sorted(numbers)


def test_an_asymmetric_unit_is_stronger_on_one_side_and_weaker_on_the_other() -> None:
    codes, shares = split_by_side(("6", "L12", "17"), (0.8, 1.0, 0.5), (0.25, 0.3, -0.2))
    assert codes == ["L6", "R6", "L12", "17"]
    assert shares == pytest.approx([1.0, 0.6, 1.0, 0.5])


def test_symmetric_units_stay_as_they_are() -> None:
    assert split_by_side(("6", "12"), (0.8, 1.0), ()) == (["6", "12"], [0.8, 1.0])


def test_neither_side_is_the_stronger_one_on_average() -> None:
    generator = np.random.default_rng(3)
    asymmetries = np.concatenate([draw_units(generator, "positive")[2] for _ in range(400)])
    assert abs(asymmetries.mean()) < 0.04
    assert asymmetries.std() == pytest.approx(0.3, rel=0.1)


def test_the_same_seed_draws_the_same_movement() -> None:
    one, other = (draw_event(np.random.default_rng(8), "positive", 2, 100.0, 1.0) for _ in range(2))
    assert one == other


def test_an_unknown_emotion_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"joy.*negative|joy.*positive"):
        draw_event(np.random.default_rng(0), "joy", 0, 100.0, 1.0)


@pytest.mark.parametrize(
    "change",
    [
        {"onset": 10},
        {"release": 9},
        {"offset": 12},
        {"onset": -1},
        {"action_units": ()},
        {"strengths": (1.0,)},
        {"asymmetries": (0.1,)},
        {"amplitude": -1.0},
        {"action_units": ("6", "77")},
    ],
)
def test_an_impossible_movement_is_refused(change: dict) -> None:
    with pytest.raises(ConfigError):
        replace(EVENT, **change)


def test_a_long_movement_is_a_macro_expression_of_several_pixels() -> None:
    generator = np.random.default_rng(0)
    events = [draw_long_event(generator, "positive", 2, 60.0) for _ in range(60)]
    seconds = [(one.offset - one.onset) / 60 for one in events]
    assert 0.45 <= min(seconds) < 1 < 2 < max(seconds) <= 3.05
    assert 2 <= min(one.amplitude for one in events) < 4
    assert 8 < max(one.amplitude for one in events) <= 12
