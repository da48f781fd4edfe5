"""Scores of action units, all derived from stored predictions.

Every unit is a question of its own: is it in this clip, on whichever side? Predictions of all
held-out clips are pooled and scored once a unit; the mean is over units that enough clips show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64
from numpy import ndarray

from smastn.corpora.facs import by_number, units_of
from smastn.evaluation.predictions import Prediction, grouped
from smastn.training.unit_calibration import HALF, best_threshold

LEAST_CLIPS = 10
"""A unit counts in the means from so many clips on: with fewer, one clip more or less moves F1 by
a tenth, and most resamples of subjects have none at all."""


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Truth and predictions of the units of all coded clips, the same clips for every seed.

    Attributes:
        units: that were predicted in any fold, by number.
        rows: predictions of the first seed, for subject, clip and truth.
        seeds: of training.
        truth: whether a clip shows a unit, on whichever side.
        probability: of the same; 0 where the training clips of a fold did not show the unit.
    """

    units: tuple[str, ...]
    rows: tuple[Prediction, ...]
    seeds: tuple[int, ...]
    truth: Bool[ndarray, "clips units"]
    probability: Float64[ndarray, "seeds clips units"]

    @property
    def subject(self) -> Int64[ndarray, " clips"]:
        """The place of each clip's subject among all subjects, sorted."""
        names = np.array([row.subject for row in self.rows])
        return np.unique(names, return_inverse=True)[1].astype(np.int64)

    @property
    def scored(self) -> tuple[str, ...]:
        """The units that at least `LEAST_CLIPS` clips show, and not all of them."""
        shown = self.truth.sum(0)
        enough = (shown >= LEAST_CLIPS) & (shown < len(self.truth))
        return tuple(unit for unit, one in zip(self.units, enough, strict=True) if one)

    def of(self, units: Sequence[str]) -> "UnitTable":
        """The same of these units only; probability 0 of a unit that was not predicted."""
        known = {unit: at for at, unit in enumerate(self.units)}
        probability = np.zeros((len(self.seeds), len(self.rows), len(units)))
        for place, unit in enumerate(units):
            if unit in known:
                probability[..., place] = self.probability[..., known[unit]]
        shown = _shown(self.rows, units)
        return UnitTable(tuple(units), self.rows, self.seeds, shown, probability)


def unit_table(predictions: Sequence[Prediction]) -> UnitTable | None:
    """The table of all coded clips that every seed predicts; None where there are none.

    A clip whose fold failed in one seed is left out of the others too.
    """
    coded = [row for row in predictions if row.action_units is not None]
    units = sorted({unit for row in coded for unit in row.units}, key=by_number)
    seeds = grouped(coded, lambda row: row.seed)
    of = [{(row.key, row.fold): row for row in rows} for rows in seeds.values()]
    keys = [key for key in of[0] if all(key in one for one in of)] if of else []
    if not units or not keys:
        return None
    first = tuple(of[0][key] for key in keys)
    values = [[[one[key].units.get(unit, 0.0) for unit in units] for key in keys] for one in of]
    return UnitTable(
        tuple(units), first, tuple(seeds), _shown(first, units), np.array(values, np.float64)
    )


def _shown(rows: Sequence[Prediction], units: Sequence[str]) -> Bool[ndarray, "clips units"]:
    """Whether each clip shows each unit, on whichever side."""
    shown = [[unit in units_of(row.action_units or ()) for unit in units] for row in rows]
    return np.array(shown, bool).reshape(len(rows), len(units))


def thresholds_of_others(table: UnitTable) -> Float64[ndarray, "seeds clips units"]:
    """For each clip and unit the threshold of the highest F1 over the clips of other subjects.

    A clip's own subject has no say; see `best_threshold`.
    """
    subject = table.subject
    found = np.full(table.probability.shape, HALF)
    for person in np.unique(subject):
        own = subject == person
        for seed in range(len(table.seeds)):
            for unit in range(len(table.units)):
                values, truth = table.probability[seed, ~own, unit], table.truth[~own, unit]
                found[seed, own, unit] = best_threshold(values, truth)
    return found


def weighted_f1(
    truth: Bool[ndarray, " clips"],
    predicted: Bool[ndarray, " clips"],
    weights: Float[ndarray, "draws clips"],
) -> Float64[ndarray, " draws"]:
    """F1 = 2 TP / (2 TP + FP + FN) of weighted clips; NaN where none shows the unit."""
    hits, shown, claimed = (weights @ one for one in (truth & predicted, truth, predicted))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shown > 0, 2 * hits / (shown + claimed), np.nan)


def weighted_auc(
    truth: Bool[ndarray, " clips"],
    values: Float64[ndarray, " clips"],
    weights: Float[ndarray, "draws clips"],
) -> Float64[ndarray, " draws"]:
    """Area under the ROC curve of weighted clips; NaN where all or none show the unit.

    It is the chance that a clip with the unit has a higher value than one without it; equal
    values count half (Hanley and McNeil, 1982). Own code, because scikit-learn computes one at a
    time and the bootstrap needs thousands.
    """
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=-np.inf))
    ranked = weights[:, order]
    shown = np.add.reduceat(ranked * truth[order], starts, axis=1)
    other = np.add.reduceat(ranked * ~truth[order], starts, axis=1)
    below = np.cumsum(other, axis=1) - other / 2
    pairs = shown.sum(1) * other.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0, (shown * below).sum(1) / pairs, np.nan)


def scores_of(
    table: UnitTable,
    thresholds: Float64[ndarray, "seeds clips units"],
    weights: Float[ndarray, "draws clips"],
) -> dict[str, Float64[ndarray, "draws seeds units"]]:
    """``f1`` (at 0.5), ``tuned_f1`` (at `thresholds`) and ``auc`` of each unit and seed."""
    names: Mapping[str, list[list[ndarray]]] = {"f1": [], "tuned_f1": [], "auc": []}
    for seed in range(len(table.seeds)):
        for rows in names.values():
            rows.append([])
        for unit in range(len(table.units)):
            truth, values = table.truth[:, unit], table.probability[seed, :, unit]
            tuned = values >= thresholds[seed, :, unit]
            names["f1"][-1].append(weighted_f1(truth, values >= HALF, weights))
            names["tuned_f1"][-1].append(weighted_f1(truth, tuned, weights))
            names["auc"][-1].append(weighted_auc(truth, values, weights))
    return {name: np.array(rows, np.float64).transpose(2, 0, 1) for name, rows in names.items()}
