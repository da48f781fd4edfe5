"""AdamW with gradient clipping, a warm-up and a cosine schedule."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from smastn.training.training_settings import TrainConfig

_LONGEST_GRADIENT = 5.0

_PLAIN_RATE, _MOMENTUM = 50.0, 0.9
"""Learning rate of plain steps, times that of AdamW."""


class Optimiser:
    """AdamW (Loshchilov and Hutter, ICLR 2019) for a network and its loss.

    Matrices and kernels decay; norms, biases and the loss's own parameters do not. Each of the
    two groups becomes one vector, of which the parameters are views. Updates of one parameter
    at a time round differently, so that earlier scores could not be reproduced.

    Parameters of modules with an attribute `plain_steps` that is true are trained by gradient
    descent with momentum instead, without decay and clipping: it changes those little that have
    little effect, while Adam changes all alike.

    Args:
        network: its gradients are clipped.
        loss: has parameters too, as the centres of DE-Loss.
        config: learning rate and decay.
        steps: of all epochs.
    """

    def __init__(
        self, network: nn.Module, loss: nn.Module, config: TrainConfig, steps: int
    ) -> None:
        plain = _plain(network)
        own = {id(one) for one in plain}
        trained = [p for p in network.parameters() if p.requires_grad and id(p) not in own]
        matrices = [one for one in trained if one.ndim > 1]
        others = [one for one in trained if one.ndim < 2]
        self._clipped = matrices + others
        self._groups = [group for group in (matrices, [*others, *loss.parameters()]) if group]
        self._vectors = [_as_vector(group) for group in self._groups]
        decays = (config.weight_decay, 0.0) if matrices else (0.0,)
        self._adamw = torch.optim.AdamW(
            [
                {"params": [vector], "weight_decay": decay}
                for vector, decay in zip(self._vectors, decays, strict=False)
            ],
            lr=config.learning_rate,
            fused=True,
        )
        self._plain = (
            torch.optim.SGD(plain, lr=_PLAIN_RATE * config.learning_rate, momentum=_MOMENTUM)
            if plain
            else None
        )
        self._schedules = [
            torch.optim.lr_scheduler.LambdaLR(
                one, lambda step: schedule(config.warm_up, step, steps)
            )
            for one in (self._adamw, self._plain)
            if one is not None
        ]

    def step(self, loss: Tensor) -> None:
        """Change all parameters once, along the gradient of this loss."""
        for one in (one for group in self._groups for one in group):
            one.grad = None
        if self._plain is not None:
            self._plain.zero_grad()
        loss.backward()
        _clip(self._clipped)
        for vector, group in zip(self._vectors, self._groups, strict=True):
            vector.grad = torch.cat([_gradient(one).flatten() for one in group])
        self._adamw.step()
        if self._plain is not None:
            self._plain.step()
        for one in self._schedules:
            one.step()


def schedule(warm_up: float, step: int, steps: int) -> float:
    """Share of the highest learning rate: a linear rise, then a cosine to 0.

    Args:
        warm_up: share of all steps in which it rises.
        step: counted from 0.
        steps: of all epochs.
    """
    rising = max(1, int(warm_up * steps))
    if step < rising:
        return (step + 1) / rising
    fallen = (step - rising) / max(1, steps - rising)
    return 0.5 * (1 + math.cos(math.pi * fallen))


def _plain(network: nn.Module) -> list[nn.Parameter]:
    modules = [one for one in network.modules() if getattr(one, "plain_steps", False)]
    return [one for module in modules for one in module.parameters() if one.requires_grad]


def _as_vector(parameters: Sequence[nn.Parameter]) -> nn.Parameter:
    """One vector of all values, of which each parameter becomes a view."""
    values = torch.cat([one.detach().flatten() for one in parameters])
    for one, part in zip(
        parameters, values.split([one.numel() for one in parameters]), strict=True
    ):
        one.data = part.view_as(one)
    return nn.Parameter(values)


def _gradient(parameter: nn.Parameter) -> Tensor:
    """The gradient, or zeros where the loss does not depend on the parameter."""
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def _clip(parameters: Sequence[nn.Parameter]) -> None:
    """Scale gradients so that the norm of all together is 5 at most.

    `torch.nn.utils.clip_grad_norm_` adds in another order and rounds differently: earlier
    scores could not be reproduced.
    """
    gradients = [one.grad for one in parameters if one.grad is not None]
    norm = torch.cat([one.flatten() for one in gradients]).norm()
    scale = (_LONGEST_GRADIENT / (norm + 1e-6)).clamp(max=1)
    for one in gradients:
        one.mul_(scale)
