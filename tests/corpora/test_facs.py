import numpy as np
import pytest

from smastn.corpora.facs import (
    canonical_units,
    format_units,
    loose_units,
    mirrored_units,
    parse_units,
    sides_of,
    unit_code,
    unit_labels,
)
from smastn.errors import InputError


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("4+L10", ("4", "L10")),
        ("4", ("4",)),
        ("AU12B or AU14", ("12", "14")),
        ("4，7", ("4", "7")),  # noqa: RUF001
        ("1, 2", ("1", "2")),
        ("R14E+T23", ("R14", "23")),
        ("15(k)", ("15",)),
        ("4+4", ("4",)),
        ("AUL4", ("L4",)),
        ("?", None),
        ("0", None),
        ("", None),
    ],
)
def test_units_of_a_sheet_are_read_in_every_spelling(
    written: str, units: tuple[str, ...] | None
) -> None:
    assert loose_units(written) == units


@pytest.mark.parametrize("codes", [("4", "L10"), ("R1", "2", "L12", "R14"), (), None])
def test_codes_survive_being_written_and_read(codes: tuple[str, ...] | None) -> None:
    assert parse_units(format_units(codes)) == codes


def test_a_code_is_read_with_its_intensity_left_out() -> None:
    assert parse_units("r01c + 12B+12") == ("R1", "12")


def test_what_is_no_code_is_refused() -> None:
    with pytest.raises(InputError, match="smile is no action unit"):
        parse_units("4+smile")


def test_both_sides_are_written_without_a_side_and_in_order() -> None:
    assert canonical_units(["12", "R4", "L4", "L2", "L12"]) == ("L2", "4", "12")


def test_the_sides_of_a_code_make_the_code_again() -> None:
    assert [unit_code("12", sides_of(code)) for code in ("12", "L12", "R12")] == [
        *("12", "L12", "R12"),
    ]


def test_a_mirrored_face_has_its_sides_exchanged_and_twice_mirrored_is_itself() -> None:
    codes = ("4", "L10", "R12")
    assert mirrored_units(codes) == ("4", "R10", "L12")
    assert mirrored_units(mirrored_units(codes)) == codes


def test_labels_are_one_where_a_unit_is_on_a_side() -> None:
    labels = unit_labels(("4", "L10"), ("4", "10", "12"))
    np.testing.assert_array_equal(labels, [[1, 1], [1, 0], [0, 0]])


def test_labels_of_a_mirrored_face_are_those_of_the_face_with_sides_exchanged() -> None:
    codes, units = ("1", "L2", "R14"), ("1", "2", "12", "14")
    np.testing.assert_array_equal(
        unit_labels(mirrored_units(codes), units), unit_labels(codes, units)[:, ::-1]
    )


def test_unknown_units_are_no_label_and_none_seen_is_zero() -> None:
    assert np.isnan(unit_labels(None, ("4", "12"))).all()
    assert not unit_labels((), ("4", "12")).any()
