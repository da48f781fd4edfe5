"""Fits a calibration to predictions for subjects that the network was not trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64
from numpy import ndarray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from smastn.errors import InputError
from smastn.methods.calibration import Calibration
from smastn.training.unit_calibration import fit_units

_TEMPERATURES = (0.05, 20.0)
_DIGITS = 6
_LEAST = 1e-7  # with six digits in a file it equals 0


@dataclass(frozen=True, slots=True)
class CalibrationClip:
    """An uncalibrated prediction for a clip that the network was not trained on.

    Attributes:
        subject: participant in the clip.
        emotion: the true class.
        probabilities: of each class, in the same order for all clips.
        features: feature vector of the clip, if known.
        action_units: true codes, or None where they are unknown.
        units: probability of each action unit, irrespective of its side.
    """

    subject: str
    emotion: str
    probabilities: dict[str, float]
    features: Float32[ndarray, " features"] | None = None
    action_units: tuple[str, ...] | None = None
    units: dict[str, float] = field(default_factory=dict)


def fit_calibration(
    clips: Sequence[CalibrationClip], accepted: float = 0.975, fitted_on: str = ""
) -> Calibration:
    """The temperature with the least cross-entropy, the limits of "not sure", and action units.

    Distances are measured from centres of other subjects, as in use. Without features there is
    no limit on distance.

    Args:
        clips: of subjects outside the training data, with every class.
        accepted: share of the correct predictions that each limit accepts.
        fitted_on: the subjects, as text.

    Raises:
        InputError: a class is missing, there is one subject only, or no prediction is correct.
    """
    _require_enough(clips)
    emotions = tuple(clips[0].probabilities)
    chances = np.array([[one.probabilities[name] for name in emotions] for one in clips])
    logits = logits_of(chances)
    truth = np.array([emotions.index(one.emotion) for one in clips], np.int64)
    correct = logits.argmax(axis=1) == truth
    temperature = round(_temperature(logits, truth), _DIGITS)
    highest = softmax(logits / temperature, axis=1).max(axis=1)
    fitted = Calibration(
        temperature=temperature,
        least_probability=round(float(np.quantile(highest[correct], 1 - accepted)), _DIGITS),
        fitted_on=fitted_on,
        units=fit_units(
            [(one.action_units, one.units) for one in clips if one.action_units is not None]
        ),
    )
    features = [one.features for one in clips if one.features is not None]
    if len(features) < len(clips):
        return fitted
    stacked = np.array(features, np.float64)
    people = np.array([one.subject for one in clips])
    away = _distances_from_others(stacked, truth, people)
    centres = np.round(_centres(stacked, truth), _DIGITS).tolist()
    return replace(
        fitted,
        centres=tuple(map(tuple, centres)),
        farthest=round(float(np.quantile(away[correct], accepted)), _DIGITS),
    )


def logits_of(probabilities: Float[ndarray, "*any"]) -> Float[ndarray, "*any"]:
    """Logits whose softmax over the classes gives these probabilities again; 0 is not minus inf."""
    return np.log(np.maximum(probabilities, _LEAST))


def _require_enough(clips: Sequence[CalibrationClip]) -> None:
    people = {one.subject for one in clips}
    missing = {name for one in clips for name in one.probabilities}
    missing -= {one.emotion for one in clips}
    right = any(one.probabilities[one.emotion] == max(one.probabilities.values()) for one in clips)
    if missing or len(people) < 2 or not right:
        raise InputError(
            f"calibration was given {len(clips)} clips of {len(people)} subjects; wanted every "
            "emotion, at least two subjects, and some correct predictions: add clips"
        )


def _temperature(logits: Float[ndarray, "clips classes"], truth: Int64[ndarray, " clips"]) -> float:
    def cross_entropy(log_temperature: float) -> float:
        said = log_softmax(logits / np.exp(log_temperature), axis=1)
        return -float(said[np.arange(len(truth)), truth].mean())

    low, high = np.log(_TEMPERATURES)
    best = minimize_scalar(cross_entropy, bounds=(low, high), method="bounded")
    return float(np.exp(best.x))


def _centres(
    features: Float[ndarray, "clips features"], truth: Int64[ndarray, " clips"]
) -> Float[ndarray, "classes features"]:
    return np.stack([features[truth == label].mean(axis=0) for label in np.unique(truth)])


def _distances_from_others(
    features: Float[ndarray, "clips features"],
    truth: Int64[ndarray, " clips"],
    people: ndarray,
) -> Float[ndarray, " clips"]:
    """Distance of each clip from the nearest class centre of all other subjects."""
    away = np.empty(len(features))
    for person in np.unique(people):
        own: Bool[ndarray, " clips"] = people == person
        centres = _centres(features[~own], truth[~own])
        gaps = features[own][:, None] - centres[None]
        away[own] = np.linalg.norm(gaps, axis=2).min(axis=1)
    return away
