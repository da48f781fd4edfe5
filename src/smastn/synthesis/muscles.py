"""The muscles of one face: what its action units do at any place of it.

`action_units` says where each unit pulls; here the pulls become displacements,
of mesh points or of pixels, with the skin parted between the lips and held at
the eyes. Left and right are the person's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from smastn.synthesis.action_units import UNITS, ActionUnit, Pull, Side, unit_and_sides
from smastn.synthesis.photographs import face_width

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


class FacialMuscles:
    """The action units of one face, each at any place of it.

    Args:
        points: the neutral mesh of an upright face, pixels.
        units: what each of its units does, by number; see `action_units.draw_muscles`.
    """

    def __init__(
        self, points: Float64[ndarray, "468 2"], units: Mapping[str, ActionUnit] = UNITS
    ) -> None:
        self._points, self._units = points, units
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
        unit, sides = unit_and_sides(code, self._units)
        skin, lids = np.zeros((len(places), 2)), np.zeros((2, 2))
        for side in sides:
            moved = sum(self._pulled(pull, side, places, below) for pull in unit.pulls)
            skin += moved * self._half(side, places)[:, None]
            lids["RL".index(side)] = unit.upper_lid, unit.lower_lid
        return Movement(skin * self.away_from_eyes(places)[:, None], lids)

    def _pulled(self, pull: Pull, side: Side, places: ndarray, below: ndarray) -> ndarray:
        outward = -1 if side == "R" else 1
        offsets = (places - self._points[pull.points["RL".index(side)]]) / self._unit
        offsets = offsets - (outward * pull.off[0], -pull.off[1])
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

    def away_from_eyes(self, places: Float64[ndarray, "points 2"]) -> Float64[ndarray, " points"]:
        """0 in the eyes, which skin slides around, rising to 1 outside them."""
        free = np.ones(len(places))
        for corners in EYE_CORNERS.values():
            outer, inner = self._points[list(corners)]
            across = np.abs(outer[0] - inner[0]) / 2
            offsets = (places - (outer + inner) / 2) / (1.15 * across, 0.5 * across)
            free *= 1 - np.exp(-((offsets**2).sum(1) ** 2) / 4)
        return free
