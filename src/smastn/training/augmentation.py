"""Random variation of training clips: drawn first, then applied by plain functions.

Pooling over time and moving pixels commute, so an image is moved once instead of every frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from numpy import ndarray
from torch import Generator, Tensor

from smastn.errors import ConfigError
from smastn.inputs.input import Input
from smastn.training.sampled_views import SCALE, ZERO

_BANK = 8
"""Noise is drawn for so many clips; each clip of a training gets a part that begins anywhere."""


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """How far clips are varied in training; 0 switches each off.

    Attributes:
        mirror: chance that a clip is mirrored left to right.
        turn: largest rotation, degrees.
        zoom: largest relative change of size.
        shift: largest shift, as a share of the image's side.
        colour: largest relative change of each colour channel.
        noise: standard deviation of noise, on the scale of -1 to 1.
        trim: largest part of a clip cut off at either end.
        mix: largest share of another clip that is mixed into each, images and label alike
            (mixup; Zhang et al., ICLR 2018).
        random_displacement: strength of a random smooth displacement added to a clip's own, as a
            share of it; used by inputs that solve frames for movement.
        sampled_views: number of sampled views of a clip (trim, sampled frames and random
            displacement); epochs use them in turn. As many as epochs makes every epoch differ.
    """

    RENAMED: ClassVar = {"unrest": "random_displacement", "drawings": "sampled_views"}

    mirror: float = 0.5
    turn: float = 5.0
    zoom: float = 0.06
    shift: float = 0.04
    colour: float = 0.15
    noise: float = 0.02
    trim: float = 0.08
    mix: float = 0.0
    random_displacement: float = 0.0
    sampled_views: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.mirror <= 1:
            raise ConfigError(f"mirror is {self.mirror}; wanted 0 to 1")
        if not 0 <= self.trim < 0.4:
            raise ConfigError(f"trim is {self.trim}; wanted 0 to 0.4")
        if not 0 <= self.mix <= 0.5:
            raise ConfigError(f"mix is {self.mix}; wanted 0 to 0.5, so that a clip stays itself")
        if self.random_displacement < 0:
            raise ConfigError(
                f"random_displacement is {self.random_displacement}; wanted 0 or more"
            )
        if self.sampled_views < 1:
            raise ConfigError(f"sampled_views is {self.sampled_views}; wanted at least 1")


@dataclass(frozen=True, slots=True)
class Variation:
    """What was drawn for a batch of clips.

    Attributes:
        mirrored: which clips are flipped.
        angle: rotation, radians.
        size: factor; 1 is unchanged.
        shift: x and y, in half sides of the image.
        colour: factor of each channel.
        noise: where each clip's part of the noise begins, 0 to 1.
        share: share of each clip that is its own; the rest comes from the one before it.
    """

    mirrored: Bool[Tensor, " batch"]
    angle: Float[Tensor, " batch"]
    size: Float[Tensor, " batch"]
    shift: Float[Tensor, "batch 2"]
    colour: Float[Tensor, "batch 3"]
    noise: Float[Tensor, " batch"]
    share: Float[Tensor, " batch"]


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
        noise=torch.rand(batch, generator=generator),
        share=1 - config.mix * torch.rand(batch, generator=generator),
    )


def draw_noise(images: int, size: int, config: AugmentConfig, generator: Generator) -> Tensor:
    """Noise for a whole training, of which every clip gets a part; drawing it anew is slow."""
    count = _BANK * images * size * size * 3 if config.noise else 0
    return config.noise * torch.randn(count, generator=generator)


def vary(
    clips: Sequence[UInt8[ndarray, "images size size 3"]],
    variation: Variation,
    source: Input,
) -> Float[Tensor, "batch images 3 size size"]:
    """The same clips, moved, mirrored and scaled as drawn, -1 to 1.

    All images of a clip are varied alike. In memory channels come last, which
    convolutions are faster with.

    Args:
        clips: the images of each as bytes, see `smastn.training.sampled_views`.
        variation: what was drawn.
        source: the input that the images are of; it turns what they show.
    """
    moved = _moved(clips, variation).movedim(-1, 2)
    values = source.turned(moved, variation.angle, variation.mirrored).movedim(2, -1).contiguous()
    batch, count, size = values.shape[:3]
    tint = variation.colour.repeat(1, size)[:, None] / SCALE
    values = values.view(batch, count * size, size * 3).mul_(tint)
    return values.view(batch, count, size, size, 3).permute(0, 1, 4, 2, 3)


def add_noise(
    images: Float[Tensor, "batch images 3 size size"],
    variation: Variation,
    noise: Float[Tensor, " values"],
) -> None:
    """Add to each clip, in place, its part of the noise, which may be empty."""
    if not len(noise):
        return
    flat = images.permute(0, 1, 3, 4, 2).flatten(1)
    starts = (variation.noise * (len(noise) - flat.shape[1])).long().tolist()
    for clip, start in zip(flat, starts, strict=True):
        clip += noise[start : start + len(clip)]


def mix(
    images: Float[Tensor, "batch images 3 size size"], variation: Variation
) -> Float[Tensor, "batch images 3 size size"]:
    """Each clip mixed with the one before it, the first with the last."""
    if not (variation.share < 1).any():
        return images
    share = variation.share[:, None, None, None, None]
    return share * images + (1 - share) * images.roll(1, 0)


def _rows(variation: Variation) -> Float[Tensor, "batch 2 3"]:
    """Where in the old image each place of the new one lies, both from -1 to 1."""
    cos = variation.angle.cos() * variation.size
    sin = variation.angle.sin() * variation.size
    flip = torch.where(variation.mirrored, -1.0, 1.0)
    return torch.stack(
        [
            torch.stack([cos * flip, -sin, variation.shift[:, 0]], dim=1),
            torch.stack([sin * flip, cos, variation.shift[:, 1]], dim=1),
        ],
        dim=1,
    )


def _moved(
    clips: Sequence[UInt8[ndarray, "images size size 3"]],
    variation: Variation,
) -> Float[Tensor, "batch images size size 3"]:
    """Moved bytes less their zero, by OpenCV, in half the time of `grid_sample` on floats.

    Clips are not gathered in one array first, which would take a third longer.
    """
    size = clips[0].shape[1]
    rows = _rows(variation).double()
    # The same places in pixels, whose centres lie at whole numbers.
    rows[:, :, 2] = (size * rows[:, :, 2] + (size - 1) * (1 - rows[:, :, :2].sum(2))) / 2
    moved = np.empty((len(clips), *clips[0].shape), np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for place, (clip, row) in enumerate(zip(clips, rows.numpy(), strict=True)):
        for at, old in enumerate(np.asarray(clip)):
            cv2.warpAffine(old, row, (size, size), moved[place, at], flags, borderValue=(ZERO,) * 3)
    return torch.from_numpy(moved).float().sub_(ZERO)
