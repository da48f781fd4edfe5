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

from smastn.faces.alignment import STABLE_POINTS, face_alignment, warp
from smastn.faces.landmarks import Face
from smastn.media.frames import Frame
from smastn.spotting.regions import EYELIDS, EYES, REGIONS
from smastn.spotting.rigid import skull_movement

FACE_SIZE = 224
"""Movement is given in pixels of an aligned face of this size."""

_WINDOW, _LEVELS = (21, 21), 1
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.02)
_ASTRAY = 16.0  # pixels from the mesh, which jitters and lags by less than half of that
_SURROUNDINGS = (31, 31)  # pixels over whose mean light is levelled
_EYE_PATCH, _EYE_MARGIN = (40, 20), 2  # pixels; the margin is the slip allowed for
_FOLLOWED = np.concatenate([np.array(points) for points in REGIONS.values()])
_POINTS = np.concatenate([_FOLLOWED, np.array(STABLE_POINTS)])
_SKIN = slice(0, len(_FOLLOWED))
_EYE_POINTS = [point for name in EYES for point in REGIONS[name]]
_TRUST = np.where(np.arange(len(_POINTS)) < len(_FOLLOWED), 0.5, 1.0)
_TRUST[_SKIN][np.isin(_FOLLOWED, _EYE_POINTS)] = 0
PARTS = np.split(
    np.arange(len(_FOLLOWED)), np.cumsum([len(points) for points in REGIONS.values()])[:-1]
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A face in one frame, aligned; places in pixels of the crop.

    Attributes:
        time: seconds.
        crop: the aligned face, grey.
        level: the same with the light levelled, in which the skin is followed.
        mesh: all points of the mesh, their depth in the same unit.
        to_crop: matrix from frame to crop.
    """

    time: float
    crop: UInt8[ndarray, "size size"]
    level: UInt8[ndarray, "size size"]
    mesh: Float32[ndarray, "468 3"]
    to_crop: Float64[ndarray, "2 3"]


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both eyes in one frame, small enough to be kept for a while.

    Attributes:
        index: number of the frame.
        time: seconds.
        patches: the right and the left eye with some margin, grey.
    """

    index: int
    time: float
    patches: tuple[UInt8[ndarray, "high wide"], UInt8[ndarray, "high wide"]]


def seen_face(frame: Frame, face: Face, steady: Face) -> Seen:
    """The face of a frame, aligned.

    Args:
        frame: where it was seen.
        face: its mesh about now, from which the skin is followed.
        steady: its mesh averaged over some frames, which sets the alignment.
    """
    to_crop = face_alignment([steady], FACE_SIZE)
    crop = cv2.cvtColor(warp(frame.image, to_crop, FACE_SIZE), cv2.COLOR_RGB2GRAY)
    mesh = np.empty((468, 3), np.float32)
    mesh[:, :2] = face.points[:, :2] @ to_crop[:, :2].T + to_crop[:, 2]
    mesh[:, 2] = steady.points[:, 2] * np.hypot(to_crop[0, 0], to_crop[0, 1])
    return Seen(frame.time, crop, _levelled(crop), mesh, to_crop)


def _levelled(crop: UInt8[ndarray, "size size"]) -> UInt8[ndarray, "size size"]:
    """Brightness against that of the surroundings, as their share: lamps and shadows cancel."""
    around = cv2.blur(crop, _SURROUNDINGS)
    return cv2.divide(crop, np.maximum(around, 16), scale=96)


def eyes_of(seen: Seen, index: int) -> Eyes:
    """The pictures of both eyes in frame number `index`."""
    wide, high = (side + 2 * _EYE_MARGIN for side in _EYE_PATCH)
    middles = seen.mesh[np.array(EYELIDS), :2].mean(axis=1)
    right, left = (
        cv2.getRectSubPix(seen.crop, (wide, high), (float(x), float(y))) for x, y in middles
    )
    return Eyes(index, seen.time, (right, left))


def eye_change(earlier: Eyes, now: Eyes) -> float:
    """1 less the correlation of the eyes' pictures, the smaller of both eyes."""
    inner = slice(_EYE_MARGIN, -_EYE_MARGIN)
    return min(
        1 - float(cv2.matchTemplate(there, was[inner, inner], cv2.TM_CCOEFF_NORMED).max())
        for was, there in zip(earlier.patches, now.patches, strict=True)
    )


def followed(
    earlier: Seen, now: Seen, guess: Float32[ndarray, "points 2"] | None = None
) -> Float32[ndarray, "points 2"]:
    """Where the skin at the followed points of a face has gone (Lucas and Kanade).

    Args:
        earlier: the face before.
        now: the face in which it is sought.
        guess: where to begin, pixels of the frame, as `in_frame` gives them; where the mesh
            is now if None, which is off by some pixels in some frames.

    Returns:
        Places in the crop of `now`; NaN for a point that was lost, also before, if the guess
        has NaN there. Skin without texture lets go of a point, which wanders off the face.
    """
    start, mesh = earlier.mesh[_POINTS, :2], now.mesh[_POINTS, :2]
    first = mesh if guess is None else _moved(guess, now.to_crop)
    lost = np.isnan(first[:, 0])
    first = np.where(lost[:, None], mesh, first)
    found, _, _ = cv2.calcOpticalFlowPyrLK(
        earlier.level,
        now.level,
        start[:, None].copy(),
        first[:, None].copy(),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=_STOP,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    lost |= np.linalg.norm(found[:, 0] - mesh, axis=1) > _ASTRAY
    return np.where(lost[:, None], np.float32(np.nan), found[:, 0])


def in_frame(now: Seen, places: Float32[ndarray, "points 2"]) -> Float32[ndarray, "points 2"]:
    """Places in the crop as pixels of the frame."""
    return _moved(places, cv2.invertAffineTransform(now.to_crop))


def _moved(places: ndarray, matrix: ndarray) -> Float32[ndarray, "points 2"]:
    return (places @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def movement_to(
    earlier: Seen, found: Float32[ndarray, "points 2"]
) -> tuple[Float32[ndarray, "regions 2"], Float64[ndarray, " 2"]]:
    """Movement of each region, less that of the skull, and how far the skull turned.

    Args:
        earlier: the face before.
        found: where its points are now, see `followed`.

    Returns:
        The regions' movement, pixels, NaN where most of a region's points are lost; and yaw
        and pitch, radians, see `skull_movement`. All NaN where the face could not be followed.
    """
    start, lost = earlier.mesh[_POINTS], np.isnan(found[:, :1])
    trust = np.where(lost[:, 0], 0, _TRUST)
    skull, turned = skull_movement(start, np.where(lost, start[:, :2], found), trust)
    own = (found - skull)[_SKIN]
    return np.array([_middle_mean(own[part]) for part in PARTS], np.float32), turned


def _middle_mean(values: Float64[ndarray, "points 2"]) -> Float64[ndarray, " 2"]:
    """Mean of the middle half: nearly as quiet as the mean, nearly as firm as the median."""
    known = values[~np.isnan(values[:, 0])]
    if len(known) < max(3, len(values) / 2):
        return np.full(2, np.nan)
    aside = max(1, len(known) // 4)
    return np.sort(known, axis=0)[aside:-aside].mean(axis=0)


def head_place(seen: Seen) -> Float64[ndarray, " 2"]:
    """Where the skull is in the frame (x, y), in pixels of an aligned face of 224."""
    middle = seen.mesh[list(STABLE_POINTS), :2].mean(axis=0).astype(np.float64)
    scale = np.hypot(seen.to_crop[0, 0], seen.to_crop[0, 1])
    back = cv2.invertAffineTransform(seen.to_crop)
    return (back[:, :2] @ middle + back[:, 2]) * scale
