"""A portrait in motion.

Skin is warped by displacement fields. Eyes and mouth are openings over a layer of
their own: a closing lid slides over the eyeball, and parting lips uncover teeth or
darkness.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.faces.alignment import face_alignment
from smastn.faces.landmarks import Face
from smastn.media.frame_array import Image
from smastn.synthesis.action_units import UNITS, ActionUnit
from smastn.synthesis.eyes_and_mouth import Eye, Lips, Mouth
from smastn.synthesis.measured_flow import flow_at
from smastn.synthesis.mesh_points import LOWER_LIP_ROW, UPPER_LIP_ROW, Mesh, face_width
from smastn.synthesis.muscles import FacialMuscles, Movement
from smastn.synthesis.photographs import Portrait

_FIELD_STEP = 2
"""Displacement fields are smooth, so they are kept at every second pixel."""

_MARGIN = 0.3

_LIDS = ((159, 145), (386, 374))
"""Mesh points in the middle of the upper and the lower lid: right eye, left eye."""


@dataclass(frozen=True, slots=True)
class Motion:
    """The displacements of one portrait at full strength of a movement.

    Attributes:
        mesh: displacement of each mesh point, pixels of the portrait.
        upper: displacement of the skin above the line between the lips, at every second pixel.
        lower: the same below that line.
        parts_lips: whether the two differ.
        lids: rise of the lids' edges, pixels; rows: right and left eye; columns: upper and
            lower lid.
    """

    mesh: Mesh
    upper: Float32[ndarray, "rows columns 2"]
    lower: Float32[ndarray, "rows columns 2"]
    parts_lips: bool
    lids: Float64[ndarray, "2 2"]


class AnimatedFace:
    """One portrait that can be moved.

    Args:
        portrait: the neutral picture and its mesh.
        units: the person's action units; see `action_units.draw_action_units`.
    """

    def __init__(self, portrait: Portrait, units: Mapping[str, ActionUnit] = UNITS) -> None:
        self.portrait = portrait
        points = portrait.points
        margin = _MARGIN * face_width(points)
        low = np.maximum(np.floor(points.min(0) - margin), 0).astype(int)
        high = np.minimum(np.ceil(points.max(0) + margin), portrait.image.shape[1::-1]).astype(int)
        high -= (high - low) % _FIELD_STEP
        self._window = np.s_[low[1] : high[1], low[0] : high[0]]
        self._image = np.ascontiguousarray(portrait.image[self._window])
        self._points = points - low
        self._muscles = FacialMuscles(self._points, units)
        self._eyes = [Eye(self._image, self._points, side) for side in ("R", "L")]
        self._mouth = Mouth(self._image, self._points)
        rows, columns = np.mgrid[: self._image.shape[0], : self._image.shape[1]]
        self._grid = np.stack([columns, rows], axis=-1).astype(np.float32)
        between = (_FIELD_STEP - 1) / 2
        self._places = self._grid[::_FIELD_STEP, ::_FIELD_STEP].astype(np.float64) + between
        self._fields: dict[str, tuple[ndarray, ndarray]] = {}

    @property
    def pixels_per_crop_pixel(self) -> float:
        """Pixels of the portrait in one pixel of the 224-pixel crop that preparation cuts."""
        points = np.zeros((468, 3), np.float32)
        points[:, :2] = self.portrait.points
        matrix = face_alignment([Face(points, 1.0)], 224)
        return float(1 / np.hypot(matrix[0, 0], matrix[0, 1]))

    def motion(
        self, action_units: Sequence[str], strengths: Sequence[float], amplitude: float
    ) -> Motion:
        """The motion of several action units, scaled to a peak displacement.

        Args:
            action_units: such as ``("1", "L12")``.
            strengths: relative strength of each.
            amplitude: largest displacement of any mesh point or lid, pixels of a 224-pixel crop.

        Raises:
            ConfigError: an action unit is unknown.
        """
        parts = [self._muscles.at_mesh(code) for code in action_units]
        skin = _sum(weight * part.skin for weight, part in zip(strengths, parts, strict=True))
        lids = _sum(weight * part.lids for weight, part in zip(strengths, parts, strict=True))
        together = Movement(skin, lids)
        scale = amplitude * self.pixels_per_crop_pixel / together.peak
        upper, lower = self._fields_of(action_units, np.array(strengths) * scale)
        parts_lips = not np.array_equal(upper, lower)
        return Motion(together.skin * scale, upper, lower, parts_lips, together.lids * scale)

    def motion_from_flow(
        self, flow: Float32[ndarray, "height width 2"], amplitude: float
    ) -> Motion:
        """The motion that a measured flow image gives this face, scaled to a peak displacement.

        Args:
            flow: x, y, y downwards, zero where nothing moved; see `measured_flow.centred_flow`.
            amplitude: largest displacement of any mesh point, pixels of a 224-pixel crop; 0 if
                the flow is zero everywhere.
        """
        at_mesh = flow_at(flow, self._points, self._points[None])[0]
        lids = -np.array([[at_mesh[point, 1] for point in pair] for pair in _LIDS])
        peak = float(np.linalg.norm(at_mesh, axis=1).max())
        scale = amplitude * self.pixels_per_crop_pixel / peak if peak > 0 else 0.0
        rows, columns = self._places.shape[:2]
        weight = self._muscles.away_from_eyes(self._places.reshape(-1, 2))
        skin = flow_at(flow, self._points, self._places) * weight.reshape(rows, columns, 1)
        field = (scale * skin).astype(np.float32)
        return Motion(scale * at_mesh, field, field, False, scale * lids)

    def frame(
        self,
        moving: Sequence[tuple[Motion, float]] = (),
        closure: float = 0.0,
        gaze: tuple[float, float] = (0.0, 0.0),
    ) -> Image:
        """The portrait with its skin, lids and eyes moved.

        Args:
            moving: motions and the strength of each, 0 to 1.
            closure: closure of both eyes; 0 as in the portrait, 1 closed.
            gaze: x, y displacement of the irises, pixels of the portrait.
        """
        moving = [(motion, share) for motion, share in moving if share > 0]
        if not moving and closure == 0 and gaze == (0.0, 0.0):
            return self.portrait.image.copy()
        source = self._grid.copy()
        lids = np.zeros((2, 2))
        lips = None
        if moving:
            upper = self._backward(_sum(share * motion.upper for motion, share in moving))
            lower = upper
            if any(motion.parts_lips for motion, _ in moving):
                lower = self._backward(_sum(share * motion.lower for motion, share in moving))
            lips = self._lip_rows(moving)
            source -= self._mouth.skin(upper, lower, lips)
            lids = _sum(share * motion.lids for motion, share in moving)
        edges = [
            eye.skin(source, rises, closure) for eye, rises in zip(self._eyes, lids, strict=True)
        ]
        skin = _sampled(self._image, source, cv2.INTER_CUBIC)
        for eye, edge in zip(self._eyes, edges, strict=True):
            eye.ball(skin, edge, gaze)
        if lips is not None:
            self._mouth.inside(skin, lips)
        image = self.portrait.image.copy()
        image[self._window] = skin
        return image

    def _fields_of(
        self, action_units: Sequence[str], strengths: Float64[ndarray, " units"]
    ) -> tuple[ndarray, ndarray]:
        shape = self._places.shape
        for code in action_units:
            if code not in self._fields:
                both = [
                    self._muscles.at(code, self._places.reshape(-1, 2), lip).skin.reshape(shape)
                    for lip in ("upper", "lower")
                ]
                self._fields[code] = both[0].astype(np.float32), both[1].astype(np.float32)
        upper, lower = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for code, strength in zip(action_units, strengths, strict=True):
            upper += np.float32(strength) * self._fields[code][0]
            lower += np.float32(strength) * self._fields[code][1]
        return upper, lower

    def _backward(self, field: Float32[ndarray, "rows columns 2"]) -> Float32[ndarray, "h w 2"]:
        """The displacement that ends at each pixel, from that which starts at each pixel."""
        size = self._grid.shape[1::-1]
        grid = self._grid[: field.shape[0], : field.shape[1]]
        field = _sampled(field, grid - field / _FIELD_STEP, cv2.INTER_LINEAR)
        return cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)

    def _lip_rows(self, moving: Sequence[tuple[Motion, float]]) -> Lips:
        """Inner edges of both lips, moved from those of the neutral mouth."""
        moved = _sum(share * motion.mesh for motion, share in moving)
        return (
            self._mouth.upper + moved[list(UPPER_LIP_ROW)],
            self._mouth.lower + moved[list(LOWER_LIP_ROW)],
        )


def _sum(arrays: Iterable[ndarray]) -> ndarray:
    """The sum, of the arrays' own type."""
    return reduce(np.add, arrays)


def _sampled(image: ndarray, source: Float32[ndarray, "height width 2"], flags: int) -> ndarray:
    """The picture sampled from `image` at `source`; border pixels repeat."""
    x, y = cv2.split(source)
    return np.asarray(cv2.remap(image, x, y, flags, borderMode=cv2.BORDER_REPLICATE))
