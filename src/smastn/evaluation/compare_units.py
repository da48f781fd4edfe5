"""Paired comparison of two runs' action units over the same coded clips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64
from numpy import ndarray
from scipy.stats import rankdata

from smastn.evaluation.permutations import p_value, subject_permutations
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.unit_scores import unit_table
from smastn.training.unit_calibration import HALF

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """How the second run's action units differ from the first's.

    Attributes:
        units: in the means: that enough clips show.
        clips: coded ones, predicted by both.
        first: ``auc`` and ``f1``, means over the units.
        second: the same.
        p_values: two-sided permutation p-value of each difference, by subject.
    """

    units: tuple[str, ...]
    clips: int
    first: dict[str, float]
    second: dict[str, float]
    p_values: dict[str, float]


def compare_units(
    first: Sequence[Prediction], second: Sequence[Prediction], permutations: int, seed: int = 0
) -> UnitComparison | None:
    """Compare the units of two sets of predictions, one seed each; None where one has none.

    Args:
        first: one prediction a clip.
        second: of the same clips, in any order.
        permutations: how many are drawn where there are too many subjects for all.
        seed: of drawing them.
    """
    one = unit_table(first)
    order = {row.key: row for row in second}
    if one is None or len({row.key for row in one.rows}) < len(one.rows):
        return None  # a clip in several folds has no one counterpart
    two = unit_table([order[row.key] for row in one.rows if row.key in order])
    if two is None or len(two.rows) < len(one.rows) or not one.scored:
        return None
    one, two = one.of(one.scored), two.of(one.scored)
    subject = one.subject
    swapped, exact = subject_permutations(
        int(subject.max()) + 1, permutations, np.random.default_rng(seed)
    )
    values = one.probability[0], two.probability[0]
    before, after = (_means(one.truth, each[None]) for each in values)
    gains: dict[str, list[ndarray]] = {"auc": [], "f1": []}
    for chunk in np.array_split(swapped, -(-len(swapped) // _CHUNK)):
        swap = chunk[:, subject, None].astype(bool)
        sides = np.where(swap, values[1], values[0]), np.where(swap, values[0], values[1])
        a, b = (_means(one.truth, side) for side in sides)
        for name, found in gains.items():
            found.append(np.abs(a[name] - b[name]))
    return UnitComparison(
        units=one.units,
        clips=len(one.rows),
        first={name: float(value[0]) for name, value in before.items()},
        second={name: float(value[0]) for name, value in after.items()},
        p_values={
            name: p_value(
                np.concatenate(found), abs(float(before[name][0] - after[name][0])), exact
            )
            for name, found in gains.items()
        },
    )


def _means(
    truth: Bool[ndarray, "clips units"], values: Float64[ndarray, "draws clips units"]
) -> dict[str, Float64[ndarray, " draws"]]:
    """Mean AUC, from ranks (Mann and Whitney, 1947), and mean F1 at 0.5 of each draw."""
    shown: Int64[ndarray, " units"] = truth.sum(0)
    ranks = np.where(truth, rankdata(values, axis=1), 0).sum(1)
    auc = (ranks - shown * (shown + 1) / 2) / (shown * (len(truth) - shown))
    said = values >= HALF
    f1 = 2 * (said & truth).sum(1) / (said.sum(1) + shown)
    return {"auc": auc.mean(1), "f1": f1.mean(1)}
