"""AdamW with gradient clipping, a warm-up and a cosine schedule."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from smastn.training.training_settings import TrainConfig

_LONGEST_GRADIENT = 5.0


class Optimiser:
    """AdamW (Loshchilov and Hutter, ICLR 2019) for a network and its loss.

    Matrices and kernels decay; norms, biases and the loss's own parameters do not. Each of the
    two groups becomes one vector, of which the parameters are views. Updates of one parameter
    at a time round differently, so that earlier scores could not be reproduced.

    Args:
        network: its gradients are clipped.
        loss: has parameters too, as the centres of DE-Loss.
        config: learning rate and decay.
        steps: of all epochs.
    """

    def __init__(
        self, network: nn.Module, loss: nn.Module, config: TrainConfig, steps: int
    ) -> None:
        trained = [one for one in network.parameters() if one.requires_grad]
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
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._adamw, lambda step: schedule(config.warm_up, step, steps)
        )

    def step(self, loss: Tensor) -> None:
        """Change all parameters once, along the gradient of this loss."""
        for one in (one for group in self._groups for one in group):
            one.grad = None
        loss.backward()
        _clip(self._clipped)
        for vector, group in zip(self._vectors, self._groups, strict=True):
            vector.grad = torch.cat([_gradient(one).flatten() for one in group])
        self._adamw.step()
        self._schedule.step()


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
