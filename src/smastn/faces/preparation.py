"""From raw frames to a prepared clip, in the same way for training and inference.

A prepared clip is a stack of square crops, brows to chin, without head movement and changes of
the overall brightness.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Int64, UInt8
from numpy import ndarray

from smastn.errors import ConfigError, FaceError
from smastn.faces.alignment import (
    TRACKING_SIZE,
    HeadMotion,
    compose,
    face_alignment,
    inverse,
    stable_points,
    tracking_crop,
    warp,
)
from smastn.faces.landmarks import Face, FaceTracker
from smastn.media.frame_array import Frames, FrameStack, checked_frames

Cut = Callable[[ndarray, int], tuple[ndarray, float]]
"""From a frame and a size to the crop, and the mean brightness of the face before it is scaled."""


@dataclass(frozen=True, slots=True)
class PreparationConfig:
    """How raw frames become a prepared clip.

    Attributes:
        size: side of the crops, pixels.
        first_frames: frames whose landmarks, averaged, align the whole clip.
        forehead: upward shift of the crop, as a share of its side.
        still_head: remove head movement.
        even_light: remove changes of the overall brightness.
        already_cropped: the frames are registered faces, as in the releases ``Cropped`` and
            ``SMIC_all_cropped``: no face is detected, the central square is scaled, and head
            movement is not removed.
    """

    size: int = 112
    first_frames: int = 5
    forehead: float = 0.0
    still_head: bool = True
    even_light: bool = True
    already_cropped: bool = False

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 512:
            raise ConfigError(f"size is {self.size}; wanted 16 to 512 pixels")
        if self.first_frames < 1:
            raise ConfigError(f"first_frames is {self.first_frames}; wanted at least 1")
        if not -0.5 < self.forehead < 0.5:
            raise ConfigError(f"forehead is {self.forehead}; wanted more than -0.5, less than 0.5")


def prepare(
    frames: Frames,
    tracker: FaceTracker,
    config: PreparationConfig,
    chosen: Int64[ndarray, " chosen"] | None = None,
) -> UInt8[ndarray, "prepared size size 3"]:
    """The prepared clip: aligned once, brows to chin, without head movement and flicker.

    Args:
        frames: raw frames of one clip, onset to offset; see `checked_frames`.
        tracker: finds the face; it is reset first.
        config: size of the crop, and what is removed.
        chosen: which frames to prepare; None prepares all. The result for a frame does not
            depend on the others.

    Raises:
        InputError: `frames` are not as wanted.
        FaceError: no face in the first frames, unless they are already cropped.
    """
    frames = checked_frames(frames)
    cut = _square if config.already_cropped else _aligned(frames, tracker, config)
    prepared: list[ndarray] = []
    light = cut(frames[0], config.size)[1]
    for index in range(len(frames)) if chosen is None else chosen:
        crop, mean = cut(frames[index], config.size)
        gain = light / max(mean, 1.0) if config.even_light else 1.0
        prepared.append(crop if gain == 1.0 else cv2.convertScaleAbs(crop, alpha=gain))
    return np.stack(prepared)


def _aligned(frames: FrameStack, tracker: FaceTracker, config: PreparationConfig) -> Cut:
    """Crops the face of this clip, without head movement."""
    faces = _first_faces(frames[: config.first_frames], tracker)
    coarse = face_alignment(faces, TRACKING_SIZE)
    to_crop = face_alignment(faces, config.size)
    to_crop[1, 2] += config.forehead * config.size
    head = HeadMotion(tracking_crop(frames[0], coarse), stable_points(faces, coarse))

    def cut(frame: ndarray, size: int) -> tuple[ndarray, float]:
        crop, matrix = tracking_crop(frame, coarse), to_crop
        if config.still_head:
            moved = head(crop)  # in the coarse crop; carried to the frame and undone there
            matrix = compose(compose(compose(coarse, inverse(moved)), inverse(coarse)), to_crop)
        return warp(frame, matrix, size), float(crop.mean())

    return cut


def _square(frame: ndarray, size: int) -> tuple[ndarray, float]:
    """The central square of a frame, and its mean."""
    side = min(frame.shape[:2])
    top, left = ((length - side) // 2 for length in frame.shape[:2])
    square = frame[top : top + side, left : left + side]
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return cv2.resize(square, (size, size), interpolation=method), float(square.mean())


def _first_faces(frames: FrameStack, tracker: FaceTracker) -> Sequence[Face]:
    tracker.reset()
    faces = [face for face in map(tracker, frames) if face is not None]
    if not faces and tracker.faces_seen:
        raise FaceError(
            f"the first {len(frames)} frames of the clip show {tracker.faces_seen} face(s), and "
            f"number {tracker.choice + 1} by size is to be prepared; wanted --face 0 to "
            f"{tracker.faces_seen - 1}, 0 being the largest"
        )
    if not faces:
        raise FaceError(
            f"no face in the first {len(frames)} frames of the clip; wanted one face, at least "
            "about 40 pixels wide and roughly frontal; check the frames, or choose another range"
        )
    return faces
