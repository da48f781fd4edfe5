"""How well action units are predicted, with intervals over subjects, as reports show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy import ndarray
from sklearn.metrics import f1_score

from smastn.corpora.facs import SIDES, by_number, sides_of, unit_of, units_of
from smastn.corpora.objective_classes import objective_class_of
from smastn.evaluation.bootstrap import Interval
from smastn.evaluation.predictions import Prediction
from smastn.evaluation.unit_scores import (
    UnitTable,
    scores_of,
    thresholds_of_others,
    unit_table,
)
from smastn.methods.unit_emotions import contradiction
from smastn.training.unit_calibration import HALF

UNIT_TITLES = {"auc": "AUC", "f1": "F1", "tuned_f1": "F1, thresholds of other subjects"}
"""Titles of the scores of units, the most important first."""

_CHUNK = 256


@dataclass(frozen=True, slots=True)
class UnitScore:
    """Scores of one action unit, averaged over seeds.

    Attributes:
        clips: clips that show it.
        predicted: clips in which it was predicted, at a threshold of 0.5.
        intervals: by the names of `UNIT_TITLES`.
    """

    clips: int
    predicted: float
    intervals: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class UnitMethod:
    """Scores of the network or of a baseline.

    Attributes:
        name: of the network, or of the baseline.
        mean: mean over the scored units, averaged over seeds, by the names of `UNIT_TITLES`.
        seeds: the same of each seed.
        units: of each scored unit.
    """

    name: str
    mean: dict[str, Interval]
    seeds: dict[str, dict[str, float]]
    units: dict[str, UnitScore]


@dataclass(frozen=True, slots=True)
class ObjectiveScores:
    """Objective classes I to VII, derived from the units of truth and prediction.

    Attributes:
        accuracy: share of clips with the right class, averaged over seeds.
        uf1: mean F1 of the classes that occur in the truth, averaged over seeds.
        clips: of each class in the truth.
    """

    accuracy: float
    uf1: float
    clips: dict[str, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Predicted emotions beside the action units predicted for the same clips.

    Attributes:
        contradicted: predictions that their units contradict, see `unit_emotions`; all seeds.
        contradicted_right: of these, correct ones.
        others: all other predictions.
        others_right: of these, correct ones.
    """

    contradicted: int
    contradicted_right: int
    others: int
    others_right: int


@dataclass(frozen=True, slots=True)
class UnitReport:
    """How well the action units of coded clips are predicted.

    Attributes:
        clips: coded clips, each counted once.
        subjects: whose they are.
        methods: the network first, then the baselines.
        rare: units that too few clips show to count in the means, and how many do.
        one_sided: units that were coded on one side only and predicted, all seeds together.
        right_side: of these, those that were predicted on that side only.
        objective: scores of the objective classes.
        agreement: whether predicted emotions are right where their units contradict them.
        level: share of the resamples inside the intervals.
        resamples: of subjects.
    """

    clips: int
    subjects: int
    methods: tuple[UnitMethod, ...]
    rare: dict[str, int]
    one_sided: int
    right_side: int
    objective: ObjectiveScores
    agreement: Agreement
    level: float
    resamples: int


def summarise_units(
    name: str,
    predictions: Sequence[Prediction],
    baselines: Mapping[str, Sequence[Prediction]],
    resamples: int = 2000,
) -> UnitReport | None:
    """The report of predictions of coded clips; None where no unit can be scored.

    Args:
        name: of the network.
        predictions: of all seeds.
        baselines: predictions by name; those without units are left out.
        resamples: of subjects.
    """
    table = unit_table(predictions)
    if table is None or not table.scored:
        return None
    units, level = table.scored, 0.95
    tables = {name: table.of(units)}
    for other, rows in baselines.items():
        found = unit_table(rows)
        if found is not None:
            tables[other] = found.of(units)
    codes = [row.action_units or () for row in table.rows]
    every = sorted({unit for one in codes for unit in units_of(one)}, key=by_number)
    counts = {unit: sum(unit in units_of(one) for one in codes) for unit in every}
    sides = _sides(predictions)
    return UnitReport(
        clips=len({row.key for row in table.rows}),
        subjects=len({row.subject for row in table.rows}),
        methods=tuple(_method(one, each, resamples, level) for one, each in tables.items()),
        rare={unit: count for unit, count in counts.items() if unit not in units},
        one_sided=len(sides),
        right_side=sum(sides),
        objective=_objective(predictions),
        agreement=_agreement(predictions),
        level=level,
        resamples=resamples,
    )


def _method(name: str, table: UnitTable, resamples: int, level: float) -> UnitMethod:
    thresholds = thresholds_of_others(table)
    whole = scores_of(table, thresholds, np.ones((1, len(table.rows))))
    drawn = _resampled(table, thresholds, resamples)
    tail = (1 - level) / 2

    def interval(score: str, unit: int | None = None) -> Interval:
        one, many = (
            np.nanmean(values[score], axis=(1, 2))
            if unit is None
            else values[score][..., unit].mean(1)
            for values in (whole, drawn)
        )
        low, high = np.nanquantile(many, (tail, 1 - tail))
        return Interval(float(one[0]), float(low), float(high))

    claimed = (table.probability >= HALF).sum(1).mean(0)
    return UnitMethod(
        name=name,
        mean={score: interval(score) for score in UNIT_TITLES},
        seeds={
            str(seed): {score: float(whole[score][0, at].mean()) for score in UNIT_TITLES}
            for at, seed in enumerate(table.seeds)
        },
        units={
            unit: UnitScore(
                clips=int(table.truth[:, at].sum()),
                predicted=round(float(claimed[at]), 1),
                intervals={score: interval(score, at) for score in UNIT_TITLES},
            )
            for at, unit in enumerate(table.units)
        },
    )


def _resampled(
    table: UnitTable, thresholds: Float64[ndarray, "seeds clips units"], wanted: int
) -> dict[str, Float64[ndarray, "draws seeds units"]]:
    """Scores of resamples of subjects; NaN for a unit that all or none of the drawn clips show.

    A mean is then over the other units: several units of few subjects each would leave hardly a
    resample that holds all of them.
    """
    generator = np.random.default_rng(0)
    subject = table.subject
    people = int(subject.max()) + 1
    parts: dict[str, list[ndarray]] = {name: [] for name in UNIT_TITLES}
    for first in range(0, wanted, _CHUNK):
        size = min(_CHUNK, wanted - first)
        times = generator.multinomial(people, np.full(people, 1 / people), size=size)
        scores = scores_of(table, thresholds, times[:, subject].astype(np.float64))
        for name, values in scores.items():
            parts[name].append(values[~np.isnan(values).all((1, 2))])
    return {name: np.concatenate(values) for name, values in parts.items()}


def _sides(predictions: Sequence[Prediction]) -> list[bool]:
    """For each unit that was coded on one side and predicted: whether that side alone was."""
    found = []
    for row in predictions:
        said = {unit_of(code): sides_of(code) for code in row.predicted_units}
        for code in row.action_units or ():
            if len(sides_of(code)) < len(SIDES) and unit_of(code) in said:
                found.append(said[unit_of(code)] == sides_of(code))
    return found


def _agreement(predictions: Sequence[Prediction]) -> Agreement:
    right: dict[bool, list[bool]] = {True: [], False: []}
    for row in predictions:
        if row.units:
            against = bool(contradiction(row.predicted_units, row.predicted, rough=True))
            right[against].append(row.correct)
    return Agreement(len(right[True]), sum(right[True]), len(right[False]), sum(right[False]))


def _objective(predictions: Sequence[Prediction]) -> ObjectiveScores:
    coded = [row for row in predictions if row.action_units is not None]
    numerals = ("I", "II", "III", "IV", "V", "VI", "VII")
    truth, said, seeds = (
        np.array([objective_class_of(row.action_units or ()) for row in coded]),
        np.array([objective_class_of(row.predicted_units) for row in coded]),
        np.array([row.seed for row in coded]),
    )
    classes = np.unique(truth)
    scores = [
        f1_score(
            truth[seeds == seed],
            said[seeds == seed],
            labels=classes,
            average="macro",
            zero_division=0,  # pyright: ignore[reportArgumentType]
        )
        for seed in np.unique(seeds)
    ]
    counts = {
        numerals[number - 1]: int(((truth == number) & (seeds == seeds[0])).sum())
        for number in classes
    }
    return ObjectiveScores(float((truth == said).mean()), float(np.mean(scores)), counts)
