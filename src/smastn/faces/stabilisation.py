"""Crops of one face in a film, stabilised against head movement.

Landmarks give the position of the face with jitter; optical flow at stable points gives its
movement since a reference frame without, but drifts. So the crop follows the optical flow and is
pulled towards the landmarks within a second.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.faces.alignment import (
    TRACKING_SIZE,
    HeadMotion,
    Matrix,
    compose,
    face_alignment,
    inverse,
    pixel_scaling,
    stable_points,
    tracking_crop,
    warp,
)
from smastn.faces.landmarks import Face, FaceMesh, FaceTracker
from smastn.media.frame_array import Image

MARGIN = 1.3
"""Side of a crop relative to the aligned face, brows to chin; it includes hair and jaw."""

FACE_EXTENT = 1.5
"""Side of a crop relative to the width of the face, about."""

_SURE = 0.5  # score of the landmarks
_SURROUNDINGS, _NEAR = 0.6, 0.35  # shares of the face's size
_MESHES = 10.0  # times a second that landmarks are found; crops follow them within a second only
_RENEWED, _PULLED = 0.5, 1.0  # seconds
_FACE, _FADING = (0.38, 0.43), 0.25  # half axes of the face in a crop, and the edge, shares
_UP = 0.05  # upward shift of the crop, share of its side
_COARSE = 0.8  # pixels of a square for one of the image, below which fine texture would flicker
_BILINEAR = 0.6  # the same, below which neighbouring pixels would not all count
_ROUND = 8  # pixels of the image around a square that are kept with it


@dataclass(frozen=True, slots=True)
class View:
    """A square of an image, not cut out yet: what is warped further is interpolated once.

    Attributes:
        image: RGB.
        matrix: from pixels of the image to those of the square.
        size: side of the square, pixels.
    """

    image: Image
    matrix: Matrix
    size: int

    @property
    def fine(self) -> bool:
        """Whether the image has no more pixels than the square shows, or few more."""
        return float(np.hypot(self.matrix[0, 0], self.matrix[0, 1])) > _COARSE

    def pixels(self) -> UInt8[ndarray, "size size 3"]:
        """The square, cut out."""
        return warp(self.image, self.matrix, self.size)

    def grey(self, size: int) -> UInt8[ndarray, "{size} {size}"]:
        """The square in grey, `size` pixels wide."""
        grey = cv2.cvtColor(self.image, cv2.COLOR_RGB2GRAY)
        matrix = compose(self.matrix, pixel_scaling(size / self.size))
        if np.hypot(*matrix[0, :2]) < _BILINEAR:
            return warp(grey, matrix, size)
        return cv2.warpAffine(grey, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)

    def apart(self) -> "View":
        """The same square of a copy of the part of the image that it needs.

        The copy is reduced to about the size of the square where it is larger.
        """
        corners = np.array(
            [[-0.5, self.size - 0.5, -0.5, self.size - 0.5], [-0.5, -0.5, *2 * [self.size - 0.5]]]
        )
        back = inverse(self.matrix)
        places = back[:, :2] @ corners + back[:, 2:]
        high, wide = self.image.shape[:2]
        left, top = np.clip(
            np.floor(places.min(axis=1)).astype(int) - _ROUND, 0, (wide - 1, high - 1)
        )
        right, bottom = np.ceil(places.max(axis=1)).astype(int) + _ROUND + 1
        part = self.image[top : max(bottom, top + 1), left : max(right, left + 1)]
        matrix = compose(np.array([[1.0, 0.0, left], [0.0, 1.0, top]]), self.matrix)
        if self.fine:
            return View(part.copy(), matrix, self.size)
        scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
        reduced = tuple(max(1, round(scale * side)) for side in part.shape[1::-1])
        ways = reduced[0] / part.shape[1], reduced[1] / part.shape[0]
        to_reduced = np.array([[ways[0], 0, ways[0] / 2 - 0.5], [0, ways[1], ways[1] / 2 - 0.5]])
        small = cv2.resize(part, reduced, interpolation=cv2.INTER_AREA)
        return View(small, compose(inverse(to_reduced), matrix), self.size)


class SteadyFace:
    """Finds the square of one face in the frames it is called with, in order.

    Args:
        size: side of the squares, pixels.
        rate: frames a second.
    """

    def __init__(self, size: int, rate: float) -> None:
        self._size, self._rate = size, rate
        self._follow = _FollowedFace()
        self._every = max(1, round(rate / _MESHES))
        self._count = 0
        self._face: Face | None = None
        self._wanted: Matrix = np.eye(2, 3)
        self._key: _Key | None = None

    def __call__(self, image: Image, box: Float32[ndarray, " 4"]) -> View | None:
        """The face in the next frame, or None where there is none.

        Args:
            image: the frame.
            box: left, top, right, bottom of the face to follow; NaN for no face.
        """
        seen = bool(np.isfinite(box).all())
        due = seen and (self._face is None or self._count % self._every == 0)
        if due or not seen:
            self._face = self._follow(image, box) if seen else None
        self._count += 1
        if self._face is None:
            self._key = None
            return None
        if due:
            self._wanted = face_alignment([self._face], TRACKING_SIZE)
        if self._key is None:
            self._key = _Key(image, self._face, self._wanted)
        matrix = self._key.follow(image, self._wanted if due else None, 1 / (_PULLED * self._rate))
        if self._key.frames >= _RENEWED * self._rate:
            self._key = _Key(image, self._face, matrix)
        return View(image, compose(matrix, _widened(self._size)), self._size)


class _FollowedFace:
    """The landmarks of the face in a box: tracked, or detected anew where it is lost."""

    def __init__(self) -> None:
        self._search = FaceTracker()
        self._mesh = FaceMesh()
        self._last: Face | None = None

    def __call__(self, image: ndarray, box: Float32[ndarray, " 4"]) -> Face | None:
        if self._last is not None:
            face = self._mesh.near(image, self._last)
            if face.score >= _SURE and _in_box(face, box):
                self._last = face
                return face
        self._last = self._found(image, box)
        return self._last

    def _found(self, image: ndarray, box: Float32[ndarray, " 4"]) -> Face | None:
        low, high = box[:2], box[2:]
        margin = _SURROUNDINGS * float((high - low).max())
        left, top = np.maximum(np.floor(low - margin), 0).astype(int)
        right, bottom = np.maximum(np.ceil(high + margin), 0).astype(int)
        self._search.reset()
        patch = np.ascontiguousarray(image[top:bottom, left:right])
        face = self._search(patch) if patch.size else None
        if face is None:
            return None
        return Face(face.points + np.array([left, top, 0], np.float32), face.score)


def _in_box(face: Face, box: Float32[ndarray, " 4"]) -> bool:
    """Whether the centre of the face is near that of the box."""
    off = np.abs(face.points[:, :2].mean(axis=0) - (box[:2] + box[2:]) / 2)
    return bool((off < _NEAR * (box[2:] - box[:2])).all())


class _Key:
    """A reference frame.

    Attributes:
        frames: number of frames compared with it.
    """

    def __init__(self, image: ndarray, face: Face, matrix: Matrix) -> None:
        self._head = HeadMotion(tracking_crop(image, matrix), stable_points([face], matrix))
        self._last = matrix
        self._pull = self._off = np.zeros((2, 3))
        self.frames = 0

    def follow(self, image: ndarray, wanted: Matrix | None, share: float) -> Matrix:
        """The matrix from this frame to the crop, pulled by `share` towards the wanted one.

        That of the last frame which had one, where it is None.
        """
        moved = self._head(tracking_crop(image, self._last))
        self._last = compose(self._last, inverse(moved))
        if wanted is not None:
            self._off = wanted - self._last
        self._pull = self._pull + share * (self._off - self._pull)
        self.frames += 1
        return self._last + self._pull


def _widened(size: int) -> Matrix:
    """From the aligned face to a crop of `size` with a margin."""
    scale = size / TRACKING_SIZE / MARGIN
    across = (size - scale * TRACKING_SIZE) / 2
    return np.array([[scale, 0.0, across], [0.0, scale, across + _UP * size]])


def aligned_to_cut(size: int, cut: int) -> Matrix:
    """From an aligned face of `size` pixels, as prepared for a network, to a crop of `cut`."""
    return compose(
        np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]) * (TRACKING_SIZE / size), _widened(cut)
    )


def face_share(size: int) -> Float32[ndarray, "size size"]:
    """1 on the face in a crop, 0 around it, smooth between."""
    rows, columns = (np.mgrid[:size, :size] + 0.5) / size
    away = np.hypot((columns - 0.5) / _FACE[0], (rows - 0.5 - _UP) / _FACE[1])
    inside = np.clip((1 - away) / _FADING, 0, 1)
    return (inside**2 * (3 - 2 * inside)).astype(np.float32)
