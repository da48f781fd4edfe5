"""Where the head and the eyes are turned, apart from what the face does."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.faces.landmarks import Face

_RIGHT_SIDE = (33, 133, 127, 234, 93, 132, 61)
_LEFT_SIDE = (263, 362, 356, 454, 323, 361, 291)
_TOP, _BOTTOM = (10, 151, 9), (152, 175, 18)
_OPENINGS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_LEAST_OPENING = 0.12  # height over width, below which no iris can be seen


def pose_degrees(face: Face) -> Float32[ndarray, " 3"]:
    """Yaw, pitch and roll of the head, degrees, as the depth of the mesh has them.

    Yaw is positive towards the person's own left, pitch upwards, roll clockwise in the
    picture. All three are against the camera; a face has no exact straight ahead, so
    differences mean more than the values.
    """
    points = face.points.astype(np.float64)
    across = points[list(_LEFT_SIDE)].mean(axis=0) - points[list(_RIGHT_SIDE)].mean(axis=0)
    across /= max(float(np.linalg.norm(across)), 1e-9)
    down = points[list(_BOTTOM)].mean(axis=0) - points[list(_TOP)].mean(axis=0)
    down -= (down @ across) * across
    yaw = np.arctan2(across[2], np.hypot(across[0], across[1]))
    pitch = -np.arctan2(down[2], np.hypot(down[0], down[1]))
    roll = np.arctan2(across[1], across[0])
    return np.degrees([yaw, pitch, roll]).astype(np.float32)


def gaze_px(
    crop: UInt8[ndarray, "size size"], points: Float32[ndarray, "468 2"]
) -> Float32[ndarray, " 2"]:
    """How far the irises are from the middle of the eyes (x, y), pixels of the aligned face.

    The iris is taken for what is darkest between the lids; the mean of both eyes. It is
    good for telling that gaze shifts, not for where somebody looks. NaN when both eyes
    are too narrow to tell.

    Args:
        crop: the aligned face, grey.
        points: the mesh in the crop.
    """
    seen = [one for one in (_iris(crop, points[list(rim)]) for rim in _OPENINGS) if one is not None]
    return np.mean(seen, axis=0).astype(np.float32) if seen else np.full(2, np.nan, np.float32)


def _iris(crop: ndarray, rim: Float32[ndarray, "16 2"]) -> ndarray | None:
    """Iris against the middle of the eye's corners; None where the eye is shut or cut off."""
    low, high = np.floor(rim.min(axis=0)).astype(int), np.ceil(rim.max(axis=0)).astype(int) + 1
    wide, tall = np.ptp(rim, axis=0)
    inside = (low >= 0).all() and (high <= len(crop)).all()
    if not inside or tall < _LEAST_OPENING * wide:
        return None
    patch = crop[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    opening = np.zeros(patch.shape, np.uint8)
    cv2.fillPoly(opening, [np.rint(rim - low).astype(np.int32)], 1)
    dark = np.where(opening > 0, patch, np.inf)
    limit = np.quantile(patch[opening > 0], 0.35)
    rows, columns = np.nonzero(dark <= limit)
    middle = (rim[0] + rim[8]) / 2 - low
    return np.array([columns.mean(), rows.mean()]) - middle
