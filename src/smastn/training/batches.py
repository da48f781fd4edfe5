"""A fold's training clips, drawn batch by batch; all of its chance comes from one seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.training.augmentation import (
    Variation,
    add_noise,
    draw_noise,
    draw_variation,
    mix,
    vary,
)
from smastn.training.sampled_views import SampledViews, in_memory
from smastn.training.training_settings import Settings


@dataclass(frozen=True, slots=True)
class TrainingClip:
    """A prepared clip with its label.

    Attributes:
        frames: prepared.
        emotion: its label.
        drawn: its dynamic images, drawn beforehand, see `sampled_views`; where there are none,
            they are drawn from the frames.
    """

    frames: UInt8[ndarray, "time size size 3"]
    emotion: str
    drawn: SampledViews | UInt8[ndarray, "views images size size 3"] | None = None


class Batch(NamedTuple):
    """One step's clips, and all that was drawn for them.

    Attributes:
        images: of each clip, as bytes, not yet varied.
        labels: of the clips.
        variation: how each is varied.
        kept: what dropout leaves of each clip's features.
    """

    images: Sequence[UInt8[ndarray, "images size size 3"]]
    labels: Int64[Tensor, " batch"]
    variation: Variation
    kept: Float[Tensor, "batch features"]


def sampled_views(
    frames: UInt8[ndarray, "time size size 3"], settings: Settings, seed: int
) -> SampledViews:
    """How a training clip is sampled under these settings; no more often than there are epochs."""
    augmentation = settings.augmentation
    count = min(augmentation.sampled_views, settings.training.epochs)
    if settings.descriptor.flow:
        count = 1
    return SampledViews(
        frames,
        settings.descriptor,
        augmentation.trim,
        count,
        seed,
        augmentation.random_displacement,
    )


class Batches:
    """The batches of one fold, in the order in which they are learnt from.

    Args:
        clips: of the training side.
        settings: how they are varied.
        seed: of everything drawn.
    """

    def __init__(self, clips: Sequence[TrainingClip], settings: Settings, seed: int) -> None:
        self.emotions = tuple(sorted({clip.emotion for clip in clips}))
        self._drawn = in_memory(
            [
                sampled_views(clip.frames, settings, seed + index)
                if clip.drawn is None
                else clip.drawn
                for index, clip in enumerate(clips)
            ]
        )
        self._labels = torch.tensor([self.emotions.index(clip.emotion) for clip in clips])
        self._settings = settings
        self._chance = torch.Generator().manual_seed(seed)
        images, size = settings.descriptor.images, clips[0].frames.shape[1]
        self.noise = draw_noise(images, size, settings.augmentation, self._chance)

    @property
    def class_weights(self) -> Float[Tensor, " classes"]:
        """How much a clip of each class counts in the loss."""
        counts = torch.bincount(self._labels).float()
        if self._settings.training.balance == "loss":
            return len(self._labels) / (len(counts) * counts)
        return torch.ones(len(counts))

    @property
    def steps(self) -> int:
        """Batches an epoch; the last is whole too, clips are drawn again for it."""
        return max(1, round(len(self._drawn) / self._settings.training.batch))

    def __iter__(self) -> Iterator[Batch]:
        """The batches of all epochs."""
        for epoch in range(self._settings.training.epochs):
            for chosen in self._order():
                yield self._batch(chosen, epoch)

    def _order(self) -> list[Int64[Tensor, " batch"]]:
        count = self.steps * self._settings.training.batch
        if self._settings.training.balance == "sampling":
            counts = torch.bincount(self._labels).float()
            chance = 1 / counts[self._labels]
            order = torch.multinomial(chance, count, replacement=True, generator=self._chance)
        else:
            rounds = -(-count // len(self._drawn))
            order = torch.cat(
                [torch.randperm(len(self._drawn), generator=self._chance) for _ in range(rounds)]
            )[:count]
        return list(order.split(self._settings.training.batch))

    def _batch(self, chosen: Int64[Tensor, " batch"], epoch: int) -> Batch:
        drawn = [self._drawn[index] for index in chosen.tolist()]
        network, size = self._settings.network, len(chosen)
        chance = torch.rand(size, network.features, generator=self._chance)
        return Batch(
            [one[epoch % len(one)] for one in drawn],
            self._labels[chosen],
            draw_variation(size, self._settings.augmentation, self._chance),
            (chance >= network.dropout).float() / (1 - network.dropout),
        )


def varied(
    batches: Sequence[Batch], noises: Sequence[Tensor], device: torch.device, flow: bool
) -> Float[Tensor, "folds batch images 3 size size"]:
    """The images of one step of several folds, varied as drawn, in one go.

    Args:
        batches: one a fold, all of one size.
        noises: of each fold, on the device.
        device: where they are varied.
        flow: whether they are pictures of optical flow.
    """
    clips = [images for batch in batches for images in batch.images]
    variation = Variation(
        *(
            torch.cat([getattr(batch.variation, one.name) for batch in batches])
            for one in fields(Variation)
        )
    )
    images = vary(clips, variation, flow, device).unflatten(0, (len(batches), -1))
    for fold, batch, noise in zip(images, batches, noises, strict=True):
        mixed = mix(fold, batch.variation)
        if mixed is not fold:
            fold[:] = mixed
        add_noise(fold, batch.variation, noise)
    return images
