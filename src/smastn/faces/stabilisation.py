"""One face cut out of each frame of a film so that its head stays where it is.

What is seen then moves as the face does, and not as the head does. Landmarks say where
the face is, slowly, and the picture itself how it moved since, exactly: from frame to
frame by places that facial muscles hardly move, and pulled towards the landmarks within
a second, so that nothing drifts away and nothing jitters.
"""

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8
from numpy import ndarray

from smastn.faces.alignment import (
    HeadMotion,
    compose,
    face_alignment,
    inverse,
    stable_points,
    warp,
)
from smastn.faces.landmarks import Face, FaceMesh, FaceTracker

MARGIN = 1.3
"""Side of a cut over that of the aligned face, brows to chin: hair and jaw are seen, too."""

_TRACKED = 224  # pixels, of the cut in which the head is followed
_SURE = 0.5  # score of the mesh
_SURROUNDINGS, _NEAR = 0.6, 0.35  # shares of the face's size
_MESHES = 30.0  # a second: landmarks are slow, the picture is quick
_RENEWED, _PULLED = 0.5, 1.0  # seconds
_FACE, _FADING = (0.38, 0.43), 0.25  # half axes of the face in a cut, and the edge, shares
_UP = 0.05  # of its side, by which a cut reaches higher than it does lower


class SteadyFace:
    """Cuts one face out of the frames it is called with, in order.

    Args:
        size: side of the cuts, pixels.
        rate: frames a second.
    """

    def __init__(self, size: int, rate: float) -> None:
        self._size, self._rate = size, rate
        self._follow = _FollowedFace()
        self._every = max(1, round(rate / _MESHES))
        self._count = 0
        self._face: Face | None = None
        self._key: _Key | None = None

    def __call__(
        self, image: UInt8[ndarray, "height width 3"], box: Float32[ndarray, " 4"]
    ) -> UInt8[ndarray, "size size 3"] | None:
        """The face in the next frame, or None where it is not seen.

        Args:
            image: the frame.
            box: left, top, right, bottom of the face, whoever else is there; NaN for no face.
        """
        if not np.isfinite(box).all():
            self._face = None
        elif self._face is None or self._count % self._every == 0:
            self._face = self._follow(image, box)
        self._count += 1
        if self._face is None:
            self._key = None
            return None
        wanted = face_alignment([self._face], _TRACKED)
        if self._key is None:
            self._key = _Key(image, self._face, wanted)
        matrix = self._key.follow(image, wanted, 1 / (_PULLED * self._rate))
        if self._key.frames >= _RENEWED * self._rate:
            self._key = _Key(image, self._face, matrix)
        return warp(image, compose(matrix, _widened(self._size)), self._size)


class _FollowedFace:
    """The mesh on the face in a box: followed, or searched for in the box where it is lost."""

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
    """Whether the middle of the face is near the middle of the box."""
    off = np.abs(face.points[:, :2].mean(axis=0) - (box[:2] + box[2:]) / 2)
    return bool((off < _NEAR * (box[2:] - box[:2])).all())


class _Key:
    """A frame that later ones are compared with.

    Attributes:
        frames: that were compared with it.
    """

    def __init__(self, image: ndarray, face: Face, matrix: Float[ndarray, "2 3"]) -> None:
        self._head = HeadMotion(_grey_cut(image, matrix), stable_points([face], matrix))
        self._last, self._pull = matrix, np.zeros((2, 3))
        self.frames = 0

    def follow(
        self, image: ndarray, wanted: Float[ndarray, "2 3"], share: float
    ) -> Float[ndarray, "2 3"]:
        """The matrix from this frame to the cut, drawn by `share` nearer to the wanted one."""
        moved = self._head(_grey_cut(image, self._last))
        self._last = compose(self._last, inverse(moved))
        self._pull += share * (wanted - self._last - self._pull)
        self.frames += 1
        return self._last + self._pull


def _grey_cut(image: ndarray, matrix: ndarray) -> UInt8[ndarray, "size size"]:
    return cv2.cvtColor(warp(image, matrix, _TRACKED), cv2.COLOR_RGB2GRAY)


def _widened(size: int) -> Float[ndarray, "2 3"]:
    """From the aligned face to a cut of `size` that shows more around it."""
    scale = size / _TRACKED / MARGIN
    across = (size - scale * _TRACKED) / 2
    return np.array([[scale, 0.0, across], [0.0, scale, across + _UP * size]])


def aligned_to_cut(size: int, cut: int) -> Float[ndarray, "2 3"]:
    """From an aligned face of `size` pixels, as prepared for a network, to a cut of `cut`."""
    return compose(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]) * (_TRACKED / size), _widened(cut))


def face_share(size: int) -> Float32[ndarray, "size size"]:
    """1 where a cut shows the face, 0 where it shows what is around it, smooth between."""
    rows, columns = (np.mgrid[:size, :size] + 0.5) / size
    away = np.hypot((columns - 0.5) / _FACE[0], (rows - 0.5 - _UP) / _FACE[1])
    inside = np.clip((1 - away) / _FADING, 0, 1)
    return (inside**2 * (3 - 2 * inside)).astype(np.float32)
