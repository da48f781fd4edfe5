"""The networks of several folds as one, with an axis of folds before all others.

Every fold keeps its own weights, running statistics, gradients and loss; only the kernels
that compute them are shared, so that small networks fill a GPU. `torch.func.vmap` makes
grouped convolutions of the convolutions, and one batch norm over all folds' channels of
the batch norms, in which no channel meets another. One fold alone is a stack of one,
asked without vmap.
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.func import functional_call, vmap

from smastn.methods.sma_stn.deviation_loss import DeviationLoss
from smastn.methods.sma_stn.network import SmaStn
from smastn.training.training_settings import Settings

_LONGEST_GRADIENT = 5.0
_WORK, _ROOM = 3, 0.6
"""Bytes a step uses for each that it keeps, and the part of free memory that is filled."""


class Objective(nn.Module):
    """A network and its losses: what one fold minimises."""

    def __init__(self, settings: Settings, classes: int) -> None:
        super().__init__()
        self.network = SmaStn(settings.network, classes)
        self.deviation = DeviationLoss(settings.deviation, classes, settings.network.features)
        self._smoothing = settings.training.label_smoothing

    def forward(
        self,
        images: Float[Tensor, "batch images 3 size size"],
        labels: Int64[Tensor, " batch"],
        class_weights: Float[Tensor, " classes"],
        kept: Float[Tensor, "batch features"],
        share: Float[Tensor, " batch"],
    ) -> Float[Tensor, ""]:
        """Cross-entropy and DE-Loss of a batch; see `augmentation.mix` for `share`."""
        with torch.autocast(images.device.type, enabled=images.is_cuda):
            output = self.network(images, kept=kept)
        own, other = (
            nn.functional.cross_entropy(
                output.logits.to(class_weights.dtype),
                classes,
                class_weights,
                reduction="none",
                label_smoothing=self._smoothing,
            )
            for classes in (labels, labels.roll(1))
        )
        entropy = (share * own + (1 - share) * other).sum() / class_weights[labels].sum()
        return entropy + self.deviation(
            output.features.to(class_weights.dtype),
            labels,
            output.segment_features.to(class_weights.dtype),
        )


class Stack:
    """Objectives of several folds with equal settings and as many classes each.

    Attributes:
        weights: of each fold in one row: matrices and kernels, then what is not decayed.
        gradients: of the same shape.
        decayed: how many of a row's weights are matrices and kernels.
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self._objective = objectives[0].train()
        named = dict(self._objective.named_parameters())
        # DE-Loss's centres come last, since they are neither decayed nor clipped.
        names = sorted(named, key=lambda name: (name.startswith("deviation"), named[name].ndim < 2))
        self._names = names
        self.decayed = sum(
            named[name].numel()
            for name in names
            if named[name].ndim > 1 and name.startswith("network")
        )
        self._clipped = sum(named[name].numel() for name in names if name.startswith("network"))
        with torch.no_grad():
            rows = [dict(one.named_parameters()) for one in objectives]
            self.weights = torch.stack(
                [torch.cat([row[name].flatten() for name in names]) for row in rows]
            )
        self.gradients = torch.zeros_like(self.weights)
        self._parameters = self._leaves(named)
        self._buffers = {
            name: torch.stack([dict(one.named_buffers())[name] for one in objectives])
            for name, _ in self._objective.named_buffers()
        }

    def losses(
        self, images: Tensor, labels: Tensor, class_weights: Tensor, kept: Tensor, share: Tensor
    ) -> Float[Tensor, " folds"]:
        """The loss of every fold; `Objective` says of what, with an axis of folds first."""
        batch = (images, labels, class_weights, kept, share)
        if len(self.weights) == 1:
            first = {name: value[0] for name, value in self._state().items()}
            return functional_call(self._objective, first, tuple(one[0] for one in batch))[None]
        return vmap(self._loss)(self._state(), *batch)

    def differentiate(self, losses: Float[Tensor, " folds"]) -> None:
        """Fill `gradients`, none longer than 5 in its fold's network."""
        found = torch.autograd.grad(
            losses.sum(), list(self._parameters.values()), materialize_grads=True
        )
        torch.cat([one.flatten(1) for one in found], dim=1, out=self.gradients)
        network = self.gradients[:, : self._clipped]
        lengths = network.norm(dim=1, keepdim=True)
        network.mul_((_LONGEST_GRADIENT / (lengths + 1e-6)).clamp(max=1))

    def copy_network(self, fold: int, into: SmaStn) -> SmaStn:
        """Give a network the weights and running statistics of one fold."""
        state = {
            name.removeprefix("network."): value[fold].detach()
            for name, value in self._state().items()
            if name.startswith("network.")
        }
        into.load_state_dict(state)
        return into

    def _loss(self, state: dict[str, Tensor], *batch: Any) -> Tensor:
        return functional_call(self._objective, state, batch)

    def _state(self) -> dict[str, Tensor]:
        return {**self._parameters, **self._buffers}

    def _leaves(self, shapes: dict[str, nn.Parameter]) -> dict[str, Tensor]:
        """The weights by name; views of the rows."""
        leaves, start = {}, 0
        for name in self._names:
            shape, count = shapes[name].shape, shapes[name].numel()
            place = (slice(None), slice(start, start + count))
            leaves[name] = self.weights[place].unflatten(1, shape).detach().requires_grad_()
            start += count
        return leaves


def fit_in_memory(settings: Settings, classes: int) -> int:
    """How many such folds the memory of this machine's GPU holds at once; 1 where it has none."""
    if not torch.cuda.is_available():
        return 1
    free, _ = torch.cuda.mem_get_info()
    return max(1, int(_ROOM * free / (_WORK * step_bytes(settings, classes))))


def step_bytes(settings: Settings, classes: int) -> int:
    """Bytes that one step of one fold keeps for its backward pass, and its weights.

    Counted on two clips on the processor: what is kept grows with the number of clips.
    """
    kept: dict[int, int] = {}

    def count(value: Tensor) -> Tensor:
        kept[value.untyped_storage().data_ptr()] = value.untyped_storage().nbytes()
        return value

    with torch.random.fork_rng():  # its weights do not matter
        objective = Objective(settings, classes)
    size, features = settings.preparation.size, settings.network.features
    images = torch.zeros(2, settings.descriptor.images, 3, size, size)
    labels = torch.zeros(2, dtype=torch.int64)
    with torch.autograd.graph.saved_tensors_hooks(count, lambda value: value):
        objective(images, labels, torch.ones(classes), torch.ones(2, features), torch.ones(2))
    weights = sum(value.numel() * value.element_size() for value in objective.parameters())
    return sum(kept.values()) * settings.training.batch // 2 + 5 * weights
