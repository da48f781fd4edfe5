import numpy as np
import pytest
from made_units import RATE, add, coefficients, curves_of, ramp

from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.unit_events import Expression, expressions


def seconds(one: Expression) -> tuple[float, float]:
    return one.strongest.onset / RATE, one.strongest.offset / RATE


def found(values: np.ndarray, speaking: np.ndarray | None = None) -> list[Expression]:
    speaking = np.zeros(len(values), bool) if speaking is None else speaking
    return expressions(curves_of(values), speaking)[0]


def codes(one: Expression) -> tuple[str, ...]:
    return tuple(event.code for event in sorted(one.events, key=lambda event: event.unit))


def test_an_expression_is_found_with_its_units_and_edges() -> None:
    course = ramp(8.0, 3.0, 3.4, 4.6, 5.0)
    values = add(add(coefficients(8.0), "mouthSmile", 0.8 * course), "eyeSquint", 0.5 * course)
    (one,) = found(values)
    assert codes(one) == ("6", "12")
    assert np.allclose(seconds(one), (3.1, 4.9), atol=0.15)
    assert 3.3 < one.strongest.apex / RATE < 3.6
    assert 4.4 < one.strongest.plateau_end / RATE < 4.7
    assert one.has_onset
    assert one.has_offset


def test_a_face_at_rest_shows_nothing() -> None:
    assert found(coefficients(8.0)) == []


def test_one_side_is_named() -> None:
    (one,) = found(add(coefficients(6.0), "mouthSmile", 0.7 * ramp(6.0, 2.0, 2.3, 3.0, 3.3), "R"))
    assert codes(one) == ("R12",)


def test_units_that_act_at_other_times_are_expressions_of_their_own() -> None:
    values = add(coefficients(9.0), "mouthSmile", 0.8 * ramp(9.0, 2.0, 2.3, 7.0, 7.3))
    values = add(values, "browInnerUp", 0.8 * ramp(9.0, 6.6, 6.9, 8.0, 8.3))
    assert [codes(one) for one in found(values)] == [("12",), ("1",)]


def test_the_rest_between_two_expressions_is_none() -> None:
    brows = 0.7 * (ramp(8.0, 1.0, 1.3, 3.0, 3.2) + ramp(8.0, 3.6, 3.8, 6.0, 6.3))
    first, second = found(add(coefficients(8.0), "browInnerUp", brows))
    assert seconds(first)[1] < 3.4 < seconds(second)[0]


def test_a_step_without_return_has_no_offset() -> None:
    (one,) = found(add(coefficients(6.0), "mouthSmile", 0.8 * ramp(6.0, 4.0, 4.3, 9.0, 9.1)))
    assert one.has_onset
    assert not one.has_offset
    assert one.strongest.offset == round(6 * RATE) - 1


def test_a_gap_ends_an_expression() -> None:
    values = add(coefficients(8.0), "mouthSmile", 0.8 * ramp(8.0, 2.0, 2.3, 6.0, 6.3))
    values[120:123] = np.nan
    first, second = found(values)
    assert (first.strongest.offset, second.strongest.onset) == (119, 123)
    assert not first.has_offset
    assert not second.has_onset


def test_an_expression_that_fades_and_comes_again_is_two() -> None:
    twice = ramp(9.0, 2.0, 2.3, 3.5, 4.0) + ramp(9.0, 4.0, 4.5, 6.0, 6.3)
    assert len(found(add(coefficients(9.0), "mouthSmile", 0.9 * twice))) == 2


def syllables(name: str) -> np.ndarray:
    """Coefficients of a mouth that talks from 2 to 5 s."""
    talk = sum(ramp(8.0, at, at + 0.1, at + 0.15, at + 0.25) for at in np.arange(2.0, 5.0, 0.4))
    return add(coefficients(8.0), name, 0.8 * np.asarray(talk))


def speaking(first: float, last: float) -> np.ndarray:
    times = np.arange(round(8 * RATE)) / RATE
    return (times >= first) & (times < last)


@pytest.mark.parametrize("name", ["jawOpen", "mouthFunnel", "mouthUpperUp"])
def test_units_that_form_sounds_show_nothing_in_speech_alone(name: str) -> None:
    assert found(syllables(name), speaking(1.8, 5.2)) == []
    assert found(syllables(name), speaking(6.0, 8.0))


@pytest.mark.parametrize("name", ["mouthSmile", "mouthFrown", "mouthDimple", "browInnerUp"])
def test_units_that_speech_does_not_make_are_not_silenced_by_it(name: str) -> None:
    values = add(syllables("jawOpen"), name, 0.8 * ramp(8.0, 3.0, 3.3, 4.2, 4.5))
    (one,) = found(values, speaking(1.8, 5.2))
    assert UNITS[one.strongest.unit].blendshapes == (name,)


def test_a_mouth_that_opens_before_speech_and_stays_open_is_an_expression() -> None:
    gape = add(coefficients(8.0), "jawOpen", 0.6 * ramp(8.0, 1.0, 1.2, 5.0, 5.2))
    assert [codes(one) for one in found(gape, speaking(4.0, 6.0))] == [("26",)]


def test_narrowed_lids_are_cheeks_that_rise_in_a_smile_and_lids_alone_else() -> None:
    course = ramp(8.0, 3.0, 3.4, 4.6, 5.0)
    squint = add(coefficients(8.0), "eyeSquint", 0.6 * course)
    assert [codes(one) for one in found(squint)] == [("7",)]
    assert [codes(one) for one in found(add(squint, "mouthSmile", 0.8 * course))] == [("6", "12")]


def test_a_lip_that_a_smile_raises_is_not_named_unless_it_rises_further() -> None:
    course = ramp(8.0, 3.0, 3.4, 4.6, 5.0)
    smile = add(coefficients(8.0), "mouthSmile", 0.6 * course)
    assert codes(found(add(smile, "mouthUpperUp", 0.4 * course))[0]) == ("12",)
    assert codes(found(add(smile, "mouthUpperUp", 0.9 * course))[0]) == ("10", "12")


def test_a_weak_unit_takes_part_in_an_expression_but_makes_none_of_its_own() -> None:
    course = ramp(8.0, 3.0, 3.4, 4.6, 5.0)
    weak = add(coefficients(8.0), "browInnerUp", 0.2 * course)
    assert found(weak) == []
    assert [codes(one) for one in found(add(weak, "browOuterUp", 0.8 * course))] == [("1", "2")]


@pytest.mark.parametrize(("seconds_shut", "named"), [(0.3, 0), (0.8, 0), (1.4, 1), (3.0, 1)])
def test_eyes_that_stay_shut_for_longer_than_a_second_are_43(
    seconds_shut: float, named: int
) -> None:
    lids = ramp(8.0, 2.0, 2.1, 2.1 + seconds_shut, 2.2 + seconds_shut)
    shown = found(add(coefficients(8.0), "eyeBlink", 0.8 * lids))
    assert [codes(one) for one in shown] == [("43",)] * named
    for one in shown:
        assert np.allclose(seconds(one), (2.0, 2.2 + seconds_shut), atol=0.2)


def test_eyes_that_look_down_for_some_time_are_no_43() -> None:
    lids = 0.5 * ramp(8.0, 2.0, 2.1, 5.0, 5.1)
    smile = 0.8 * ramp(8.0, 2.5, 2.8, 4.5, 4.8)
    assert found(add(coefficients(8.0), "eyeBlink", lids)) == []
    (one,) = found(add(add(coefficients(8.0), "eyeBlink", lids), "mouthSmile", smile))
    assert codes(one) == ("12",)


def test_eyes_that_are_shut_in_the_quietest_frames_are_43() -> None:
    smile = 0.2 * ramp(10.0, 2.0, 2.1, 20.0, 20.1)
    lids = 0.8 * ramp(10.0, -1.0, -0.9, 2.0, 2.1)
    (one,) = found(add(add(coefficients(10.0), "eyeBlink", lids), "mouthSmile", smile))
    assert codes(one) == ("43",)
    assert not one.has_onset
