import numpy as np
from made_units import RATE, add, coefficients, curves_of, ramp

from smastn.spotting.unit_events import Expression, expressions


def seconds(one: Expression) -> tuple[float, float]:
    return one.strongest.onset / RATE, one.strongest.offset / RATE


def found(values: np.ndarray) -> list[Expression]:
    return expressions(curves_of(values))


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


def test_syllables_are_no_expressions_but_one_opened_mouth_is() -> None:
    talk = sum(ramp(8.0, at, at + 0.1, at + 0.15, at + 0.25) for at in np.arange(2.0, 5.0, 0.4))
    assert found(add(coefficients(8.0), "jawOpen", 0.6 * np.asarray(talk))) == []
    gape = 0.6 * ramp(8.0, 2.0, 2.2, 3.0, 3.2)
    assert [codes(one) for one in found(add(coefficients(8.0), "jawOpen", gape))] == [("26",)]


def test_a_smile_during_speech_stays() -> None:
    talk = sum(ramp(8.0, at, at + 0.1, at + 0.15, at + 0.25) for at in np.arange(2.0, 6.0, 0.4))
    values = add(coefficients(8.0), "jawOpen", 0.6 * np.asarray(talk))
    values = add(values, "mouthSmile", 0.8 * ramp(8.0, 3.0, 3.3, 5.0, 5.3))
    assert [codes(one)[0] for one in found(values)] == ["12"]


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
