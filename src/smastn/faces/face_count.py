"""How many faces a film shows at once, for some time."""

from dataclasses import dataclass

import numpy as np

from smastn.faces.detection import FaceDetector
from smastn.faces.landmarks import Face, FaceMesh
from smastn.media.frames import Frame

_EVERY, _AGAIN = 2.0, 0.5  # s from one look to the next, and after one that shows several faces
_SURE = 0.5  # score of the landmarks
_SAME = 0.5  # widths of the face that it may have moved since the last look


@dataclass(frozen=True, slots=True)
class FaceCount:
    """The most faces at once.

    Attributes:
        most: their number.
        since: seconds, when so many were first seen.
    """

    most: int
    since: float


class FaceCounter:
    """Counts the faces of a film whose frames it is called with, in order.

    A face counts if it is there in two looks in a row, half a second apart: a detector now and
    then takes something else for a face.

    Attributes:
        count: the most faces at once so far; 1 where there were never two, so that a film with
            one face costs no more than its detection.
    """

    def __init__(self) -> None:
        self._detect = FaceDetector()
        self._mesh = FaceMesh()
        self._last: list[Face] = []
        self._last_time, self._due = 0.0, -np.inf
        self.count = FaceCount(1, 0.0)

    def __call__(self, frame: Frame) -> None:
        """Look at a frame, if it is time to."""
        if frame.time < self._due:
            return
        boxes = self._detect(frame.image)
        faces = [self._mesh.in_box(frame.image, box) for box in boxes] if len(boxes) > 1 else []
        faces = [face for face in faces if face.score >= _SURE]
        lasting = sum(any(_same(face, other) for other in self._last) for face in faces)
        if lasting > self.count.most:
            self.count = FaceCount(lasting, self._last_time)
        self._last, self._last_time = faces, frame.time
        self._due = frame.time + (_AGAIN if faces else _EVERY)


def _same(face: Face, other: Face) -> bool:
    """Whether two faces in frames shortly after one another are about at one place."""
    way = face.points[:, :2].mean(axis=0) - other.points[:, :2].mean(axis=0)
    return bool(np.linalg.norm(way) <= _SAME * face.width)
