"""The frames of each candidate are read again, and the one `Predictor` is asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.analysis.analysis_records import Candidate, Evidence, Look
from smastn.errors import FaceError
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare
from smastn.media.frames import open_frames
from smastn.methods.predictor import Predictor
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval

KEY_SIZE = 224
"""Side of the pictures of onset, apex and offset, pixels."""

_READ_ON = 250  # frames, as far as encoders usually put the places apart that one can seek to

_SURROUNDINGS = 0.6
"""How much is read around the face, as a share of its size: enough to find it again."""


def recognised(
    path: Path,
    predictor: Predictor,
    curve: MovementCurve,
    intervals: Sequence[Interval],
    most_pictures: int,
) -> Iterator[Candidate]:
    """Each interval with what the network makes of it, in order.

    Only the face and its surroundings are handed on, so that the face is the followed
    one whoever else is in the picture, and a large film costs no more than a small one.

    Args:
        path: the film that `curve` was measured on.
        predictor: names the candidates.
        curve: where the face is.
        intervals: what was spotted.
        most_pictures: the strongest of them keep their pictures.
    """
    by_strength = sorted(intervals, key=lambda one: -one.strength_noise)
    with_pictures = {one.onset for one in by_strength[:most_pictures]}
    tracker = FaceTracker()
    for interval, frames in face_frames(path, curve, intervals):
        kept = None
        try:
            recognition = predictor.predict(frames)
            if interval.onset in with_pictures:
                kept = Evidence(_key_frames(frames, interval, tracker), recognition)
        except FaceError:  # followed there, but not found when searched anew: said as "not named"
            yield Candidate(interval, {})
            continue
        look = Look(recognition.attention, recognition.segment_weights)
        yield Candidate(interval, recognition.probabilities, recognition.doubt, look, kept)


def face_frames(
    path: Path, curve: MovementCurve, intervals: Sequence[Interval]
) -> Iterator[tuple[Interval, UInt8[ndarray, "time height width 3"]]]:
    """The frames of each interval, cut down to the followed face and its surroundings.

    Args:
        path: the film that `curve` was measured on.
        curve: where the face is.
        intervals: in order of time, without overlap.
    """
    for neighbours in _neighbours(intervals):
        waiting = list(neighbours)
        images: list[ndarray] = []
        with open_frames(path) as stream:
            for frame in stream.starting_at(waiting[0].onset):
                if frame.index < waiting[0].onset:
                    continue
                rows, columns = _surroundings(curve, waiting[0])
                images.append(frame.image[rows, columns].copy())
                if frame.index == waiting[0].offset:
                    yield waiting.pop(0), np.stack(images)
                    images = []
                if not waiting:
                    break


def _neighbours(intervals: Sequence[Interval]) -> Iterator[list[Interval]]:
    """Intervals in groups, in which reading on is quicker than seeking to the next."""
    group: list[Interval] = []
    for interval in intervals:
        if group and interval.onset - group[-1].offset > _READ_ON:
            yield group
            group = []
        group.append(interval)
    if group:
        yield group


def _surroundings(curve: MovementCurve, interval: Interval) -> tuple[slice, slice]:
    """Rows and columns that hold the face, wherever it is in the interval."""
    boxes = curve.boxes[interval.onset : interval.offset + 1]
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    margin = _SURROUNDINGS * float((high - low).max())
    left, top = np.maximum(np.floor(low - margin), 0).astype(int)
    right, bottom = np.ceil(high + margin).astype(int)
    return slice(top, bottom), slice(left, right)


def _key_frames(
    frames: UInt8[ndarray, "time height width 3"], interval: Interval, tracker: FaceTracker
) -> UInt8[ndarray, "3 size size 3"]:
    """The face at onset, apex and offset, prepared as for the network but larger."""
    keys = np.array([0, interval.apex - interval.onset, len(frames) - 1])
    return prepare(frames, tracker, PreparationConfig(size=KEY_SIZE), keys)
