"""Dynamic images: a clip's movement, pooled into a few pictures in one pass.

A dynamic image (Bilen et al., CVPR 2016) is a weighted sum of frames whose weights rise over
time, so it is bright where the face became brighter. The weights sum to zero: what does not
move leaves no trace. All images of a clip are rows of one weight matrix, hence one product.
"""

import numpy as np
import torch
from jaxtyping import Float, Float64, Shaped
from numpy import ndarray
from torch import Tensor

from smastn.workers import one_thread

_CHUNK = 4096


def dynamic_images(
    frames: Shaped[ndarray, "time height width channels"],
    weights: Float64[ndarray, "images time"],
) -> Float[Tensor, "images channels height width"]:
    """All dynamic images of a clip, in one pass over it.

    The first frame is subtracted from all others first: rows of weights sum to
    zero, so nothing changes but rounding, and a still clip gives exactly zero.

    Args:
        frames: uint8 or floating point.
        weights: one row per image, each summing to zero.

    Returns:
        float32, in the unit of `frames` (grey levels).
    """
    used = np.flatnonzero(weights.any(axis=0))
    if 2 * len(used) < len(frames):  # sparse sampling: most frames are never read
        used = used if len(used) else np.zeros(1, np.int64)
        frames, weights = frames[used], weights[:, used]
    time, height, width, channels = frames.shape
    pixels = torch.as_tensor(frames).reshape(time, -1)
    matrix = torch.as_tensor(weights, dtype=torch.float32)
    pooled = torch.empty(len(matrix), pixels.shape[1])
    work = torch.empty(time, min(_CHUNK, pixels.shape[1]))
    with one_thread():
        for start in range(0, pixels.shape[1], _CHUNK):  # what is in work stays in cache
            stop = min(start + _CHUNK, pixels.shape[1])
            part = work[:, : stop - start]
            part.copy_(pixels[:, start:stop])
            part -= part[:1].clone()
            torch.mm(matrix, part, out=pooled[:, start:stop])
    return pooled.view(len(weights), height, width, channels).movedim(-1, -3)
