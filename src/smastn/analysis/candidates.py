"""The frames of each candidate interval are read again and given to the network."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.analysis.analysis_records import Candidate
from smastn.errors import FaceError
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare
from smastn.media.frame_array import FrameStack, Image
from smastn.media.frames import open_frames
from smastn.methods.predictor import Predictor
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval

KEY_SIZE = 224
"""Side of the key frames, pixels."""

LONGEST = 4.5
"""Seconds of the longest interval that is predicted: networks here know brief movements only."""

_READ_ON = 250  # frames, the usual distance between the frames at which decoding can start

_MOST_SIDE = 640
"""Pixels of the longer side of what is kept of a frame; larger ones are reduced. A face is then
some 290 pixels wide, more than networks are given; a second of whole ones can take a gigabyte."""

_SURROUNDINGS = 0.6
"""Margin read around the face, as a share of its size: enough for the face detector."""


def predict_candidates(
    path: Path,
    predictor: Predictor,
    curve: MovementCurve,
    intervals: Sequence[Interval],
    most_pictures: int,
) -> Iterator[Candidate]:
    """Each interval with the network's prediction, in order of time; long ones have none.

    The network receives the surroundings of the tracked face only: other faces in the film do
    not matter, and large frames cost no more than small ones. The face is searched for in the
    first frames of each interval, as in training, so that predictions are those of the clip alone.

    Args:
        path: the film that `curve` was measured on.
        predictor: predicts the emotion of each interval.
        curve: where the face is.
        intervals: what was spotted.
        most_pictures: the strongest of those with a prediction keep pictures.
    """
    brief = [one for one in intervals if one.seconds <= LONGEST]
    by_strength = sorted(brief, key=lambda one: -one.strength_noise)
    with_pictures = {one.onset for one in by_strength[:most_pictures]}
    tracker = FaceTracker()
    clips = face_frames(path, curve, brief)
    for interval in intervals:
        if interval.seconds > LONGEST:
            yield Candidate(interval)
            continue
        _, frames = next(clips)
        try:
            recognition = predictor.predict(frames)
        except FaceError:  # tracked in the film, but not found in this clip alone
            yield Candidate(interval)
            continue
        if interval.onset in with_pictures:
            yield Candidate(interval, recognition, _key_frames(frames, interval, tracker))
        else:
            without = recognition.dynamic_images[..., :0, :0].copy()
            yield Candidate(interval, replace(recognition, dynamic_images=without))


def face_frames(
    path: Path, curve: MovementCurve, intervals: Sequence[Interval]
) -> Iterator[tuple[Interval, FrameStack]]:
    """The frames of each interval, cropped to the tracked face and its surroundings, and reduced.

    Args:
        path: the film that `curve` was measured on.
        curve: where the face is.
        intervals: in order of time, without overlap.
    """
    for group in _neighbours(intervals):
        waiting = list(group)
        images: deque[ndarray] = deque()
        with open_frames(path) as stream:
            for frame in stream.starting_at(waiting[0].onset):
                if frame.index < waiting[0].onset:
                    continue
                rows, columns = _surroundings(curve, waiting[0])
                images.append(_reduced(frame.image[rows, columns]))
                if frame.index == waiting[0].offset:
                    yield waiting.pop(0), _stacked(images)
                if not waiting:
                    break


def _reduced(image: Image) -> UInt8[ndarray, "tall wide 3"]:
    """A copy, of which no side is longer than `_MOST_SIDE`."""
    height, width = image.shape[:2]
    scale = _MOST_SIDE / max(height, width)
    if scale >= 1:
        return image.copy()
    size = round(scale * width), round(scale * height)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _stacked(images: deque[ndarray]) -> FrameStack:
    """One array of them; they are freed one by one, so that no two copies of all exist."""
    stack = np.empty((len(images), *images[0].shape), np.uint8)
    for place in range(len(stack)):
        stack[place] = images.popleft()
    return stack


def _neighbours(intervals: Sequence[Interval]) -> Iterator[list[Interval]]:
    """Groups of intervals within which reading on is faster than seeking."""
    group: list[Interval] = []
    for interval in intervals:
        if group and interval.onset - group[-1].offset > _READ_ON:
            yield group
            group = []
        group.append(interval)
    if group:
        yield group


def _surroundings(curve: MovementCurve, interval: Interval) -> tuple[slice, slice]:
    """Rows and columns that contain the face throughout the interval."""
    boxes = curve.boxes[interval.onset : interval.offset + 1]
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    margin = _SURROUNDINGS * float((high - low).max())
    left, top = np.maximum(np.floor(low - margin), 0).astype(int)
    right, bottom = np.ceil(high + margin).astype(int)
    return slice(top, bottom), slice(left, right)


def _key_frames(
    frames: FrameStack, interval: Interval, tracker: FaceTracker
) -> UInt8[ndarray, "3 size size 3"] | None:
    """The aligned face at onset, apex and offset; None where no face is found."""
    keys = np.array([0, interval.apex - interval.onset, len(frames) - 1])
    try:
        return prepare(frames, tracker, PreparationConfig(size=KEY_SIZE), keys)
    except FaceError:  # the network may need no search, or look at more frames
        return None
