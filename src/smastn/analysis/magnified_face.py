"""The followed face of a film, its head held still and its movements magnified."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis
from smastn.faces.magnification import MagnificationConfig, magnify
from smastn.faces.stabilisation import SteadyFace, face_share
from smastn.media.frames import open_frames

_MOST_AHEAD = 60.0
"""Frames of which a median is taken to either side; at 200 a second that is 0.3 s, which is
enough for what lasts up to half a second, and bounds the memory."""


def magnification(rate: float) -> MagnificationConfig:
    """How a film of that rate is magnified."""
    return MagnificationConfig(around=float(np.clip(_MOST_AHEAD / max(rate, 1.0), 0.4, 1.0)))


def magnified_faces(
    analysis: Analysis, frames: range, size: int
) -> Iterator[UInt8[ndarray, "size size 3"] | None]:
    """The face in each of `frames`, magnified; None where it is not seen.

    The film is read once more, from the first of them on.

    Args:
        analysis: of the film.
        frames: one after the other.
        size: side of the pictures, pixels.
    """
    rate = analysis.curve.rate
    steady = SteadyFace(size, rate)
    cuts = (steady(image, analysis.curve.boxes[at]) for at, image in film_frames(analysis, frames))
    for seen, run in groupby(cuts, key=lambda cut: cut is not None):
        if seen:
            faces = (cut for cut in run if cut is not None)
            yield from magnify(faces, rate, magnification(rate), face_share(size))
        else:
            yield from run


def film_frames(
    analysis: Analysis, frames: range
) -> Iterator[tuple[int, UInt8[ndarray, "height width 3"]]]:
    """Number and picture of each of `frames`, read from the film; those it has."""
    last = min(frames.stop, analysis.video.frames) - 1
    if frames.start > last:
        return
    with open_frames(analysis.video.path, analysis.curve.rate) as stream:
        for frame in stream.starting_at(frames.start):
            yield frame.index, frame.image
            if frame.index >= last:
                return
