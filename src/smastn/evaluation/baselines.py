"""Two baselines on the same input and the same folds: majority class and linear SVC."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Float32, Float64
from numpy import ndarray
from sklearn.svm import LinearSVC
from torch import Tensor

from smastn.evaluation.predictions import Prediction
from smastn.evaluation.protocol import Fold
from smastn.evaluation.study import Study
from smastn.workers import one_thread

_SVC_C = 1e-3
_STILL = 1e-8


def baseline_predictions(study: Study) -> dict[str, list[Prediction]]:
    """The predictions of both baselines on the folds of a study; not random, so of one seed.

    Raises:
        InputError: these clips do not allow the protocol.
    """
    folds = study.folds()
    with one_thread():
        describe = study.experiment.input.describe
        pixels = {clip.key: describe(study.frames(clip)).ravel() for clip in study.clips}
        linear = [row for fold in folds for row in linear_svc(fold, pixels)]
    return {
        "linear SVC": linear,
        "majority class": [row for fold in folds for row in majority_class(fold)],
    }


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
