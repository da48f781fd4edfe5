"""What moved in a face between two of its frames, region by region.

The skin is followed from one aligned face to the other with Lucas and Kanade's
method, sought around where the mesh says it went; the mesh alone jitters by as
much as a micro-expression moves.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray

from smastn.data.frames import Frame
from smastn.imaging.alignment import (
    compose,
    face_alignment,
    inverse,
    robust_similarity,
    stable_points,
    warp,
)
from smastn.imaging.landmarks import Face
from smastn.spotting.regions import EYELIDS, REGIONS

FACE_SIZE = 224
"""Movement is given in pixels of an aligned face of this size."""

_WINDOW, _LEVELS = (17, 17), 1
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.02)
_EYE_PATCH, _EYE_MARGIN = (40, 20), 2  # pixels; the margin is the slip allowed for
_FOLLOWED = np.concatenate([np.array(points) for points in REGIONS.values()])
PARTS = np.split(
    np.arange(len(_FOLLOWED)), np.cumsum([len(points) for points in REGIONS.values()])[:-1]
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A face in one frame, aligned; places in pixels of the crop.

    Attributes:
        index: number of the frame.
        time: seconds.
        crop: the aligned face, grey.
        places: points of the regions, one region after the other, see `PARTS`.
        stable: points that move with the skull alone.
        eyes: middle of the right and of the left eye.
        to_crop: matrix from frame to crop.
    """

    index: int
    time: float
    crop: UInt8[ndarray, "size size"]
    places: Float32[ndarray, "places 2"]
    stable: Float32[ndarray, "stable 2"]
    eyes: Float32[ndarray, "2 2"]
    to_crop: Float64[ndarray, "2 3"]


def seen_face(frame: Frame, face: Face, steady: Face) -> Seen:
    """The face of a frame, aligned.

    Args:
        frame: where it was seen.
        face: its mesh in this frame, where the skin is sought.
        steady: its mesh averaged over some frames, which sets the alignment.
    """
    to_crop = face_alignment([steady], FACE_SIZE)
    crop = cv2.cvtColor(warp(frame.image, to_crop, FACE_SIZE), cv2.COLOR_RGB2GRAY)
    points = (face.points[:, :2] @ to_crop[:, :2].T + to_crop[:, 2]).astype(np.float32)
    eyes = points[np.array(EYELIDS)].mean(axis=1)
    stable = stable_points([face], to_crop)
    return Seen(frame.index, frame.time, crop, points[_FOLLOWED], stable, eyes, to_crop)


def movement_between(earlier: Seen, now: Seen) -> Float32[ndarray, "regions 2"]:
    """Median movement of each region, less that of the skull."""
    light = float(earlier.crop.mean()) / max(float(now.crop.mean()), 1.0)
    after = cv2.convertScaleAbs(now.crop, alpha=light)
    start = np.concatenate([earlier.places, earlier.stable])
    end = _follow(earlier.crop, after, start, np.concatenate([now.places, now.stable]))
    stable = slice(len(earlier.places), None)
    skull = robust_similarity(start[stable].astype(np.float64), end[stable].astype(np.float64))
    own = (end - (start @ skull[:, :2].T + skull[:, 2]))[: len(earlier.places)]
    return np.array([np.median(own[part], axis=0) for part in PARTS], np.float32)


def _follow(
    before: UInt8[ndarray, "size size"],
    after: UInt8[ndarray, "size size"],
    places: Float32[ndarray, "places 2"],
    guess: Float32[ndarray, "places 2"],
) -> Float32[ndarray, "places 2"]:
    """Where the skin at `places` has gone, sought around where the mesh says (Lucas-Kanade)."""
    found, _, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        places[:, None],
        guess[:, None].copy(),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=_STOP,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return found[:, 0]


def skull_speed(earlier: Seen, now: Seen) -> float:
    """Mean speed of the stable points as the mesh has them."""
    back = compose(inverse(earlier.to_crop), now.to_crop)
    before = earlier.stable @ back[:, :2].T + back[:, 2]
    return float(np.linalg.norm(now.stable - before, axis=1).mean()) / (now.time - earlier.time)


def eye_change(earlier: Seen, now: Seen) -> float:
    """1 less the correlation of the eyes' pictures, the smaller of both eyes."""
    wide, high = _EYE_PATCH
    larger = (wide + 2 * _EYE_MARGIN, high + 2 * _EYE_MARGIN)
    changes = []
    for before, after in zip(earlier.eyes, now.eyes, strict=True):
        was = cv2.getRectSubPix(earlier.crop, _EYE_PATCH, (float(before[0]), float(before[1])))
        there = cv2.getRectSubPix(now.crop, larger, (float(after[0]), float(after[1])))
        changes.append(1 - float(cv2.matchTemplate(there, was, cv2.TM_CCOEFF_NORMED).max()))
    return min(changes)
