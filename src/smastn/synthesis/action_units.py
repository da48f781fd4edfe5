"""Facial action units as displacements of the 468-point mesh.

The direction of each displacement follows the appearance changes described in the
Facial Action Coding System (Ekman & Friesen, 1978; Ekman, Friesen & Hager, 2002).
Its place, its reach and the relative strengths within one unit are our own choice,
made with these descriptions beside the average movement of people of CASME II: skin moves
farther around a muscle than the furrows that FACS describes. See `UNITS`.

Lengths are shares of the face's width between the cheekbones. Left and right are
the person's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from smastn.corpora.facs import Side, sides_of, unit_of
from smastn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Pull:
    """A displacement of the skin with Gaussian falloff.

    Attributes:
        points: its centre, a mesh point on the right and on the left; the same on the mid-line.
        outward: component towards the ear, relative to the strongest pull of the unit.
        upward: component towards the hairline, likewise.
        reach: standard deviation of the falloff, shares of the face's width.
        lip: moves only skin above or below the line between the lips.
        offset: distance of the centre from the point, outward and upward, shares of the
            face's width.
    """

    points: tuple[int, int]
    outward: float
    upward: float
    reach: float
    lip: Literal["upper", "lower"] | None = None
    offset: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ActionUnit:
    """The movement of one muscle or group of muscles.

    Attributes:
        name: its FACS name.
        pulls: displacements of the skin.
        upper_lid: rise of the upper lid's edge, relative to the strongest pull.
        lower_lid: rise of the lower lid's edge, likewise.
        one_sided: whether it can occur on one side only.
    """

    name: str
    pulls: tuple[Pull, ...] = ()
    upper_lid: float = 0.0
    lower_lid: float = 0.0
    one_sided: bool = True


_INNER_BROW, _INNER_BROW_EDGE, _BROW, _OUTER_BROW = (107, 336), (55, 285), (105, 334), (63, 293)
_BROW_TAIL, _UNDER_BROW, _UNDER_INNER_BROW = (70, 300), (223, 443), (222, 442)
_CORNER, _CHEEK, _UPPER_CHEEK, _UNDER_EYE = (61, 291), (50, 280), (117, 346), (230, 450)
_CROWS_FEET, _FOLD, _NOSE_SIDE, _NOSTRIL = (226, 446), (205, 425), (198, 420), (129, 358)
_LIP_TOP, _LIP_TOP_SIDE, _LIP_BOTTOM = (37, 267), (40, 270), (84, 314)
_BESIDE_MOUTH, _UNDER_CORNER = (212, 432), (204, 424)
_FOREHEAD, _OUTER_FOREHEAD, _INFRAORBITAL = (108, 337), (104, 333), (101, 330)
_CHEEK_SIDE, _BESIDE_FOLD = (187, 411), (216, 436)
_LIP_UNDERSIDE, _LIP_UPSIDE, _LIP_LOW = (13, 13), (14, 14), (17, 17)
_CHIN_BOSS, _CHIN, _JAW, _BRIDGE = (199, 199), (152, 152), (149, 378), (6, 6)

UNITS = {
    "1": ActionUnit(
        "inner brow raiser",
        (
            Pull(_INNER_BROW, 0.05, 0.8, 0.060),
            Pull(_INNER_BROW_EDGE, 0.0, 1.0, 0.060),
            Pull(_UNDER_INNER_BROW, 0.0, 0.7, 0.055),
            Pull(_FOREHEAD, 0.0, 0.5, 0.070),
        ),
    ),
    "2": ActionUnit(
        "outer brow raiser",
        (
            Pull(_OUTER_BROW, 0.05, 0.7, 0.060),
            Pull(_BROW_TAIL, 0.10, 0.6, 0.055),
            Pull(_UNDER_BROW, 0.0, 1.0, 0.060),
            Pull(_OUTER_FOREHEAD, 0.05, 0.5, 0.070),
        ),
    ),
    "4": ActionUnit(
        "brow lowerer",
        (
            Pull(_INNER_BROW_EDGE, -0.60, -0.6, 0.075),
            Pull(_INNER_BROW, -0.50, -0.5, 0.075),
            Pull(_BROW, -0.45, -0.6, 0.075),
            Pull(_UNDER_BROW, -0.35, -0.6, 0.060),
            Pull(_OUTER_BROW, -0.25, -0.35, 0.060),
            Pull(_FOREHEAD, -0.25, -0.35, 0.080),
        ),
    ),
    "5": ActionUnit("upper lid raiser", (Pull(_BROW, 0.0, 0.1, 0.050),), upper_lid=1.0),
    "6": ActionUnit(
        "cheek raiser",
        (
            Pull(_UPPER_CHEEK, -0.05, 0.35, 0.060),
            Pull(_CHEEK, 0.15, 0.2, 0.080),
            Pull(_UNDER_EYE, -0.1, 0.3, 0.040),
            Pull(_INFRAORBITAL, 0.15, 0.4, 0.070),
            Pull(_FOLD, 0.25, 0.3, 0.070),
            Pull(_CROWS_FEET, -0.3, 0.0, 0.050),
            Pull(_BROW_TAIL, -0.1, -0.25, 0.055),
        ),
        lower_lid=0.4,
    ),
    "7": ActionUnit(
        "lid tightener",
        (Pull(_UNDER_EYE, -0.2, 0.5, 0.045),),
        upper_lid=-0.4,
        lower_lid=0.8,
    ),
    "9": ActionUnit(
        "nose wrinkler",
        (
            Pull(_NOSE_SIDE, -0.1, 0.8, 0.050),
            Pull(_NOSTRIL, 0.05, 0.7, 0.050),
            Pull(_INFRAORBITAL, -0.15, 0.6, 0.065),
            Pull(_INNER_BROW_EDGE, -0.2, -0.6, 0.060),
            Pull(_BRIDGE, 0.0, -0.2, 0.050),
            Pull(_LIP_TOP_SIDE, 0.0, 0.4, 0.055, "upper"),
        ),
        lower_lid=0.2,
    ),
    "10": ActionUnit(
        "upper lip raiser",
        (
            Pull(_LIP_TOP_SIDE, 0.0, 1.0, 0.060, "upper"),
            Pull(_LIP_TOP, 0.0, 0.5, 0.050, "upper"),
            Pull(_NOSTRIL, 0.2, 0.5, 0.050),
            Pull(_FOLD, 0.25, 0.5, 0.070),
            Pull(_INFRAORBITAL, 0.1, 0.5, 0.060),
        ),
    ),
    "12": ActionUnit(
        "lip corner puller",
        (
            Pull(_CORNER, 0.50, 0.80, 0.070),
            Pull(_FOLD, 0.35, 0.15, 0.080),
            Pull(_CHEEK_SIDE, 0.40, 0.05, 0.080),
            Pull(_BESIDE_MOUTH, 0.30, 0.25, 0.070),
            Pull(_LIP_BOTTOM, 0.1, 0.3, 0.050),
            Pull(_CHIN_BOSS, 0.0, -0.15, 0.060),
            Pull(_UNDER_EYE, 0.1, 0.2, 0.045),
        ),
        lower_lid=0.15,
    ),
    "14": ActionUnit(
        "dimpler",
        (
            Pull(_CORNER, 0.8, 0.35, 0.060),
            Pull(_BESIDE_FOLD, 0.6, 0.1, 0.070),
            Pull(_CHEEK_SIDE, 0.4, -0.1, 0.070),
            Pull(_UNDER_CORNER, 0.3, 0.3, 0.060),
            Pull(_LIP_BOTTOM, 0.1, 0.5, 0.060),
            Pull(_LIP_LOW, 0.0, 0.4, 0.060, "lower"),
        ),
    ),
    "15": ActionUnit(
        "lip corner depressor",
        (
            Pull(_CORNER, 0.5, -0.7, 0.060),
            Pull(_BESIDE_FOLD, 0.5, -0.25, 0.080),
            Pull(_CHEEK_SIDE, 0.25, -0.1, 0.070),
            Pull(_UNDER_CORNER, 0.1, -0.4, 0.050),
            Pull(_CHIN_BOSS, 0.0, 0.25, 0.070),
        ),
    ),
    "17": ActionUnit(
        "chin raiser",
        (
            Pull(_CHIN_BOSS, 0.0, 1.0, 0.075),
            Pull(_LIP_LOW, 0.0, 0.7, 0.060, "lower"),
            Pull(_LIP_UNDERSIDE, 0.0, 0.25, 0.050, "upper"),
        ),
        one_sided=False,
    ),
    "20": ActionUnit(
        "lip stretcher",
        (
            Pull(_CORNER, 1.0, -0.15, 0.080),
            Pull(_UNDER_CORNER, 0.5, -0.3, 0.075),
            Pull(_BESIDE_MOUTH, 0.4, -0.05, 0.070),
        ),
    ),
    "23": ActionUnit(
        "lip tightener",
        (
            Pull(_CORNER, -0.6, 0.0, 0.060),
            Pull(_LIP_TOP, -0.1, -0.6, 0.035, "upper"),
            Pull(_LIP_BOTTOM, -0.1, 0.6, 0.035, "lower"),
        ),
        one_sided=False,
    ),
    "24": ActionUnit(
        "lip pressor",
        (
            Pull(_LIP_UNDERSIDE, 0.0, -0.5, 0.060, "upper"),
            Pull(_LIP_TOP, 0.0, -0.5, 0.050, "upper"),
            Pull(_LIP_UPSIDE, 0.0, 0.6, 0.060, "lower"),
            Pull(_CHIN_BOSS, 0.0, 0.4, 0.070),
        ),
        one_sided=False,
    ),
    "25": ActionUnit(
        "lips part",
        (
            Pull(_LIP_UNDERSIDE, 0.0, 0.4, 0.055, "upper"),
            Pull(_LIP_UPSIDE, 0.0, -1.0, 0.065, "lower"),
        ),
        one_sided=False,
    ),
    "26": ActionUnit(
        "jaw drop",
        (
            Pull(_LIP_UPSIDE, 0.0, -0.9, 0.080, "lower"),
            Pull(_CHIN_BOSS, 0.0, -0.5, 0.100),
            Pull(_CHIN, 0.0, -0.7, 0.100),
            Pull(_JAW, 0.0, -0.3, 0.080),
        ),
        one_sided=False,
    ),
}
"""The average face's units by number."""

_ANGLE, _STRENGTH, _REACH, _OFFSET = 0.25, 0.3, 0.25, 0.025
"""Standard deviations between people of a pull's direction (radians), of the logarithms of its
strength and reach, and of its place (shares of the face's width)."""


def draw_action_units(generator: np.random.Generator) -> dict[str, ActionUnit]:
    """The units of one person by number, varied about `UNITS`."""
    return {
        number: replace(unit, pulls=tuple(_varied(pull, generator) for pull in unit.pulls))
        for number, unit in UNITS.items()
    }


def _varied(pull: Pull, generator: np.random.Generator) -> Pull:
    angle, strength, reach, *offset = generator.standard_normal(5)
    cos, sin = np.exp(_STRENGTH * strength) * np.array(
        [np.cos(_ANGLE * angle), np.sin(_ANGLE * angle)]
    )
    return replace(
        pull,
        outward=float(cos * pull.outward - sin * pull.upward),
        upward=float(sin * pull.outward + cos * pull.upward),
        reach=float(pull.reach * np.exp(_REACH * reach)),
        offset=(_OFFSET * offset[0], _OFFSET * offset[1]),
    )


def unit_and_sides(
    code: str, units: Mapping[str, ActionUnit] = UNITS
) -> tuple[ActionUnit, tuple[Side, ...]]:
    """The unit and the sides that ``"12"``, ``"L12"`` or ``"R12"`` names.

    Args:
        code: number, with L or R before it for one side.
        units: units by number; see `draw_action_units`.

    Raises:
        ConfigError: the unit is unknown or cannot occur on one side only.
    """
    number = unit_of(code)
    unit = units.get(number)
    if unit is None:
        known = ", ".join(units)
        raise ConfigError(
            f"action unit {code} is unknown; known are {known}, with L or R before it for one side"
        )
    if number == code:
        return unit, ("R", "L")
    if not unit.one_sided:
        raise ConfigError(f"{code}: {unit.name} occurs on both sides only; write {number}")
    return unit, sides_of(code)
