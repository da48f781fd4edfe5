"""DE-Loss: reduces distances within a class, increases those between classes and segments.

The abstract of SMA-STN says that a deviation enhancement loss acts at feature
level and makes the network more robust to subtle movement changes; its formula
is not known to us. The forms here are published ones it may resemble: inferred.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from smastn.config import check_choices
from smastn.errors import ConfigError

DeviationForm = Literal["contrastive_centre", "centre", "island", "none"]

_DELTA = 1.0
_PAIRS = 0.5
"""Weight of the term between pairs of centres in ``island``."""


@dataclass(frozen=True, slots=True)
class DeviationConfig:
    """Form and weight of DE-Loss.

    Attributes:
        form: ``contrastive_centre`` (Qi and Su, 2017), ``centre`` (Wen et al., 2016),
            ``island`` (Cai et al., 2018) or ``none``.
        weight: of the form, relative to cross-entropy.
        segment_weight: of the term that keeps segments' features apart.
    """

    REMOVED: ClassVar = {"island": 0.5}

    form: DeviationForm = "contrastive_centre"
    weight: float = 0.1
    segment_weight: float = 0.0

    def __post_init__(self) -> None:
        check_choices(self)
        if min(self.weight, self.segment_weight) < 0:
            raise ConfigError(
                f"weight is {self.weight}, segment_weight {self.segment_weight}; wanted 0 or more"
            )

    @property
    def active(self) -> bool:
        """Whether anything is added to cross-entropy."""
        return (self.form != "none" and self.weight > 0) or self.segment_weight > 0


class DeviationLoss(nn.Module):
    """The weighted terms of one training run; the class centres are trained too.

    Make a new one for each run: centres depend on the clips they were trained with.
    """

    def __init__(self, config: DeviationConfig, classes: int, features: int) -> None:
        super().__init__()
        self._config = config
        self.centres = nn.Parameter(torch.zeros(classes, features))
        nn.init.normal_(self.centres)

    def forward(
        self,
        features: Float[Tensor, "batch features"],
        labels: Int[Tensor, " batch"],
        segment_features: Float[Tensor, "batch images features"],
    ) -> Float[Tensor, ""]:
        """The term to add to cross-entropy, 0 or more."""
        config = self._config
        loss = features.new_zeros(())
        if config.form == "contrastive_centre":
            loss = loss + config.weight * contrastive_centre(features, labels, self.centres)
        elif config.form == "centre":
            loss = loss + config.weight * centre(features, labels, self.centres)
        elif config.form == "island":
            pulled = centre(features, labels, self.centres)
            loss = loss + config.weight * (pulled + _PAIRS * island(self.centres))
        if config.segment_weight:
            loss = loss + config.segment_weight * segment_likeness(segment_features)
        return loss


def contrastive_centre(
    features: Float[Tensor, "batch features"],
    labels: Int[Tensor, " batch"],
    centres: Float[Tensor, "classes features"],
) -> Float[Tensor, ""]:
    """1/2 mean_i |F_i - c_yi|^2 / (sum_{j != yi} |F_i - c_j|^2 + 1) (Qi and Su, 2017)."""
    squared = (features[:, None] - centres[None]).square().sum(-1)
    own = squared.gather(1, labels[:, None].long()).squeeze(1)
    return 0.5 * (own / (squared.sum(1) - own + _DELTA)).mean()


def centre(
    features: Float[Tensor, "batch features"],
    labels: Int[Tensor, " batch"],
    centres: Float[Tensor, "classes features"],
) -> Float[Tensor, ""]:
    """1/2 mean_i |F_i - c_yi|^2 (Wen et al., ECCV 2016)."""
    return 0.5 * (features - centres[labels.long()]).square().sum(1).mean()


def island(centres: Float[Tensor, "classes features"]) -> Float[Tensor, ""]:
    """Sum over ordered pairs of centres of their cosine plus one (Cai et al., 2018)."""
    directions = nn.functional.normalize(centres, dim=1)
    cosines = directions @ directions.T
    return (cosines + 1).sum() - (cosines.diagonal() + 1).sum()


def segment_likeness(
    segment_features: Float[Tensor, "batch images features"],
) -> Float[Tensor, ""]:
    """Mean of exp(-|f_k - mean f|^2 / |mean f|^2): 1 for equal segments, near 0 for others."""
    middle = segment_features.mean(1, keepdim=True)
    apart = (segment_features - middle).square().sum(-1)
    return torch.exp(-apart / (middle.square().sum(-1) + _DELTA)).mean()
