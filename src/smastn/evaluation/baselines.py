"""What any network must beat, on the same input and the same folds.

A score by itself says little: on unbalanced classes, always answering the
commonest one is often right, and a linear classifier on the same pictures goes
further than one would think.
"""

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
from smastn.inputs.dynamic_image import describe
from smastn.workers import one_thread

_SVC_C = 1e-3
_STILL = 1e-8


def baseline_predictions(study: Study) -> dict[str, list[Prediction]]:
    """The answers of both baselines on the folds of a study; they draw nothing, so one seed.

    Raises:
        InputError: the protocol cannot be had from these clips.
    """
    folds = study.folds()
    with one_thread():
        pixels = {clip.key: _pixels(study.frames(clip), study) for clip in study.clips}
        linear = [row for fold in folds for row in linear_svc(fold, pixels)]
    return {
        "linear SVC": linear,
        "majority class": [row for fold in folds for row in majority_class(fold)],
    }


def majority_class(fold: Fold) -> list[Prediction]:
    """Always the commonest emotion of the training side; of equals the alphabetically first.

    The probabilities are the shares of the emotions there.
    """
    counts = Counter(clip.emotion for clip in fold.train)
    shares = {name: counts[name] / len(fold.train) for name in sorted(counts)}
    answer = max(shares, key=lambda name: shares[name])
    return _rows(fold, [answer] * len(fold.test), shares)


def linear_svc(fold: Fold, pixels: Mapping[str, Float32[Tensor, " pixels"]]) -> list[Prediction]:
    """A linear support vector classifier on standardised pixels, C = 0.001, classes balanced.

    Means and deviations are the training side's. With fewer clips than pixels the solution
    lies in the span of the training clips, so it is sought in their coordinates there
    (representer theorem): the same answers, far fewer numbers.

    Args:
        fold: who is learnt from and who is asked about.
        pixels: what is seen of each clip, by its key.
    """
    clips = [*fold.train, *fold.test]
    rows, count = torch.stack([pixels[clip.key] for clip in clips]), len(fold.train)
    spread, mean = torch.std_mean(rows[:count], dim=0, correction=0)
    spread[spread < _STILL] = 1.0
    rows.sub_(mean).div_(spread)
    inner, outer = np.split(_in_span((rows @ rows[:count].T).double().numpy()), [count])
    classifier = LinearSVC(C=_SVC_C, class_weight="balanced", max_iter=20_000, random_state=0)
    classifier.fit(inner, [clip.emotion for clip in fold.train])
    return _rows(fold, [str(answer) for answer in classifier.predict(outer)], {})


def _in_span(
    products: Float64[ndarray, "clips train"],
) -> Float64[ndarray, "clips rank"]:
    """Coordinates of the clips in an orthonormal basis of the span of the training clips.

    Args:
        products: inner products of all clips, training ones first, with the training ones.
    """
    train = products.shape[1]
    values, vectors = np.linalg.eigh((products[:train] + products[:train].T) / 2)
    kept = values > values.max() * 1e-6
    return products @ (vectors[:, kept] / np.sqrt(values[kept]))


def _pixels(frames: ndarray, study: Study) -> Float32[Tensor, " pixels"]:
    """What the network sees of the clip, as one row."""
    return describe(frames, study.experiment.descriptor).ravel()


def _rows(fold: Fold, answers: Sequence[str], shares: dict[str, float]) -> list[Prediction]:
    return [
        Prediction(clip.subject, clip.name, 0, fold.name, clip.emotion, answer, shares)
        for clip, answer in zip(fold.test, answers, strict=True)
    ]
