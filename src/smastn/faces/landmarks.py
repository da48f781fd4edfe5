"""468 landmarks of a face (Kartynnik et al., 2019), and tracking of one face through a film.

A face is detected once and then tracked from its own landmarks, which is faster and more stable
than detection in every frame.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray
from scipy.special import expit

from smastn.assets import FACE_MESH, model_file
from smastn.faces.detection import Box, FaceDetector
from smastn.faces.tflite import TfliteModel
from smastn.media.frame_array import Image

LEFT_EYE_OUTER, RIGHT_EYE_OUTER = 263, 33
"""Outer eye corners among the landmarks; left and right are the person's own."""

_MESH_SIZE = 192
_FOLLOW_SCORE = 0.5
_REGION_SCALE = 1.5


@dataclass(frozen=True, slots=True)
class Face:
    """The landmarks of one face in one frame.

    Attributes:
        points: x, y in pixels of the frame, z in the same unit (smaller is nearer).
        score: the model's confidence that this is a face, 0 to 1.
    """

    points: Float32[ndarray, "468 3"]
    score: float

    @property
    def width(self) -> float:
        """Extent of the points along x, pixels."""
        return float(np.ptp(self.points[:, 0]))


class FaceMesh:
    """The model of 468 landmarks, applied to a region of a frame."""

    def __init__(self) -> None:
        self._run = TfliteModel(model_file(FACE_MESH))

    def in_box(self, image: Image, box: Box) -> Face:
        """The landmarks of a detected face."""
        left, top, right, bottom = box.corners
        centre = np.array([left + right, top + bottom]) / 2
        size = max(right - left, bottom - top) * _REGION_SCALE
        return self._fit(image, centre, size, _roll(box.eyes[0], box.eyes[1]))

    def near(self, image: Image, face: Face) -> Face:
        """The landmarks of the face that was at `face` in the frame before."""
        return self._fit(image, *_region(face.points[:, :2]))

    def _fit(self, image: Image, centre: ndarray, size: float, roll: float) -> Face:
        crop, to_frame = _turned_crop(image, (centre, size, roll), _MESH_SIZE)
        first, second = self._run(crop[None].astype(np.float32) / 255)
        raw, logit = (first, second) if first.size > 1 else (second, first)
        mesh = raw.reshape(468, 3)
        points = np.empty((468, 3), np.float32)
        points[:, :2] = mesh[:, :2] @ to_frame[:, :2].T + to_frame[:, 2]
        points[:, 2] = mesh[:, 2] * (size / _MESH_SIZE)
        return Face(points, float(expit(logit.ravel()[0])))


def face_crop(
    image: Image, points: Float32[ndarray, "points 2"], pixels: int
) -> tuple[UInt8[ndarray, "pixels pixels 3"], Float64[ndarray, "2 3"]]:
    """A square of 1.5 times the face's extent, outer eye corners level.

    Args:
        image: RGB.
        points: of the face, numbered as in the mesh, pixels.
        pixels: side of the crop.

    Returns:
        The crop, and the matrix from places in it to places in the frame.
    """
    return _turned_crop(image, _region(points), pixels)


def _region(points: Float32[ndarray, "points 2"]) -> tuple[ndarray, float, float]:
    """Centre and side of the square around a face, pixels, and its roll, radians."""
    points = points.astype(np.float64)
    roll = _roll(points[RIGHT_EYE_OUTER], points[LEFT_EYE_OUTER])
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    upright = points @ turn.T
    low, high = upright.min(0), upright.max(0)
    return (low + high) / 2 @ turn, float((high - low).max()) * _REGION_SCALE, roll


def _turned_crop(
    image: Image, region: tuple[ndarray, float, float], pixels: int
) -> tuple[UInt8[ndarray, "pixels pixels 3"], Float64[ndarray, "2 3"]]:
    centre, size, roll = region
    scale = size / pixels
    cos, sin = np.cos(roll) * scale, np.sin(roll) * scale
    half = pixels / 2
    to_frame = np.array(
        [
            [cos, -sin, centre[0] - half * (cos - sin)],
            [sin, cos, centre[1] - half * (sin + cos)],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, to_frame, (pixels, pixels), flags=flags), to_frame


class FaceTracker:
    """Tracks one face: detects it once, then searches near its last place.

    It holds the state of one clip, so it serves one clip in one thread.

    Args:
        choice: index of the face by size where there are several, 0 for the largest.
    """

    def __init__(self, choice: int = 0) -> None:
        self._detect = FaceDetector()
        self._mesh = FaceMesh()
        self.choice = choice
        self._last: Face | None = None
        self.faces_seen = 0
        """The largest number of faces in one detection since the last reset."""

    def __call__(self, image: Image) -> Face | None:
        """The tracked face in the next frame, or None if there is none."""
        if self._last is not None:
            face = self._mesh.near(image, self._last)
            if face.score >= _FOLLOW_SCORE and _inside(face, image):
                self._last = face
                return face
        self._last = self._find(image)
        return self._last

    def reset(self) -> None:
        """Forget the face, so that it is detected anew in the next frame."""
        self._last = None
        self.faces_seen = 0

    def _find(self, image: Image) -> Face | None:
        boxes = self._detect(image)
        self.faces_seen = max(self.faces_seen, len(boxes))
        if self.choice >= len(boxes):
            return None
        face = self._mesh.in_box(image, boxes[self.choice])
        face = self._mesh.near(image, face)  # again, now well centred
        return face if face.score >= _FOLLOW_SCORE else None


def _roll(right_eye: ndarray, left_eye: ndarray) -> float:
    """Angle of the line between the eyes against the horizontal, radians."""
    across = left_eye - right_eye
    return float(np.arctan2(across[1], across[0]))


def _inside(face: Face, image: ndarray) -> bool:
    """Whether the face's centre lies in the frame."""
    height, width = image.shape[:2]
    x, y = face.points[:, :2].mean(0)
    return bool(0 <= x < width and 0 <= y < height)
