"""Dynamic images: a clip's movement, pooled into a few pictures in one pass.

A dynamic image (Bilen et al., CVPR 2016) is a weighted sum of frames whose
weights rise over time, so that it is bright where the face came to be brighter.
The weights sum to zero: what does not move leaves no trace. Local images (one a
segment) and the global one are rows of one weight matrix, hence one product.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64, Shaped
from numpy import ndarray
from torch import Tensor

from smastn.config import check_choices
from smastn.corpora.flow_images import Part
from smastn.errors import ConfigError, InputError
from smastn.inputs.frame_sampling import segment_indices
from smastn.inputs.local_motion import local_motion, overlaid
from smastn.inputs.optical_flow import channel_scale, flow_movement
from smastn.workers import one_thread

Form = Literal["harmonic", "linear"]
"""``harmonic``: approximate rank pooling as published. ``linear``: its plain form 2t - T - 1."""

Reading = Literal["local", "local+global", "interleaved", "onset_anchored"]
"""What "local-global" is taken to mean; the abstract does not say, so all four are here."""

Domain = Literal["brightness", "motion"]
"""``brightness``: as published. ``motion``: how the skin moved; ours, see `local_motion`."""

_CHUNK = 4096
_CLIP_AT = 4.0
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class DescriptorConfig:
    """How a clip becomes a few dynamic images.

    Attributes:
        segments: equal parts of the clip, K.
        frames: frames looked at in each part, m.
        reading: which images are made of them.
        form: the weights of rank pooling; of no effect on `onset_anchored`.
        span: share of the clip, from the onset on, that is cut into the segments; below 1 the
            end of the way back is left out.
        onset_frames: how many frames stand for the onset in `onset_anchored`, against its noise;
            of a short clip no more than an eighth of it, rounded up, since there the movement
            begins at once.
        domain: what the images show, changes of brightness or movement of skin.
        flow: public pictures of optical flow that stand in for dynamic images, one each, as in
            ``["onset-apex", "apex-offset"]``; the settings above then have no effect.
    """

    segments: int = 3
    frames: int = 5
    reading: Reading = "onset_anchored"
    form: Form = "harmonic"
    span: float = 1.0
    onset_frames: int = 1
    domain: Domain = "brightness"
    flow: tuple[Part, ...] = ()

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
    def images(self) -> int:
        """Images a clip."""
        return len(self.flow) or self.segments + (self.reading == "local+global")

    @property
    def shows_movement(self) -> bool:
        """Whether channels are x and y of a movement, and strain, and not red, green and blue."""
        return bool(self.flow) or self.domain == "motion"

    def frames_read(self, length: int) -> Int64[ndarray, " frames"]:
        """Which frames of a clip of that length its images are made of where nothing is drawn."""
        onset = np.arange(self.onset_of(length))  # readings against the onset need it
        return np.union1d(self.sampled(length), onset)

    def onset_of(self, length: int) -> int:
        """How many frames stand for the onset of a clip of that length."""
        return min(self.onset_frames, -(-length // 8))

    def sampled(
        self, length: int, draw: Float[ndarray, "segments frames"] | None = None
    ) -> Int64[ndarray, "segments frames"]:
        """The frames that each segment looks at; see `segment_indices`."""
        reach = max(1, round(self.span * length))
        return segment_indices(reach, self.segments, self.frames, draw)

    @property
    def image_names(self) -> tuple[str, ...]:
        """What each image covers, for people."""
        if self.flow:
            return self.flow
        parts = [f"part {number}" for number in range(1, self.segments + 1)]
        if self.reading == "interleaved":
            parts = [f"whole, {number}" for number in range(1, self.segments + 1)]
        if self.reading == "onset_anchored":
            parts = [f"onset to {part}" for part in parts]
        if self.reading == "local+global":
            parts.append("whole")
        return tuple(parts)


def rank_pooling_weights(length: int, form: Form = "harmonic") -> Float64[ndarray, " time"]:
    """Weight of each frame in the dynamic image of `length` frames; they sum to zero.

    Harmonic: approximate rank pooling scores the running means V_i by
    2i - T - 1; carried back to the frames, alpha_t = sum_{i=t..T} (2i - T - 1) / i.
    Linear: alpha_t = 2t - T - 1. One frame has weight 0: alone it shows no movement.

    Raises:
        ConfigError: `length` is below 1.
    """
    if length < 1:
        raise ConfigError(f"a clip of {length} frames has no dynamic image; wanted at least 1")
    index = np.arange(1, length + 1)
    scores = 2.0 * index - length - 1
    if form == "linear":
        return scores
    return np.cumsum((scores / index)[::-1])[::-1].copy()


def descriptor_weights(
    length: int,
    config: DescriptorConfig,
    draw: Float[ndarray, "segments frames"] | None = None,
) -> Float64[ndarray, "images time"]:
    """One row of frame weights for each dynamic image of a clip of `length` frames.

    Every row sums to zero, and its positive weights to one, so that each image
    is in grey levels and images can be compared with each other.

    Args:
        length: frames in the clip.
        config: which images.
        draw: where in each bin a frame is taken, 0 to 1; None takes the middle.
    """
    indices = config.sampled(length, draw)
    if config.reading == "interleaved":
        indices = indices.reshape(config.frames, config.segments).T
    rows = np.zeros((config.images, length))
    if config.reading == "onset_anchored":
        for row, chosen in zip(rows, indices, strict=True):
            _against_onset(row, chosen, config.onset_of(length))
        return rows
    for row, chosen in zip(rows, indices, strict=False):
        _pool(row, chosen, config.form)
    if config.reading == "local+global":
        _pool(rows[-1], indices.ravel(), config.form)
    return rows


def dynamic_images(
    frames: Shaped[ndarray, "*batch time height width channels"]
    | Shaped[Tensor, "*batch time height width channels"],
    weights: Float64[ndarray, "images time"],
) -> Float[Tensor, "*batch images channels height width"]:
    """All dynamic images of a clip, or of a batch of clips, from one pass over it.

    The first frame is taken away from all others first: rows of weights sum to
    zero, so nothing changes but rounding, and a still clip gives exactly zero.

    Args:
        frames: uint8 or floating point, in memory or on a device; clips of a batch
            have the same length.
        weights: one row an image, each summing to zero.

    Returns:
        float32, on the device of `frames`, in their unit (grey levels).
    """
    pixels = torch.as_tensor(frames)
    used = np.flatnonzero(weights.any(axis=0))
    if 2 * len(used) < weights.shape[1]:  # sparse sampling: most frames are never read
        used = used if len(used) else np.zeros(1, np.int64)
        pixels = pixels.index_select(pixels.ndim - 4, torch.as_tensor(used, device=pixels.device))
        weights = weights[:, used]
    *batch, time, height, width, channels = pixels.shape
    flat = pixels.reshape(-1, time, height * width * channels)
    matrix = torch.as_tensor(weights, dtype=torch.float32, device=pixels.device)
    pooled = torch.empty(len(flat), len(matrix), flat.shape[-1], device=pixels.device)
    with one_thread():
        for clip, sums in zip(flat, pooled, strict=True):
            _pool_pixels(clip, matrix, sums)
    return pooled.view(*batch, len(weights), height, width, channels).movedim(-1, -3)


def dynamic_image(
    frames: Shaped[ndarray, "*batch time height width channels"]
    | Shaped[Tensor, "*batch time height width channels"],
    form: Form = "harmonic",
) -> Float[Tensor, "*batch channels height width"]:
    """The dynamic image of whole clips: the plain weighted sum of all their frames.

    Bright where the face came to be brighter; exactly zero for a still clip and
    for a single frame. In grey levels times the weights' scale.
    """
    weights = rank_pooling_weights(frames.shape[-4], form)
    return dynamic_images(frames, weights[None])[..., 0, :, :, :]


def symmetric_scale(
    images: Float[Tensor, "*batch images channels height width"],
) -> Float[Tensor, "*batch images channels height width"]:
    """Each clip's images on one symmetric scale, -1 to 1, zero staying zero.

    The unit is four times the root mean square over *all* images of the clip:
    amplitude between its segments, which segment weights need, is kept.
    """
    mean_square = images.square().mean(dim=(-4, -3, -2, -1), keepdim=True)
    unit = _CLIP_AT * mean_square.sqrt().clamp_min(_TINY)
    return (images / unit).clamp(-1, 1)


def describe(
    frames: Shaped[ndarray, "time height width channels"]
    | Shaped[Tensor, "time height width channels"],
    config: DescriptorConfig,
    draw: Float[ndarray, "segments frames"] | None = None,
    random_displacement: Float[ndarray, "images 2 rows columns"] | None = None,
) -> Float[Tensor, "images channels rows columns"]:
    """The descriptor of a prepared clip: its dynamic images on one symmetric scale.

    In the domain of motion each image is first solved for the movement that it shows, and
    then scaled as pictures of flow are, each channel of each image for itself. Where
    `config.flow` names pictures of flow, `frames` are these, and the images their movement.

    Args:
        frames: the clip.
        config: which images.
        draw: see `descriptor_weights`.
        random_displacement: added to the movement, see `overlaid`; ignored for brightness.

    Raises:
        InputError: not as many pictures of flow as the settings name.
    """
    if config.flow:
        if len(frames) != len(config.flow):
            raise InputError(
                f"{len(frames)} pictures were given for flow; wanted one each of "
                f"{', '.join(config.flow)}: frames of a film are for a network trained on frames"
            )
        return flow_movement(np.asarray(frames), config.flow)
    weights = descriptor_weights(frames.shape[0], config, draw)
    if config.domain == "motion":
        movement = _motion_images(frames, weights)
        if random_displacement is not None:
            movement = overlaid(movement, torch.as_tensor(random_displacement))
        return channel_scale(movement)
    return symmetric_scale(dynamic_images(frames, weights))


def _motion_images(
    frames: Shaped[ndarray, "time height width channels"]
    | Shaped[Tensor, "time height width channels"],
    weights: Float64[ndarray, "images time"],
) -> Float[Tensor, "images 3 rows columns"]:
    """The movement that each dynamic image shows, against the mean of all frames in them."""
    mean = np.where(np.abs(weights).sum(axis=0) > 0, 1.0, 0.0)
    mean /= max(1.0, float(mean.sum()))
    mean[0] -= 1.0
    first = torch.as_tensor(frames[0]).movedim(-1, -3).float()
    *images, face = dynamic_images(frames, np.vstack([weights, mean]))
    return local_motion(torch.stack(images), first + face)


def _pool(row: Float64[ndarray, " time"], chosen: ndarray, form: Form) -> None:
    """Add rank pooling of the frames `chosen` to a row; a frame may be chosen twice."""
    np.add.at(row, chosen, rank_pooling_weights(len(chosen), form))
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


def _pool_pixels(
    clip: Shaped[Tensor, "time pixels"],
    matrix: Float[Tensor, "images time"],
    sums: Float[Tensor, "images pixels"],
) -> None:
    """Fill `sums`, chunk by chunk so that what is in work stays in cache."""
    if clip.is_cuda:
        moved = clip.float()
        torch.mm(matrix, moved - moved[:1], out=sums)
        return
    time, pixels = clip.shape
    work = torch.empty(time, min(_CHUNK, pixels))
    for start in range(0, pixels, _CHUNK):
        stop = min(start + _CHUNK, pixels)
        part = work[:, : stop - start]
        part.copy_(clip[:, start:stop])
        part -= part[:1].clone()
        torch.mm(matrix, part, out=sums[:, start:stop])
