"""From one dynamic image to a feature map; all segments share the weights."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Backbone(nn.Module):
    """A small convolutional network that also trains without a GPU.

    Four stages; each halves the image, the later ones with a residual block.
    A 112-pixel image becomes a 7 x 7 map of `width` * 4 channels.
    """

    def __init__(self, width: int) -> None:
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

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch channels rows columns"]:
        """Feature maps at a sixteenth of the resolution."""
        return self.stages(images)


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
