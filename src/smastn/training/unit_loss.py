"""The loss of action units: binary cross-entropy, one term a clip, unit and side."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.corpora.facs import units_of


def unit_loss(
    logits: Float[Tensor, "batch units sides"],
    labels: Float[Tensor, "batch units sides"],
    share: Float[Tensor, " batch"],
    weights: Float[Tensor, "2 units 1"],
) -> Float[Tensor, ""]:
    """Mean of the weighted binary cross-entropy over all labels that are known; 0 without any.

    A clip that is mixed with the one before it counts with both clips' labels, each by its share
    of the images, as its emotion does.

    Args:
        logits: of the network.
        labels: 1, 0, or NaN where unknown.
        share: how much of each clip its own images are.
        weights: of both sides of clips without and with each unit. The side without a unit of a
            clip that shows it on the other weighs as much as that, or sides would not be learnt.
    """
    own = share[:, None, None]
    total = counted = logits.new_zeros(())
    for values, part in ((labels, own), (labels.roll(1, 0), 1 - own)):
        known = ~values.isnan()
        truth = torch.where(known, values, 0.0)
        shown = truth.amax(2, keepdim=True) > 0
        weight = torch.where(shown, weights[1], weights[0]) * part * known
        entropy = nn.functional.binary_cross_entropy_with_logits(
            logits, truth, weight, reduction="sum"
        )
        total, counted = total + entropy, counted + (part * known).sum()
    return total / counted.clamp_min(1e-6)


def learnable_units(
    units: Iterable[str], coded: Iterable[tuple[str, ...] | None]
) -> tuple[str, ...]:
    """Those units that at least one coded clip shows; one that none shows cannot be learnt."""
    shown = frozenset[str]().union(*(units_of(codes) for codes in coded if codes is not None))
    return tuple(unit for unit in units if unit in shown)
