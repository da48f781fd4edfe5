"""Calibrated probabilities, when a result is "not sure", and how often sure ones were right.

Temperature scaling (Guo et al., ICML 2017) divides the logits by one number. It changes no
predicted class. A result is "not sure" where the most probable emotion has too low a
probability, or where the features are too far from the mean of every class, as for a movement
that is no expression.

A probability that was calibrated on one sort of faces says little about another. So what people
read is a count: of the predictions at least this sure, on people that nothing was chosen by, so
many were right.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray
from scipy.special import expit

from smastn.errors import ConfigError

NOT_SURE = "not sure"
"""The result where no class is accepted."""


@dataclass(frozen=True, slots=True)
class UnitCalibration:
    """How the outputs for one action unit become probabilities (Platt scaling; Platt, 1999).

    The default changes nothing.

    Attributes:
        unit: its number in FACS.
        slope: factor of the logit.
        offset: added to it afterwards.
        threshold: probability from which the unit counts as shown.
    """

    unit: str
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.offset) and self.slope >= 0):
            raise ConfigError(
                f"slope and offset of unit {self.unit} are {self.slope} and {self.offset}; wanted "
                "finite numbers, the slope not negative"
            )
        if not 0 <= self.threshold <= 1:
            raise ConfigError(f"threshold of unit {self.unit} is {self.threshold}; wanted 0 to 1")

    def probability(self, logit: float) -> float:
        """The calibrated probability for a network's output."""
        return float(expit(self.slope * logit + self.offset))


@dataclass(frozen=True, slots=True)
class Measured:
    """How many predictions of some sureness were right, on people that nothing was chosen by.

    Attributes:
        least: the least probability of the most probable emotion, calibrated, in these predictions.
        right: how many of the predictions were right.
        predictions: their number.
    """

    least: float
    right: int
    predictions: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.predictions or self.predictions < 1:
            raise ConfigError(
                f"{self.right} of {self.predictions} predictions were right; wanted at least one "
                "prediction, and no more right ones than predictions"
            )

    def __str__(self) -> str:
        return f"{self.right} of {self.predictions}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What predictions for held-out subjects say about a network.

    The default changes nothing and accepts everything.

    Attributes:
        temperature: divides the logits; below 1 the network was underconfident, above 1
            overconfident.
        least_probability: of the most probable emotion; below it the result is "not sure".
        centres: mean features of each class.
        farthest: distance from the nearest centre above which the result is "not sure".
        fitted_on: subjects that it was fitted on, as text; empty where it was not fitted.
        units: of the action units that enough of these subjects show; the others keep the
            network's own probability and a threshold of 0.5.
        measured: how often predictions were right, by their probability, in rising order; counted
            on other subjects than those that it was fitted on.
        measured_on: these subjects, as text; empty where nothing was measured.
    """

    temperature: float = 1.0
    least_probability: float = 0.0
    centres: tuple[tuple[float, ...], ...] = ()
    farthest: float | None = None
    fitted_on: str = ""
    units: tuple[UnitCalibration, ...] = ()
    measured: tuple[Measured, ...] = ()
    measured_on: str = ""

    def __post_init__(self) -> None:
        if not (self.temperature > 0 and math.isfinite(self.temperature)):
            raise ConfigError(f"temperature is {self.temperature}; wanted a number above 0")
        if not 0 <= self.least_probability <= 1:
            raise ConfigError(f"least_probability is {self.least_probability}; wanted 0 to 1")
        levels = [one.least for one in self.measured]
        if levels != sorted(set(levels)) or bool(levels) != bool(self.measured_on):
            raise ConfigError(
                f"measured has the probabilities {levels} and measured_on is "
                f'"{self.measured_on}"; wanted rising probabilities and the people, or neither'
            )

    def measured_at(self, probability: float) -> Measured | None:
        """How often predictions at least this sure were right; None where that was not measured.

        Args:
            probability: of the most probable emotion, calibrated.
        """
        return max(
            (one for one in self.measured if one.least <= probability),
            key=lambda one: one.least,
            default=None,
        )

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
