"""From clips that a network was not trained on to how far its answers can be believed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int64
from numpy import ndarray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from smastn.errors import InputError
from smastn.model.calibration import Calibration
from smastn.model.predictor import Recognition

_TEMPERATURES = (0.05, 20.0)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class CalibrationClip:
    """What an uncalibrated network said of a clip it was not trained on.

    Attributes:
        subject: who was filmed.
        emotion: the truth, one of the network's classes.
        seen: the network's answer.
    """

    subject: str
    emotion: str
    seen: Recognition


def fit_calibration(
    clips: Sequence[CalibrationClip], believed: float = 0.975, fitted_on: str = ""
) -> Calibration:
    """The temperature with the least cross-entropy, and when to say "not sure".

    Both limits are set so that a share of `believed` of the right answers keeps within them.
    The distances are those from centres of other people, as they will be in use.

    Args:
        clips: of people nobody trained on, with every class.
        believed: share of the right answers that pass each limit.
        fitted_on: kept with it, for people to read.

    Raises:
        InputError: a class or half of the people are missing, or no answer is right.
    """
    _require_enough(clips)
    emotions = tuple(clips[0].seen.probabilities)
    chances = np.array([[*one.seen.probabilities.values()] for one in clips])
    logits = np.log(np.maximum(chances, 1e-300))
    truth = np.array([emotions.index(one.emotion) for one in clips], np.int64)
    people = np.array([one.subject for one in clips])
    right = logits.argmax(axis=1) == truth
    temperature = _temperature(logits, truth)
    features = np.array([one.seen.features for one in clips], np.float64)
    highest = softmax(logits / temperature, axis=1).max(axis=1)
    away = _distances_from_others(features, truth, people)
    centres = tuple(
        tuple(round(float(value), _DIGITS) for value in centre)
        for centre in _centres(features, truth)
    )
    return Calibration(
        temperature=round(temperature, _DIGITS),
        least_probability=round(float(np.quantile(highest[right], 1 - believed)), _DIGITS),
        centres=centres,
        farthest=round(float(np.quantile(away[right], believed)), _DIGITS),
        fitted_on=fitted_on,
    )


def _require_enough(clips: Sequence[CalibrationClip]) -> None:
    people = {one.subject for one in clips}
    missing = {name for one in clips for name in one.seen.probabilities}
    missing -= {one.emotion for one in clips}
    right = any(one.seen.emotion == one.emotion for one in clips)
    if missing or len(people) < 2 or not right:
        raise InputError(
            f"{len(clips)} clips of {len(people)} people were given to calibrate with; wanted "
            "every emotion, from at least two people, and some right answers; add clips"
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
    """How far each clip is from the nearest centre of all other people's clips."""
    away = np.empty(len(features))
    for person in np.unique(people):
        own: Bool[ndarray, " clips"] = people == person
        centres = _centres(features[~own], truth[~own])
        gaps = features[own][:, None] - centres[None]
        away[own] = np.linalg.norm(gaps, axis=2).min(axis=1)
    return away
