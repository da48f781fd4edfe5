"""A long film in parts of some minutes, so that an hour takes no more memory than they do.

Noise, turns and speech are learnt from each part by itself, which also follows a lamp that
was moved or a chair that was pushed back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from smastn.spotting.curve import MovementCurve

LONGEST = 300.0
"""Seconds of a part, at most; long enough for some minutes of quiet and of speech."""

_AROUND = 10.0  # s that a part sees of its neighbours, more than any comparison reaches
_BY_FRAME = (
    *("times", "face", "positions", "eye_change", "pose_degrees", "turned_degrees"),
    *(
        "gaze_px",
        "head_px",
        "blendshapes",
        "voice",
        "apart",
        "presence",
        "sharpness",
        "cut",
        "boxes",
    ),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some minutes of a film.

    Attributes:
        curve: of its frames and some of its neighbours'.
        first: frame of the film that `curve` begins with.
        own: frames of the film that are this part's alone.
    """

    curve: MovementCurve
    first: int
    own: range

    @property
    def inside(self) -> slice:
        """Its own frames, within `curve`."""
        return slice(self.own.start - self.first, self.own.stop - self.first)


def parts_of(curve: MovementCurve) -> Iterator[Part]:
    """Parts of equal length that make up a film; a short film is one."""
    frames = len(curve.times)
    around = round(_AROUND * curve.rate)
    count = max(1, int(np.ceil(frames / max(LONGEST * curve.rate, 1))))
    edges = np.linspace(0, frames, count + 1).round().astype(int)
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        seen = slice(max(0, start - around), stop + around)
        some = {name: getattr(curve, name)[seen] for name in _BY_FRAME}
        yield Part(replace(curve, **some), seen.start, range(start, stop))
