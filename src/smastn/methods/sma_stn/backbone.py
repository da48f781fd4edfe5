"""From one dynamic image to a feature map; all segments share the weights."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

LEAST_PLACES = 7
"""Places a side of the fine map, at least; an image of fewer than 14 pixels has half its pixels."""


class Backbone(nn.Module):
    """A small convolutional network that also trains without a GPU.

    Four stages; each halves the image, the later ones with a residual block.
    A 112-pixel image becomes a 7 x 7 map of `width` * 4 channels. On the way lies the fine map:
    the coarsest one that still has 7 x 7 places, which is the last map of a 112-pixel image.

    Args:
        width: channels of the first stage.
        size: side of an image, pixels.
    """

    def __init__(self, width: int, size: int) -> None:
        super().__init__()
        self.channels = 4 * width
        self.stages = nn.Sequential(
            _down(3, width, kernel=5),
            _down(width, width),
            _down(width, 2 * width),
            _Residual(2 * width),
            _down(2 * width, 4 * width),
            _Residual(4 * width),
        )
        self._until, self.fine_channels, self.places = _fine(width, size)

    def fine(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch fine_channels places places"]:
        """The fine maps."""
        return self.stages[: self._until](images)

    def rest(
        self, fine: Float[Tensor, "batch fine_channels places places"]
    ) -> Float[Tensor, "batch channels rows columns"]:
        """From fine maps to the feature maps."""
        return self.stages[self._until :](fine)

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch channels rows columns"]:
        """Feature maps at a sixteenth of the resolution."""
        return self.stages(images)


def _fine(width: int, size: int) -> tuple[int, int, int]:
    """How many parts of the backbone lead to the fine map, its channels and its side."""
    found = (1, width, -(-size // 2))
    for until, channels in ((2, width), (4, 2 * width), (6, 4 * width)):
        side = -(-found[2] // 2)
        if side < LEAST_PLACES:
            break
        found = (until, channels, side)
    return found


def _down(channels: int, out: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, out, kernel, stride=2, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, maps: Tensor) -> Tensor:
        return torch.relu(maps + self.norm(self.conv(maps)))
