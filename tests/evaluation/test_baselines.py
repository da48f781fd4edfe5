"""Baselines on the same folds; the shortcut to the linear classifier is exact."""

from collections import Counter

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from smastn.evaluation.baselines import baseline_predictions, linear_svc, majority_class
from smastn.evaluation.study import Study


def test_both_predict_every_clip_in_the_fold_that_holds_it_out(study: Study) -> None:
    for rows in baseline_predictions(study).values():
        assert [row.key for row in rows] == [clip.key for clip in study.clips]
        assert all(row.fold == row.subject for row in rows)


def test_the_majority_is_that_of_the_training_side(study: Study) -> None:
    for fold in study.folds():
        counts = Counter(clip.emotion for clip in fold.train)
        for row in majority_class(fold):
            assert counts[row.predicted] == max(counts.values())
            shares = {name: count / len(fold.train) for name, count in counts.items()}
            assert row.probabilities == pytest.approx(shares)


def test_the_span_of_the_training_clips_holds_the_same_classifier(study: Study) -> None:
    describe = study.experiment.input.describe
    pixels = {clip.key: describe(study.frames(clip)).ravel() for clip in study.clips}
    for fold in study.folds():
        plain = make_pipeline(
            StandardScaler(),
            LinearSVC(C=1e-3, class_weight="balanced", max_iter=20_000, random_state=0),
        )
        train, test = (
            np.stack([pixels[clip.key].double().numpy() for clip in side])
            for side in (fold.train, fold.test)
        )
        plain.fit(train, [clip.emotion for clip in fold.train])
        expected = plain.predict(test)
        assert [row.predicted for row in linear_svc(fold, pixels)] == expected.tolist()


def test_clips_that_are_all_alike_are_classified_too(study: Study) -> None:
    fold = study.folds()[0]
    rows = linear_svc(fold, {clip.key: torch.zeros(12) for clip in study.clips})
    known = {clip.emotion for clip in fold.train}
    assert len(rows) == len(fold.test) and {row.predicted for row in rows} <= known


def test_the_linear_classifier_separates_drifts_that_the_majority_class_cannot(
    study: Study,
) -> None:
    rows = baseline_predictions(study)
    right = {name: sum(row.correct for row in own) for name, own in rows.items()}
    assert right["linear SVC"] > right["majority class"]
