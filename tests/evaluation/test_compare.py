"""Paired tests: equal runs do not differ, and subjects count, not clips."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from smastn.errors import InputError
from smastn.evaluation.compare import compare_predictions
from smastn.evaluation.predictions import Prediction


def predicted(subjects: int, clips: int, right: float, seed: int) -> list[Prediction]:
    generator = np.random.default_rng(seed)
    rows = []
    for subject in range(subjects):
        for index in range(clips):
            truth = "ab"[index % 2]
            hit = generator.random() < right
            predicted = truth if hit else "ab"[1 - index % 2]
            rows.append(
                Prediction(f"x/{subject}", f"c{index}", 0, f"x/{subject}", truth, predicted)
            )
    return rows


def test_the_same_predictions_do_not_differ() -> None:
    rows = predicted(8, 6, 0.7, 0)
    found = compare_predictions(rows, rows)
    assert set(found.gain.values()) == {0.0}
    assert found.mcnemar == 1
    assert set(found.p_values.values()) == {1.0}


def test_mcnemar_is_the_exact_binomial_test_of_the_clips_that_differ() -> None:
    one, two = predicted(10, 10, 0.6, 0), predicted(10, 10, 0.8, 1)
    found = compare_predictions(one, two)
    total = found.only_first + found.only_second
    assert found.mcnemar == pytest.approx(binomtest(found.only_first, total).pvalue)
    assert found.gain["accuracy"] == pytest.approx((found.only_second - found.only_first) / 100)


def test_a_subject_with_many_clips_is_one_subject() -> None:
    """Only one subject differs: significant by clip, not by subject."""
    rows = predicted(8, 20, 1.0, 0)
    worse = [
        replace(row, predicted="ab"["ba".index(row.truth)]) if row.subject == "x/3" else row
        for row in rows
    ]
    found = compare_predictions(rows, worse)
    assert found.mcnemar < 1e-4
    assert found.p_values["accuracy"] == 1
    assert found.exact
    assert found.permutations == 2**8


def test_the_smallest_p_value_depends_on_the_number_of_subjects() -> None:
    found = compare_predictions(predicted(6, 10, 0.0, 0), predicted(6, 10, 1.0, 0))
    assert found.p_values["accuracy"] == pytest.approx(2 / 2**6)


def test_many_subjects_are_swapped_at_random_and_no_p_value_is_zero() -> None:
    one, two = predicted(20, 4, 0.1, 0), predicted(20, 4, 0.9, 1)
    found = compare_predictions(one, two, permutations=199)
    assert not found.exact
    assert found.p_values["uf1"] == pytest.approx(1 / 200)
    assert found == compare_predictions(one, list(reversed(two)), permutations=199)


def test_equal_methods_are_significant_as_rarely_as_stated() -> None:
    values = [
        compare_predictions(predicted(10, 6, 0.7, 2 * trial), predicted(10, 6, 0.7, 2 * trial + 1))
        for trial in range(60)
    ]
    small = np.mean([one.p_values["accuracy"] <= 0.1 for one in values])
    assert small <= 0.2


def test_other_clips_or_truths_are_refused() -> None:
    rows = predicted(3, 4, 0.5, 0)
    with pytest.raises(InputError, match="1 clips were predicted by one only, first x/0/c0"):
        compare_predictions(rows, rows[1:])
    other = [replace(rows[0], truth="b" if rows[0].truth == "a" else "a"), *rows[1:]]
    with pytest.raises(InputError, match="another truth on the other side, first x/0/c0"):
        compare_predictions(rows, other)
