"""Face shape: smooth changes of the mesh that make one face differ from another."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from smastn.synthesis.mesh_points import Mesh, face_width

_EYES = ((33, 133, 159, 145), (263, 362, 386, 374))
_BROWS = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))
_NOSE_TIP, _NOSE_BASE, _CHIN, _BROW_LINE = 1, 2, 152, 9
_MOUTH_CORNERS = (61, 291)


@dataclass(frozen=True, slots=True)
class FaceShape:
    """Departures from the average of the two photographs; 0 is none, 1 is strong.

    Attributes:
        face_width: wider face.
        jaw_width: wider face below the mouth.
        chin_length: longer chin.
        eye_size: larger eyes.
        eye_spacing: larger distance between the eyes.
        eye_tilt: higher outer corners.
        brow_height: higher brows.
        nose_width: wider nostrils.
        nose_length: lower tip of the nose.
        mouth_width: wider mouth.
        mouth_height: higher mouth.
        lip_fullness: thicker lips.
    """

    face_width: float = 0.0
    jaw_width: float = 0.0
    chin_length: float = 0.0
    eye_size: float = 0.0
    eye_spacing: float = 0.0
    eye_tilt: float = 0.0
    brow_height: float = 0.0
    nose_width: float = 0.0
    nose_length: float = 0.0
    mouth_width: float = 0.0
    mouth_height: float = 0.0
    lip_fullness: float = 0.0


def draw_face_shape(generator: np.random.Generator) -> FaceShape:
    """Draw each attribute uniformly from -1 to 1."""
    return FaceShape(*generator.uniform(-1, 1, len(fields(FaceShape))).tolist())


def with_shape(points: Mesh, shape: FaceShape) -> Mesh:
    """The mesh of an upright face with another shape.

    A point moves by at most about 8 % of the face's width. Each change fades out like a
    Gaussian around its feature, so the mesh does not fold.
    """
    unit = face_width(points)
    moved = _jaw_and_width(points, shape, unit)
    moved = _eyes_and_brows(moved, shape, unit)
    return _nose_and_mouth(moved, shape, unit)


def _jaw_and_width(points: ndarray, shape: FaceShape, unit: float) -> ndarray:
    middle = points[[_BROW_LINE, _NOSE_TIP, _CHIN], 0].mean()
    mouth = points[list(_MOUTH_CORNERS), 1].mean()
    below = 1 / (1 + np.exp(-(points[:, 1] - mouth) / (0.06 * unit)))
    moved = points.copy()
    factor = 1 + 0.07 * shape.face_width + 0.08 * shape.jaw_width * below
    moved[:, 0] = middle + (points[:, 0] - middle) * factor
    reach = np.clip((points[:, 1] - mouth) / (points[_CHIN, 1] - mouth), 0, None)
    moved[:, 1] += 0.07 * unit * shape.chin_length * reach**1.5
    return moved


def _eyes_and_brows(points: ndarray, shape: FaceShape, unit: float) -> ndarray:
    moved = points.copy()
    for side, eye, brow in zip((-1, 1), _EYES, _BROWS, strict=True):
        from_eye = points - points[list(eye)].mean(0)
        near = _bell(from_eye, (0.14 * unit, 0.10 * unit))
        moved += near * from_eye * 0.18 * shape.eye_size
        moved[:, :1] += near * side * 0.025 * unit * shape.eye_spacing
        moved[:, 1:] -= near * side * from_eye[:, :1] * 0.12 * shape.eye_tilt
        from_brow = points - points[list(brow)].mean(0)
        near = _bell(from_brow, (0.16 * unit, 0.06 * unit))
        moved[:, 1:] -= near * 0.03 * unit * shape.brow_height
    return moved


def _nose_and_mouth(points: ndarray, shape: FaceShape, unit: float) -> ndarray:
    moved = points.copy()
    from_nose = points - points[_NOSE_BASE]
    near = _bell(from_nose, (0.12 * unit, 0.08 * unit))
    moved[:, :1] += near * from_nose[:, :1] * 0.22 * shape.nose_width
    moved[:, 1:] += near * 0.03 * unit * shape.nose_length
    from_mouth = points - points[list(_MOUTH_CORNERS)].mean(0)
    near = _bell(from_mouth, (0.22 * unit, 0.09 * unit))
    moved[:, :1] += near * from_mouth[:, :1] * 0.16 * shape.mouth_width
    moved[:, 1:] += near * from_mouth[:, 1:] * 0.25 * shape.lip_fullness
    moved[:, 1:] -= near * 0.02 * unit * shape.mouth_height
    return moved


def _bell(offsets: ndarray, spread: tuple[float, float]) -> Float64[ndarray, "points 1"]:
    """Gaussian weight of each point by its offset from a centre."""
    return np.exp(-0.5 * ((offsets / np.array(spread)) ** 2).sum(1, keepdims=True))
