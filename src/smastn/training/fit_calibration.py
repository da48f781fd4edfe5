"""Fits a calibration to predictions for subjects that the network was not trained on.

<<<<<<< HEAD
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
=======
And counts, on other subjects again, how often answers of some sureness are right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
>>>>>>> 1858b65 (Sureness is a count of right answers on people that nothing was chosen by; clips of speech, chewing, turns and gaze; long and unfinished movements)

import numpy as np
from jaxtyping import Bool, Float, Float32, Int64
from numpy import ndarray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from smastn.errors import InputError
<<<<<<< HEAD
from smastn.methods.calibration import Calibration
from smastn.training.unit_calibration import fit_units
=======
from smastn.methods.calibration import Calibration, Measured
>>>>>>> 1858b65 (Sureness is a count of right answers on people that nothing was chosen by; clips of speech, chewing, turns and gaze; long and unfinished movements)

_TEMPERATURES = (0.05, 20.0)
_DIGITS = 6
_LEAST = 1e-7  # with six digits in a file it equals 0
_LEVELS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
_FEWEST = 10
"""Answers that a level needs: of fewer, the share that was right says next to nothing."""


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
    logits = np.log(np.maximum(chances, _LEAST))
    truth = np.array([emotions.index(one.emotion) for one in clips], np.int64)
    right = logits.argmax(axis=1) == truth
    temperature = round(_temperature(logits, truth), _DIGITS)
    highest = softmax(logits / temperature, axis=1).max(axis=1)
    fitted = Calibration(
        temperature=temperature,
        least_probability=round(float(np.quantile(highest[right], 1 - accepted)), _DIGITS),
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
        farthest=round(float(np.quantile(away[right], accepted)), _DIGITS),
    )


def measure_sureness(
    clips: Sequence[CalibrationClip], calibrations: Mapping[str, Calibration]
) -> tuple[Measured, ...]:
    """How many answers were right among those at least as sure as each of some levels.

    Answers that are "not sure" because the movement is unlike the training data are not counted.

    Args:
        clips: uncalibrated predictions; an emotion that the network does not know, such as that
            of a clip without expression, makes every answer wrong.
        calibrations: by subject, the calibration that nothing of this subject had a say in.
    """
    answers = [
        (max(chances, key=lambda name: chances[name]) == clip.emotion, max(chances.values()))
        for clip in clips
        for calibration in [calibrations[clip.subject]]
        if not calibration.doubt(1.0, clip.features)
        for chances in [calibrated(clip.probabilities, calibration.temperature)]
    ]
    counted = [
        (level, [right for right, sureness in answers if sureness >= level]) for level in _LEVELS
    ]
    return tuple(
        Measured(level, sum(right), len(right)) for level, right in counted if len(right) >= _FEWEST
    )


def calibrated(probabilities: Mapping[str, float], temperature: float) -> dict[str, float]:
    """The probabilities with their logits divided by the temperature."""
    logits = np.log(np.maximum(list(probabilities.values()), _LEAST))
    return dict(zip(probabilities, softmax(logits / temperature).tolist(), strict=True))


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
