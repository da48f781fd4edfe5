"""Which frames speak for a clip: sparse sampling in equal segments.

The protocol follows Temporal Segment Networks (Wang et al., ECCV 2016): equal
segments, in each a few frames from equal bins. That SMA-STN samples this way is
inferred; its abstract says only that the protocol is unique.
"""

import numpy as np
from jaxtyping import Float, Int64
from numpy import ndarray

from smastn.errors import ConfigError


def segment_indices(
    length: int,
    segments: int,
    frames: int,
    draw: Float[ndarray, "segments frames"] | None = None,
) -> Int64[ndarray, "segments frames"]:
    """Which frames of a clip are looked at, in order.

    The clip is cut into `segments` equal parts and each part into `frames` equal
    bins; one frame is taken from each bin. A clip shorter than the number of
    bins repeats frames.

    Args:
        length: frames in the clip, at least 1.
        segments: parts, at least 1.
        frames: frames a part, at least 1.
        draw: where in each bin, 0 to 1 (1 excluded); None takes the middle.

    Returns:
        Indices from 0 to `length` - 1, never decreasing along the clip.

    Raises:
        ConfigError: a count is below 1.
    """
    for name, count in (("length", length), ("segments", segments), ("frames", frames)):
        if count < 1:
            raise ConfigError(f"{name} is {count}; wanted at least 1")
    bins = np.arange(segments * frames).reshape(segments, frames)
    within = 0.5 if draw is None else draw
    return np.minimum(((bins + within) * length / bins.size).astype(np.int64), length - 1)
