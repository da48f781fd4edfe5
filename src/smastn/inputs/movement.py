"""Inputs whose channels are movement to the right, downwards, and strain."""

import torch
from jaxtyping import Bool, Float, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.inputs.input import Input
from smastn.inputs.rendering import signed_pictures

_CLIP_AT = 4.0
_TINY = 1e-6


class MovementInput(Input):
    """What such inputs have in common: arrows that turn with the image, and how they are drawn."""

    legend = "vertical movement: grey is none, amber is down, blue is up"

    def turned(
        self,
        images: Float[Tensor, "clips images 3 size size"],
        angle: Float[Tensor, " clips"],
        mirrored: Bool[Tensor, " clips"],
    ) -> Float[Tensor, "clips images 3 size size"]:
        """The arrows of mirrored and turned images, as they point there; see `Input.turned`."""
        cos, sin, flip = (
            value[:, None, None, None]
            for value in (angle.cos(), angle.sin(), torch.where(mirrored, -1.0, 1.0))
        )
        x, y, strain = images.unbind(-3)
        return torch.stack([flip * (cos * x + sin * y), cos * y - sin * x, strain], dim=-3)

    def draw(
        self, images: Float[ndarray, "images 3 size size"]
    ) -> UInt8[ndarray, "images size size 3"]:
        """Vertical movement as pictures; brows and mouth move up and down."""
        return signed_pictures(images[:, 1:2])


def channel_scale(
    movement: Float[Tensor, "images channels size size"],
) -> Float[Tensor, "images channels size size"]:
    """Each channel of each image in units of four times its own root mean square, -1 to 1."""
    unit = _CLIP_AT * movement.square().mean((-2, -1), keepdim=True).sqrt().clamp_min(_TINY)
    return (movement / unit).clamp(-1, 1)
