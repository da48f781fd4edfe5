"""What every network is given and returns, SMA-STN and networks of users alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, NamedTuple

from jaxtyping import Float
from torch import Tensor

from smastn.config import check_choices
from smastn.corpora.facs import FACE_UNITS
from smastn.errors import ConfigError
from smastn.inputs.input import Crop

SMA_STN = "SMA-STN"
"""What tables call the network that smastn brings along."""

Weighing = Literal["softmax", "uniform"]
"""How segments are weighed; ``uniform`` switches the weighing off."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Which network; for SMA-STN also of what parts, each of which can be switched off.

    Attributes:
        module: a network from outside, such as ``"my_net.py:Net"``, or the name under which an
            installed package declares one; empty for SMA-STN, which all settings below belong to.
        arguments: further arguments of that module.
        width: channels of the backbone's first stage.
        pool: cells a side into which the feature map is averaged; 1 discards position.
        features: length of the feature vector of a clip.
        spatial_attention: whether STMA attends over the face.
        weighing: how STMA weighs the segments.
        segment_places: whether the weights also depend on when each segment comes; inferred.
        dropout: share of features dropped before the classifier, 0 to 1.
        units: action units that the network may predict beside the emotion, one output a side
            each; training keeps those that a training clip shows. Empty for none. It may be set
            for a network from outside too.
        unit_attention: each unit attends to places of the face by a query of its own, and both
            sides are predicted by the same weights; otherwise units are read from the features.
        linear_units: with `unit_attention`, add to each unit a linear classifier of the mean
            image, fitted by ridge regression after the training; for images of one movement, such
            as flow images.
    """

    REMOVED: ClassVar = {"backbone": "light"}

    module: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    width: int = 16
    pool: int = 4
    features: int = 128
    spatial_attention: bool = True
    weighing: Weighing = "softmax"
    segment_places: bool = False
    dropout: float = 0.3
    units: tuple[str, ...] = FACE_UNITS
    unit_attention: bool = False
    linear_units: bool = False

    def __post_init__(self) -> None:
        check_choices(self)
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"dropout is {self.dropout}; wanted 0 or more and below 1")
        if min(self.width, self.pool, self.features) < 1:
            raise ConfigError("width, pool and features are at least 1")
        if self.linear_units and not self.unit_attention:
            raise ConfigError(
                "linear_units is true and unit_attention is false; wanted unit_attention = true too"
            )
        if self.arguments and not self.module:
            raise ConfigError("arguments are for a network from outside, and module names none")
        _check_units(self.units)
        own = [one for one in fields(self)[2:] if one.name != "units"]
        idle = [one.name for one in own if getattr(self, one.name) != one.default]
        if self.module and idle:
            raise ConfigError(
                f"{', '.join(idle)} belong to SMA-STN and have no effect on {self.module}; move "
                "its own settings into the table arguments"
            )

    @property
    def title(self) -> str:
        """What tables call the network."""
        return network_title(self.module)


class Output(NamedTuple):
    """What a network returns for a batch of clips. Only the logits are required.

    Attributes:
        logits: one row a clip, one column a class.
        features: of the clip, which DE-Loss and calibration use.
        segment_features: of each image, before weighing.
        segment_weights: weight of each image, each row sums to 1.
        attention: in each image, a coarse map that sums to 1; of a network with units, the mean
            of their maps, each by the unit's probability.
        unit_logits: of each action unit on each side, in the order of `NetworkConfig.units` and
            `smastn.corpora.facs.SIDES`; above 0 the unit is more probable than not.
        unit_attention: in each image, where the network looked for a unit on a side; each map
            sums to 1.
    """

    logits: Float[Tensor, "batch classes"]
    features: Float[Tensor, "batch features"] | None = None
    segment_features: Float[Tensor, "batch images features"] | None = None
    segment_weights: Float[Tensor, "batch images"] | None = None
    attention: Float[Tensor, "batch images rows columns"] | None = None
    unit_logits: Float[Tensor, "batch units sides"] | None = None
    unit_attention: Float[Tensor, "batch images units sides rows columns"] | None = None


class Shape(NamedTuple):
    """What a network is built for.

    Attributes:
        classes: number of emotions.
        images: images a clip.
        size: side of an image, pixels.
        channels: channels of an image.
        units: number of action units; 0 for a network that predicts none.
        crop: how the images are cropped.
        forehead: see `PreparationConfig.forehead`.
        mirror: factor of each channel where an image is mirrored; movement to the right becomes
            movement to the left.
    """

    classes: int
    images: int
    size: int
    channels: int = 3
    units: int = 0
    crop: Crop = "unknown"
    forehead: float = 0.0
    mirror: tuple[float, ...] = (1.0, 1.0, 1.0)


def _check_units(units: tuple[str, ...]) -> None:
    """Refuse what is no number of an action unit, and one that is there twice."""
    odd = [one for one in units if not re.fullmatch(r"[1-9][0-9]?", one)]
    if odd or len(set(units)) < len(units):
        raise ConfigError(
            f"units is {list(units)}; wanted numbers of action units as text, none twice and "
            'without a side, such as ["4", "12"]'
        )


def network_title(module: str) -> str:
    """What tables call the network of ``[network] module``, such as ``Net`` of my_net.py:Net."""
    return module.rpartition(":")[2].removesuffix(".py") or SMA_STN
