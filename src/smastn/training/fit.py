"""One fold: training clips in, a predictor out. Held-out clips never come here."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from numpy import ndarray
from torch import Tensor, nn

from smastn.config import check_choices
from smastn.errors import ConfigError, InputError
from smastn.imaging.dynamic_image import DescriptorConfig
from smastn.imaging.preparation import PreparationConfig
from smastn.model.deviation_loss import DeviationConfig, DeviationLoss
from smastn.model.network import NetworkConfig, SmaStn
from smastn.model.predictor import ModelConfig, Predictor
from smastn.training.augmentation import AugmentConfig, draw_noise, draw_variation, vary
from smastn.training.drawings import Drawings, in_memory
from smastn.training.memory import keep_freed_memory

Optimiser = Literal["adamw", "sgd"]
Balance = Literal["loss", "sampling", "none"]
"""Where class imbalance is handled: in the loss, in the drawing of clips, or nowhere."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How one fold is trained. The number of epochs is fixed before it starts.

    Attributes:
        epochs: passes over the clips.
        batch: clips a step.
        optimiser: ``adamw`` or ``sgd`` (momentum 0.9).
        learning_rate: at its highest, after the warm-up; then it falls as a cosine to 0.
        warm_up: part of all steps in which it rises.
        weight_decay: of the weights, not of norms and biases.
        label_smoothing: 0 to 1.
        balance: where class imbalance is handled.
    """

    epochs: int = 30
    batch: int = 16
    optimiser: Optimiser = "adamw"
    learning_rate: float = 2e-3
    warm_up: float = 0.1
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    balance: Balance = "loss"

    def __post_init__(self) -> None:
        check_choices(self)
        if self.epochs < 1 or self.batch < 2:
            raise ConfigError(
                f"epochs is {self.epochs} and batch {self.batch}; wanted at least 1 and 2"
            )
        if not self.learning_rate > 0:
            raise ConfigError(f"learning_rate is {self.learning_rate}; wanted more than 0")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything about a predictor and the way it is trained; one table each in TOML."""

    preparation: PreparationConfig = field(default_factory=PreparationConfig)
    descriptor: DescriptorConfig = field(default_factory=DescriptorConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    deviation: DeviationConfig = field(default_factory=DeviationConfig)
    augmentation: AugmentConfig = field(default_factory=AugmentConfig)
    training: TrainConfig = field(default_factory=TrainConfig)

    @property
    def model(self) -> ModelConfig:
        """The part that asking needs."""
        return ModelConfig(self.preparation, self.descriptor, self.network)


@dataclass(frozen=True, slots=True)
class TrainingClip:
    """A prepared clip with its label.

    Attributes:
        frames: prepared.
        emotion: its label.
        drawn: its dynamic images, drawn beforehand, see `drawings`; where there are none,
            they are drawn from the frames whenever they are needed.
    """

    frames: UInt8[ndarray, "time size size 3"]
    emotion: str
    drawn: Drawings | UInt8[ndarray, "drawings images size size 3"] | None = None


def drawings(frames: UInt8[ndarray, "time size size 3"], settings: Settings, seed: int) -> Drawings:
    """How a training clip is sampled under these settings; no more often than there are epochs."""
    augmentation = settings.augmentation
    count = 1 if settings.descriptor.flow else min(augmentation.drawings, settings.training.epochs)
    return Drawings(frames, settings.descriptor, augmentation.trim, count, seed)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch done, for whoever watches. Watching changes nothing in the training.

    Attributes:
        number: counted from 1.
        loss: mean over its batches.
        predictor: makes a copy of the network as it is now.
        seconds: spent in forward, backward and optimiser.
    """

    number: int
    loss: float
    predictor: Callable[[], Predictor]
    seconds: float


class NotANumberError(InputError):
    """The loss stopped being a number; the fold has no predictor."""


def fit(
    clips: Sequence[TrainingClip],
    settings: Settings,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    watch: Callable[[Epoch], None] | None = None,
) -> Predictor:
    """Train SMA-STN on these clips for the set number of epochs.

    Args:
        clips: training clips only; nothing else is ever looked at.
        settings: all settings; centres of DE-Loss are made anew here.
        seed: of everything drawn; the same seed and clips give the same weights on
            the same machine and number of threads.
        progress: called after each epoch with (epochs done, epochs).
        watch: called after each epoch; nothing it does reaches the training.

    Raises:
        InputError: fewer than two classes.
        NotANumberError: the loss stopped being a number.
    """
    emotions = sorted({clip.emotion for clip in clips})
    if len(emotions) < 2:
        raise InputError(
            f"the training clips show {', '.join(emotions) or 'nothing'} only; wanted at least "
            "two emotions; add clips, or choose another grouping of labels"
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    keep_freed_memory()
    with torch.random.fork_rng():  # initial weights come from the seed, and leave no mark
        torch.manual_seed(seed)
        network = SmaStn(settings.network, len(emotions)).to(device)
        deviation = DeviationLoss(settings.deviation, len(emotions), settings.network.features).to(
            device
        )

        def ended(number: int, loss: float, seconds: float) -> None:
            if watch is not None:
                with torch.random.fork_rng():  # what the watcher draws is not missed here
                    copied = partial(_copied, network, settings, emotions)
                    watch(Epoch(number, loss, copied, seconds))
            if progress is not None:
                progress(number, settings.training.epochs)

        _train(network, deviation, _data(clips, settings, seed), ended)
    return Predictor(network, settings.model, emotions)


def _copied(network: SmaStn, settings: Settings, emotions: Sequence[str]) -> Predictor:
    return Predictor(copy.deepcopy(network), settings.model, emotions)


@dataclass(frozen=True, slots=True)
class _Data:
    """The training clips, drawn batch by batch."""

    drawn: Sequence[Drawings | ndarray]
    labels: Int64[Tensor, " clips"]
    settings: Settings
    noise: Float[Tensor, " values"]
    generator: torch.Generator

    @property
    def class_weights(self) -> Float[Tensor, " classes"]:
        counts = torch.bincount(self.labels).float()
        if self.settings.training.balance == "loss":
            return len(self.labels) / (len(counts) * counts)
        return torch.ones(len(counts))

    @property
    def steps(self) -> int:
        """Batches an epoch; the last is whole too, clips are drawn again for it."""
        return max(1, round(len(self.drawn) / self.settings.training.batch))

    def epoch(self) -> list[Int64[Tensor, " batch"]]:
        """The order of one epoch."""
        count = self.steps * self.settings.training.batch
        if self.settings.training.balance == "sampling":
            counts = torch.bincount(self.labels).float()
            chance = 1 / counts[self.labels]
            order = torch.multinomial(chance, count, replacement=True, generator=self.generator)
        else:
            rounds = -(-count // len(self.drawn))
            order = torch.cat(
                [torch.randperm(len(self.drawn), generator=self.generator) for _ in range(rounds)]
            )[:count]
        return list(order.split(self.settings.training.batch))

    def images(self, batch: Int64[Tensor, " batch"], epoch: int, device: torch.device) -> Tensor:
        """The varied dynamic images of a batch, in an epoch counted from 0."""
        chosen = [self.drawn[index] for index in batch.tolist()]
        images = torch.from_numpy(np.stack([one[epoch % len(one)] for one in chosen]))
        variation = draw_variation(len(batch), self.settings.augmentation, self.generator)
        flow = bool(self.settings.descriptor.flow)
        return vary(images.to(device), variation, self.noise.to(device), flow)


def _data(clips: Sequence[TrainingClip], settings: Settings, seed: int) -> _Data:
    generator = torch.Generator().manual_seed(seed)
    emotions = sorted({clip.emotion for clip in clips})
    drawn = [
        drawings(clip.frames, settings, seed + index) if clip.drawn is None else clip.drawn
        for index, clip in enumerate(clips)
    ]
    size = clips[0].frames.shape[1]
    noise = draw_noise(settings.descriptor.images, size, settings.augmentation, generator)
    labels = torch.tensor([emotions.index(clip.emotion) for clip in clips])
    return _Data(in_memory(drawn), labels, settings, noise, generator)


def _train(
    network: SmaStn,
    deviation: DeviationLoss,
    data: _Data,
    ended: Callable[[int, float, float], None],
) -> None:
    config = data.settings.training
    device = next(network.parameters()).device
    optimiser = _optimiser(network, deviation, config)
    schedule = _schedule(optimiser, config, data.steps)
    entropy = nn.CrossEntropyLoss(
        weight=data.class_weights.to(device), label_smoothing=config.label_smoothing
    )
    network.train()
    for epoch in range(config.epochs):
        total = seconds = 0.0
        for batch in data.epoch():
            images, labels = data.images(batch, epoch, device), data.labels[batch].to(device)
            began = time.perf_counter()
            with torch.autocast(device.type, enabled=device.type == "cuda"):
                output = network(images)
            loss = entropy(output.logits.float(), labels) + deviation(
                output.features.float(), labels, output.segment_features.float()
            )
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
            seconds += time.perf_counter() - began
        if not np.isfinite(total):
            raise NotANumberError(
                f"the loss was {total} in epoch {epoch + 1} of {config.epochs}; wanted a number; "
                f"lower learning_rate (it is {config.learning_rate}) or the weight of DE-Loss"
            )
        ended(epoch + 1, total / data.steps, seconds)


def _optimiser(
    network: SmaStn, deviation: DeviationLoss, config: TrainConfig
) -> torch.optim.Optimizer:
    """Weight decay for matrices and kernels only; DE-Loss's centres learn without it."""
    matrices = [value for value in network.parameters() if value.ndim > 1]
    others = [value for value in network.parameters() if value.ndim <= 1]
    others += list(deviation.parameters())
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    if config.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)
    return torch.optim.SGD(groups, lr=config.learning_rate, momentum=0.9, nesterov=True)


def _schedule(
    optimiser: torch.optim.Optimizer, config: TrainConfig, steps: int
) -> torch.optim.lr_scheduler.LambdaLR:
    total = config.epochs * steps
    rising = max(1, int(config.warm_up * total))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return 0.5 * (1 + float(np.cos(np.pi * (step - rising) / max(1, total - rising))))

    return torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
