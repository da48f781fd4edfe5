"""A webcam watched inside a bounded process: small pictures in, the movement curve out.

Nothing is stored: a picture is forgotten once the next has been measured.
"""

import struct
import time
from dataclasses import dataclass, fields, replace
from multiprocessing.connection import Connection
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.analysis.analysis_warnings import rate_warning
from smastn.errors import InputError
from smastn.faces.landmarks import FaceTracker
from smastn.media.frames import Frame
from smastn.server.bounded_process import Tell
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import CurveConfig, Meter
from smastn.spotting.spot import spot

LONGEST = 600.0
"""Seconds after which a webcam is let go of."""

LARGEST_PICTURE = 2**19
"""Bytes of a picture."""

_STAMP = struct.Struct("<d")
_SHOWN = 15.0  # s of curve
_EVERY = 0.25  # s between curves
_RATE_SPAN = 3.0  # s
_SMALLEST, _MOST_PIXELS = 48, 1280 * 960


@dataclass(frozen=True, slots=True)
class CameraTask:
    """Where the pictures come from.

    Attributes:
        pictures: messages of eight bytes, the time in seconds, and a JPEG.
    """

    pictures: Connection


def watch_camera(task: CameraTask, tell: Tell) -> None:
    """Measure picture after picture, until there are no more.

    Raises:
        InputError: something is no picture.
    """
    tracker, config = FaceTracker(), CurveConfig()
    meter, last, due = Meter(config), -1.0, 0.0
    index = 0
    while True:
        try:
            message = task.pictures.recv_bytes(LARGEST_PICTURE + _STAMP.size)
        except EOFError:
            return
        began = time.monotonic()
        seconds, image = _picture(message)
        if seconds <= last:
            raise InputError("the pictures of the webcam have to come in order of time")
        last = seconds
        face = tracker(image)
        meter.add(Frame(index, seconds, image), face)
        index += 1
        told: dict[str, Any] = {"face": face is not None}
        if seconds >= due and index > 2:
            due = seconds + _EVERY
            told |= _seen(_latest(meter.curve(), _SHOWN))
        tell(**told, milliseconds=round(1000 * (time.monotonic() - began), 1))


def _picture(message: bytes) -> tuple[float, UInt8[ndarray, "height width 3"]]:
    if len(message) <= _STAMP.size:
        raise InputError("a message of the webcam holds no picture")
    (seconds,) = _STAMP.unpack_from(message)
    if not 0 <= seconds <= 10 * LONGEST:
        raise InputError("a picture of the webcam has no time")
    image = cv2.imdecode(np.frombuffer(message, np.uint8, offset=_STAMP.size), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError("what came from the webcam is no picture")
    if min(image.shape[:2]) < _SMALLEST or image.shape[0] * image.shape[1] > _MOST_PIXELS:
        raise InputError(
            f"a picture of the webcam is {image.shape[1]}x{image.shape[0]} pixels; wanted at least "
            f"{_SMALLEST} a side and at most {_MOST_PIXELS} in all"
        )
    return seconds, cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _latest(curve: MovementCurve, seconds: float) -> MovementCurve:
    """The last seconds of a curve."""
    frames = len(curve.times)
    first = int(np.searchsorted(curve.times, curve.times[-1] - seconds))
    by_frame = {
        one.name: getattr(curve, one.name)[first:]
        for one in fields(curve)
        if one.name not in ("places", "span") and len(getattr(curve, one.name)) == frames
    }
    return replace(curve, **by_frame)


def _seen(curve: MovementCurve) -> dict[str, Any]:
    """Curve and candidates; what lies less than a span back is not known for certain yet."""
    found = spot(curve)
    known = curve.times <= curve.times[-1] - curve.span
    recent = curve.times[curve.times >= curve.times[-1] - _RATE_SPAN]
    rate = (len(recent) - 1) / float(recent[-1] - recent[0]) if len(recent) > 1 else 0.0
    return {
        "rate": round(rate, 1),
        "caution": rate_warning(rate),
        "threshold": found.threshold,
        "times": [round(float(one), 3) for one in curve.times[known]],
        "movement": [
            round(float(one), 2) if np.isfinite(one) else None for one in found.movement[known]
        ],
        "blinks": [_seconds(curve, first, last) for first, last in found.blinks],
        "speech": [_seconds(curve, first, last) for first, last in found.speech],
        "intervals": [
            [*_seconds(curve, one.onset, one.offset), ", ".join(one.regions[:2])]
            for one in found.intervals
        ],
    }


def _seconds(curve: MovementCurve, first: int, last: int) -> list[float]:
    return [round(float(curve.times[first]), 3), round(float(curve.times[last]), 3)]
