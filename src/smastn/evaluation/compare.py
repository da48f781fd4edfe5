"""Two ways of answering about the same clips: is one better, or luckier?

Both tests are paired. McNemar's looks at clips and takes them for independent, which
clips of one person are not; the permutation test swaps whole people and is the one to
believe where they disagree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray
from scipy.stats import binom

from smastn.errors import InputError
from smastn.evaluation.metrics import (
    Scores,
    confusion_matrix,
    emotions_in,
    pooled_scores,
    score_confusions,
)
from smastn.evaluation.predictions import Prediction, read_run_predictions

_EXACT_PEOPLE = 14


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the second set of answers differs from the first.

    Attributes:
        clips: answered by both.
        people: whom they are of.
        gain: score of the second minus that of the first, by the names of `Scores`.
        only_first: clips that only the first answered correctly.
        only_second: clips that only the second answered correctly.
        mcnemar: exact two-sided p-value of these two counts being alike.
        permutation: two-sided p-value of each gain, whole people swapped.
        swaps: arrangements looked at; all there are where `exact`.
        exact: whether every arrangement was looked at.
    """

    clips: int
    people: int
    gain: dict[str, float]
    only_first: int
    only_second: int
    mcnemar: float
    permutation: dict[str, float]
    swaps: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """One seed of the first run and one of the second.

    Attributes:
        seeds: of the first and of the second.
        first: pooled scores.
        second: pooled scores.
        comparison: how they differ, and whether by more than chance.
    """

    seeds: tuple[int, int]
    first: Scores
    second: Scores
    comparison: Comparison


def compare_runs(first: str | Path, second: str | Path, swaps: int = 5000) -> list[Pairing]:
    """Compare two runs seed by seed; a run of one seed is compared with every seed of the other.

    Args:
        first: run folder, or a file such as predictions.csv.
        second: another over the same clips.
        swaps: see `compare`.

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
            compare(one[a], two[b], swaps),
        )
        for a, b in seeds
    ]


def _by_seed(place: Path) -> dict[int, list[Prediction]]:
    found: dict[int, list[Prediction]] = {}
    for row in read_run_predictions(place):
        found.setdefault(row.seed, []).append(row)
    if not found:
        raise InputError(f"{place} holds no prediction; wanted one a clip: did every fold fail?")
    return found


def compare(
    first: Sequence[Prediction], second: Sequence[Prediction], swaps: int = 5000, seed: int = 0
) -> Comparison:
    """Compare two sets of answers about the same clips, one seed each.

    Args:
        first: one answer a clip.
        second: the same clips, in any order.
        swaps: arrangements drawn where there are too many people to try all.
        seed: of these draws.

    Raises:
        InputError: the clips or their truths differ.
        MetricError: a clip is there twice, or a class has no clip in the truth.
    """
    pairs = _pairs(first, second)
    scores = [pooled_scores(rows) for rows in (first, second)]
    names = type(scores[0]).__dataclass_fields__
    gain = {name: getattr(scores[1], name) - getattr(scores[0], name) for name in names}
    only_first = sum(one.correct and not two.correct for one, two in pairs)
    only_second = sum(two.correct and not one.correct for one, two in pairs)
    counts = _person_counts(pairs)
    swapped, exact = _arrangements(len(counts), swaps, np.random.default_rng(seed))
    return Comparison(
        clips=len(pairs),
        people=len(counts),
        gain=gain,
        only_first=only_first,
        only_second=only_second,
        mcnemar=_mcnemar(only_first, only_second),
        permutation=_permutation(counts, swapped, exact),
        swaps=len(swapped),
        exact=exact,
    )


def _pairs(
    first: Sequence[Prediction], second: Sequence[Prediction]
) -> list[tuple[Prediction, Prediction]]:
    identity = _identity([first, second])
    others = {identity(row): row for row in second}
    keys = {identity(row) for row in first}
    if odd := sorted(keys ^ others.keys()):
        raise InputError(
            f"{len(odd)} clips were answered by one only, first {odd[0][0]}; wanted the same clips "
            "on both sides: run both experiments over one sample list"
        )
    pairs = [(row, others[identity(row)]) for row in first]
    if odd := [one.key for one, two in pairs if one.truth != two.truth]:
        raise InputError(
            f"{len(odd)} clips have another truth on the other side, first {odd[0]}; wanted one "
            "grouping of labels: run both experiments with the same one"
        )
    return pairs


def _identity(
    sides: Sequence[Sequence[Prediction]],
) -> Callable[[Prediction], tuple[str, str]]:
    """What makes two rows answers about the same: the clip; its fold too where it has several.

    Folds are called otherwise in another protocol, so they count only where they must.
    """
    once = all(len({row.key for row in rows}) == len(rows) for rows in sides)
    return lambda row: (row.key, "" if once else row.fold)


def _mcnemar(only_first: int, only_second: int) -> float:
    """Exact: of the clips that tell the two apart, each is a fair coin if they are alike."""
    fewer, total = min(only_first, only_second), only_first + only_second
    return min(1.0, 2 * float(binom.cdf(fewer, total, 0.5))) if total else 1.0


def _person_counts(
    pairs: Sequence[tuple[Prediction, Prediction]],
) -> Int64[ndarray, "people 2 truth predicted"]:
    """Confusion matrices of each person, by the first and by the second."""
    emotions = emotions_in([row for pair in pairs for row in pair])
    people: dict[str, list[tuple[Prediction, Prediction]]] = {}
    for pair in pairs:
        people.setdefault(pair[0].subject, []).append(pair)
    return np.stack(
        [
            np.stack([confusion_matrix([pair[side] for pair in own], emotions) for side in (0, 1)])
            for own in people.values()
        ]
    )


def _arrangements(
    people: int, swaps: int, generator: np.random.Generator
) -> tuple[Int64[ndarray, "swaps people"], bool]:
    """Who is swapped, 0 or 1: every arrangement where there are few people, else drawn ones."""
    if people <= _EXACT_PEOPLE:
        return np.arange(2**people)[:, None] >> np.arange(people) & 1, True
    return generator.integers(0, 2, size=(swaps, people)), False


def _permutation(
    counts: Int64[ndarray, "people 2 truth predicted"],
    swapped: Int64[ndarray, "swaps people"],
    exact: bool,
) -> dict[str, float]:
    """How often a gain at least as large, either way, comes about by swapping people."""
    change = counts[:, 1] - counts[:, 0]
    moved = np.tensordot(swapped, change, axes=1)
    one, two = counts[:, 0].sum(0) + moved, counts[:, 1].sum(0) - moved
    before, after = score_confusions(one), score_confusions(two)
    seen = {
        name: (score_confusions(counts[:, 1].sum(0))[name] - value)
        for name, value in score_confusions(counts[:, 0].sum(0)).items()
    }
    return {
        name: _share(np.abs(after[name] - before[name]), abs(float(seen[name])), exact)
        for name in seen
    }


def _share(gains: Float64[ndarray, " swaps"], seen: float, exact: bool) -> float:
    """Share of gains at least as large; drawn ones count the observed one in (never zero)."""
    larger = int((gains >= seen - 1e-12).sum())
    return larger / len(gains) if exact else (larger + 1) / (len(gains) + 1)
