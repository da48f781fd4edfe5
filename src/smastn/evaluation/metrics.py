"""Scores, all derived from the stored predictions, and how far they can be trusted.

Scores are *pooled*: the answers about all held-out clips are counted together
first and scored once, as MEGC2019 asks (See et al., FG 2019). Averaging scores of
folds instead gives another number for the same answers; it is here by its own
name, so that the two are never confused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from sklearn.metrics import confusion_matrix as count_pairs
from sklearn.metrics import f1_score

from smastn.errors import MetricError
from smastn.evaluation.predictions import Prediction


@dataclass(frozen=True, slots=True)
class Scores:
    """Pooled scores, each 0 to 1.

    Attributes:
        accuracy: share of clips answered correctly.
        uf1: unweighted F1, the mean over classes of 2 TP / (2 TP + FP + FN).
        uar: unweighted average *recall*, the mean over classes of TP / (TP + FN).
        macro_precision: the mean over classes of TP / (TP + FP), 0 where a class was
            never answered. Not UAR, though it has been printed as UAR.
        weighted_f1: F1 of the classes, weighted by their clips.
    """

    accuracy: float
    uf1: float
    uar: float
    macro_precision: float
    weighted_f1: float


@dataclass(frozen=True, slots=True)
class ClassScores:
    """One class: how much of it was found, and how much of what was found was it.

    Attributes:
        clips: with this truth.
        answered: clips that were given this answer.
        precision: 0 where the class was never answered.
        recall: of the clips with this truth, the share answered so.
        f1: 2 TP / (2 TP + FP + FN).
    """

    clips: int
    answered: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class SubjectScore:
    """One held-out person: clips asked about, and how many were answered correctly.

    There is no F1 of one person: most people do not show every class.
    """

    subject: str
    clips: int
    correct: int


def emotions_in(predictions: Sequence[Prediction]) -> tuple[str, ...]:
    """Every emotion in truth, answers or probabilities, in alphabetical order."""
    names = {row.truth for row in predictions} | {row.predicted for row in predictions}
    return tuple(sorted(names.union(*(row.probabilities for row in predictions))))


def confusion_matrix(
    predictions: Sequence[Prediction], emotions: Sequence[str]
) -> Int64[ndarray, "truth predicted"]:
    """Clips by truth (rows) and answer (columns), both in the order of `emotions`.

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
    truth, answers = zip(*((row.truth, row.predicted) for row in predictions), strict=True)
    return count_pairs(truth, answers, labels=list(emotions)).astype(np.int64)


def pooled_scores(
    predictions: Sequence[Prediction], emotions: Sequence[str] | None = None
) -> Scores:
    """Pooled scores of one training seed's answers.

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
    values = score_confusions(confusion)
    return Scores(**{name: float(value) for name, value in values.items()})


def seed_scores(predictions: Sequence[Prediction]) -> dict[int, Scores]:
    """Pooled scores of each seed by itself, seeds in order.

    Raises:
        MetricError: as `pooled_scores`.
    """
    emotions = emotions_in(predictions)
    seeds = sorted({row.seed for row in predictions})
    return {
        seed: pooled_scores([row for row in predictions if row.seed == seed], emotions)
        for seed in seeds
    }


def score_confusions(
    confusion: Int64[ndarray, "*batch truth predicted"]
    | Float64[ndarray, "*batch truth predicted"],
) -> dict[str, Float64[ndarray, "*batch"]]:
    """The scores of `Scores` for one or many confusion matrices at once.

    Undefined (NaN) where a class has no clip; `pooled_scores` refuses that.
    """
    counts = confusion.astype(np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    true, answered = counts.sum(-1), counts.sum(-2)
    clips = true.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = hits / true
        f1 = np.where(true > 0, 2 * hits / (true + answered), np.nan)
        precision = np.where(answered > 0, hits / answered, 0.0)
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
    """Scores of each class, answers of all seeds together.

    Raises:
        MetricError: a class has no clip in the truth.
    """
    emotions = emotions or emotions_in(predictions)
    confusion = confusion_matrix(predictions, emotions)
    _check_truth(confusion, emotions)
    result = {}
    for index, name in enumerate(emotions):
        hits, true = int(confusion[index, index]), int(confusion[index].sum())
        answered = int(confusion[:, index].sum())
        precision = hits / answered if answered else 0.0
        f1 = 2 * hits / (true + answered)
        result[name] = ClassScores(true, answered, precision, hits / true, f1)
    return result


def subject_scores(predictions: Sequence[Prediction]) -> list[SubjectScore]:
    """Every held-out person, in the order of their names, answers of all seeds together."""
    found: dict[str, list[bool]] = {}
    for row in predictions:
        found.setdefault(row.subject, []).append(row.correct)
    return [SubjectScore(name, len(right), sum(right)) for name, right in sorted(found.items())]


def corpus_scores(predictions: Sequence[Prediction]) -> dict[str, Scores | None]:
    """Pooled scores of each corpus; None where it lacks a class, so that UF1 is undefined.

    Several seeds are averaged.

    Raises:
        MetricError: a clip is there twice for one seed and fold.
    """
    emotions = emotions_in(predictions)
    corpora = sorted({row.corpus for row in predictions})
    result: dict[str, Scores | None] = {}
    for corpus in corpora:
        rows = [row for row in predictions if row.corpus == corpus]
        whole = {row.truth for row in rows} == set(emotions)
        result[corpus] = mean_scores(list(seed_scores(rows).values())) if whole else None
    return result


def mean_scores(scores: Sequence[Scores]) -> Scores:
    """The mean of each score, over seeds."""
    names = Scores.__dataclass_fields__
    return Scores(**{n: float(np.mean([getattr(one, n) for one in scores])) for n in names})


def fold_averaged_f1(predictions: Sequence[Prediction]) -> float:
    """The mean over folds of macro F1 within a fold. *Not* UF1, though often printed as F1.

    Within a fold only the classes that occur there count. It is given to compare
    with papers that average so; the same answers score differently when pooled.
    """
    folds: dict[tuple[int, str], list[Prediction]] = {}
    for row in predictions:
        folds.setdefault((row.seed, row.fold), []).append(row)
    return float(np.mean([_macro_f1(rows) for rows in folds.values()]))


def _macro_f1(rows: Sequence[Prediction]) -> float:
    truth, answers = zip(*((row.truth, row.predicted) for row in rows), strict=True)
    return float(f1_score(truth, answers, average="macro"))


def _check_truth(confusion: Int64[ndarray, "truth predicted"], emotions: Sequence[str]) -> None:
    empty = [name for name, clips in zip(emotions, confusion.sum(1), strict=True) if not clips]
    if empty:
        raise MetricError(
            f"no clip of class {', '.join(empty)} in the truth, so their recall is undefined; "
            "pool the predictions of all folds before scoring"
        )


def _check_once(predictions: Sequence[Prediction]) -> None:
    asked = [(row.key, row.fold) for row in predictions]
    if len(set(asked)) < len(asked):
        twice = next(key for key, fold in asked if asked.count((key, fold)) > 1)
        raise MetricError(
            f"clip {twice} was answered more than once; wanted one answer a clip: score one "
            "seed at a time, as seed_scores does"
        )
