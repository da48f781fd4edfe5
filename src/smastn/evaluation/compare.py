"""Paired comparison of two runs over the same clips: is the difference more than chance?

McNemar's test takes clips for independent, which clips of one subject are not; the
permutation test swaps whole subjects and is to be preferred where the two disagree.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from scipy.stats import binomtest

from smastn.errors import InputError
from smastn.evaluation.compare_units import UnitComparison, compare_units
from smastn.evaluation.metrics import (
    Scores,
    pooled_scores,
    score_confusions,
    subject_confusions,
)
from smastn.evaluation.permutations import p_value, subject_permutations
from smastn.evaluation.predictions import Prediction, grouped, read_predictions


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the second run's predictions differ from the first's.

    Attributes:
        clips: predicted by both.
        subjects: how many the clips are of.
        gain: score of the second minus that of the first, by the names of `Scores`.
        only_first: clips that only the first predicted correctly.
        only_second: clips that only the second predicted correctly.
        mcnemar: exact two-sided p-value of McNemar's test.
        p_values: two-sided permutation p-value of each gain, by subject.
        permutations: how many were computed.
        exact: whether these are all there are.
    """

    clips: int
    subjects: int
    gain: dict[str, float]
    only_first: int
    only_second: int
    mcnemar: float
    p_values: dict[str, float]
    permutations: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """One seed of the first run and one of the second.

    Attributes:
        seeds: of the first and of the second.
        first: pooled scores.
        second: pooled scores.
        comparison: how they differ, and whether by more than chance.
        units: the same of action units; None where they are not in both.
    """

    seeds: tuple[int, int]
    first: Scores
    second: Scores
    comparison: Comparison
    units: UnitComparison | None = None


def compare(first: str | Path, second: str | Path, permutations: int = 5000) -> list[Pairing]:
    """Compare two runs seed by seed; a run of one seed is compared with every seed of the other.

    Args:
        first: run folder of `evaluate`, or a ``predictions.csv``.
        second: another over the same clips.
        permutations: of whole subjects, for the p-value; all, where there are not as many.

    Returns:
        For each pair of seeds both scores, the gain, McNemar's and the permutation p-value.

    Raises:
        InputError: a run is not finished, clips or truths differ, or no seed is in both.
    """
    one, two = _by_seed(Path(first)), _by_seed(Path(second))
    if len(one) == 1 or len(two) == 1:
        seeds = [(a, b) for a in one for b in two]
    else:
        seeds = [(seed, seed) for seed in one if seed in two]
    if not seeds:
        raise InputError(
            f"{first} has the seeds {', '.join(map(str, one))} and {second} "
            f"{', '.join(map(str, two))}; wanted one in both: run one of them with the other's"
        )
    return [
        Pairing(
            (a, b),
            pooled_scores(one[a]),
            pooled_scores(two[b]),
            compare_predictions(one[a], two[b], permutations),
            compare_units(one[a], two[b], permutations),
        )
        for a, b in seeds
    ]


def compare_predictions(
    first: Sequence[Prediction],
    second: Sequence[Prediction],
    permutations: int = 5000,
    seed: int = 0,
) -> Comparison:
    """Compare two sets of predictions of the same clips, one seed each.

    Args:
        first: one prediction a clip (and fold).
        second: of the same clips, in any order.
        permutations: how many are drawn where there are too many subjects for all.
        seed: of drawing them.

    Raises:
        InputError: the clips or their truths differ.
        MetricError: a clip is there twice, or a class has no clip in the truth.
    """
    pairs = _pairs(first, second)
    before, after = (asdict(pooled_scores(rows)) for rows in (first, second))
    only_first = sum(one.correct and not two.correct for one, two in pairs)
    only_second = sum(two.correct and not one.correct for one, two in pairs)
    subjects = list(dict.fromkeys(one.subject for one, _ in pairs))
    counts = subject_confusions([list(side) for side in zip(*pairs, strict=True)], subjects)
    swapped, exact = subject_permutations(len(counts), permutations, np.random.default_rng(seed))
    differing = only_first + only_second
    return Comparison(
        clips=len(pairs),
        subjects=len(counts),
        gain={name: after[name] - before[name] for name in before},
        only_first=only_first,
        only_second=only_second,
        mcnemar=float(binomtest(only_first, differing).pvalue) if differing else 1.0,
        p_values=_p_values(counts, swapped, exact),
        permutations=len(swapped),
        exact=exact,
    )


def _by_seed(place: Path) -> dict[int, list[Prediction]]:
    found = grouped(read_predictions(place), lambda row: row.seed)
    if not found:
        raise InputError(f"{place} holds no prediction; wanted one a clip: did every fold fail?")
    return found


def _pairs(
    first: Sequence[Prediction], second: Sequence[Prediction]
) -> list[tuple[Prediction, Prediction]]:
    # Fold names differ between protocols, so they count only where a clip is in several folds.
    once = all(len({row.key for row in rows}) == len(rows) for rows in (first, second))
    one, two = (
        {(row.key, "" if once else row.fold): row for row in rows} for rows in (first, second)
    )
    if odd := sorted(one.keys() ^ two.keys()):
        raise InputError(
            f"{len(odd)} clips were predicted by one only, first {odd[0][0]}; wanted the same "
            "clips on both sides: run both experiments over one sample list"
        )
    pairs = [(row, two[key]) for key, row in one.items()]
    if odd := [a.key for a, b in pairs if a.truth != b.truth]:
        raise InputError(
            f"{len(odd)} clips have another truth on the other side, first {odd[0]}; wanted one "
            "grouping of labels: run both experiments with the same one"
        )
    return pairs


def _p_values(
    counts: Int64[ndarray, "subjects 2 truth predicted"],
    swapped: Int64[ndarray, "permutations subjects"],
    exact: bool,
) -> dict[str, float]:
    """Share of permutations whose gain is at least as large, either way, as the observed one."""
    moved = np.tensordot(swapped, counts[:, 1] - counts[:, 0], axes=1)
    observed = _gains(counts[:, 0].sum(0), counts[:, 1].sum(0))
    permuted = _gains(counts[:, 0].sum(0) + moved, counts[:, 1].sum(0) - moved)
    return {name: p_value(permuted[name], float(observed[name]), exact) for name in observed}


def _gains(
    first: Int64[ndarray, "*batch truth predicted"],
    second: Int64[ndarray, "*batch truth predicted"],
) -> dict[str, Float64[ndarray, "*batch"]]:
    """How much larger each score is of the second confusion matrices, without sign."""
    before, after = score_confusions(first), score_confusions(second)
    return {name: np.asarray(abs(after[name] - before[name])) for name in before}
