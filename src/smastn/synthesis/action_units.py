"""Facial action units as movement of the 468-point mesh.

Which way the skin goes follows the descriptions of appearance changes in the
Facial Action Coding System (Ekman & Friesen, 1978; Ekman, Friesen & Hager,
2002). Where it is pulled, how far the pull reaches and how strong the parts of
one unit are against each other is ours, written down in `_UNITS` below.

Lengths here are shares of the face's width between the cheekbones. Left and
right are the person's own.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.synthesis.photographs import face_width

Side = Literal["L", "R"]

EYE_CORNERS = {"R": (33, 133), "L": (263, 362)}
"""Outer and inner corner of each eye."""

MOUTH_CORNERS = {"R": 61, "L": 291}
UPPER_LIP_ROW = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_LIP_ROW = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""Inner edge of the lips, from the right corner to the left one."""

_LOWER_LIP = (
    *(95, 88, 178, 87, 14, 317, 402, 318, 324, 96, 89, 179, 86, 15, 316, 403, 319, 325),
    *(77, 90, 180, 85, 16, 315, 404, 320, 307, 146, 91, 181, 84, 17, 314, 405, 321, 375),
)


@dataclass(frozen=True, slots=True)
class Pull:
    """One place of the skin pulled one way, fading like a Gaussian round it.

    Attributes:
        points: the mesh point on the person's right and on their left, alike on the mid-line.
        outward: towards the ear, relative to the strongest pull of the unit.
        upward: towards the hairline, likewise.
        reach: standard deviation of the fading, shares of the face's width.
        lip: if named, only this side of the line between the lips moves.
    """

    points: tuple[int, int]
    outward: float
    upward: float
    reach: float
    lip: Literal["upper", "lower"] | None = None


@dataclass(frozen=True, slots=True)
class ActionUnit:
    """One muscle's, or one group of muscles', work.

    Attributes:
        name: what FACS calls it.
        pulls: how the skin moves.
        upper_lid: how far the upper lid's edge rises, relative to the strongest pull.
        lower_lid: the same of the lower lid's edge.
        one_sided: whether people can do it on one side only.
    """

    name: str
    pulls: tuple[Pull, ...] = ()
    upper_lid: float = 0.0
    lower_lid: float = 0.0
    one_sided: bool = True


@dataclass(frozen=True, slots=True)
class Movement:
    """Where skin and lids go, in the units of the points it was asked for.

    Attributes:
        skin: x, y displacement of each point; y grows downwards.
        lids: rise of the lids' edges: rows the right and the left eye, columns upper and lower.
    """

    skin: Float64[ndarray, "points 2"]
    lids: Float64[ndarray, "2 2"]

    @property
    def peak(self) -> float:
        """The longest way that any point or lid goes."""
        return float(max(np.linalg.norm(self.skin, axis=1).max(), np.abs(self.lids).max()))


_INNER_BROW, _INNER_BROW_EDGE, _BROW, _OUTER_BROW = (107, 336), (55, 285), (105, 334), (63, 293)
_BROW_TAIL, _FOREHEAD, _SIDE_FOREHEAD = (70, 300), (108, 337), (104, 333)
_CORNER, _CHEEK, _UPPER_CHEEK, _UNDER_EYE = (61, 291), (50, 280), (117, 346), (230, 450)
_CROWS_FEET, _FOLD, _NOSE_SIDE, _NOSTRIL = (226, 446), (205, 425), (198, 420), (129, 358)
_LIP_TOP, _LIP_TOP_SIDE, _LIP_BOTTOM = (37, 267), (40, 270), (84, 314)
_BESIDE_MOUTH, _UNDER_CORNER = (212, 432), (204, 424)
_LIP_UNDERSIDE, _LIP_UPSIDE, _LIP_LOW = (13, 13), (14, 14), (17, 17)
_CHIN_BOSS, _CHIN, _JAW, _BRIDGE = (199, 199), (152, 152), (149, 378), (6, 6)

_UNITS = {
    "1": ActionUnit(
        "inner brow raiser",
        (
            Pull(_INNER_BROW, 0.05, 1.0, 0.070),
            Pull(_INNER_BROW_EDGE, 0.0, 0.6, 0.055),
            Pull(_FOREHEAD, 0.0, 0.35, 0.080),
        ),
    ),
    "2": ActionUnit(
        "outer brow raiser",
        (
            Pull(_OUTER_BROW, 0.05, 1.0, 0.060),
            Pull(_BROW_TAIL, 0.10, 0.6, 0.055),
            Pull(_SIDE_FOREHEAD, 0.0, 0.35, 0.075),
        ),
    ),
    "4": ActionUnit(
        "brow lowerer",
        (
            Pull(_INNER_BROW_EDGE, -0.45, -0.8, 0.060),
            Pull(_INNER_BROW, -0.40, -0.5, 0.060),
            Pull(_BROW, -0.25, -0.6, 0.065),
        ),
    ),
    "5": ActionUnit("upper lid raiser", (Pull(_BROW, 0.0, 0.1, 0.050),), upper_lid=1.0),
    "6": ActionUnit(
        "cheek raiser",
        (
            Pull(_UPPER_CHEEK, -0.1, 0.7, 0.070),
            Pull(_CHEEK, -0.05, 0.7, 0.090),
            Pull(_CROWS_FEET, -0.5, 0.1, 0.050),
            Pull(_BROW_TAIL, -0.05, -0.2, 0.050),
        ),
        lower_lid=0.45,
    ),
    "7": ActionUnit(
        "lid tightener",
        (Pull(_UNDER_EYE, -0.15, 0.5, 0.045),),
        upper_lid=-0.3,
        lower_lid=1.0,
    ),
    "9": ActionUnit(
        "nose wrinkler",
        (
            Pull(_NOSE_SIDE, -0.1, 0.8, 0.050),
            Pull(_NOSTRIL, 0.05, 0.7, 0.050),
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
            Pull(_NOSTRIL, 0.05, 0.4, 0.050),
            Pull(_FOLD, 0.1, 0.3, 0.060),
        ),
    ),
    "12": ActionUnit(
        "lip corner puller",
        (
            Pull(_CORNER, 0.70, 0.65, 0.070),
            Pull(_FOLD, 0.20, 0.5, 0.080),
            Pull(_CHEEK, 0.05, 0.3, 0.090),
        ),
    ),
    "14": ActionUnit(
        "dimpler",
        (
            Pull(_CORNER, 0.9, 0.15, 0.045),
            Pull(_BESIDE_MOUTH, -0.7, 0.05, 0.045),
            Pull(_UNDER_CORNER, 0.2, 0.25, 0.050),
        ),
    ),
    "15": ActionUnit(
        "lip corner depressor",
        (Pull(_CORNER, 0.15, -1.0, 0.055), Pull(_UNDER_CORNER, 0.05, -0.6, 0.060)),
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

ACTION_UNITS = tuple(_UNITS)
"""The numbers of the units that can be made, as in ``"12"``."""


class FacialMuscles:
    """The action units of one face, each at any place of it.

    Args:
        points: the neutral mesh of an upright face, pixels.
    """

    def __init__(self, points: Float64[ndarray, "468 2"]) -> None:
        self._points = points
        self._unit = face_width(points)
        self._below_lips = np.isin(np.arange(468), _LOWER_LIP) | (
            points[:, 1] > points[_LOWER_LIP, 1].mean()
        )

    def at_mesh(self, code: str) -> Movement:
        """How one unit, such as ``"12"`` or ``"L12"``, moves the mesh; its peak is 1.

        Raises:
            ConfigError: no such unit, or not on one side only.
        """
        movement = self._raw(code, self._points, self._below_lips)
        return Movement(movement.skin / movement.peak, movement.lids / movement.peak)

    def at(
        self, code: str, places: Float64[ndarray, "points 2"], lip: Literal["upper", "lower"]
    ) -> Movement:
        """The same movement at any places of the picture, pixels.

        Args:
            code: the unit.
            places: x, y, pixels.
            lip: which side of the line between the lips all `places` are taken to lie on.
        """
        below = np.full(len(places), lip == "lower")
        movement = self._raw(code, places, below)
        peak = self._raw(code, self._points, self._below_lips).peak
        return Movement(movement.skin / peak, movement.lids / peak)

    def _raw(self, code: str, places: ndarray, below: Bool[ndarray, " points"]) -> Movement:
        unit, sides = unit_and_sides(code)
        skin, lids = np.zeros((len(places), 2)), np.zeros((2, 2))
        for side in sides:
            moved = sum(self._pulled(pull, side, places, below) for pull in unit.pulls)
            skin += moved * self._half(side, places)[:, None]
            lids["RL".index(side)] = unit.upper_lid, unit.lower_lid
        return Movement(skin * self._away_from_eyes(places)[:, None], lids)

    def _pulled(self, pull: Pull, side: Side, places: ndarray, below: ndarray) -> ndarray:
        outward = -1 if side == "R" else 1
        offsets = (places - self._points[pull.points["RL".index(side)]]) / self._unit
        strength = np.exp(-0.5 * (offsets**2).sum(1) / pull.reach**2)
        if pull.lip is not None:
            strength = strength * self._between_corners(places)
            strength = strength * (below == (pull.lip == "lower"))
        return strength[:, None] * np.array([outward * pull.outward, -pull.upward])

    def _half(self, side: Side, places: ndarray) -> Float64[ndarray, " points"]:
        """Near 1 on one half of the face, near 0 on the other; both halves sum to 1."""
        top, base = self._points[9], self._points[2]
        middle = top[0] + (base[0] - top[0]) * (places[:, 1] - top[1]) / (base[1] - top[1])
        outward = -1 if side == "R" else 1
        return 1 / (1 + np.exp(-outward * (places[:, 0] - middle) / (0.015 * self._unit)))

    def _between_corners(self, places: ndarray) -> Float64[ndarray, " points"]:
        """1 in the middle of the mouth and 0 beyond its corners, where both lips are one skin."""
        right, left = (self._points[MOUTH_CORNERS[side]] for side in "RL")
        from_middle = (places[:, 0] - (right[0] + left[0]) / 2) / ((left[0] - right[0]) / 2)
        return np.clip(1 - from_middle**2, 0, None)

    def _away_from_eyes(self, places: ndarray) -> Float64[ndarray, " points"]:
        """0 in the eyes, which skin slides around, rising to 1 outside them."""
        free = np.ones(len(places))
        for corners in EYE_CORNERS.values():
            outer, inner = self._points[list(corners)]
            across = np.abs(outer[0] - inner[0]) / 2
            offsets = (places - (outer + inner) / 2) / (1.15 * across, 0.5 * across)
            free *= 1 - np.exp(-((offsets**2).sum(1) ** 2) / 4)
        return free


def unit_and_sides(code: str) -> tuple[ActionUnit, tuple[Side, ...]]:
    """What ``"12"``, ``"L12"`` or ``"R12"`` means.

    Raises:
        ConfigError: no such unit, or not on one side only.
    """
    number = code.lstrip("LR")
    unit = _UNITS.get(number)
    if unit is None:
        known = ", ".join(_UNITS)
        raise ConfigError(f"action unit {code} is unknown; known are {known}, with L or R before")
    if number == code:
        return unit, ("R", "L")
    if not unit.one_sided:
        raise ConfigError(f"{code}: {unit.name} works on both sides at once; write {number}")
    return unit, ("L",) if code.startswith("L") else ("R",)
