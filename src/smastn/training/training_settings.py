"""All settings of a predictor and of its training."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from smastn.config import check_choices
from smastn.errors import ConfigError
from smastn.faces.preparation import PreparationConfig
from smastn.inputs.brightness_images import BrightnessImages
from smastn.inputs.kinds import AnyInput
from smastn.methods.model_settings import InferenceConfig, ModelConfig
from smastn.methods.network_interface import NetworkConfig
from smastn.methods.sma_stn.deviation_loss import DeviationConfig
from smastn.training.augmentation import AugmentConfig

Balance = Literal["loss", "none"]
"""``loss``: each class counts alike in the loss; ``none``: each clip does."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a network is trained. The number of epochs is fixed beforehand.

    Attributes:
        epochs: passes over the clips.
        batch: clips per step.
        learning_rate: the highest, after the warm-up; then it falls as a cosine to 0.
        warm_up: share of all steps in which it rises.
        weight_decay: of matrices and kernels, not of norms and biases.
        label_smoothing: 0 to 1.
        balance: how class imbalance is handled; of action units, that of clips with and without.
        unit_weight: of the loss of action units, relative to cross-entropy of the emotions.
    """

    REMOVED: ClassVar = {"optimiser": "adamw"}

    epochs: int = 30
    batch: int = 16
    learning_rate: float = 2e-3
    warm_up: float = 0.1
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    balance: Balance = "loss"
    unit_weight: float = 1.0

    def __post_init__(self) -> None:
        check_choices(self)
        if self.epochs < 1 or self.batch < 2:
            raise ConfigError(
                f"epochs is {self.epochs} and batch {self.batch}; wanted at least 1 and 2"
            )
        if not self.learning_rate > 0:
            raise ConfigError(f"learning_rate is {self.learning_rate}; wanted more than 0")
        if self.unit_weight < 0:
            raise ConfigError(f"unit_weight is {self.unit_weight}; wanted 0 or more")


_DEVIATION = DeviationConfig()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything about a predictor and the way it is trained; one table each in TOML.

    DE-Loss is off by default for a network from outside, since it needs the network's features.
    """

    RENAMED: ClassVar = {"asking": "inference", "descriptor": "input"}

    preparation: PreparationConfig = field(default_factory=PreparationConfig)
    input: AnyInput = field(default_factory=BrightnessImages)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    deviation: DeviationConfig = _DEVIATION
    augmentation: AugmentConfig = field(default_factory=AugmentConfig)
    training: TrainConfig = field(default_factory=TrainConfig)
    inference: InferenceConfig = field(default_factory=InferenceConfig)

    def __post_init__(self) -> None:
        if self.network.module and self.deviation is _DEVIATION:  # it is the default
            object.__setattr__(self, "deviation", DeviationConfig("none"))

    @property
    def model(self) -> ModelConfig:
        """The part that inference needs."""
        return ModelConfig(self.preparation, self.input, self.network, self.inference)
