"""How each region of a face moves, frame by frame, in one pass and constant memory.

Each frame is compared with a *key frame* at most half a second earlier: what the
skin did since then, less what the skull did. Key frames follow one another, and what
was measured between them adds up, so that every frame has a place for each region.
Noise of a key frame enters both sums that meet in it and cancels.
"""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray

from smastn.errors import ConfigError
from smastn.faces.blendshapes import BLENDSHAPES, FaceBlendshapes
from smastn.faces.landmarks import Face, FaceTracker
from smastn.media.frames import Frame
from smastn.media.prefetch import read_ahead
from smastn.spotting.comparison import (
    Eyes,
    Seen,
    eye_change,
    eyes_of,
    followed,
    head_place,
    in_frame,
    movement_to,
    seen_face,
)
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.face_parts import FACE_PARTS, models_apart
from smastn.spotting.head import gaze_px, pose_degrees
from smastn.spotting.regions import REGIONS

_SUMS = 2 + 2 * len(REGIONS)
_CUT, _THUMBNAIL = 0.5, (32, 32)
"""Correlation of the aligned face with that of the frame before, in pictures of so many pixels,
below which it is another view: one face hardly changes between two frames."""
_JUMP, _JUMP_TIMES, _BEFORE = 0.06, 4.0, 0.2
"""Movement from one mesh to the next, widths of the face, that is a jump of the picture, if it is
so many times the largest step of the last 0.2 s."""
_NEARER = 0.3  # of a step, by which the face becomes wider or narrower: no picture is shifted
_AHEAD_BYTES, _MOST_AHEAD = 2**24, 4
"""Bytes of frames, and frames, that each thread may be ahead of the next."""
_LONGEST_UNKNOWN = 0.25  # s between two predictions, up to which it is interpolated
_ASIDE = 1 + 2 * len(FACE_PARTS)
_DETAIL = (112, 112)  # pixels of the face in which its sharpness is measured
_NO_FACE = [np.nan] * (13 + _SUMS)
_NO_BLENDSHAPES = np.full(_ASIDE + len(BLENDSHAPES), np.nan, np.float32)
"""Presence, the distances of `models_apart`, and the coefficients, where none were measured."""


@dataclass(frozen=True, slots=True)
class CurveConfig:
    """How movement is measured.

    Attributes:
        span: seconds over which rise and fall are taken. A little over half the longest
            micro-expression.
        steadiness: seconds over which the alignment is averaged, so that the jitter of
            landmarks does not become movement.
        key_age: seconds after which a new key frame is taken.
        mesh_rate: how often a second the mesh is placed anew; in between it stays, and the
            skin is followed all the same.
        unit_rate: how often a second blendshapes are predicted; in between they are interpolated.
    """

    span: float = 0.3
    steadiness: float = 0.15
    key_age: float = 0.5
    mesh_rate: float = 30.0
    unit_rate: float = 20.0

    def __post_init__(self) -> None:
        if not 0.05 <= self.span <= 2:
            raise ConfigError(f"span is {self.span} s; wanted 0.05 to 2 s, such as 0.3")
        for name in ("mesh_rate", "unit_rate"):
            if not getattr(self, name) > 0:
                raise ConfigError(
                    f"{name} is {getattr(self, name)}; wanted times a second, such as 30"
                )


def measure_movement(
    frames: Iterable[Frame],
    tracker: FaceTracker,
    config: CurveConfig | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> MovementCurve:
    """Follow the face through `frames` and measure how each of its regions moves.

    Frames are read, the mesh placed, blendshapes predicted, and movement measured in four
    threads, each some frames ahead of the next. All but one key frame is forgotten, so memory
    does not grow with the length of the film, but for some 400 bytes of results a frame.

    Args:
        frames: the film, in order.
        tracker: which face to follow; it is called some `CurveConfig.mesh_rate` times a second.
        config: how movement is measured.
        on_frame: called with the number of frames done, after each.
    """
    config = config or CurveConfig()
    meter = Meter(config)
    # No name for what is read in between: whatever still held it would keep its thread alive.
    frames, ahead = _room_ahead(iter(frames))
    reading = read_ahead(
        _with_blendshapes(
            read_ahead(_with_faces(read_ahead(frames, ahead), tracker, config.mesh_rate), ahead),
            config.unit_rate,
        ),
        ahead,
    )
    with closing(reading) as seen:  # whoever stops this must not find the film still being read
        for done, (frame, face, blendshapes) in enumerate(seen, start=1):
            meter.add(frame, face, blendshapes)
            if on_frame is not None:
                on_frame(done)
    return meter.curve()


def _room_ahead(frames: Iterator[Frame]) -> tuple[Iterator[Frame], int]:
    """The same frames, and how many of their size each thread may be ahead of the next."""
    first = next(frames, None)
    if first is None:
        return frames, 0
    return chain((first,), frames), min(_MOST_AHEAD, _AHEAD_BYTES // first.image.nbytes)


def _with_faces(
    frames: Iterable[Frame], tracker: FaceTracker, rate: float
) -> Iterator[tuple[Frame, Face | None]]:
    """Each frame and the mesh in it or in one shortly before; the same object where it is old."""
    due, face = -np.inf, None
    for frame in frames:
        if frame.time >= due:
            face = tracker(frame.image)
            due = frame.time + 0.9 / rate  # a little early rather than a frame late
        yield frame, face


def _with_blendshapes(
    placed: Iterable[tuple[Frame, Face | None]], rate: float
) -> Iterator[tuple[Frame, Face | None, Float32[ndarray, " coefficients"]]]:
    """Each frame and mesh with the blendshapes of the face, where they are predicted."""
    predict, due = FaceBlendshapes(), -np.inf
    for frame, face in placed:
        coefficients = _NO_BLENDSHAPES
        if face is None:
            due = -np.inf
        elif frame.time >= due:
            coefficients = _of_models(predict, frame, face)
            due = frame.time + 0.9 / rate
        yield frame, face, coefficients


def _between(
    coefficients: Float32[ndarray, "frames coefficients"],
    times: Float64[ndarray, " frames"],
    face: Bool[ndarray, " frames"],
) -> Float32[ndarray, "frames coefficients"]:
    """What the models predict in all frames with a face, interpolated between those of one view.

    Where the model saw no face for longer, they stay unknown.
    """
    filled = np.full_like(coefficients, np.nan)
    for first, last in stretches(face):
        known = np.flatnonzero(np.isfinite(coefficients[first : last + 1, 0])) + first
        if not len(known):
            continue
        for some in np.split(known, np.flatnonzero(np.diff(times[known]) > _LONGEST_UNKNOWN) + 1):
            begin, end = (first, last) if len(some) == len(known) else (some[0], some[-1])
            view = slice(begin, end + 1)
            for column, values in enumerate(coefficients[some].T):
                filled[view, column] = np.interp(times[view], times[some], values)
    return filled


def _of_models(
    predict: FaceBlendshapes, frame: Frame, face: Face
) -> Float32[ndarray, " coefficients"]:
    """What `_NO_BLENDSHAPES` lists, of one face."""
    coefficients = predict(frame.image, face)
    if predict.landmarks is None:
        return _NO_BLENDSHAPES
    apart = models_apart(face, predict.landmarks)
    return np.concatenate([[predict.presence], apart.ravel(), coefficients]).astype(np.float32)


class Meter:
    """Frames in, numbers out; holds one aligned face and the eyes of one span.

    Args:
        config: how movement is measured.
    """

    def __init__(self, config: CurveConfig) -> None:
        self._config = config
        self._key: Seen | None = None
        self._at_key = self._sums = np.zeros(_SUMS)
        self._found: Float32[ndarray, "points 2"] | None = None
        self._meshes: deque[Face] = deque(maxlen=2)
        self._eyes: deque[Eyes] = deque()
        self._steady: Float32[ndarray, "468 3"] | None = None
        self._thumbnail: Float32[ndarray, "rows columns"] | None = None
        self._last_time = 0.0
        self._steps: deque[tuple[float, float]] = deque()
        self._places, self._seen_frames = np.zeros((len(REGIONS), 2)), 0
        self._times, self._rows, self._later_change = array("d"), array("f"), array("f")
        self._blendshapes = array("f")
        self._cuts: list[int] = []

    def add(
        self,
        frame: Frame,
        face: Face | None,
        blendshapes: Float32[ndarray, " coefficients"] = _NO_BLENDSHAPES,
    ) -> None:
        """Take the next frame, and the face in it if there is one."""
        self._times.append(frame.time)
        self._later_change.append(np.nan)
        if face is None:
            self._begin_anew()
            return
        seen = self._seen(frame, face)
        mesh = seen.mesh[:, :2]
        self._places += [mesh[list(points)].mean(axis=0) for points in REGIONS.values()]
        self._seen_frames += 1
        jumped = self._has_jumped(face, frame.time)
        cut = self._is_cut(seen)
        if cut:
            self._cuts.append(len(self._times) - 1)
        sums = None if cut or jumped else self._since_key(seen)
        if sums is None:  # a cut, or a jump of the picture: what follows is another view
            self._begin_anew()
            return
        self._blendshapes.extend(blendshapes.tolist())
        change = self._eye_change(seen)
        low, high = face.points[:, :2].min(axis=0), face.points[:, :2].max(axis=0)
        aside = [*pose_degrees(face), *gaze_px(seen.crop, mesh), *head_place(seen)]
        self._rows.extend([*low, *high, *aside, change, _sharpness(seen), *sums])

    def _begin_anew(self) -> None:
        """Forget the face: this frame has no measurement, and the next begins a new view."""
        self._key = self._steady = self._found = self._thumbnail = None
        self._steps.clear()
        self._meshes.clear()
        self._eyes.clear()
        self._rows.extend(_NO_FACE)
        self._blendshapes.extend(_NO_BLENDSHAPES.tolist())

    def _seen(self, frame: Frame, face: Face) -> Seen:
        if self._steady is None:
            self._steady = face.points
        else:
            passed = max(frame.time - self._last_time, 0.0)
            kept = np.float32(np.exp(-passed / self._config.steadiness))
            self._steady = kept * self._steady + (1 - kept) * face.points
        self._last_time = frame.time
        if not self._meshes or face is not self._meshes[-1]:
            self._meshes.append(face)
        # Where the mesh looks next depends on where it was, so that it may swing to and fro.
        calm = Face(np.mean([one.points for one in self._meshes], axis=0), face.score)
        return seen_face(frame, calm, Face(self._steady, face.score))

    def _is_cut(self, seen: Seen) -> bool:
        """Whether this frame shows another view than the one before."""
        before = self._thumbnail
        small = cv2.resize(seen.crop, _THUMBNAIL, interpolation=cv2.INTER_AREA)
        self._thumbnail = small.astype(np.float32)
        if before is None:
            return False
        alike = cv2.matchTemplate(self._thumbnail, before, cv2.TM_CCOEFF_NORMED)
        return float(alike[0, 0]) < _CUT

    def _has_jumped(self, face: Face, time: float) -> bool:
        """Whether the face is suddenly elsewhere, as no head gets there by moving.

        A head that is fast now was nearly as fast a moment ago, if not in the frame before, which
        some cameras show twice; or it comes near. A picture that is shifted was not, and keeps
        its size.
        """
        if self._meshes[-1] is not face or len(self._meshes) < 2:
            return False
        last = self._meshes[0]
        before, now = (one.points[:, :2].mean(axis=0) for one in (last, face))
        step = float(np.linalg.norm(now - before)) / face.width
        while len(self._steps) > 1 and self._steps[1][0] <= time - _BEFORE:
            self._steps.popleft()
        known = bool(self._steps) and self._steps[0][0] <= time - _BEFORE
        usual = max((one for _, one in self._steps), default=0.0)
        self._steps.append((time, step))
        nearer = abs(face.width / max(last.width, 1.0) - 1) > _NEARER * step
        return known and step > max(_JUMP, _JUMP_TIMES * usual) and not nearer

    def _since_key(self, seen: Seen) -> ndarray | None:
        """Turn and positions added up until this frame, which may become the next key.

        None where too few points of the key frame are found again.
        """
        if self._key is None:
            self._key, self._at_key = seen, np.zeros(_SUMS)
            self._sums = self._at_key
            return self._sums
        found = followed(self._key, seen, self._found)
        self._found = in_frame(seen, found)
        moved, turned = movement_to(self._key, found)
        if np.isnan(moved).all():
            return None
        sums = self._at_key + np.concatenate([np.degrees(turned), moved.ravel()])
        # A region that was lost stays where it was, until the next key frame finds it again.
        self._sums = np.where(np.isnan(sums), self._sums, sums)
        if seen.time - self._key.time >= self._config.key_age:
            self._key, self._at_key, self._found = seen, self._sums, None
        return self._sums

    def _eye_change(self, seen: Seen) -> float:
        """Against the eyes nearest to one span ago; older ones are forgotten."""
        eyes, wanted = eyes_of(seen, len(self._times) - 1), seen.time - self._config.span
        while len(self._eyes) > 1 and self._eyes[1].time <= wanted:
            self._eyes.popleft()
        recent = list(self._eyes)[:2]
        self._eyes.append(eyes)
        near = [one for one in recent if abs(one.time - wanted) <= self._config.span / 4]
        if not near:
            return np.nan
        earlier = min(near, key=lambda one: abs(one.time - wanted))
        change = eye_change(earlier, eyes)
        self._later_change[earlier.index] = change
        # At some rates a frame is nearest to none: it is compared before it is forgotten.
        if near[0] is not earlier and np.isnan(self._later_change[near[0].index]):
            self._later_change[near[0].index] = eye_change(near[0], eyes)
        return change

    def curve(self) -> MovementCurve:
        """What was measured so far."""
        rows = np.array(self._rows, np.float32).reshape(len(self._times), len(_NO_FACE))
        times, face = np.array(self._times), np.isfinite(rows[:, 0])
        models = np.array(self._blendshapes, np.float32).reshape(-1, len(_NO_BLENDSHAPES))
        models = _between(models, times, face)
        return MovementCurve(
            times=times,
            face=face,
            positions=rows[:, 15:].reshape(len(rows), len(REGIONS), 2),
            eye_change=np.minimum(rows[:, 11], np.array(self._later_change)),
            pose_degrees=rows[:, 4:7],
            turned_degrees=rows[:, 13:15],
            gaze_px=rows[:, 7:9],
            head_px=rows[:, 9:11],
            blendshapes=models[:, _ASIDE:],
            voice=np.full(len(rows), np.nan, np.float32),
            apart=models[:, 1:_ASIDE].reshape(len(rows), len(FACE_PARTS), 2),
            presence=models[:, 0],
            sharpness=rows[:, 12],
            cut=np.isin(np.arange(len(rows)), self._cuts),
            boxes=rows[:, :4],
            places=(self._places / (self._seen_frames or np.nan)).astype(np.float32),
            span=self._config.span,
        )


def _sharpness(seen: Seen) -> float:
    """Spread of the aligned face's Laplacian over that of its brightness."""
    face = cv2.resize(seen.crop, _DETAIL, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(face, cv2.CV_32F).std() / max(float(face.std()), 1.0))
