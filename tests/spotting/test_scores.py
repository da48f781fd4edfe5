import pytest
from numpy.random import default_rng

from smastn.errors import MetricError
from smastn.spotting.scores import SpottingScore, overlap, pooled, score_spotting


def test_overlap_counts_both_ends() -> None:
    assert overlap((10, 19), (10, 19)) == 1
    assert overlap((10, 19), (15, 24)) == pytest.approx(5 / 15)
    assert overlap((10, 10), (10, 10)) == 1
    assert overlap((10, 19), (20, 29)) == 0


def test_half_of_the_union_is_a_hit_and_less_is_none() -> None:
    assert score_spotting([(0, 4)], [(0, 9)]) == SpottingScore(1, 0, 0)
    assert score_spotting([(0, 3)], [(0, 9)]) == SpottingScore(0, 1, 1)


def test_one_answer_for_one_truth() -> None:
    assert score_spotting([(0, 9), (1, 9)], [(0, 9)]) == SpottingScore(1, 1, 0)
    assert score_spotting([(0, 19)], [(0, 9), (10, 19)]) == SpottingScore(1, 0, 1)


def test_no_pairing_finds_more_hits() -> None:
    def best(spotted: list, true: list) -> int:
        if not spotted:
            return 0
        skipped = best(spotted[1:], true)
        takes = [
            1 + best(spotted[1:], [other for other in true if other != one])
            for one in true
            if overlap(spotted[0], one) >= 0.5
        ]
        return max([skipped, *takes])

    generator = default_rng(0)
    for _ in range(200):
        both = []
        for _side in range(2):
            starts = generator.choice(6, 4, replace=False) * 6 + generator.integers(0, 3, 4)
            lengths = generator.integers(2, 6, 4)
            ends = starts + lengths - 1
            both.append([(int(a), int(b)) for a, b in zip(starts, ends, strict=True)])
        assert score_spotting(*both).hits == best(*both)


def test_scores_follow_from_pooled_counts() -> None:
    total = pooled([SpottingScore(3, 1, 0), SpottingScore(0, 2, 4), SpottingScore(0, 0, 0)])
    assert total == SpottingScore(3, 3, 4)
    assert total.precision == pytest.approx(3 / 6)
    assert total.recall == pytest.approx(3 / 7)
    assert total.f1 == pytest.approx(2 * 3 / (2 * 3 + 3 + 4))


def test_a_score_without_meaning_is_refused() -> None:
    with pytest.raises(MetricError, match="nothing was spotted"):
        _ = SpottingScore(0, 0, 3).precision
    with pytest.raises(MetricError, match="no true interval"):
        _ = SpottingScore(0, 1, 0).recall
