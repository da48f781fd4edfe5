"""From one dynamic image to a map of features; shared by all segments."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Backbone = Literal["light", "resnet18"]


class Light(nn.Module):
    """A small convolutional network for processors without a GPU.

    Four stages; each halves the picture, the later ones with a residual block.
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


class ResNet18(nn.Module):
    """ResNet-18 (He et al., CVPR 2016) up to its third or fourth stage.

    Parameters carry torchvision's names, so that its ImageNet weights load with
    ``load_state_dict(weights, strict=False)``; only ``fc`` is absent.

    Args:
        layers: stages to build, 3 (256 channels, 1/16) or 4 (512 channels, 1/32).
    """

    def __init__(self, layers: int = 4) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.channels = 64
        self._names = [f"layer{index}" for index in range(1, layers + 1)]
        for index, name in enumerate(self._names):
            out = 64 * 2**index
            stride = 1 if index == 0 else 2
            blocks = nn.Sequential(
                _BasicBlock(self.channels, out, stride), _BasicBlock(out, out, 1)
            )
            self.add_module(name, blocks)
            self.channels = out

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch channels rows columns"]:
        """Feature maps of the last stage built."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        for name in self._names:
            maps = self.get_submodule(name)(maps)
        return maps


def make_backbone(name: Backbone, width: int) -> Light | ResNet18:
    """The backbone of that name; `width` sets the light one's channels."""
    return Light(width) if name == "light" else ResNet18()


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


class _BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut, named as in torchvision."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.downsample = (
            nn.Sequential(
                nn.Conv2d(channels, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out)
            )
            if stride != 1 or channels != out
            else None
        )

    def forward(self, maps: Tensor) -> Tensor:
        shortcut = maps if self.downsample is None else self.downsample(maps)
        inner = self.relu(self.bn1(self.conv1(maps)))
        return self.relu(shortcut + self.bn2(self.conv2(inner)))
