"""How each region of a face moves, frame by frame, in one pass and constant memory.

A micro-expression is a movement that returns within half a second. So each
frame is compared with the frame a fixed span earlier: what the skin did since
then, less what the skull did, is the *rise* to this frame, and the same
movement with its sign turned is the *fall* from the earlier one. Where rise and
fall agree, something moved and came back; a steady drift of the head raises the
one and lowers the other and so cancels.
"""

from array import array
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray

from smastn.data.frames import Frame
from smastn.errors import ConfigError
from smastn.imaging.landmarks import Face, FaceTracker
from smastn.spotting.comparison import (
    PARTS,
    Seen,
    eye_change,
    movement_between,
    seen_face,
    skull_speed,
)
from smastn.spotting.regions import REGIONS


@dataclass(frozen=True, slots=True)
class CurveConfig:
    """How movement is measured.

    Attributes:
        span: seconds between the two frames compared; a rise or fall slower than this is
            seen only in part. A little over half the longest micro-expression.
        steadiness: seconds over which the alignment is averaged, so that the jitter of
            landmarks does not become movement.
    """

    span: float = 0.3
    steadiness: float = 0.15

    def __post_init__(self) -> None:
        if not 0.05 <= self.span <= 2:
            raise ConfigError(f"span is {self.span} s; wanted 0.05 to 2 s, such as 0.3")


@dataclass(frozen=True, slots=True)
class MovementCurve:
    """What was measured in each frame of a film.

    Attributes:
        times: seconds from the start of the film.
        face: where the face was seen.
        rise: movement of each region since the frame one span earlier (x, y), pixels of a
            face of 224, head movement removed; NaN where that frame or the face is missing.
        fall: movement still to be undone until the frame one span later, same unit.
        eye_change: how different the eyes look from one span before and also from one span
            after, 1 less the correlation of their pictures; the smaller of both eyes; NaN as
            `rise`.
        head_speed: movement of the skull, pixels of a face of 224 a second; NaN as `rise`.
        boxes: left, top, right, bottom of the mesh in pixels of the frame; NaN without a face.
        places: where each region lies in the aligned face, mean over the film, pixels of a
            face of 224; NaN without any face.
        span: seconds between the frames compared.
    """

    times: Float64[ndarray, " frames"]
    face: Bool[ndarray, " frames"]
    rise: Float32[ndarray, "frames regions 2"]
    fall: Float32[ndarray, "frames regions 2"]
    eye_change: Float32[ndarray, " frames"]
    head_speed: Float32[ndarray, " frames"]
    boxes: Float32[ndarray, "frames 4"]
    places: Float32[ndarray, "regions 2"]
    span: float

    @property
    def rate(self) -> float:
        """Frames a second, by the median time between frames."""
        return 1 / float(np.median(np.diff(self.times))) if len(self.times) > 1 else 0.0

    @property
    def face_width(self) -> float:
        """Median width of the face, pixels of the frame; 0 without any."""
        widths = (self.boxes[:, 2] - self.boxes[:, 0])[self.face]
        return float(np.median(widths)) if len(widths) else 0.0

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """First and last frame, both inclusive, of each stretch without the face."""
        return stretches(~self.face)


def stretches(mask: Bool[ndarray, " frames"]) -> list[tuple[int, int]]:
    """First and last frame, both inclusive, of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


def measure_movement(
    frames: Iterable[Frame],
    tracker: FaceTracker,
    config: CurveConfig | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> MovementCurve:
    """Follow the face through `frames` and measure how each of its regions moves.

    Frames are taken one at a time and forgotten after one span, so memory does not
    grow with the length of the film, save for some 200 bytes of results a frame.

    Args:
        frames: the film, in order.
        tracker: which face to follow; it is called once a frame.
        config: how movement is measured.
        on_frame: called with the number of frames done, after each.
    """
    meter = _Meter(config or CurveConfig())
    for done, frame in enumerate(frames, start=1):
        meter.add(frame, tracker(frame.image))
        if on_frame is not None:
            on_frame(done)
    return meter.curve()


class _Meter:
    """Frames in, numbers out; holds one span of small grey faces."""

    def __init__(self, config: CurveConfig) -> None:
        self._config = config
        self._recent: deque[Seen] = deque()
        self._steady: Float32[ndarray, "468 3"] | None = None
        self._places, self._seen_frames = np.zeros((len(REGIONS), 2)), 0
        self._times, self._rows, self._earlier = array("d"), array("f"), array("q")

    def add(self, frame: Frame, face: Face | None) -> None:
        """Take the next frame, and the face in it if there is one."""
        self._times.append(frame.time)
        if face is None:
            self._recent.clear()
            self._steady = None
            self._rows.extend(_NO_FACE)
            self._earlier.append(-1)
            return
        points = face.points[:, :2]
        self._rows.extend([*points.min(0), *points.max(0)])
        seen = self._seen(frame, face)
        self._places += [seen.places[part].mean(axis=0) for part in PARTS]
        self._seen_frames += 1
        earlier = self._one_span_before(seen)
        if earlier is None:
            self._rows.extend(_NOTHING_BEFORE)
        else:
            moved = movement_between(earlier, seen).ravel()
            self._rows.extend([skull_speed(earlier, seen), eye_change(earlier, seen), *moved])
        self._earlier.append(-1 if earlier is None else earlier.index)
        self._recent.append(seen)

    def _seen(self, frame: Frame, face: Face) -> Seen:
        if self._steady is None or not self._recent:
            self._steady = face.points
        else:
            passed = max(frame.time - self._recent[-1].time, 0.0)
            kept = np.float32(np.exp(-passed / self._config.steadiness))
            self._steady = kept * self._steady + (1 - kept) * face.points
        return seen_face(frame, face, Face(self._steady, face.score))

    def _one_span_before(self, seen: Seen) -> Seen | None:
        """The kept frame nearest to one span ago; older ones are forgotten."""
        wanted = seen.time - self._config.span
        while len(self._recent) > 1 and self._recent[1].time <= wanted:
            self._recent.popleft()
        if not self._recent:
            return None
        nearest = min(list(self._recent)[:2], key=lambda kept: abs(kept.time - wanted))
        return nearest if abs(nearest.time - wanted) <= self._config.span / 4 else None

    def curve(self) -> MovementCurve:
        """What was measured so far."""
        rows = np.array(self._rows, np.float32).reshape(len(self._times), len(_NO_FACE))
        rise = rows[:, 6:].reshape(len(rows), len(REGIONS), 2)
        fall, later_change = np.full_like(rise, np.nan), np.full(len(rows), np.nan, np.float32)
        earlier = np.array(self._earlier, np.int64)
        known = np.flatnonzero(earlier >= 0)
        fall[earlier[known]] = -rise[known]
        later_change[earlier[known]] = rows[known, 5]
        return MovementCurve(
            times=np.array(self._times),
            face=np.isfinite(rows[:, 0]),
            rise=rise,
            fall=fall,
            eye_change=np.minimum(rows[:, 5], later_change),
            head_speed=rows[:, 4],
            boxes=rows[:, :4],
            places=(self._places / (self._seen_frames or np.nan)).astype(np.float32),
            span=self._config.span,
        )


_NOTHING_BEFORE = [float("nan")] * (2 + 2 * len(REGIONS))
_NO_FACE = [float("nan")] * 4 + _NOTHING_BEFORE
