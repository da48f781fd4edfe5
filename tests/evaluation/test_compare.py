"""Paired tests: what is alike is called alike, and people count, not clips."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from smastn.errors import InputError
from smastn.evaluation.compare import compare
from smastn.evaluation.predictions import Prediction


def answers(people: int, clips: int, right: float, seed: int) -> list[Prediction]:
    generator = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for index in range(clips):
            truth = "ab"[index % 2]
            hit = generator.random() < right
            predicted = truth if hit else "ab"[1 - index % 2]
            rows.append(Prediction(f"x/{person}", f"c{index}", 0, f"x/{person}", truth, predicted))
    return rows


def test_the_same_answers_do_not_differ() -> None:
    rows = answers(8, 6, 0.7, 0)
    found = compare(rows, rows)
    assert set(found.gain.values()) == {0.0}
    assert found.mcnemar == 1
    assert set(found.p_values.values()) == {1.0}


def test_mcnemar_is_the_exact_binomial_test_of_the_clips_that_differ() -> None:
    one, two = answers(10, 10, 0.6, 0), answers(10, 10, 0.8, 1)
    found = compare(one, two)
    total = found.only_first + found.only_second
    assert found.mcnemar == pytest.approx(binomtest(found.only_first, total).pvalue)
    assert found.gain["accuracy"] == pytest.approx((found.only_second - found.only_first) / 100)


def test_a_person_of_many_clips_is_one_person() -> None:
    """All that differs is one person: clips say much, people say nothing."""
    rows = answers(8, 20, 1.0, 0)
    worse = [
        replace(row, predicted="ab"["ba".index(row.truth)]) if row.subject == "x/3" else row
        for row in rows
    ]
    found = compare(rows, worse)
    assert found.mcnemar < 1e-4
    assert found.p_values["accuracy"] == 1
    assert found.exact
    assert found.permutations == 2**8


def test_everybody_better_is_as_rare_as_the_number_of_people_allows() -> None:
    found = compare(answers(6, 10, 0.0, 0), answers(6, 10, 1.0, 0))
    assert found.p_values["accuracy"] == pytest.approx(2 / 2**6)


def test_many_people_are_swapped_at_random_and_never_give_zero() -> None:
    one, two = answers(20, 4, 0.1, 0), answers(20, 4, 0.9, 1)
    found = compare(one, two, permutations=199)
    assert not found.exact
    assert found.p_values["uf1"] == pytest.approx(1 / 200)
    assert found == compare(one, list(reversed(two)), permutations=199)


def test_luck_is_called_luck_as_often_as_it_should_be() -> None:
    values = [
        compare(answers(10, 6, 0.7, 2 * trial), answers(10, 6, 0.7, 2 * trial + 1))
        for trial in range(60)
    ]
    small = np.mean([one.p_values["accuracy"] <= 0.1 for one in values])
    assert small <= 0.2


def test_other_clips_or_truths_are_refused() -> None:
    rows = answers(3, 4, 0.5, 0)
    with pytest.raises(InputError, match="1 clips were predicted by one only, first x/0/c0"):
        compare(rows, rows[1:])
    other = [replace(rows[0], truth="b" if rows[0].truth == "a" else "a"), *rows[1:]]
    with pytest.raises(InputError, match="another truth on the other side, first x/0/c0"):
        compare(rows, other)
