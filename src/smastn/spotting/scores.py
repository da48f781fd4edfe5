"""How spotted intervals are scored, as the MEGC spotting challenges do.

A spotted interval is a hit when it shares at least half of their union with a
true one, on inclusive frames; one spotted interval answers for one true one. The
counts of all films are added before precision, recall and F1 are taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smastn.errors import MetricError

Frames = tuple[int, int]
"""First and last frame of an interval, both inclusive."""

HIT = 0.5
"""Least intersection over union of a hit."""


@dataclass(frozen=True, slots=True)
class SpottingScore:
    """Counts over one film or many; add two of them to pool.

    Attributes:
        hits: true intervals that were spotted.
        false_alarms: spotted intervals that are none.
        misses: true intervals that were not spotted.
    """

    hits: int
    false_alarms: int
    misses: int

    def __add__(self, other: "SpottingScore") -> "SpottingScore":
        return SpottingScore(
            self.hits + other.hits,
            self.false_alarms + other.false_alarms,
            self.misses + other.misses,
        )

    @property
    def precision(self) -> float:
        """Share of the spotted intervals that are true."""
        return _share(self.hits, self.hits + self.false_alarms, "nothing was spotted")

    @property
    def recall(self) -> float:
        """Share of the true intervals that were spotted."""
        return _share(self.hits, self.hits + self.misses, "there is no true interval")

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN)."""
        total = 2 * self.hits + self.false_alarms + self.misses
        return _share(2 * self.hits, total, "there is no interval, spotted or true")


def overlap(one: Frames, other: Frames) -> float:
    """Intersection over union of two intervals, counted in inclusive frames."""
    shared = min(one[1], other[1]) - max(one[0], other[0]) + 1
    if shared <= 0:
        return 0.0
    return shared / (one[1] - one[0] + other[1] - other[0] + 2 - shared)


def matches(spotted: Sequence[Frames], true: Sequence[Frames]) -> list[tuple[int, int]]:
    """Which spotted interval answers for which true one, as indices, the best pairs first.

    Two intervals that do not overlap themselves cannot both share half of their union
    with a third, save at exactly one half; the pairs are taken best first.
    """
    pairs = sorted(
        ((overlap(a, b), i, j) for i, a in enumerate(spotted) for j, b in enumerate(true)),
        key=lambda pair: (-pair[0], pair[1:]),
    )
    found: list[tuple[int, int]] = []
    for share, i, j in pairs:
        if share >= HIT and all(i != used and j != answered for used, answered in found):
            found.append((i, j))
    return found


def score_spotting(spotted: Sequence[Frames], true: Sequence[Frames]) -> SpottingScore:
    """Hits, false alarms and misses in one film."""
    hits = len(matches(spotted, true))
    return SpottingScore(hits, len(spotted) - hits, len(true) - hits)


def pooled(scores: Iterable[SpottingScore]) -> SpottingScore:
    """The counts of several films added up."""
    return sum(scores, SpottingScore(0, 0, 0))


def _share(part: int, whole: int, why_not: str) -> float:
    if not whole:
        raise MetricError(
            f"{why_not}, so this score is undefined; pool the counts of several films first"
        )
    return part / whole
