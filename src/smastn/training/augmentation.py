"""Chance, drawn first and applied by plain functions, once a clip.

Pooling over time and moving the picture commute, so geometry is changed on the
dynamic images: that is the same as changing every frame alike.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from smastn.errors import ConfigError


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """How far clips are varied in training; 0 switches each off.

    Attributes:
        mirror: chance that a clip is mirrored left to right.
        turn: largest rotation, degrees.
        zoom: largest relative change of size.
        shift: largest shift, as a part of the picture's side.
        colour: largest relative change of each colour channel.
        noise: standard deviation of noise, on the scale of -1 to 1.
        trim: largest part of a clip cut off at either end.
    """

    mirror: float = 0.5
    turn: float = 5.0
    zoom: float = 0.06
    shift: float = 0.04
    colour: float = 0.15
    noise: float = 0.02
    trim: float = 0.08

    def __post_init__(self) -> None:
        if not 0 <= self.mirror <= 1:
            raise ConfigError(f"mirror is {self.mirror}; wanted 0 to 1")
        if not 0 <= self.trim < 0.4:
            raise ConfigError(f"trim is {self.trim}; wanted 0 to 0.4")


@dataclass(frozen=True, slots=True)
class Variation:
    """What was drawn for a batch of clips.

    Attributes:
        mirrored: which clips are flipped.
        angle: rotation, radians.
        size: factor, 1 leaves it.
        shift: x and y, in half sides of the picture.
        colour: factor a channel.
    """

    mirrored: Bool[Tensor, " batch"]
    angle: Float[Tensor, " batch"]
    size: Float[Tensor, " batch"]
    shift: Float[Tensor, "batch 2"]
    colour: Float[Tensor, "batch 3"]


def draw_variation(batch: int, config: AugmentConfig, generator: Generator) -> Variation:
    """Draw how each clip of a batch is varied."""

    def around(scale: float, *shape: int) -> Tensor:
        return (torch.rand(batch, *shape, generator=generator) * 2 - 1) * scale

    return Variation(
        mirrored=torch.rand(batch, generator=generator) < config.mirror,
        angle=around(torch.pi * config.turn / 180),
        size=1 + around(config.zoom),
        shift=around(2 * config.shift, 2),
        colour=1 + around(config.colour, 3),
    )


def vary(
    images: Float[Tensor, "batch images 3 height width"], variation: Variation, flow: bool = False
) -> Float[Tensor, "batch images 3 height width"]:
    """The same clips, moved, mirrored and tinted as drawn; all images of a clip alike.

    Args:
        images: -1 to 1, zero where nothing moved.
        variation: what was drawn.
        flow: the channels are u, v and strain, so that arrows turn and flip with the picture.
    """
    batch, count, *picture = images.shape
    cos = variation.angle.cos() * variation.size
    sin = variation.angle.sin() * variation.size
    flip = torch.where(variation.mirrored, -1.0, 1.0)
    rows = torch.stack(
        [
            torch.stack([cos * flip, -sin, variation.shift[:, 0]], dim=1),
            torch.stack([sin * flip, cos, variation.shift[:, 1]], dim=1),
        ],
        dim=1,
    ).to(images.device)
    grid = torch.nn.functional.affine_grid(rows, [batch, 1, *picture[1:]], align_corners=False)
    moved = torch.nn.functional.grid_sample(
        images.flatten(1, 2), grid, padding_mode="zeros", align_corners=False
    )
    moved = moved.view(batch, count, *picture)
    if flow:
        moved = _arrows_turned(moved, variation)
    tint = variation.colour.to(images.device)[:, None, :, None, None]
    return moved * tint


def _arrows_turned(
    images: Float[Tensor, "batch images 3 height width"], variation: Variation
) -> Float[Tensor, "batch images 3 height width"]:
    """Arrows of a picture that was turned and flipped, as they are in the new picture."""
    cos, sin, flip = (
        value.to(images.device)[:, None, None, None]
        for value in (
            variation.angle.cos(),
            variation.angle.sin(),
            torch.where(variation.mirrored, -1.0, 1.0),
        )
    )
    u, v, strain = images.unbind(2)
    return torch.stack([flip * (cos * u + sin * v), cos * v - sin * u, strain], dim=2)
