"""How one made-up face is shaped unlike another: smooth changes of the mesh."""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from smastn.synthesis.photographs import face_width

_EYES = ((33, 133, 159, 145), (263, 362, 386, 374))
_BROWS = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))
_NOSE_TIP, _NOSE_BASE, _CHIN, _BROW_LINE = 1, 2, 152, 9
_MOUTH_CORNERS = (61, 291)


@dataclass(frozen=True, slots=True)
class Proportions:
    """Departures from the mean of the two photographs; 0 is none, 1 is strong.

    Attributes:
        face_width: the whole face wider.
        jaw_width: the face wider below the mouth.
        chin_length: the chin longer.
        eye_size: both eyes larger.
        eye_spacing: the eyes further apart.
        eye_tilt: outer corners higher.
        brow_height: brows higher.
        nose_width: nostrils wider.
        nose_length: the tip of the nose lower.
        mouth_width: the mouth wider.
        mouth_height: the mouth higher on the face.
        lip_fullness: lips thicker.
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


def draw_proportions(generator: np.random.Generator) -> Proportions:
    """Proportions drawn uniformly from -1 to 1, each for itself."""
    values = generator.uniform(-1, 1, len(fields(Proportions)))
    return Proportions(*(float(value) for value in values))


def reshaped(
    points: Float64[ndarray, "468 2"], proportions: Proportions
) -> Float64[ndarray, "468 2"]:
    """The mesh of an upright face with its proportions changed.

    The changes are at most some 8 % of the face's width at any point, and fade
    out like a Gaussian around the feature they change, so that the mesh never folds.
    """
    unit = face_width(points)
    moved = _jaw_and_width(points, proportions, unit)
    moved = _eyes_and_brows(moved, proportions, unit)
    return _nose_and_mouth(moved, proportions, unit)


def _jaw_and_width(points: ndarray, wanted: Proportions, unit: float) -> ndarray:
    middle = points[[_BROW_LINE, _NOSE_TIP, _CHIN], 0].mean()
    mouth = points[list(_MOUTH_CORNERS), 1].mean()
    below = 1 / (1 + np.exp(-(points[:, 1] - mouth) / (0.06 * unit)))
    moved = points.copy()
    factor = 1 + 0.07 * wanted.face_width + 0.08 * wanted.jaw_width * below
    moved[:, 0] = middle + (points[:, 0] - middle) * factor
    reach = np.clip((points[:, 1] - mouth) / (points[_CHIN, 1] - mouth), 0, None)
    moved[:, 1] += 0.07 * unit * wanted.chin_length * reach**1.5
    return moved


def _eyes_and_brows(points: ndarray, wanted: Proportions, unit: float) -> ndarray:
    moved = points.copy()
    for side, (eye, brow) in zip((-1, 1), zip(_EYES, _BROWS, strict=True), strict=True):
        from_eye = points - points[list(eye)].mean(0)
        near = _bell(from_eye, (0.14 * unit, 0.10 * unit))
        moved += near * from_eye * 0.18 * wanted.eye_size
        moved[:, :1] += near * side * 0.025 * unit * wanted.eye_spacing
        moved[:, 1:] -= near * side * from_eye[:, :1] * 0.12 * wanted.eye_tilt
        from_brow = points - points[list(brow)].mean(0)
        near = _bell(from_brow, (0.16 * unit, 0.06 * unit))
        moved[:, 1:] -= near * 0.03 * unit * wanted.brow_height
    return moved


def _nose_and_mouth(points: ndarray, wanted: Proportions, unit: float) -> ndarray:
    moved = points.copy()
    from_nose = points - points[_NOSE_BASE]
    near = _bell(from_nose, (0.12 * unit, 0.08 * unit))
    moved[:, :1] += near * from_nose[:, :1] * 0.22 * wanted.nose_width
    moved[:, 1:] += near * 0.03 * unit * wanted.nose_length
    from_mouth = points - points[list(_MOUTH_CORNERS)].mean(0)
    near = _bell(from_mouth, (0.22 * unit, 0.09 * unit))
    moved[:, :1] += near * from_mouth[:, :1] * 0.16 * wanted.mouth_width
    moved[:, 1:] += near * from_mouth[:, 1:] * 0.25 * wanted.lip_fullness
    moved[:, 1:] -= near * 0.02 * unit * wanted.mouth_height
    return moved


def _bell(offsets: ndarray, spread: tuple[float, float]) -> ndarray:
    """Gaussian weight of each point by its offset from a centre, shape (points, 1)."""
    return np.exp(-0.5 * ((offsets / np.array(spread)) ** 2).sum(1, keepdims=True))
