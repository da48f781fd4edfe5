"""One alignment per clip, and head movement measured at points that facial muscles hardly move.

Landmarks jitter by as much as a micro-expression moves, so no frame is aligned to its own
landmarks. The first frames give one similarity transform for the whole clip. Later head
movement is measured by optical flow at stable points, with a robust fit in which points that
move otherwise are outliers.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8
from numpy import ndarray

from smastn.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER, Face
from smastn.media.frame_array import Image

Matrix = Float[ndarray, "2 3"]
"""A transform from (x, y, 1) to (x, y)."""

_MARGIN = 1.12
"""Side of the crop relative to the face's larger extent, brows to chin or cheek to cheek."""

TRACKING_SIZE = 224
"""Side of the crop in which head movement is measured, pixels."""

_BROW_POINTS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
_CHIN_POINT = 152
STABLE_POINTS = (
    *(168, 6, 197, 195, 5, 4, 122, 351, 196, 419, 236, 456, 3, 248, 51, 281),  # nose
    *(133, 362, 33, 263, 130, 359, 243, 463),  # corners of the eyes
    *(127, 234, 93, 162, 356, 454, 323, 389, 227, 447, 137, 366, 34, 264),  # sides of the face
)
"""Mesh points that facial muscles hardly move."""

_WINDOW, _LEVELS = (19, 19), 3
_ROUNDS, _TUKEY = 6, 4.0
_LEAST_POINTS = 6
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.01)


def face_alignment(faces: Sequence[Face], size: int) -> Matrix:
    """The similarity transform that crops a face upright, from brows to chin, into a square.

    Args:
        faces: the same face in one or several frames; their landmarks are averaged.
        size: side of the square, pixels.

    Returns:
        Matrix from (x, y, 1) in the frame to (x, y) in the crop.
    """
    points = np.stack([face.points[:, :2] for face in faces]).mean(axis=0, dtype=np.float64)
    across = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
    roll = np.arctan2(across[1], across[0])
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    upright = points @ turn.T
    left, right = upright[:, 0].min(), upright[:, 0].max()
    brows, chin = upright[list(_BROW_POINTS), 1].min(), upright[_CHIN_POINT, 1]
    extent = _MARGIN * max(right - left, chin - brows)
    scale = size / extent
    middle = np.array([left + right, brows + chin]) / 2
    shift = size / 2 - scale * middle
    return np.hstack([scale * turn, shift[:, None]])


def warp(
    image: UInt8[ndarray, "height width *channels"], matrix: Matrix, size: int
) -> UInt8[ndarray, "size size *channels"]:
    """The crop of a frame; `matrix` maps the frame to the crop.

    Where the crop is much smaller than the face, a larger one is averaged down, so that fine
    texture does not flicker as the head drifts.
    """
    shrink = max(1, int(np.ceil(1 / np.hypot(matrix[0, 0], matrix[0, 1]) - 0.25)))
    fine = cv2.warpAffine(
        image,
        _scaled(matrix, shrink),
        (size * shrink, size * shrink),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if shrink == 1:
        return fine
    return cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA)


def tracking_crop(image: Image, matrix: Matrix) -> UInt8[ndarray, "size size"]:
    """The grey crop of `TRACKING_SIZE` in which head movement is measured."""
    return cv2.cvtColor(warp(image, matrix, TRACKING_SIZE), cv2.COLOR_RGB2GRAY)


def median_of(values: Float[ndarray, " values"]) -> float:
    """The median, 0 of no numbers; `numpy.median` takes three times as long for a few."""
    middle = len(values) // 2
    if not len(values):
        return 0.0
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    low, high = np.partition(values, (middle - 1, middle))[middle - 1 : middle + 1]
    return float(low + high) / 2


def stable_points(faces: Sequence[Face], matrix: Matrix) -> Float32[ndarray, "points 2"]:
    """The points that facial muscles hardly move, in pixels of the crop."""
    points = np.stack([face.points[list(STABLE_POINTS), :2] for face in faces]).mean(axis=0)
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


class HeadMotion:
    """Head movement in a crop since a reference crop.

    Each crop is compared with the reference alone, so the result for a frame does not depend on
    other frames.

    Args:
        reference: grey crop to compare with.
        points: to track in it, see `stable_points`.
    """

    def __init__(
        self, reference: UInt8[ndarray, "size size"], points: Float32[ndarray, "points 2"]
    ) -> None:
        self._reference = reference
        inside = ((points > 2) & (points < len(reference) - 3)).all(axis=1)
        self._points = points[inside]

    def __call__(self, crop: UInt8[ndarray, "size size"]) -> Matrix:
        """The similarity transform from the reference's coordinates to this crop's.

        The identity where too few points could be tracked.
        """
        still = np.eye(2, 3)
        if len(self._points) < _LEAST_POINTS:
            return still
        forward, seen = _follow(self._reference, crop, self._points)
        back, seen_back = _follow(crop, self._reference, forward)
        returned = np.linalg.norm(back - self._points, axis=1) < 0.5  # pixels
        kept = seen & seen_back & returned
        if kept.sum() < _LEAST_POINTS:
            return still
        return robust_similarity(
            self._points[kept].astype(np.float64), forward[kept].astype(np.float64)
        )


def robust_similarity(start: Float[ndarray, "points 2"], end: Float[ndarray, "points 2"]) -> Matrix:
    """The similarity transform of most points, by iteratively reweighted least squares.

    Weights are Tukey's biweight at four robust standard deviations. Unlike OpenCV's RANSAC it
    draws nothing at random, so the same points always give the same result.
    """
    weights = np.ones(len(start))
    matrix = np.eye(2, 3)
    for _ in range(_ROUNDS):
        matrix = _similarity(start, end, weights)
        errors = np.linalg.norm(start @ matrix[:, :2].T + matrix[:, 2] - end, axis=1)
        spread = _TUKEY * max(median_of(errors), 0.01)
        weights = np.clip(1 - (errors / spread) ** 2, 0, None) ** 2
    return matrix


def compose(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies `first`, then `then`."""
    linear = then[:, :2] @ first[:, :2]
    shift = then[:, :2] @ first[:, 2] + then[:, 2]
    return np.hstack([linear, shift[:, None]])


def pixel_scaling(factor: float) -> Matrix:
    """From an image to the same enlarged so many times; pixels have areas, not only centres."""
    shift = (factor - 1) / 2
    return np.array([[factor, 0.0, shift], [0.0, factor, shift]])


def inverse(matrix: Matrix) -> Matrix:
    """The inverse transform."""
    return cv2.invertAffineTransform(matrix)


def _scaled(matrix: ndarray, factor: int) -> ndarray:
    """The same crop on a grid `factor` times finer; pixel centres keep their places."""
    fine = matrix * factor
    fine[:, 2] += (factor - 1) / 2
    return fine


def _follow(before: ndarray, after: ndarray, points: ndarray) -> tuple[ndarray, ndarray]:
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points[:, None],
        np.empty((len(points), 1, 2), np.float32),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=_STOP,
    )
    return found[:, 0], status[:, 0].astype(bool)


def _similarity(start: ndarray, end: ndarray, weights: ndarray) -> ndarray:
    """Weighted least squares for x' = a x - b y + c, y' = b x + a y + d."""
    total = max(float(weights.sum()), 1e-9)
    mean_start = weights @ start / total
    mean_end = weights @ end / total
    p, q = start - mean_start, end - mean_end
    norm = max(float(weights @ (p**2).sum(1)), 1e-9)
    a = float(weights @ (p * q).sum(1)) / norm
    b = float(weights @ (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])) / norm
    linear = np.array([[a, -b], [b, a]])
    return np.hstack([linear, (mean_end - linear @ mean_start)[:, None]])
