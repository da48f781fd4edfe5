"""The frames of a film beside the tracked face, its head held still and its movements magnified."""

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby

import cv2
import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis
from smastn.faces.magnification import MagnificationConfig, magnify
from smastn.faces.stabilisation import FACE_EXTENT, SteadyFace, View, face_share
from smastn.media.frame_array import Image
from smastn.media.frames import open_frames
from smastn.media.prefetch import read_ahead
from smastn.spotting.unit_curves import AT_REST

SIDE, _LEAST_SIDE = 480, 240
"""Side of the magnified face at most and at least, pixels."""

_LEAST_WIDTH = 240
"""Pixels of a face's width in the reduced original that are enough to cut it from there."""

_WIDTH, _HEIGHT = 960, 720
"""The original is reduced to this size, pixels: frames wait for the median of later ones."""

_TURNED = 8.0
"""Degrees of yaw and pitch by which a turned head is no longer comparable."""

_MOST_AHEAD = 60.0
"""Frames of which a median is taken to either side; at 200 per second that is 0.3 s, enough for
movements of half a second, and bounds the memory."""


def magnification(rate: float) -> MagnificationConfig:
    """Settings of the magnification for a film of that frame rate."""
    return MagnificationConfig(around=float(np.clip(_MOST_AHEAD / max(rate, 1.0), 0.4, 1.0)))


def magnified_side(analysis: Analysis) -> int:
    """Side of the magnified face in pixels: about as many as the film has of it; even."""
    return 2 * round(np.clip(FACE_EXTENT * analysis.curve.face_width, _LEAST_SIDE, SIDE) / 2)


def film_pairs(
    analysis: Analysis, frames: range, side: int | None = None
) -> Iterator[tuple[int, Image, UInt8[ndarray, "size size 3"] | None]]:
    """Number, original and magnified face of each of `frames`, in one pass over the film.

    Args:
        analysis: of the film.
        frames: consecutive frame numbers; those beyond the end of the film are left out.
        side: of the magnified face, pixels; `magnified_side` by default.

    Returns:
        The face is None where none is seen.
    """
    rate, size = analysis.curve.rate, side or magnified_side(analysis)
    steady = SteadyFace(size, rate)
    waiting: deque[tuple[int, ndarray]] = deque()

    def views() -> Iterator[View | None]:
        with open_frames(analysis.video.path, rate) as stream:
            for frame in stream.starting_at(frames.start):
                original, box = reduced(frame.image), analysis.curve.boxes[frame.index]
                waiting.append((frame.index, original))
                scale = original.shape[1] / frame.image.shape[1]
                if scale == 1 or scale * analysis.curve.face_width >= _LEAST_WIDTH:
                    yield _kept(steady(original, scale * box))
                else:
                    view = steady(frame.image, box)
                    yield None if view is None else view.apart()
                if frame.index >= min(frames.stop, analysis.video.frames) - 1:
                    return

    share, resting = face_share(size), at_rest(analysis)
    with closing(read_ahead(views())) as reading:
        for seen, run in groupby(reading, key=lambda view: view is not None):
            faces: Iterator[ndarray | None] = (None for _ in run)
            if seen:
                known = (view for view in run if view is not None)
                faces = magnify(known, rate, magnification(rate), share, resting[waiting[0][0] :])
            for face in faces:
                yield *waiting.popleft(), face


def _kept(view: View | None) -> View | None:
    """A view that waits: the image waits anyway, unless a reduced part of it is needed."""
    return view if view is None or view.fine else view.apart()


def at_rest(analysis: Analysis) -> Bool[ndarray, " frames"]:
    """True in frames in which all action units are seen and none acts, outside all intervals.

    Frames in which the head has turned since then count as well: what it looks like at rest in
    that pose is unknown.
    """
    spotting, pose = analysis.spotting, analysis.curve.pose_degrees[:, :2]
    units = spotting.units
    resting = np.asarray((units.seen & (units.evidence < AT_REST)).all(axis=1))
    for one in spotting.intervals:
        resting[one.onset : one.offset + 1] = False
    last = np.maximum.accumulate(np.where(resting, np.arange(len(resting)), 0))
    turned = np.linalg.norm(pose - pose[last], axis=1)
    return resting | (np.nan_to_num(turned) > _TURNED)


def reduced(image: Image) -> UInt8[ndarray, "tall wide 3"]:
    """The image at the size at which originals are kept and shown."""
    height, width = image.shape[:2]
    scale = min(1.0, _WIDTH / width, _HEIGHT / height)
    if scale == 1:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
