"""Face detection with BlazeFace, short range (Bazarevsky et al., 2019)."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import expit

from smastn.assets import FACE_DETECTION, model_file
from smastn.faces.tflite import TfliteModel
from smastn.media.frame_array import Image

_SIZE = 128
_LEAST_SCORE, _OVERLAP = 0.5, 0.3


@dataclass(frozen=True, slots=True)
class Box:
    """A detected face, in pixels of the frame.

    Attributes:
        corners: left, top, right, bottom.
        eyes: the person's right and left eye, each (x, y).
        score: confidence of the detector, 0 to 1.
    """

    corners: tuple[float, float, float, float]
    eyes: Float[ndarray, "2 2"]
    score: float

    @property
    def area(self) -> float:
        """Width times height, square pixels."""
        left, top, right, bottom = self.corners
        return max(0.0, right - left) * max(0.0, bottom - top)


class FaceDetector:
    """BlazeFace, short range: all faces in a frame."""

    def __init__(self) -> None:
        self._run = TfliteModel(model_file(FACE_DETECTION))
        self._anchors = _anchors()

    def __call__(self, image: Image) -> list[Box]:
        """Every face found, the largest first; RGB in, pixels out."""
        found = self._search(image)
        if not found:  # small faces in large frames are found only in enlarged parts
            found = [box for tile in _tiles(image) for box in self._search(image, tile)]
        kept = _suppress(found)
        return sorted(kept, key=lambda box: -box.area)

    def _search(self, image: Image, tile: tuple[int, int, int] | None = None) -> list[Box]:
        height, width = image.shape[:2]
        left, top, side = tile or (0, 0, 0)
        if tile is None:
            side = max(height, width)
            left, top = (width - side) // 2, (height - side) // 2
        scale = _SIZE / side
        to_input = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
        flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        square = _crop(image, left, top, side)
        small = cv2.resize(square, (_SIZE, _SIZE), interpolation=flags)
        tensor = small[None].astype(np.float32) / 127.5 - 1
        regressors, scores = self._run(tensor)
        if regressors.shape[-1] == 1:
            regressors, scores = scores, regressors
        return self._boxes(regressors[0], scores[0, :, 0], to_input)

    def _boxes(self, regressors: ndarray, logits: ndarray, to_input: ndarray) -> list[Box]:
        scores = expit(logits.astype(np.float64))
        boxes = []
        for index in np.flatnonzero(scores > _LEAST_SCORE):
            values = regressors[index].reshape(8, 2) + self._anchors[index] * _SIZE
            size = regressors[index, 2:4] / 2
            centre, points = values[0], values[2:4]
            pixels = np.stack([centre - size, centre + size, *points])
            pixels = (pixels - to_input[:, 2]) / to_input[0, 0]
            left, top, right, bottom = (float(value) for value in pixels[:2].ravel())
            eyes = pixels[2:].astype(np.float64)
            boxes.append(Box((left, top, right, bottom), eyes, float(scores[index])))
        return boxes


def _anchors() -> Float[ndarray, "896 2"]:
    """Centres of BlazeFace's anchors, 0 to 1: two per cell at stride 8, six at stride 16."""
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
    if side < _SIZE:
        return []
    lefts = np.linspace(0, width - side, -(-width * 2 // side) - 1).astype(int)
    tops = np.linspace(0, height - side, -(-height * 2 // side) - 1).astype(int)
    return [(int(left), int(top), side) for top in tops for left in lefts]


def _crop(image: ndarray, left: int, top: int, side: int) -> ndarray:
    """The square, black where it exceeds the frame."""
    height, width = image.shape[:2]
    inner = image[max(0, top) : top + side, max(0, left) : left + side]
    above, before = max(0, -top), max(0, -left)
    below, after = max(0, top + side - height), max(0, left + side - width)
    return cv2.copyMakeBorder(inner, above, below, before, after, cv2.BORDER_CONSTANT)


def _suppress(boxes: list[Box]) -> list[Box]:
    """One box per face: of overlapping boxes their mean, weighted by score (as BlazeFace does)."""
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
