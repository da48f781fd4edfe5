"""Find faces and their 468 mesh points, and follow one face through a film.

Two published models do the seeing: BlazeFace (Bazarevsky et al., 2019) finds
faces, the face mesh (Kartynnik et al., 2019) places 468 points on one. A face
is searched for once and then followed from its own points, which is quicker
and steadier than searching in every frame.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8
from numpy import ndarray
from scipy.special import expit

from smastn.assets import FACE_DETECTION, FACE_MESH, model_file

LEFT_EYE_OUTER, RIGHT_EYE_OUTER = 263, 33
"""Outer eye corners among the mesh points; left and right are the person's own."""

_DETECTOR_SIZE, _MESH_SIZE = 128, 192
_DETECTION_SCORE, _FOLLOW_SCORE, _OVERLAP = 0.5, 0.5, 0.3
_REGION_SCALE = 1.5


@dataclass(frozen=True, slots=True)
class Box:
    """A face as the detector sees it, in pixels of the frame.

    Attributes:
        corners: left, top, right, bottom.
        eyes: the person's right and left eye, each (x, y).
        score: how sure the detector is, 0 to 1.
    """

    corners: tuple[float, float, float, float]
    eyes: Float[ndarray, "2 2"]
    score: float

    @property
    def area(self) -> float:
        """Width times height, square pixels."""
        left, top, right, bottom = self.corners
        return max(0.0, right - left) * max(0.0, bottom - top)


@dataclass(frozen=True, slots=True)
class Face:
    """The mesh on one face in one frame.

    Attributes:
        points: x, y in pixels of the frame, z in the same unit (smaller is nearer).
        score: how sure the mesh model is that a face is there, 0 to 1.
    """

    points: Float32[ndarray, "468 3"]
    score: float

    @property
    def width(self) -> float:
        """Extent of the points along x, pixels."""
        return float(np.ptp(self.points[:, 0]))


class FaceDetector:
    """BlazeFace, short range: all faces in a picture."""

    def __init__(self) -> None:
        self._run = _Interpreter(model_file(FACE_DETECTION))
        self._anchors = _anchors()

    def __call__(self, image: UInt8[ndarray, "height width 3"]) -> list[Box]:
        """Every face found, the largest first; RGB in, pixels out."""
        found = self._search(image)
        if not found:  # small faces in large frames show only from nearer by
            found = [box for tile in _tiles(image) for box in self._search(image, tile)]
        kept = _suppress(found)
        return sorted(kept, key=lambda box: -box.area)

    def _search(
        self,
        image: UInt8[ndarray, "height width 3"],
        tile: tuple[int, int, int] | None = None,
    ) -> list[Box]:
        height, width = image.shape[:2]
        left, top, side = tile or (0, 0, 0)
        if tile is None:
            side = max(height, width)
            left, top = (width - side) // 2, (height - side) // 2
        scale = _DETECTOR_SIZE / side
        to_input = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        square = _crop(image, left, top, side)
        small = cv2.resize(square, (_DETECTOR_SIZE, _DETECTOR_SIZE), interpolation=flags)
        tensor = small[None].astype(np.float32) / 127.5 - 1
        regressors, scores = self._run(tensor)
        if regressors.shape[-1] == 1:
            regressors, scores = scores, regressors
        return self._boxes(regressors[0], scores[0, :, 0], to_input)

    def _boxes(self, regressors: ndarray, logits: ndarray, to_input: ndarray) -> list[Box]:
        scores = expit(logits.astype(np.float64))
        boxes = []
        for index in np.flatnonzero(scores > _DETECTION_SCORE):
            values = regressors[index].reshape(8, 2) + self._anchors[index] * _DETECTOR_SIZE
            size = regressors[index, 2:4] / 2
            centre, points = values[0], values[2:4]
            pixels = np.stack([centre - size, centre + size, *points])
            pixels = (pixels - to_input[:, 2]) / to_input[0, 0]
            left, top, right, bottom = (float(value) for value in pixels[:2].ravel())
            eyes = pixels[2:].astype(np.float64)
            boxes.append(Box((left, top, right, bottom), eyes, float(scores[index])))
        return boxes


class FaceMesh:
    """The 468-point face mesh, given where to look."""

    def __init__(self) -> None:
        self._run = _Interpreter(model_file(FACE_MESH))

    def in_box(self, image: UInt8[ndarray, "height width 3"], box: Box) -> Face:
        """The mesh on the face that the detector put in `box`."""
        left, top, right, bottom = box.corners
        centre = np.array([left + right, top + bottom]) / 2
        size = max(right - left, bottom - top) * _REGION_SCALE
        return self._fit(image, centre, size, _roll(box.eyes[0], box.eyes[1]))

    def near(self, image: UInt8[ndarray, "height width 3"], face: Face) -> Face:
        """The mesh on the face that was at `face` a frame ago."""
        points = face.points[:, :2].astype(np.float64)
        roll = _roll(points[RIGHT_EYE_OUTER], points[LEFT_EYE_OUTER])
        turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        upright = points @ turn.T
        low, high = upright.min(0), upright.max(0)
        centre = (low + high) / 2 @ turn
        return self._fit(image, centre, float((high - low).max()) * _REGION_SCALE, roll)

    def _fit(
        self, image: UInt8[ndarray, "height width 3"], centre: ndarray, size: float, roll: float
    ) -> Face:
        scale = size / _MESH_SIZE
        cos, sin = np.cos(roll) * scale, np.sin(roll) * scale
        half = _MESH_SIZE / 2
        to_frame = np.array(
            [
                [cos, -sin, centre[0] - half * (cos - sin)],
                [sin, cos, centre[1] - half * (sin + cos)],
            ]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(image, to_frame, (_MESH_SIZE, _MESH_SIZE), flags=flags)
        first, second = self._run(crop[None].astype(np.float32) / 255)
        raw, logit = (first, second) if first.size > 1 else (second, first)
        mesh = raw.reshape(468, 3)
        points = np.empty((468, 3), np.float32)
        points[:, :2] = mesh[:, :2] @ to_frame[:, :2].T + to_frame[:, 2]
        points[:, 2] = mesh[:, 2] * scale
        return Face(points, float(expit(logit.ravel()[0])))


class FaceTracker:
    """Follow one face: search once, then look near where it just was.

    Args:
        choice: which face when there are several, 0 for the largest, 1 for the next.
    """

    def __init__(self, choice: int = 0) -> None:
        self._detect = FaceDetector()
        self._mesh = FaceMesh()
        self.choice = choice
        self._last: Face | None = None
        self.faces_seen = 0
        """The most faces found in any one search since the last reset."""

    def __call__(self, image: UInt8[ndarray, "height width 3"]) -> Face | None:
        """The followed face in the next frame, or None where there is none."""
        if self._last is not None:
            face = self._mesh.near(image, self._last)
            if face.score >= _FOLLOW_SCORE and _inside(face, image):
                self._last = face
                return face
        self._last = self._find(image)
        return self._last

    def reset(self) -> None:
        """Forget all faces, so that the next frame is searched anew."""
        self._last = None
        self.faces_seen = 0

    def _find(self, image: UInt8[ndarray, "height width 3"]) -> Face | None:
        boxes = self._detect(image)
        self.faces_seen = max(self.faces_seen, len(boxes))
        if self.choice >= len(boxes):
            return None
        face = self._mesh.in_box(image, boxes[self.choice])
        face = self._mesh.near(image, face)  # a second look, now well centred
        return face if face.score >= _FOLLOW_SCORE else None


class _Interpreter:
    """One TFLite model, called as a function."""

    def __init__(self, path: Path) -> None:
        # Imported here: it takes a while, and only those who look for faces need it.
        from ai_edge_litert.interpreter import Interpreter

        with _without_greeting():
            self._model: Any = Interpreter(model_path=str(path), num_threads=1)
            self._model.allocate_tensors()
        self._input = self._model.get_input_details()[0]["index"]
        self._outputs = [detail["index"] for detail in self._model.get_output_details()]

    def __call__(self, tensor: ndarray) -> list[ndarray]:
        self._model.set_tensor(self._input, tensor)
        self._model.invoke()
        return [self._model.get_tensor(index) for index in self._outputs]


@contextmanager
def _without_greeting() -> Iterator[None]:
    """The runtime greets on the process's own stderr, past Python, and no setting stops it."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _anchors() -> Float[ndarray, "896 2"]:
    """Centres of BlazeFace's anchors, 0 to 1: two a cell at stride 8, six at stride 16."""
    grids = []
    for cells, per_cell in ((16, 2), (8, 6)):
        at = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, per_cell, axis=0))
    return np.concatenate(grids)


def _tiles(image: ndarray) -> list[tuple[int, int, int]]:
    """Half-overlapping squares (left, top, side) of half the frame's shorter side."""
    height, width = image.shape[:2]
    side = min(height, width) // 2
    if side < _DETECTOR_SIZE:
        return []
    lefts = np.linspace(0, width - side, -(-width * 2 // side) - 1).astype(int)
    tops = np.linspace(0, height - side, -(-height * 2 // side) - 1).astype(int)
    return [(int(left), int(top), side) for top in tops for left in lefts]


def _crop(image: ndarray, left: int, top: int, side: int) -> ndarray:
    """The square, black where it reaches beyond the picture."""
    height, width = image.shape[:2]
    inner = image[max(0, top) : top + side, max(0, left) : left + side]
    above, before = max(0, -top), max(0, -left)
    below, after = max(0, top + side - height), max(0, left + side - width)
    return cv2.copyMakeBorder(inner, above, below, before, after, cv2.BORDER_CONSTANT)


def _suppress(boxes: list[Box]) -> list[Box]:
    """One box a face: the surest of those that overlap, averaged by score."""
    waiting = sorted(boxes, key=lambda box: -box.score)
    kept = []
    while waiting:
        best = waiting[0]
        same = [box for box in waiting if box is best or _overlap(best, box) > _OVERLAP]
        waiting = [box for box in waiting if all(box is not other for other in same)]
        weights = np.array([box.score for box in same])
        corners = np.average([box.corners for box in same], axis=0, weights=weights)
        left, top, right, bottom = (float(value) for value in corners)
        eyes = np.average([box.eyes for box in same], axis=0, weights=weights)
        kept.append(Box((left, top, right, bottom), eyes, best.score))
    return kept


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    left, top = np.maximum(one.corners[:2], other.corners[:2])
    right, bottom = np.minimum(one.corners[2:], other.corners[2:])
    shared = max(0.0, right - left) * max(0.0, bottom - top)
    return float(shared / (one.area + other.area - shared + 1e-9))


def _roll(right_eye: ndarray, left_eye: ndarray) -> float:
    """Angle of the line between the eyes against the horizontal, radians."""
    across = left_eye - right_eye
    return float(np.arctan2(across[1], across[0]))


def _inside(face: Face, image: ndarray) -> bool:
    """Whether the face's middle still lies in the frame."""
    height, width = image.shape[:2]
    x, y = face.points[:, :2].mean(0)
    return bool(0 <= x < width and 0 <= y < height)
