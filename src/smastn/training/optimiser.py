"""How weights move along their gradients.

The functions beneath `torch.optim`'s classes are called, not the classes: the first object of
one imports torch's compiler, two seconds in every process, and nothing here is compiled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.optim.adamw import adamw
from torch.optim.sgd import sgd

from smastn.training.training_settings import TrainConfig


@dataclass(frozen=True, slots=True)
class Group:
    """Weights that decay alike.

    Attributes:
        weights: moved in place.
        gradients: of the weights; read at every step.
        decay: part of the weights taken off, times the learning rate.
    """

    weights: Tensor
    gradients: Tensor
    decay: float


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """Of a step, counted from 0: it rises in a line, then falls as a cosine to 0.

    Args:
        config: its highest, and for how long it rises.
        step: which.
        steps: of all epochs.
    """
    rising = max(1, int(config.warm_up * steps))
    if step < rising:
        return config.learning_rate * (step + 1) / rising
    fallen = (step - rising) / max(1, steps - rising)
    return config.learning_rate * 0.5 * (1 + float(np.cos(np.pi * fallen)))


class Optimiser:
    """AdamW (Loshchilov and Hutter, ICLR 2019), or SGD with Nesterov's momentum of 0.9.

    Args:
        groups: what is moved.
        config: which of the two, and its learning rate.
        steps: of all epochs.
    """

    def __init__(self, groups: Sequence[Group], config: TrainConfig, steps: int) -> None:
        self._groups, self._config, self._steps, self._done = groups, config, steps, 0
        self._means: list[list[Tensor | None]] = [[None] for _ in groups]
        self._squares: list[Tensor] = []
        self._counts: list[Tensor] = []
        if config.optimiser == "adamw":
            self._means = [[torch.zeros_like(group.weights)] for group in groups]
            self._squares = [torch.zeros_like(group.weights) for group in groups]
            self._counts = [torch.zeros((), device=group.weights.device) for group in groups]

    @torch.no_grad()
    def step(self) -> None:
        """Move the weights once."""
        rate = learning_rate(self._config, self._done, self._steps)
        move = self._adamw if self._config.optimiser == "adamw" else self._sgd
        for number in range(len(self._groups)):
            move(number, rate)
        self._done += 1

    def _adamw(self, number: int, rate: float) -> None:
        group = self._groups[number]
        adamw(
            [group.weights],
            [group.gradients],
            [mean for mean in self._means[number] if mean is not None],
            [self._squares[number]],
            [],
            [self._counts[number]],
            fused=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=rate,
            weight_decay=group.decay,
            eps=1e-8,
            maximize=False,
        )

    def _sgd(self, number: int, rate: float) -> None:
        group = self._groups[number]
        sgd(
            [group.weights],
            [group.gradients],
            self._means[number],
            weight_decay=group.decay,
            momentum=0.9,
            lr=rate,
            dampening=0.0,
            nesterov=True,
            maximize=False,
        )
