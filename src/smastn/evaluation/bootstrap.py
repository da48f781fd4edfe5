"""Confidence intervals of scores: the bootstrap over subjects.

Clips of one subject resemble each other, so subjects are resampled, not clips (cluster
bootstrap; Davison and Hinkley, 1997, section 3.8). The interval covers the choice of
subjects; it does not cover the randomness of training, which several seeds show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from numpy import ndarray

from smastn.errors import MetricError
from smastn.evaluation.metrics import score_confusions, subject_confusions
from smastn.evaluation.predictions import Prediction, grouped

_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with its interval.

    Attributes:
        value: the pooled score, averaged over seeds.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Percentile intervals of every score.

    Attributes:
        intervals: by the names of `Scores`.
        level: share of resamples inside, such as 0.95.
        resamples: how many were used.
        undefined: how many more were left out, because a class had no clip in them.
        subjects: how many were resampled.
    """

    intervals: dict[str, Interval]
    level: float
    resamples: int
    undefined: int
    subjects: int


def bootstrap_subjects(
    predictions: Sequence[Prediction], resamples: int = 2000, seed: int = 0, level: float = 0.95
) -> Bootstrap:
    """Percentile intervals of every score, from resampling subjects with replacement.

    The predictions of every seed about a resampled subject are used; scores are averaged over
    seeds.

    Args:
        predictions: of one or more seeds.
        resamples: how many to use; resamples in which a class has no clip are replaced.
        seed: of the resampling; the same seed gives the same interval.
        level: share of the resamples that the interval holds.

    Raises:
        MetricError: a class has no clip at all, or is so rare that most resamples miss it.
    """
    subjects = sorted({row.subject for row in predictions})
    seeds = grouped(predictions, lambda row: row.seed)
    counts = subject_confusions([seeds[seed] for seed in sorted(seeds)], subjects)
    whole = _scores(counts.sum(0)[None])
    if np.isnan(whole["uf1"]).any():
        raise MetricError(
            "a class has no clip in the truth, so its scores are undefined; "
            "pool the predictions of all folds before scoring"
        )
    drawn, undefined = _draw(counts, resamples, np.random.default_rng(seed))
    tail = (1 - level) / 2
    intervals = {}
    for name, values in drawn.items():
        low, high = np.quantile(values, (tail, 1 - tail))
        intervals[name] = Interval(float(whole[name][0]), float(low), float(high))
    return Bootstrap(intervals, level, resamples, undefined, len(counts))


def _draw(
    counts: Int64[ndarray, "subjects seeds truth predicted"],
    wanted: int,
    generator: np.random.Generator,
) -> tuple[dict[str, Float64[ndarray, " resamples"]], int]:
    """Scores of `wanted` resamples in which every class occurs, and how many lacked one."""
    subjects = len(counts)
    parts: dict[str, list[ndarray]] = {}
    used = tried = 0
    while used < wanted:
        if tried > 20 * wanted:
            raise MetricError(
                f"only {used} of {tried} resamples of {subjects} subjects held every class; wanted "
                "most of them: too few subjects show the rarest class for an interval"
            )
        times = generator.multinomial(subjects, np.full(subjects, 1 / subjects), size=_CHUNK)
        scores = _scores(np.tensordot(times, counts, axes=1))
        kept = np.flatnonzero(~np.isnan(scores["uf1"]))
        last = kept[: wanted - used]
        tried += int(last[-1]) + 1 if len(kept) > wanted - used else _CHUNK
        used += len(last)
        for name, values in scores.items():
            parts.setdefault(name, []).append(values[last])
    return {name: np.concatenate(values) for name, values in parts.items()}, tried - used


def _scores(
    counts: Int64[ndarray, "draws seeds truth predicted"],
) -> dict[str, Float64[ndarray, " draws"]]:
    return {name: values.mean(-1) for name, values in score_confusions(counts).items()}
