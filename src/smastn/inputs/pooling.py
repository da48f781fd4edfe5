"""Which frames are pooled into each dynamic image of a clip, and with which weights.

Frames are sampled as in Temporal Segment Networks (Wang et al., ECCV 2016): a clip is cut into
equal segments, each segment into equal bins, and one frame is taken from each bin. That SMA-STN
samples this way is inferred; its abstract only says that the protocol is unique.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from smastn.config import check_choices
from smastn.errors import ConfigError
from smastn.inputs.chance import Chance

Reading = Literal["local", "local+global", "interleaved", "onset_anchored"]
"""Interpretations of "local-global" dynamic images; the paper's abstract does not define them."""

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Pooling:
    """How a clip is pooled into dynamic images.

    Attributes:
        segments: equal parts of the clip, K.
        frames: frames sampled in each part, m.
        reading: which images are made from them.
        span: share of the clip, from the onset on, that is cut into the segments; below 1 the
            end of the return is left out.
        onset_frames: frames whose mean stands for the onset in `onset_anchored`, to reduce noise;
            in a short clip at most an eighth of it, rounded up, because there the movement
            begins at once.
    """

    REMOVED: ClassVar = {"form": "harmonic"}

    segments: int = 3
    frames: int = 5
    reading: Reading = "onset_anchored"
    span: float = 1.0
    onset_frames: int = 1

    def __post_init__(self) -> None:
        if min(self.segments, self.frames, self.onset_frames) < 1:
            raise ConfigError(
                f"segments is {self.segments}, frames {self.frames} and onset_frames "
                f"{self.onset_frames}; wanted at least 1 each"
            )
        if not 0 < self.span <= 1:
            raise ConfigError(f"span is {self.span}; wanted more than 0, at most 1")
        check_choices(self)

    @property
    def image_names(self) -> tuple[str, ...]:
        """What each image covers, for people."""
        numbers = range(1, self.segments + 1)
        if self.reading == "interleaved":
            return tuple(f"whole, {number}" for number in numbers)
        parts = tuple(f"part {number}" for number in numbers)
        if self.reading == "onset_anchored":
            return tuple(f"onset to {part}" for part in parts)
        return (*parts, "whole") if self.reading == "local+global" else parts

    def frames_read(self, length: int) -> Int64[ndarray, " frames"]:
        """Which frames of a clip of that length are read without chance, in order."""
        onset = np.arange(self._onset(length))  # readings against the onset need it
        return np.union1d(self.sampled(length), onset)

    def weights(self, length: int, chance: Chance | None = None) -> Float64[ndarray, "images time"]:
        """One row of frame weights for each dynamic image of a clip of `length` frames.

        Every row sums to zero, and its positive weights to one, so that each image
        is in grey levels and images can be compared with each other.

        Args:
            length: frames in the clip.
            chance: draws where in each bin a frame is taken; without it the middle is.
        """
        indices = self.sampled(length, chance)
        if self.reading == "interleaved":
            indices = indices.reshape(self.frames, self.segments).T
        rows = np.zeros((len(self.image_names), length))
        if self.reading == "onset_anchored":
            for row, chosen in zip(rows, indices, strict=True):
                _against_onset(row, chosen, self._onset(length))
            return rows
        for row, chosen in zip(rows, indices, strict=False):
            _pool(row, chosen)
        if self.reading == "local+global":
            _pool(rows[-1], indices.ravel())
        return rows

    def _onset(self, length: int) -> int:
        """How many frames stand for the onset of a clip of that length."""
        return min(self.onset_frames, -(-length // 8))

    def sampled(
        self, length: int, chance: Chance | None = None
    ) -> Int64[ndarray, "segments frames"]:
        """The frames taken, from 0, in order; a clip with fewer frames than bins repeats some."""
        shape = self.segments, self.frames
        within = 0.5 if chance is None else chance.positions(*shape)
        bins = np.arange(self.segments * self.frames).reshape(shape)
        reach = max(1, round(self.span * length))
        return np.minimum(((bins + within) * reach / bins.size).astype(np.int64), reach - 1)


def rank_pooling_weights(length: int) -> Float64[ndarray, " time"]:
    """Weight of each frame in the dynamic image of `length` frames; they sum to zero.

    Approximate rank pooling (Bilen et al., CVPR 2016) scores the running means V_i by
    2i - T - 1; for the frames that gives alpha_t = sum_{i=t..T} (2i - T - 1) / i.
    One frame has weight 0: alone it shows no movement.

    Raises:
        ConfigError: `length` is below 1.
    """
    if length < 1:
        raise ConfigError(f"a clip of {length} frames has no dynamic image; wanted at least 1")
    index = np.arange(1, length + 1)
    scores = (2.0 * index - length - 1) / index
    return np.cumsum(scores[::-1])[::-1].copy()


def _pool(row: Float64[ndarray, " time"], chosen: ndarray) -> None:
    """Add rank pooling of the frames `chosen` to a row; a frame may be chosen twice."""
    np.add.at(row, chosen, rank_pooling_weights(len(chosen)))
    _normalise(row)


def _against_onset(row: Float64[ndarray, " time"], chosen: ndarray, onset: int) -> None:
    """The mean of the frames `chosen` less the mean of the first `onset` frames."""
    np.add.at(row, chosen, 1.0 / len(chosen))
    row[:onset] -= 1.0 / onset
    _normalise(row)


def _normalise(row: Float64[ndarray, " time"]) -> None:
    """Positive weights sum to one; a row of one repeated frame becomes exactly zero."""
    mass = row[row > 0].sum()
    if mass > _TINY:
        row /= mass
    else:
        row[:] = 0.0
