"""Arrows on a face that show the movement of its regions."""

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.media.frame_array import Image
from smastn.spotting.comparison import FACE_SIZE
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval
from smastn.spotting.regions import REGIONS

MAGNIFIED = 20
"""Length of an arrow over that of the movement."""

_LONGEST = 60.0  # pixels of 224
_MARGIN = 14.0  # pixels of the enlarged image
_SHARP = 2  # the image is enlarged, so that lines are thin
_EDGE, _CORE = (255, 255, 255), (18, 76, 214)


def arrows_picture(
    face: Image, interval: Interval, curve: MovementCurve
) -> UInt8[ndarray, "tall wide 3"]:
    """The face at the apex, twice as large, with an arrow for each region of the interval.

    An arrow starts at the region's position at rest, or as near to it as the image's edge
    allows, and is `MAGNIFIED` times as long as the movement, up to that of 3 px.

    Args:
        face: aligned, so that regions lie at the places of `curve`.
        interval: the candidate.
        curve: the movement it was spotted on.
    """
    height, width = face.shape[:2]
    drawn = cv2.resize(face, (width * _SHARP, height * _SHARP), interpolation=cv2.INTER_CUBIC)
    scale = _SHARP * height / FACE_SIZE
    ends = curve.positions[interval.onset], curve.positions[interval.offset]
    moved = curve.positions[interval.apex] - (ends[0] + ends[1]) / 2
    for name in interval.regions:
        region = list(REGIONS).index(name)
        start = curve.places[region] * scale
        way = _shortened(moved[region] * MAGNIFIED) * scale
        if np.isfinite(start + way).all():
            start = _inside(start, way, float(width * _SHARP), float(height * _SHARP))
            for colour, thick in ((_EDGE, 15), (_CORE, 8)):
                _arrow(drawn, start, start + way, colour, thick)
    return drawn


def _shortened(way: ndarray) -> ndarray:
    """At most `_LONGEST` long."""
    return way * min(1.0, _LONGEST / max(float(np.linalg.norm(way)), 1e-6))


def _inside(start: ndarray, way: ndarray, width: float, height: float) -> ndarray:
    """The start, shifted so that both ends of the arrow lie in the image."""
    low = np.maximum(_MARGIN, _MARGIN - way)
    high = np.minimum((width, height), (width, height) - way) - _MARGIN
    return np.clip(start, low, high)


def _arrow(
    image: ndarray, start: ndarray, end: ndarray, colour: tuple[int, int, int], thick: int
) -> None:
    first, last = ((round(float(x)), round(float(y))) for x, y in (start, end))
    tip = min(1.0, 26 / max(1.0, float(np.linalg.norm(end - start))))
    cv2.arrowedLine(image, first, last, colour, thick, cv2.LINE_AA, tipLength=tip)
