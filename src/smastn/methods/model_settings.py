"""All settings that a trained network is used with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch

from smastn.errors import ConfigError
from smastn.faces.preparation import PreparationConfig
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.kinds import AnyInput
from smastn.methods.network_interface import NetworkConfig, Shape


@dataclass(frozen=True, slots=True)
class InferenceConfig:
    """How a trained network predicts.

    Attributes:
        mirrored: predict the mirrored clip too, and average both predictions.
        networks: networks that are trained from different seeds and averaged.
    """

    mirrored: bool = False
    networks: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.networks <= 100:
            raise ConfigError(f"networks is {self.networks}; wanted 1 to 100")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """From raw frames to a prediction.

    Attributes:
        preparation: raw frames to a prepared clip.
        input: a prepared clip to the images that the network is given.
        network: the network.
        inference: how it predicts.
    """

    RENAMED: ClassVar = {"asking": "inference", "descriptor": "input"}

    preparation: PreparationConfig = field(default_factory=PreparationConfig)
    input: AnyInput = field(default_factory=BrightnessImages)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    inference: InferenceConfig = field(default_factory=InferenceConfig)

    def shape(self, classes: int) -> Shape:
        """What the network is built for, with so many classes."""
        cropped = self.preparation.already_cropped
        return Shape(
            classes,
            len(self.input.image_names),
            self.input.image_side(self.preparation.size),
            units=len(self.network.units),
            crop="unknown" if cropped and self.input.film else self.input.image_crop,
            forehead=self.preparation.forehead,
            mirror=tuple(self.input.mirror(torch.ones(1, 3, 1, 1)).flatten().tolist()),
        )


def with_present_units(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as plain values, with no action units where they are older than these.

    The default of `NetworkConfig.units` is for new networks only.
    """
    return {**settings, "network": {"units": [], **settings.get("network", {})}}
