"""Batches of augmented training clips; all random numbers come from one seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.corpora.facs import unit_labels
from smastn.methods.networks import Network
from smastn.methods.sma_stn.network import SmaStn
from smastn.training.augmentation import add_noise, draw_noise, draw_variation, mix, vary
from smastn.training.sampled_views import SCALE, ZERO, SampledViews, in_memory
from smastn.training.training_settings import Settings

NO_EXPRESSION = -1
"""Label of a clip that shows no expression."""


@dataclass(frozen=True, slots=True)
class TrainingClip:
    """A prepared clip with its label.

    Attributes:
        frames: prepared.
        emotion: its label; None for a clip that shows no expression, which teaches the network
            to favour no emotion.
        views: its sampled views, made beforehand, see `sampled_views`; without them they are
            made from the frames.
        action_units: FACS codes such as ``("4", "L10")``; None where they are unknown.
    """

    frames: UInt8[ndarray, "time size size 3"]
    emotion: str | None
    views: SampledViews | UInt8[ndarray, "views images size size 3"] | None = None
    action_units: tuple[str, ...] | None = None


class Batch(NamedTuple):
    """One training step's clips, augmented.

    Attributes:
        images: -1 to 1; each clip is mixed with its share of the clip before it.
        labels: of the clips; `NO_EXPRESSION` where there is none.
        share: how much of each clip its own images are, see `augmentation.mix`.
        kept: dropout mask of the features before the classifier: 0, or more than 1.
        units: 1 where a clip shows a unit on a side, 0 where not, NaN where it is unknown.
    """

    images: Float[Tensor, "batch images 3 size size"]
    labels: Int64[Tensor, " batch"]
    share: Float[Tensor, " batch"]
    kept: Float[Tensor, "batch features"]
    units: Float[Tensor, "batch units sides"]

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        return Batch(*(value.to(device) for value in self))


def emotions_of(clips: Sequence[TrainingClip]) -> tuple[str, ...]:
    """The emotions of the clips that show one, in alphabetical order."""
    return tuple(sorted({clip.emotion for clip in clips if clip.emotion is not None}))


def sampled_views(
    frames: UInt8[ndarray, "time size size 3"], settings: Settings, seed: int
) -> SampledViews:
    """The sampled views of a training clip under these settings; at most one for each epoch."""
    augmentation = settings.augmentation
    return SampledViews(
        frames,
        settings.input,
        augmentation.trim,
        min(augmentation.sampled_views, settings.training.epochs),
        seed,
        augmentation.random_displacement,
    )


class Batches:
    """The batches of one training run, epoch after epoch.

    Args:
        clips: training clips.
        settings: how they are sampled and augmented.
        seed: seed of all random numbers.
        device: where the batches are moved to.
    """

    def __init__(
        self, clips: Sequence[TrainingClip], settings: Settings, seed: int, device: torch.device
    ) -> None:
        self.emotions = emotions_of(clips)
        self._views = in_memory(
            [
                sampled_views(clip.frames, settings, seed + index)
                if clip.views is None
                else clip.views
                for index, clip in enumerate(clips)
            ]
        )
        self._labels = torch.tensor(
            [
                NO_EXPRESSION if clip.emotion is None else self.emotions.index(clip.emotion)
                for clip in clips
            ]
        )
        self._units = torch.tensor(
            np.stack([unit_labels(clip.action_units, settings.network.units) for clip in clips])
        )
        self._settings, self._device = settings, device
        self._chance = torch.Generator().manual_seed(seed)
        images, size = len(settings.input.image_names), clips[0].frames.shape[1]
        self._noise = draw_noise(images, size, settings.augmentation, self._chance)

    @property
    def class_weights(self) -> Float[Tensor, " classes"]:
        """Weight of each class in the loss."""
        labels = self._labels[self._labels != NO_EXPRESSION]
        counts = torch.bincount(labels).float().to(self._device)
        if self._settings.training.balance == "loss":
            return len(labels) / (len(counts) * counts)
        return torch.ones_like(counts)

    @property
    def unit_weights(self) -> Float[Tensor, "2 units 1"]:
        """Weights in the loss of clips without and with each unit; both count alike together."""
        known = (~self._units.isnan().any(2)).float().sum(0)
        shown = self._units.nan_to_num().amax(2).sum(0)
        counts = torch.stack([known - shown, shown])[:, :, None].to(self._device)
        if self._settings.training.balance == "loss":
            return counts.sum(0) / (2 * counts.clamp_min(1))
        return torch.ones_like(counts)

    @property
    def steps(self) -> int:
        """Batches an epoch; all are full, so that a few clips may come twice or not at all."""
        return max(1, round(len(self._views) / self._settings.training.batch))

    def __iter__(self) -> Iterator[Batch]:
        """The batches of all epochs."""
        for epoch in range(self._settings.training.epochs):
            for chosen in self._order():
                yield self._batch(chosen, epoch).to(self._device)

    def finish(self, network: Network) -> None:
        """Show a trained network every clip once, not augmented, with its units."""
        if isinstance(network, SmaStn):
            with torch.no_grad():
                network.finish(self._plain(), self._units.to(self._device))

    def _plain(self) -> Iterator[Float[Tensor, "clips images 3 size size"]]:
        size = self._settings.training.batch
        for start in range(0, len(self._views), size):
            views = np.stack([one[0] for one in self._views[start : start + size]])
            images = (torch.from_numpy(views).float() - ZERO) / SCALE
            yield images.permute(0, 1, 4, 2, 3).to(self._device)

    def _order(self) -> Iterator[Int64[Tensor, " batch"]]:
        size, clips = self._settings.training.batch, len(self._views)
        count = self.steps * size
        rounds = [torch.randperm(clips, generator=self._chance) for _ in range(-(-count // clips))]
        yield from torch.cat(rounds)[:count].split(size)

    def _batch(self, chosen: Int64[Tensor, " batch"], epoch: int) -> Batch:
        views = [self._views[index] for index in chosen.tolist()]
        settings, size = self._settings, len(chosen)
        network = settings.network
        chance = torch.rand(size, network.features, generator=self._chance)
        variation = draw_variation(size, settings.augmentation, self._chance)
        clips = [one[epoch % len(one)] for one in views]
        images = vary(clips, variation, settings.input)
        images.copy_(mix(images, variation))  # in place: channels stay last in memory
        add_noise(images, variation, self._noise)
        kept = (chance >= network.dropout).float() / (1 - network.dropout)
        units = self._units[chosen]
        mirrored = variation.mirrored[:, None, None]
        units = torch.where(mirrored, units.flip(-1), units)
        return Batch(images, self._labels[chosen], variation.share, kept, units)
