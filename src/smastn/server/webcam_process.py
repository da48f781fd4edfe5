"""Measures a webcam in a separate process: small images in, the movement curve out.

Nothing is stored; an image is discarded after the next one has been measured.
"""

import struct
import time
from dataclasses import fields, replace
from multiprocessing.connection import Connection
from typing import Any

import cv2
import numpy as np

from smastn.analysis.analysis_warnings import rate_warning
from smastn.errors import InputError
from smastn.faces.landmarks import FaceTracker
from smastn.media.frame_array import Image
from smastn.media.frames import Frame
from smastn.server.bounded_process import Notify
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import CurveConfig, Meter
from smastn.spotting.spot import spot

MAX_SECONDS = 600.0
"""A webcam is disconnected after so long."""

MAX_IMAGE_BYTES = 2**19

_STAMP = struct.Struct("<d")
_CURVE_SECONDS = 15.0  # length of the curve that is sent
_CURVE_INTERVAL = 0.25  # s between two curves
_RATE_SECONDS = 3.0  # span over which the frame rate is measured
_MIN_SIDE, _MAX_PIXELS = 48, 1280 * 960


def measure_webcam(images: Connection, notify: Notify) -> None:
    """Measure image after image until the connection is closed.

    Args:
        images: messages of eight bytes, the time in seconds, and a JPEG.
        notify: receives measurements after each image, and a curve several times a second.

    Raises:
        InputError: a message does not hold a usable image with a later time than the last.
    """
    tracker, meter = FaceTracker(), Meter(CurveConfig())
    index, last, due = 0, -1.0, 0.0
    while True:
        try:
            message = images.recv_bytes(MAX_IMAGE_BYTES + _STAMP.size)
        except EOFError:
            return
        began = time.monotonic()
        seconds, image = _decoded(message)
        if seconds <= last:
            raise InputError("the images of the webcam are not in order of time")
        last = seconds
        face = tracker(image)
        meter.add(Frame(index, seconds, image), face)
        index += 1
        values: dict[str, Any] = {"face": face is not None}
        if seconds >= due and index > 2:
            due = seconds + _CURVE_INTERVAL
            values |= _curve_values(_latest(meter.curve(), _CURVE_SECONDS))
        notify(**values, milliseconds=round(1000 * (time.monotonic() - began), 1))


def _decoded(message: bytes) -> tuple[float, Image]:
    """Time in seconds and RGB image of a message."""
    if len(message) <= _STAMP.size:
        raise InputError("a message of the webcam holds no image")
    (seconds,) = _STAMP.unpack_from(message)
    if not 0 <= seconds <= 10 * MAX_SECONDS:
        raise InputError("an image of the webcam has no valid time")
    image = cv2.imdecode(np.frombuffer(message, np.uint8, offset=_STAMP.size), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError("a message of the webcam is not an image")
    if min(image.shape[:2]) < _MIN_SIDE or image.shape[0] * image.shape[1] > _MAX_PIXELS:
        raise InputError(
            f"an image of the webcam is {image.shape[1]}x{image.shape[0]} pixels; wanted at least "
            f"{_MIN_SIDE} a side and at most {_MAX_PIXELS} in all"
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


def _curve_values(curve: MovementCurve) -> dict[str, Any]:
    """Curve and candidates as plain values, without the last span, which is not final yet."""
    found = spot(curve)
    final = curve.times <= curve.times[-1] - curve.span
    recent = curve.times[curve.times >= curve.times[-1] - _RATE_SECONDS]
    rate = (len(recent) - 1) / float(recent[-1] - recent[0]) if len(recent) > 1 else 0.0
    return {
        "rate": round(rate, 1),
        "caution": rate_warning(rate),
        "threshold": found.threshold,
        "times": [round(float(one), 3) for one in curve.times[final]],
        "movement": [
            round(float(one), 2) if np.isfinite(one) else None for one in found.movement[final]
        ],
        "blinks": [_seconds(curve, first, last) for first, last in found.blinks],
        "speech": [_seconds(curve, first, last) for first, last in found.speech],
        "uncodable": [[*_seconds(curve, one.first, one.last), one.why] for one in found.uncodable],
        "intervals": [
            [*_seconds(curve, one.onset, one.offset), ", ".join(one.regions[:2])]
            for one in found.intervals
        ],
    }


def _seconds(curve: MovementCurve, first: int, last: int) -> list[float]:
    return [round(float(curve.times[first]), 3), round(float(curve.times[last]), 3)]
