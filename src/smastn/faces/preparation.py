"""From raw frames to a prepared clip: the one way, for training and for inference.

A prepared clip is a stack of square crops, brows to chin, in which only the face
itself still moves: the head's drift and the light's flicker are taken out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Int64, UInt8
from numpy import ndarray

from smastn.errors import ConfigError, FaceError
from smastn.faces.alignment import (
    HeadMotion,
    compose,
    face_alignment,
    inverse,
    stable_points,
    warp,
)
from smastn.faces.landmarks import Face, FaceTracker
from smastn.media.frame_array import Frames, checked_frames

_TRACKING_SIZE = 224
"""Side of the crop in which head movement is measured, pixels."""


Cut = Callable[[ndarray, int], tuple[ndarray, float]]
"""From a frame and a size to the crop, and the mean brightness of the face before it is scaled."""


@dataclass(frozen=True, slots=True)
class PreparationConfig:
    """How raw frames become a prepared clip.

    Attributes:
        size: side of the crops, pixels.
        first_frames: frames whose landmarks, averaged, align the whole clip.
        forehead: how much more is seen above the brows and less below the chin, as a share of
            the crop's side.
        still_head: take the head's movement out.
        even_light: take flicker of the whole picture out.
        already_cropped: the frames are registered faces already, as in the releases
            ``Cropped`` and ``SMIC_all_cropped``: no face is looked for, the middle square is
            scaled, and heads are taken to be still.
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
    """The prepared clip: aligned once, brows to chin, head still, light even.

    Args:
        frames: raw frames of one clip, onset to offset; see `checked_frames`.
        tracker: finds the face; it is reset first.
        config: size and what is taken out.
        chosen: which frames to prepare; None prepares all. A frame comes out the
            same whichever others are chosen.

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


def _aligned(
    frames: UInt8[ndarray, "time height width 3"], tracker: FaceTracker, config: PreparationConfig
) -> Cut:
    """Cuts the face of this clip out of a frame, with the head's movement taken out."""
    faces = _first_faces(frames[: config.first_frames], tracker)
    coarse = face_alignment(faces, _TRACKING_SIZE)
    to_crop = face_alignment(faces, config.size)
    to_crop[1, 2] += config.forehead * config.size
    head = HeadMotion(_tracking_crop(frames[0], coarse), stable_points(faces, coarse))

    def cut(frame: ndarray, size: int) -> tuple[ndarray, float]:
        crop, matrix = _tracking_crop(frame, coarse), to_crop
        if config.still_head:
            moved = head(crop)  # in the coarse crop; carried to the frame and undone there
            matrix = compose(compose(compose(coarse, inverse(moved)), inverse(coarse)), to_crop)
        return warp(frame, matrix, size), float(crop.mean())

    return cut


def _square(frame: ndarray, size: int) -> tuple[ndarray, float]:
    """The middle square of a frame, and its mean."""
    side = min(frame.shape[:2])
    top, left = ((length - side) // 2 for length in frame.shape[:2])
    square = frame[top : top + side, left : left + side]
    method = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return cv2.resize(square, (size, size), interpolation=method), float(square.mean())


def _first_faces(
    frames: UInt8[ndarray, "time height width 3"], tracker: FaceTracker
) -> Sequence[Face]:
    tracker.reset()
    faces = [face for face in map(tracker, frames) if face is not None]
    if not faces and tracker.faces_seen:
        raise FaceError(
            f"the first {len(frames)} frames of the clip show {tracker.faces_seen} face(s), and "
            f"number {tracker.choice + 1} by size was asked for; wanted --face 0 to "
            f"{tracker.faces_seen - 1}, 0 being the largest"
        )
    if not faces:
        raise FaceError(
            f"no face in the first {len(frames)} frames of the clip; wanted one face, at least "
            "about 40 pixels wide and roughly frontal; check the frames, or choose another range"
        )
    return faces


def _tracking_crop(
    frame: UInt8[ndarray, "height width 3"], coarse: ndarray
) -> UInt8[ndarray, "size size"]:
    return cv2.cvtColor(warp(frame, coarse, _TRACKING_SIZE), cv2.COLOR_RGB2GRAY)
