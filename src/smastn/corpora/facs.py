"""Codes of the Facial Action Coding System: read, written and compared in one place.

A code is the number of an action unit, with ``L`` or ``R`` before it where it was seen on the
person's left or right side only: ``4+L10``. Without a letter it is on both sides. ``0`` is the
code of FACS for a face that shows no unit (Ekman, Friesen and Hager, 2002).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.errors import InputError

Side = Literal["L", "R"]
"""A side of the face, the person's own."""

SIDES: tuple[Side, Side] = ("L", "R")
"""Both sides, in the order of every array that has an axis of sides."""

NO_UNIT = "0"
"""The code of a face that was looked at and shows no unit."""

FACE_UNITS = (
    *("1", "2", "4", "5", "6", "7", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18"),
    *("20", "22", "23", "24", "25", "26", "27", "28"),
)
"""The main codes of FACS for upper and lower face; not those of eyes, head and gaze."""

_CODE = re.compile(r"([LR]?)([0-9]{1,2})[A-E]?", re.IGNORECASE)
_LOOSE = re.compile(r"(?:AU)?([A-Z]{0,2}?)(\d{1,2})[A-E]?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[+,，;、/\s]+|\bor\b|\band\b", re.IGNORECASE)  # noqa: RUF001
_HELD = re.compile(r"\([^)]*\)")


def parse_units(text: str) -> tuple[str, ...] | None:
    """The codes of a FACS string, in the order written; None for an empty one.

    ``4+L10`` gives ``("4", "L10")`` and ``0`` gives ``()``. Intensities (``12B``) are dropped.

    Raises:
        InputError: a part is no code.
    """
    if not text.strip():
        return None
    codes: list[str] = []
    for part in (part.strip() for part in text.split("+")):
        found = _CODE.fullmatch(part)
        if not found:
            raise InputError(
                f"{part or 'nothing'} is no action unit; wanted numbers joined by +, with L or R "
                "for one side, such as 1+2 or L14, or 0 for none: correct it"
            )
        codes.append(found[1].upper() + str(int(found[2])))
    return _without_repeats(codes)


def loose_units(text: str) -> tuple[str, ...] | None:
    """The codes of a cell of a corpus' sheet, in the order written; None where it names no unit.

    Sheets list expressions, so that ``0`` there means that no unit could be coded.
    Intensities (``12B``), holds (``(k)``), other prefixes and doubtful ``or`` are
    reduced to the plain numbers: ``"L4+AU12B or 14(k)"`` gives ``("L4", "12", "14")``.
    """
    codes: list[str] = []
    for token in _SEPARATORS.split(_HELD.sub(" ", text)):
        if found := _LOOSE.fullmatch(token):
            side = found[1].upper()[-1:]
            codes.append((side if side in SIDES else "") + str(int(found[2])))
    return _without_repeats(codes) or None


def format_units(codes: Iterable[str] | None) -> str:
    """The FACS string of codes; ``0`` for none of them, empty where they are unknown.

    `parse_units` gives the same codes back.
    """
    return "" if codes is None else "+".join(codes) or NO_UNIT


def canonical_units(codes: Iterable[str]) -> tuple[str, ...]:
    """Each unit once, by number; one that is on both sides is written without a side."""
    sides: dict[str, set[Side]] = {}
    for code in codes:
        sides.setdefault(unit_of(code), set()).update(sides_of(code))
    return tuple(unit_code(unit, sides[unit]) for unit in sorted(sides, key=int))


def unit_of(code: str) -> str:
    """The unit of a code without its side: ``10`` of ``L10``."""
    return code[1:] if code[:1] in SIDES else code


def units_of(codes: Iterable[str]) -> frozenset[str]:
    """The units of codes, without their sides."""
    return frozenset(map(unit_of, codes))


def sides_of(code: str) -> tuple[Side, ...]:
    """The sides that a code names: both where it names none."""
    return tuple(side for side in SIDES if code[:1] == side) or SIDES


def unit_code(unit: str, sides: Iterable[Side]) -> str:
    """The code of a unit on these sides, at least one."""
    named = set(sides)
    return unit if len(named) > 1 else named.pop() + unit


def by_number(code: str) -> int:
    """Sorts codes by their unit's number."""
    return int(unit_of(code))


def mirrored_units(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes of the face mirrored left to right."""
    other = {"L": "R", "R": "L"}
    return tuple(other.get(code[:1], "") + unit_of(code) for code in codes)


def unit_labels(
    codes: Iterable[str] | None, units: Sequence[str]
) -> Float32[ndarray, "units sides"]:
    """1 where a unit is on a side and 0 where it is not; NaN everywhere where it is unknown.

    Args:
        codes: of one face, or None.
        units: the rows.
    """
    if codes is None:
        return np.full((len(units), len(SIDES)), np.nan, np.float32)
    shown = {(unit_of(code), side) for code in codes for side in sides_of(code)}
    rows = [[(unit, side) in shown for side in SIDES] for unit in units]
    return np.array(rows, np.float32).reshape(len(units), len(SIDES))


def _without_repeats(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if unit_of(code) != NO_UNIT))
