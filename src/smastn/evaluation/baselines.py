"""Two baselines on the same input and the same folds: majority class and linear SVC.

Where clips have action units, the first also answers each unit with yes, and the second has the
answers of a balanced ridge classifier; see `smastn.evaluation.unit_baselines`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float32, Float64
from numpy import ndarray
from sklearn.svm import LinearSVC
from torch import Tensor

from smastn.evaluation.predictions import Prediction
from smastn.evaluation.protocol import Fold
from smastn.evaluation.study import Study
from smastn.evaluation.unit_baselines import (
    Answers,
    always_yes,
    balanced_ridge,
    symmetric_products,
)
from smastn.training.unit_calibration import HALF
from smastn.workers import one_thread

_SVC_C = 1e-3
_STILL = 1e-8


def baseline_predictions(study: Study) -> dict[str, list[Prediction]]:
    """The predictions of both baselines on the folds of a study; not random, so of one seed.

    Raises:
        InputError: these clips do not allow the protocol.
    """
    folds, units = study.folds(), study.experiment.network.units
    with one_thread():
        describe = study.experiment.input.describe
        pixels = {clip.key: describe(study.frames(clip)).ravel() for clip in study.clips}
        linear = [row for fold in folds for row in linear_svc(fold, pixels)]
        if units and any(clip.action_units is not None for clip in study.clips):
            del pixels  # before those of the ridge classifier, which are as many
            both = symmetric_products(study)
            ridge = [balanced_ridge(fold, units, both) for fold in folds]
            linear = _with_units(linear, folds, ridge)
    constant = [row for fold in folds for row in majority_class(fold)]
    return {
        "linear SVC": linear,
        "majority class": _with_units(constant, folds, [always_yes(fold, units) for fold in folds]),
    }


def _with_units(
    rows: Sequence[Prediction], folds: Sequence[Fold], answers: Sequence[Answers]
) -> list[Prediction]:
    """The predictions with the units that a baseline answers in the same fold."""
    coded = {clip.key: clip.action_units for fold in folds for clip in fold.test}
    units = {
        (fold.name, key): own
        for fold, one in zip(folds, answers, strict=True)
        for key, own in one.items()
    }
    found = []
    for row in rows:
        own = units[row.fold, row.key] if coded[row.key] is not None else {}
        said = tuple(unit for unit, value in own.items() if value >= HALF)
        found.append(replace(row, action_units=coded[row.key], predicted_units=said, units=own))
    return found


def majority_class(fold: Fold) -> list[Prediction]:
    """Always the most frequent emotion of the training clips; of equals the alphabetically first.

    The probabilities are the shares of the emotions there.
    """
    counts = Counter(clip.emotion for clip in fold.train)
    shares = {name: counts[name] / len(fold.train) for name in sorted(counts)}
    majority = max(shares, key=lambda name: shares[name])
    return _rows(fold, [majority] * len(fold.test), shares)


def linear_svc(fold: Fold, pixels: Mapping[str, Float32[Tensor, " pixels"]]) -> list[Prediction]:
    """A linear support vector classifier on standardised pixels, C = 0.001, classes balanced.

    Means and deviations are those of the training clips. The solution lies in the span of the
    training clips (representer theorem), so it is fitted in coordinates of that span: the same
    predictions, far fewer numbers. `pixels` are the dynamic images of each clip, by its key.
    """
    clips = [*fold.train, *fold.test]
    rows, count = torch.stack([pixels[clip.key] for clip in clips]), len(fold.train)
    spread, mean = torch.std_mean(rows[:count], dim=0, correction=0)
    spread[spread < _STILL] = 1.0
    rows.sub_(mean).div_(spread)
    inner, outer = np.split(_in_span((rows @ rows[:count].T).double().numpy()), [count])
    classifier = LinearSVC(C=_SVC_C, class_weight="balanced", max_iter=20_000, random_state=0)
    classifier.fit(inner, [clip.emotion for clip in fold.train])
    return _rows(fold, list(map(str, classifier.predict(outer))), {})


def _in_span(
    products: Float64[ndarray, "clips train"],
) -> Float64[ndarray, "clips rank"]:
    """Coordinates of the clips in an orthonormal basis of the span of the training clips.

    From the inner products of all clips, training ones first, with the training ones.
    """
    train = products.shape[1]
    values, vectors = np.linalg.eigh((products[:train] + products[:train].T) / 2)
    kept = values > values.max() * 1e-6
    if not kept.any():  # all training clips are alike, as in a film without movement
        return np.zeros((len(products), 1))
    return products @ (vectors[:, kept] / np.sqrt(values[kept]))


def _rows(fold: Fold, predicted: Sequence[str], shares: dict[str, float]) -> list[Prediction]:
    return [
        Prediction(clip.subject, clip.name, 0, fold.name, clip.emotion, emotion, shares)
        for clip, emotion in zip(fold.test, predicted, strict=True)
    ]
