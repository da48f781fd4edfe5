"""Dynamic images solved for the movement of the skin that they show; see `local_motion`."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.inputs.chance import Chance
from smastn.inputs.dynamic_image import dynamic_images
from smastn.inputs.local_motion import cells_of, local_motion, overlaid
from smastn.inputs.movement import MovementInput, channel_scale
from smastn.inputs.pooling import Pooling
from smastn.media.frame_array import Frames, checked_frames


@dataclass(frozen=True, slots=True)
class MotionImages(Pooling, MovementInput):
    """Dynamic images whose channels are movement to the right, downwards, and strain."""

    def image_side(self, size: int) -> int:
        """Movement is known in cells of the frames."""
        return cells_of(size)

    def describe(
        self, frames: Frames, chance: Chance | None = None
    ) -> Float[Tensor, "images 3 size size"]:
        """The movement that each dynamic image shows; see `Input.describe`.

        Each channel of each image has its own scale, as in flow images.
        """
        frames = checked_frames(frames)
        movement = _movement(frames, self.weights(len(frames), chance))
        if chance is not None:
            added = chance.displacements(len(self.image_names), cells_of(frames.shape[1]))
            movement = movement if added is None else overlaid(movement, torch.as_tensor(added))
        return channel_scale(movement)


def _movement(
    frames: UInt8[ndarray, "time height width 3"], weights: Float64[ndarray, "images time"]
) -> Float[Tensor, "images 3 size size"]:
    """The movement that each dynamic image shows, against the mean of all frames in them."""
    mean = np.where(np.abs(weights).sum(axis=0) > 0, 1.0, 0.0)
    mean /= max(1.0, float(mean.sum()))
    mean[0] -= 1.0
    first = torch.as_tensor(frames[0]).movedim(-1, -3).float()
    *images, face = dynamic_images(frames, np.vstack([weights, mean]))
    return local_motion(torch.stack(images), first + face)
