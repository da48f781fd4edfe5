"""Any network by its settings, and several of them averaged."""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from smastn.methods.network_interface import NetworkConfig, Output, Shape
from smastn.methods.outside_network import OutsideNetwork, make_outside_network
from smastn.methods.sma_stn.network import SmaStn

Network = SmaStn | OutsideNetwork


class Committee(nn.Module):
    """Several networks of the same settings, trained from different seeds.

    Probabilities are averaged, of classes and of action units, as are weights and attention;
    features are concatenated.
    """

    def __init__(self, members: Sequence[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, images: Float[Tensor, "batch images channels height width"]) -> Output:
        """As `SmaStn.forward`."""
        found = [member(images) for member in self.members]
        probabilities = torch.stack([torch.softmax(one.logits, dim=1) for one in found]).mean(0)
        return Output(
            probabilities.clamp_min(1e-12).log(),
            _concatenated(one.features for one in found),
            _concatenated(one.segment_features for one in found),
            _averaged(one.segment_weights for one in found),
            _averaged(one.attention for one in found),
            _averaged_logits(one.unit_logits for one in found),
            _averaged(one.unit_attention for one in found),
        )


def make_network(config: NetworkConfig, shape: Shape) -> Network:
    """A network with new weights, drawn from torch's own random numbers.

    Raises:
        ConfigError: a network from outside cannot be used.
    """
    if config.module:
        return make_outside_network(config, shape)
    return SmaStn(config, shape)


def _averaged_logits(values: Iterable[Tensor | None]) -> Tensor | None:
    """The logits of the mean probability."""
    known = [torch.sigmoid(one) for one in values if one is not None]
    return torch.logit(torch.stack(known).mean(0), eps=1e-7) if known else None


def _concatenated(values: Iterable[Tensor | None]) -> Tensor | None:
    known = [one for one in values if one is not None]
    return torch.cat(known, dim=-1) if known else None


def _averaged(values: Iterable[Tensor | None]) -> Tensor | None:
    known = [one for one in values if one is not None]
    return torch.stack(known).mean(0) if known else None
