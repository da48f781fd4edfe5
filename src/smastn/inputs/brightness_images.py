"""Dynamic images of brightness, as published: bright where the face became brighter."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from smastn.inputs.chance import Chance
from smastn.inputs.dynamic_image import dynamic_images
from smastn.inputs.input import Input
from smastn.inputs.pooling import Pooling
from smastn.media.frame_array import Frames, checked_frames

_CLIP_AT = 4.0
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class BrightnessImages(Pooling, Input):
    """Dynamic images whose channels are red, green and blue."""

    def describe(
        self, frames: Frames, chance: Chance | None = None
    ) -> Float[Tensor, "images 3 height width"]:
        """The dynamic images of a prepared clip on one symmetric scale; see `Input.describe`."""
        frames = checked_frames(frames)
        return symmetric_scale(dynamic_images(frames, self.weights(len(frames), chance)))


def symmetric_scale(
    images: Float[Tensor, "images channels height width"],
) -> Float[Tensor, "images channels height width"]:
    """Each clip's images on one symmetric scale, -1 to 1, zero staying zero.

    The unit is four times the root mean square over *all* images of the clip. So the ratio of
    amplitudes between its segments is kept, which segment weights need.
    """
    unit = _CLIP_AT * images.square().mean().sqrt().clamp_min(_TINY)
    return (images / unit).clamp(-1, 1)
