"""From raw frames to a prepared clip: the one way, for training and for inference.

A prepared clip is a stack of square crops, brows to chin, in which only the face
itself still moves: the head's drift and the light's flicker are taken out.
"""

from collections.abc import Sequence
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
    if config.already_cropped:
        return _scaled_squares(frames, config, chosen)
    faces = _first_faces(frames[: config.first_frames], tracker)
    coarse = face_alignment(faces, _TRACKING_SIZE)
    to_crop = face_alignment(faces, config.size)
    to_crop[1, 2] += config.forehead * config.size
    reference = _tracking_crop(frames[0], coarse)
    head = HeadMotion(reference, stable_points(faces, coarse))
    light = float(reference.mean())
    prepared = []
    for index in range(len(frames)) if chosen is None else chosen:
        frame = frames[index]
        crop = _tracking_crop(frame, coarse)
        matrix = to_crop
        if config.still_head:
            moved = head(crop)  # in the coarse crop; carried to the frame and undone there
            back = compose(compose(coarse, inverse(moved)), inverse(coarse))
            matrix = compose(back, to_crop)
        gain = light / max(float(crop.mean()), 1.0) if config.even_light else 1.0
        prepared.append(_brightened(warp(frame, matrix, config.size), gain))
    return np.stack(prepared)


def _scaled_squares(
    frames: UInt8[ndarray, "time height width 3"],
    config: PreparationConfig,
    chosen: Int64[ndarray, " chosen"] | None,
) -> UInt8[ndarray, "prepared size size 3"]:
    """The middle square of each frame, light even."""
    height, width = frames.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    squares = frames[:, top : top + side, left : left + side]
    light = float(squares[0].mean())
    prepared = []
    for index in range(len(squares)) if chosen is None else chosen:
        square = squares[index]
        gain = light / max(float(square.mean()), 1.0) if config.even_light else 1.0
        method = cv2.INTER_AREA if side > config.size else cv2.INTER_LINEAR
        image = cv2.resize(square, (config.size, config.size), interpolation=method)
        prepared.append(_brightened(image, gain))
    return np.stack(prepared)


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


def _brightened(image: UInt8[ndarray, "size size 3"], gain: float) -> UInt8[ndarray, "size size 3"]:
    return image if gain == 1.0 else cv2.convertScaleAbs(image, alpha=gain)
