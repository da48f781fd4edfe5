"""Scores follow their definitions, and are refused where they have none."""

import numpy as np
import pytest
from sklearn import metrics as reference

from smastn.errors import MetricError
from smastn.evaluation.metrics import (
    class_scores,
    confusion_matrix,
    corpus_scores,
    fold_averaged_f1,
    pooled_scores,
    seed_scores,
    subject_scores,
)
from smastn.evaluation.predictions import Prediction

EMOTIONS = ("negative", "positive", "surprise")


def predicted_as(
    pairs: list[tuple[str, str]], subject: str = "x/1", seed: int = 0
) -> list[Prediction]:
    return [
        Prediction(subject, f"c{index}", seed, subject, truth, predicted)
        for index, (truth, predicted) in enumerate(pairs)
    ]


def random_predictions(count: int = 200) -> list[Prediction]:
    generator = np.random.default_rng(0)
    rows = []
    for index in range(count):
        truth, guess = generator.choice(EMOTIONS, 2, p=(0.6, 0.25, 0.15))
        predicted = truth if generator.random() < 0.4 else guess
        subject = f"x/{index % 9}"
        rows.append(Prediction(subject, f"c{index}", 0, subject, str(truth), str(predicted)))
    return rows


def test_all_scores_agree_with_scikit_learn() -> None:
    rows = random_predictions()
    truth, guess = [row.truth for row in rows], [row.predicted for row in rows]
    scores = pooled_scores(rows)
    assert scores.accuracy == pytest.approx(reference.accuracy_score(truth, guess))
    assert scores.uf1 == pytest.approx(reference.f1_score(truth, guess, average="macro"))
    assert scores.uar == pytest.approx(reference.balanced_accuracy_score(truth, guess))
    precision = reference.precision_score(truth, guess, average="macro")
    assert scores.macro_precision == pytest.approx(precision)
    weighted = reference.f1_score(truth, guess, average="weighted")
    assert scores.weighted_f1 == pytest.approx(weighted)


def test_the_majority_class_of_three_has_a_recall_of_one_third() -> None:
    rows = predicted_as([("a", "a")] * 6 + [("b", "a")] * 3 + [("c", "a")])
    scores = pooled_scores(rows)
    assert scores.accuracy == pytest.approx(0.6)
    assert scores.uar == pytest.approx(1 / 3)
    assert scores.uf1 == pytest.approx(2 * 6 / (2 * 6 + 4) / 3)
    assert scores.macro_precision == pytest.approx(0.6 / 3)


def test_recall_is_not_precision() -> None:
    scores = pooled_scores(predicted_as([("a", "a"), ("a", "b"), ("a", "b"), ("b", "b")]))
    assert scores.uar == pytest.approx((1 / 3 + 1) / 2)
    assert scores.macro_precision == pytest.approx((1 + 1 / 3) / 2)


def test_the_rows_of_the_confusion_matrix_are_the_truth() -> None:
    matrix = confusion_matrix(predicted_as([("a", "b"), ("a", "b"), ("b", "b")]), ("a", "b"))
    assert matrix.tolist() == [[0, 2], [0, 1]]


def test_a_class_without_clips_is_refused_not_dropped() -> None:
    rows = predicted_as([("a", "a"), ("b", "c")])
    with pytest.raises(MetricError, match="no clip of class c in the truth, so their recall"):
        pooled_scores(rows)
    with pytest.raises(MetricError, match="no clip of class c"):
        class_scores(rows)


def test_an_emotion_that_is_not_listed_is_refused_not_dropped() -> None:
    with pytest.raises(MetricError, match="b is not among a, c"):
        confusion_matrix(predicted_as([("a", "b")]), ("a", "c"))


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(MetricError, match="no prediction to score"):
        pooled_scores([], EMOTIONS)


def test_two_seeds_are_not_pooled_by_accident() -> None:
    rows = predicted_as([("a", "a"), ("b", "a")]) + predicted_as([("a", "a"), ("b", "b")], seed=1)
    with pytest.raises(MetricError, match="clip x/1/c0 has 2 predictions"):
        pooled_scores(rows)
    assert [scores.accuracy for scores in seed_scores(rows).values()] == [0.5, 1.0]


def test_averaging_over_folds_gives_another_number_than_pooling() -> None:
    easy = predicted_as([("a", "a")] * 3, "x/1")
    hard = predicted_as([("a", "b"), ("b", "b"), ("b", "a")], "x/2")
    macro_hard = (0 + 2 / 4) / 2
    assert fold_averaged_f1(easy + hard) == pytest.approx((1 + macro_hard) / 2)
    assert pooled_scores(easy + hard).uf1 == pytest.approx((6 / 8 + 2 / 4) / 2)


def test_class_scores_average_to_the_pooled_ones() -> None:
    rows = random_predictions()
    classes, scores = class_scores(rows), pooled_scores(rows)
    assert np.mean([one.f1 for one in classes.values()]) == pytest.approx(scores.uf1)
    assert np.mean([one.recall for one in classes.values()]) == pytest.approx(scores.uar)
    assert sum(one.clips for one in classes.values()) == len(rows)


def test_each_subject_counts_its_own_clips() -> None:
    rows = predicted_as([("a", "a"), ("a", "b")], "x/2") + predicted_as([("b", "b")], "x/1")
    found = [(one.subject, one.clips, one.correct) for one in subject_scores(rows)]
    assert found == [("x/1", 1, 1), ("x/2", 2, 1)]


def test_a_corpus_that_lacks_a_class_has_no_uf1() -> None:
    rows = predicted_as([("a", "a"), ("b", "b")], "x/1") + predicted_as([("a", "a")], "y/1")
    scores = corpus_scores(rows)
    assert scores["y"] is None
    assert scores["x"] is not None
    assert scores["x"].uf1 == 1
