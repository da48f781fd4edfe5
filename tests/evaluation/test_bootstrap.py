"""Intervals come from resampling subjects, not clips."""

import numpy as np
import pytest

from smastn.errors import MetricError
from smastn.evaluation.bootstrap import bootstrap_subjects
from smastn.evaluation.metrics import pooled_scores
from smastn.evaluation.predictions import Prediction


def study(subjects: int, clips: int, alike: bool, seed: int = 0) -> list[Prediction]:
    """Half of the predictions are correct: by subject if `alike`, else by clip."""
    generator = np.random.default_rng(seed)
    rows = []
    for subject in range(subjects):
        for index in range(clips):
            truth = "ab"[index % 2]
            right = subject % 2 == 0 if alike else bool(generator.random() < 0.5)
            predicted = truth if right else "ab"[1 - index % 2]
            rows.append(
                Prediction(f"x/{subject}", f"c{index}", 0, f"x/{subject}", truth, predicted)
            )
    return rows


def width(rows: list[Prediction]) -> float:
    interval = bootstrap_subjects(rows, 1000).intervals["accuracy"]
    return interval.high - interval.low


def test_the_interval_holds_the_pooled_score() -> None:
    rows = study(10, 8, alike=False)
    bootstrap, scores = bootstrap_subjects(rows, 500), pooled_scores(rows)
    for name, interval in bootstrap.intervals.items():
        assert interval.value == pytest.approx(getattr(scores, name))
        assert interval.low <= interval.value <= interval.high
    assert (bootstrap.resamples, bootstrap.undefined, bootstrap.subjects) == (500, 0, 10)


def test_clips_of_one_subject_are_not_taken_for_many_subjects() -> None:
    assert width(study(20, 20, alike=True)) > 2 * width(study(20, 20, alike=False))


def test_the_interval_of_accuracy_has_the_width_of_the_binomial_law() -> None:
    expected = 2 * 1.96 * np.sqrt(0.25 / 40)
    assert width(study(40, 2, alike=True)) == pytest.approx(expected, rel=0.15)


def test_the_same_seed_gives_the_same_interval() -> None:
    rows = study(8, 6, alike=False)
    assert bootstrap_subjects(rows, 100, seed=1) == bootstrap_subjects(rows, 100, seed=1)
    assert bootstrap_subjects(rows, 100, seed=1) != bootstrap_subjects(rows, 100, seed=2)


def test_resamples_that_miss_a_class_are_counted_and_replaced() -> None:
    rows = [*study(6, 4, alike=False), Prediction("x/0", "odd", 0, "x/0", "c", "c")]
    bootstrap = bootstrap_subjects(rows, 1000)
    missed = bootstrap.undefined / (bootstrap.resamples + bootstrap.undefined)
    assert missed == pytest.approx((5 / 6) ** 6, abs=0.05)
    assert bootstrap.resamples == 1000


def test_a_class_without_clips_has_no_interval() -> None:
    rows = [Prediction("x/1", "c", 0, "x/1", "a", "b")]
    with pytest.raises(MetricError, match="a class has no clip in the truth"):
        bootstrap_subjects(rows)


def test_two_seeds_are_averaged() -> None:
    rows = study(6, 4, alike=False, seed=0)
    other = [Prediction(row.subject, row.clip, 1, row.fold, row.truth, row.truth) for row in rows]
    both = bootstrap_subjects(rows + other, 50).intervals["uf1"].value
    assert both == pytest.approx((pooled_scores(rows).uf1 + 1) / 2)
