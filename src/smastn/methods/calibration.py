"""How far a network's answer can be believed: probabilities put right, and "not sure".

Temperature scaling (Guo et al., ICML 2017) divides the logits by one number, which
changes no answer but makes a probability of 0.8 right in about 8 of 10 cases. An answer is
"not sure" where even the likeliest emotion is too unlikely, or where the movement is unlike
those of every class: too far, in the network's features, from the centre of each, such as a
movement that is no expression.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from smastn.errors import ConfigError

NOT_SURE = "not sure"
"""The answer where the network has none."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was learnt about a network by asking it about people it was not trained on.

    The default changes nothing and doubts nothing.

    Attributes:
        temperature: divides the logits; below 1 the network was too modest, above too bold.
        least_probability: of the likeliest emotion; below it the answer is "not sure".
        centres: mean features of each class.
        farthest: distance from the nearest centre beyond which the answer is "not sure".
        fitted_on: on whom, for people to read; empty where nothing was fitted.
    """

    temperature: float = 1.0
    least_probability: float = 0.0
    centres: tuple[tuple[float, ...], ...] = ()
    farthest: float | None = None
    fitted_on: str = ""

    def __post_init__(self) -> None:
        if not (self.temperature > 0 and math.isfinite(self.temperature)):
            raise ConfigError(f"temperature is {self.temperature}; wanted a number above 0")
        if not 0 <= self.least_probability <= 1:
            raise ConfigError(f"least_probability is {self.least_probability}; wanted 0 to 1")

    def distance(self, features: Float[ndarray, " features"] | None) -> float:
        """From the nearest centre; 0 where no centre or no features are known."""
        if features is None or not self.centres:
            return 0.0
        return float(np.linalg.norm(np.array(self.centres) - features, axis=1).min())

    def doubt(self, probability: float, features: Float[ndarray, " features"] | None) -> str:
        """Why the result is "not sure", for people to read; empty where it is sure.

        Args:
            probability: of the most probable emotion, calibrated.
            features: the network's feature vector of the clip, if it has one.
        """
        if self.farthest is not None and self.distance(features) > self.farthest:
            return "the movement is unlike those in the training data"
        if probability < self.least_probability:
            return "no emotion is probable enough"
        return ""
