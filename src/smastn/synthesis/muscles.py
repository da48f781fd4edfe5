"""Displacements of one face's skin and lids by action units.

`action_units` defines the pulls of each unit. Here they become displacements of mesh
points or pixels; the skin is parted between the lips and attenuated at the eyes. Left
and right are the person's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from smastn.corpora.facs import Side
from smastn.synthesis.action_units import UNITS, ActionUnit, Pull, unit_and_sides
from smastn.synthesis.mesh_points import EYE_CORNERS, LOWER_LIP, MOUTH_CORNERS, Mesh, face_width


@dataclass(frozen=True, slots=True)
class Movement:
    """Displacement of skin and lids, in the units of the given points.

    Attributes:
        skin: x, y displacement of each point; y grows downwards.
        lids: rise of the lids' edges; rows: right and left eye; columns: upper and lower lid.
    """

    skin: Float64[ndarray, "points 2"]
    lids: Float64[ndarray, "2 2"]

    @property
    def peak(self) -> float:
        """The largest displacement of any point or lid."""
        return float(max(np.linalg.norm(self.skin, axis=1).max(), np.abs(self.lids).max()))


class FacialMuscles:
    """The action units of one face.

    Args:
        points: the neutral mesh of an upright face, pixels.
        units: the face's units by number; see `action_units.draw_action_units`.
    """

    def __init__(self, points: Mesh, units: Mapping[str, ActionUnit] = UNITS) -> None:
        self._points, self._units = points, units
        self._unit = face_width(points)
        self._below_lips = np.isin(np.arange(468), LOWER_LIP) | (
            points[:, 1] > points[LOWER_LIP, 1].mean()
        )

    def at_mesh(self, code: str) -> Movement:
        """Displacement of the mesh by one unit, such as ``"12"`` or ``"L12"``; its peak is 1.

        Raises:
            ConfigError: the unit is unknown or cannot occur on one side only.
        """
        movement = self._raw(code, self._points, self._below_lips)
        return Movement(movement.skin / movement.peak, movement.lids / movement.peak)

    def at(
        self, code: str, places: Float64[ndarray, "points 2"], lip: Literal["upper", "lower"]
    ) -> Movement:
        """The displacement `at_mesh`, at any places of the picture.

        Args:
            code: the unit.
            places: x, y, pixels.
            lip: the side of the line between the lips that all `places` count as.
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
        offsets = offsets - (outward * pull.offset[0], -pull.offset[1])
        strength = np.exp(-0.5 * (offsets**2).sum(1) / pull.reach**2)
        if pull.lip is not None:
            strength = strength * self._between_corners(places)
            strength = strength * (below == (pull.lip == "lower"))
        return strength[:, None] * np.array([outward * pull.outward, -pull.upward])

    def _half(self, side: Side, places: ndarray) -> Float64[ndarray, " points"]:
        """Weight of one half of the face; the weights of both halves sum to 1."""
        top, base = self._points[9], self._points[2]
        middle = top[0] + (base[0] - top[0]) * (places[:, 1] - top[1]) / (base[1] - top[1])
        outward = -1 if side == "R" else 1
        return 1 / (1 + np.exp(-outward * (places[:, 0] - middle) / (0.015 * self._unit)))

    def _between_corners(self, places: ndarray) -> Float64[ndarray, " points"]:
        """Weight that falls from 1 in the middle of the mouth to 0 at its corners."""
        right, left = (self._points[MOUTH_CORNERS[side]] for side in "RL")
        from_middle = (places[:, 0] - (right[0] + left[0]) / 2) / ((left[0] - right[0]) / 2)
        return np.clip(1 - from_middle**2, 0, None)

    def away_from_eyes(self, places: Float64[ndarray, "points 2"]) -> Float64[ndarray, " points"]:
        """Weight 0 in the eyes, which the skin slides around, rising to 1 outside them."""
        free = np.ones(len(places))
        for corners in EYE_CORNERS.values():
            outer, inner = self._points[list(corners)]
            across = np.abs(outer[0] - inner[0]) / 2
            offsets = (places - (outer + inner) / 2) / (1.15 * across, 0.5 * across)
            free *= 1 - np.exp(-((offsets**2).sum(1) ** 2) / 4)
        return free
