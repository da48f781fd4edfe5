"""Scores, all derived from stored predictions.

Scores are *pooled*: the predictions of all held-out clips are counted together and scored
once, as in MEGC2019 (See et al., FG 2019). Scores averaged over folds differ from these
for the same predictions, and have a name of their own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from sklearn.metrics import confusion_matrix as count_pairs
from sklearn.metrics import f1_score

from smastn.errors import MetricError
from smastn.evaluation.predictions import Prediction, grouped

SCORE_TITLES = {
    "uf1": "UF1",
    "uar": "UAR",
    "accuracy": "Accuracy",
    "macro_precision": "Macro precision",
    "weighted_f1": "Weighted F1",
}
"""Titles of the scores of `Scores`, the most important first."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Pooled scores, each 0 to 1.

    Attributes:
        accuracy: share of clips predicted correctly.
        uf1: unweighted F1, the mean over classes of 2 TP / (2 TP + FP + FN).
        uar: unweighted average *recall*, the mean over classes of TP / (TP + FN).
        macro_precision: the mean over classes of TP / (TP + FP), 0 where a class was
            never predicted. Not UAR, though it has been published as UAR.
        weighted_f1: F1 of the classes, weighted by their clips.
    """

    accuracy: float
    uf1: float
    uar: float
    macro_precision: float
    weighted_f1: float


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Scores of one class.

    Attributes:
        clips: clips of this class.
        predicted: clips that were predicted to be of this class.
        precision: TP / (TP + FP), 0 where the class was never predicted.
        recall: TP / (TP + FN).
        f1: 2 TP / (2 TP + FP + FN).
    """

    clips: int
    predicted: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class SubjectScore:
    """Clips of one held-out subject, and how many were predicted correctly.

    There is no F1 of one subject: most subjects do not show every class.
    """

    subject: str
    clips: int
    correct: int


def emotions_in(predictions: Sequence[Prediction]) -> tuple[str, ...]:
    """Every emotion in truth, predictions or probabilities, in alphabetical order."""
    names = {row.truth for row in predictions} | {row.predicted for row in predictions}
    return tuple(sorted(names.union(*(row.probabilities for row in predictions))))


def confusion_matrix(
    predictions: Sequence[Prediction], emotions: Sequence[str]
) -> Int64[ndarray, "truth predicted"]:
    """Clips by truth (rows) and prediction (columns), both in the order of `emotions`.

    Raises:
        MetricError: there is nothing to count, or an emotion that is not listed.
    """
    if not predictions:
        raise MetricError("there is no prediction to score; wanted at least one: run a fold first")
    if unlisted := sorted(set(emotions_in(predictions)) - set(emotions)):
        raise MetricError(
            f"{', '.join(unlisted)} is not among {', '.join(emotions)}; list every emotion, "
            "so that no clip is dropped from the count"
        )
    return count_pairs(*_columns(predictions), labels=list(emotions)).astype(np.int64)


def subject_confusions(
    groups: Sequence[Sequence[Prediction]], subjects: Sequence[str]
) -> Int64[ndarray, "subjects groups truth predicted"]:
    """Confusion matrices of each subject in each group of predictions, such as a seed or a run."""
    emotions = emotions_in([row for rows in groups for row in rows])
    subject = {name: at for at, name in enumerate(subjects)}
    emotion = {name: at for at, name in enumerate(emotions)}
    counts = np.zeros((len(subjects), len(groups), len(emotions), len(emotions)), np.int64)
    for group, rows in enumerate(groups):
        for row in rows:
            counts[subject[row.subject], group, emotion[row.truth], emotion[row.predicted]] += 1
    return counts


def pooled_scores(
    predictions: Sequence[Prediction], emotions: Sequence[str] | None = None
) -> Scores:
    """Pooled scores of the predictions of one training seed.

    Args:
        predictions: one a clip (and fold); of one seed.
        emotions: the classes; all that occur where none are given.

    Raises:
        MetricError: a class has no clip in the truth, or a clip is there twice.
    """
    _check_once(predictions)
    emotions = emotions or emotions_in(predictions)
    confusion = confusion_matrix(predictions, emotions)
    _check_truth(confusion, emotions)
    return Scores(**{name: float(value) for name, value in score_confusions(confusion).items()})


def seed_scores(predictions: Sequence[Prediction]) -> dict[int, Scores]:
    """Pooled scores of each seed by itself, seeds in order.

    Raises:
        MetricError: as `pooled_scores`.
    """
    emotions = emotions_in(predictions)
    seeds = grouped(predictions, lambda row: row.seed)
    return {seed: pooled_scores(seeds[seed], emotions) for seed in sorted(seeds)}


def score_confusions(
    confusion: Int64[ndarray, "*batch truth predicted"]
    | Float64[ndarray, "*batch truth predicted"],
) -> dict[str, Float64[ndarray, "*batch"]]:
    """The scores of `Scores` for one or many confusion matrices at once.

    Own code, because scikit-learn scores one at a time and the bootstrap needs thousands.
    Undefined (NaN) where a class has no clip; `pooled_scores` refuses that.
    """
    counts = confusion.astype(np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    true, predicted = counts.sum(-1), counts.sum(-2)
    clips = true.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = hits / true
        f1 = np.where(true > 0, 2 * hits / (true + predicted), np.nan)
        precision = np.where(predicted > 0, hits / predicted, 0.0)
        scores = {
            "accuracy": hits.sum(-1) / clips,
            "uf1": f1.mean(-1),
            "uar": recall.mean(-1),
            "macro_precision": precision.mean(-1),
            "weighted_f1": (f1 * true).sum(-1) / clips,
        }
    return {name: np.asarray(values) for name, values in scores.items()}


def class_scores(
    predictions: Sequence[Prediction], emotions: Sequence[str] | None = None
) -> dict[str, ClassScores]:
    """Scores of each class, predictions of all seeds together.

    Raises:
        MetricError: a class has no clip in the truth.
    """
    emotions = emotions or emotions_in(predictions)
    confusion = confusion_matrix(predictions, emotions)
    _check_truth(confusion, emotions)
    hits, clips, predicted = np.diagonal(confusion), confusion.sum(1), confusion.sum(0)
    recall, f1 = hits / clips, 2 * hits / (clips + predicted)
    precision = hits / np.maximum(predicted, 1)
    rows = zip(clips, predicted, precision, recall, f1, strict=True)
    return {
        name: ClassScores(*(value.item() for value in row))
        for name, row in zip(emotions, rows, strict=True)
    }


def subject_scores(predictions: Sequence[Prediction]) -> list[SubjectScore]:
    """Every held-out subject, in the order of their names, predictions of all seeds together."""
    subjects = grouped(predictions, lambda row: row.subject)
    return [
        SubjectScore(name, len(rows), sum(row.correct for row in rows))
        for name, rows in sorted(subjects.items())
    ]


def corpus_scores(predictions: Sequence[Prediction]) -> dict[str, Scores | None]:
    """Pooled scores of each corpus, averaged over seeds; None where a corpus lacks a class.

    Raises:
        MetricError: a clip is there twice for one seed and fold.
    """
    emotions = set(emotions_in(predictions))
    return {
        corpus: mean_scores(list(seed_scores(rows).values()))
        if {row.truth for row in rows} == emotions
        else None
        for corpus, rows in sorted(grouped(predictions, lambda row: row.corpus).items())
    }


def mean_scores(scores: Sequence[Scores]) -> Scores:
    """The mean of each score, over seeds."""
    names = Scores.__dataclass_fields__
    return Scores(**{n: float(np.mean([getattr(one, n) for one in scores])) for n in names})


def fold_averaged_f1(predictions: Sequence[Prediction]) -> float:
    """The mean over folds of macro F1 within a fold. *Not* UF1, though often published as F1.

    Within a fold only the classes that occur there count. It serves to compare with papers
    that average so; the same predictions score differently when pooled.
    """
    folds = grouped(predictions, lambda row: (row.seed, row.fold))
    return float(np.mean([f1_score(*_columns(rows), average="macro") for rows in folds.values()]))


def _columns(rows: Sequence[Prediction]) -> tuple[list[str], list[str]]:
    """Truth and prediction of each row."""
    return [row.truth for row in rows], [row.predicted for row in rows]


def _check_truth(confusion: Int64[ndarray, "truth predicted"], emotions: Sequence[str]) -> None:
    empty = [name for name, clips in zip(emotions, confusion.sum(1), strict=True) if not clips]
    if empty:
        raise MetricError(
            f"no clip of class {', '.join(empty)} in the truth, so their recall is undefined; "
            "pool the predictions of all folds before scoring"
        )


def _check_once(predictions: Sequence[Prediction]) -> None:
    for (key, _), count in Counter((row.key, row.fold) for row in predictions).items():
        if count > 1:
            raise MetricError(
                f"clip {key} has {count} predictions; wanted one a clip: score one seed at a "
                "time, as seed_scores does"
            )
