"""Baselines for action units on the same input and the same folds: always yes, balanced ridge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray
from scipy.special import expit

from smastn.corpora.clip import Clip
from smastn.corpora.facs import units_of
from smastn.evaluation.protocol import Fold
from smastn.evaluation.study import Study
from smastn.training.unit_loss import learnable_units

RIDGE, ALWAYS = "balanced ridge", "always yes"
"""What tables call the baselines."""

_PENALTY = 0.03
"""Relative to the mean squared length of the centred training clips, the same for all units."""

Answers = Mapping[str, dict[str, float]]
"""Probability of each unit, by the key of a clip."""


@dataclass(frozen=True, slots=True)
class Products:
    """Inner products of the images of all clips.

    Attributes:
        place: row and column of a clip, by its key.
        values: of any two clips.
    """

    place: Mapping[str, int]
    values: Float64[ndarray, "clips clips"]

    def of(self, rows: Sequence[Clip], columns: Sequence[Clip]) -> Float64[ndarray, "rows columns"]:
        """The products of two groups of clips."""
        both = ([self.place[clip.key] for clip in group] for group in (rows, columns))
        return self.values[np.ix_(*both)]


def symmetric_products(study: Study) -> Products:
    """Products of each clip's images, averaged with those of the mirrored face.

    A linear classifier of units irrespective of their side, fitted on clips and their mirrored
    copies, depends on this average alone.
    """
    source, rows = study.experiment.input, []
    for clip in study.clips:
        images = source.describe(study.frames(clip))
        rows.append(((images + source.mirror(images)) / 2).ravel().numpy())
    pixels = np.stack(rows)
    place = {clip.key: at for at, clip in enumerate(study.clips)}
    return Products(place, (pixels @ pixels.T).astype(np.float64))


def always_yes(fold: Fold, units: Sequence[str]) -> Answers:
    """Every unit in every held-out clip, if a training clip shows it."""
    known = learnable_units(units, (clip.action_units for clip in fold.train))
    return {clip.key: dict.fromkeys(known, 1.0) for clip in fold.test}


def balanced_ridge(fold: Fold, units: Sequence[str], products: Products) -> Answers:
    """Ridge regression of +1 and -1 for each unit, clips with and without it weighing alike.

    Its value becomes a probability by the logistic function, which keeps order and threshold.
    """
    train = [clip for clip in fold.train if clip.action_units is not None]
    answers: dict[str, dict[str, float]] = {clip.key: {} for clip in fold.test}
    inner, outer = products.of(train, train), products.of(fold.test, train)
    for unit in learnable_units(units, (clip.action_units for clip in train)):
        shown = np.array([_shows(clip, unit) for clip in train])
        if shown.all():
            continue
        values = expit(ridge_values(inner, outer, shown))
        for clip, value in zip(fold.test, values.tolist(), strict=True):
            answers[clip.key][unit] = value
    return answers


def ridge_values(
    inner: Float64[ndarray, "train train"],
    outer: Float64[ndarray, "test train"],
    shown: Bool[ndarray, " train"],
) -> Float64[ndarray, " test"]:
    """Values of the weighted ridge regression for clips that it was not fitted on.

    It is solved in the span of the training clips (representer theorem), which are fewer than
    pixels.

    Args:
        inner: products of the training clips with each other.
        outer: of the held-out clips with the training clips.
        shown: which training clips show the unit; some and not all.
    """
    weights = np.where(shown, 0.5 / shown.sum(), 0.5 / (~shown).sum())
    target, root = np.where(shown, 1.0, -1.0), np.sqrt(weights)
    level = float(weights @ target)
    mean = inner @ weights  # products of each training clip with their mean
    centred = inner - mean[:, None] - mean + weights @ mean
    system = root[:, None] * centred * root
    system[np.diag_indices_from(system)] += _PENALTY * np.trace(system) + 1e-12
    amounts = root * np.linalg.solve(system, root * (target - level))
    apart = outer - (outer @ weights)[:, None] - mean + weights @ mean
    return apart @ amounts + level


def _shows(clip: Clip, unit: str) -> bool:
    return unit in units_of(clip.action_units or ())
