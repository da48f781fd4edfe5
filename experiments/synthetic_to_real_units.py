"""Action units of real flow pictures, from synthetic movement alone.

python experiments/synthetic_to_real_units.py FOLDER CODING OUT [--workers N] [--seeds N]

FOLDER holds the public pictures and CODING the action units of some of them, see
`smastn.corpora.coding_table`.

1. The projection on the mean pictures of synthetic units, and a ridge regression on them.
2. SMA-STN, trained on synthetic pictures (`unit_flow`), with thresholds from further synthetic
   people. Its weights are OUT/seed0.safetensors, OUT/seed1.safetensors, and so on.

All score real clips of which none was trained on. Settings were chosen on the subjects of
`chosen_on`; both halves are printed. The predictions are OUT/predictions.csv.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from fine_tuning import chosen_on, predict_clips
from jaxtyping import Float64
from numpy import ndarray
from scipy.special import expit
from unit_flow import PARTS, UnitFlow, make_unit_flow

from smastn.corpora.clip import Clip
from smastn.corpora.coding_table import read_coding
from smastn.corpora.facs import units_of
from smastn.corpora.flow_images import flow_clips
from smastn.evaluation.experiment_files import read_experiment
from smastn.evaluation.predictions import Prediction, predictions_csv
from smastn.evaluation.unit_scores import (
    LEAST_CLIPS,
    UnitTable,
    scores_of,
    thresholds_of_others,
    unit_table,
    weighted_f1,
)
from smastn.files import write_atomic
from smastn.inputs.optical_flow import flow_frames, flow_movement
from smastn.methods.calibration import Calibration
from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip
from smastn.training.fit import fit
from smastn.training.training_settings import Settings, TrainConfig
from smastn.training.unit_calibration import fit_units
from smastn.workers import one_thread

SUBJECTS, PICTURES, HELD_BACK = 200, 30, 30
"""Synthetic people that are trained on, movements of each, and people that set thresholds."""

BASE = read_experiment("flow-choice/k2-mix")
SETTINGS = replace(BASE, training=TrainConfig(epochs=6, batch=32, learning_rate=3e-3))

_PENALTY = 5000.0


def main() -> None:
    """Train, predict, and print the scores of every method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("coding", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    clips = read_coding(given.coding).of(flow_clips(given.folder))
    coded = [clip for clip in clips if clip.action_units is not None]
    pictures = flow_frames(given.folder, PARTS, SETTINGS.preparation.size)
    made = make_unit_flow(SUBJECTS + HELD_BACK, PICTURES, 0, given.workers)
    with one_thread():
        for name, values in linear(made, coded, pictures).items():
            report(name, rows_of(coded, values))
        networks = [train(made, SETTINGS, seed) for seed in range(given.seeds)]
        for seed, network in enumerate(networks):
            network.save(given.out / f"seed{seed}")
        rows = predict_clips(networks, coded, pictures)
    report("SMA-STN", rows)
    write_atomic(given.out / "predictions.csv", predictions_csv(rows))


def train(made: Sequence[UnitFlow], settings: Settings, seed: int) -> Predictor:
    """A network of the first subjects; thresholds of its units are of the others."""
    own = [one for one in made if one.subject < SUBJECTS]
    clips = [TrainingClip(one.pictures, one.emotion, action_units=one.action_units) for one in own]
    network = fit(clips, settings, seed)
    held_back = [one for one in made if one.subject >= SUBJECTS]
    coded = [
        (
            one.action_units,
            {
                unit.unit: unit.probability
                for unit in network.predict_prepared(one.pictures).action_units
            },
        )
        for one in held_back
    ]
    network.calibration = replace(Calibration(), units=fit_units(coded))
    return network


def linear(
    made: Sequence[UnitFlow], clips: Sequence[Clip], pictures: Mapping[str, ndarray]
) -> dict[str, dict[str, Float64[ndarray, " clips"]]]:
    """Values of each unit for real clips: projection on its mean picture, and ridge regression."""
    seen = np.stack([_pixels(one.pictures) for one in made])
    real = np.stack([_pixels(pictures[clip.key]) for clip in clips])
    mean = seen.mean(0)
    seen, real = seen - mean, real - mean
    coded = {unit for clip in clips for unit in units_of(clip.action_units or ())}
    units = sorted(coded & {unit for one in made for unit in units_of(one.action_units)})
    shown = np.array([[unit in units_of(one.action_units) for unit in units] for one in made])
    ways = np.stack([seen[one].mean(0) for one in shown.T], axis=1)
    moments = seen.T @ seen + _PENALTY * np.eye(seen.shape[1], dtype=np.float32)
    fitted = np.linalg.solve(moments, seen.T @ (shown - shown.mean(0)).astype(np.float32))
    values = {
        "projection": real @ (ways / np.linalg.norm(ways, axis=0)),
        "ridge": real @ fitted + shown.mean(0) - 0.5,
    }
    return {name: dict(zip(units, one.T, strict=True)) for name, one in values.items()}


def _pixels(pictures: ndarray) -> ndarray:
    """The movement of both crops, averaged; u, v and strain of each pixel."""
    return flow_movement(pictures, PARTS).numpy().mean(0).ravel()


def rows_of(clips: Sequence[Clip], values: Mapping[str, ndarray]) -> list[Prediction]:
    """The values as predictions; from 0 on a unit counts as shown."""
    return [
        Prediction(
            clip.subject,
            clip.name,
            0,
            "synthetic subjects",
            clip.emotion,
            clip.emotion,
            action_units=clip.action_units,
            predicted_units=tuple(unit for unit, one in values.items() if one[at] >= 0),
            units={unit: float(expit(one[at])) for unit, one in values.items()},
        )
        for at, clip in enumerate(clips)
    ]


def report(name: str, rows: Sequence[Prediction]) -> None:
    """Print mean AUC and F1 over units with enough clips, and each unit's, with both halves."""
    half = chosen_on(row.subject for row in rows)
    table = _table(rows)
    units = table.scored
    print(f"{name}, {len(table.rows)} clips, {len(units)} units of {LEAST_CLIPS} clips or more")
    for part, own in (
        ("all", list(rows)),
        ("subjects for choosing", [row for row in rows if row.subject in half]),
        ("other subjects", [row for row in rows if row.subject not in half]),
    ):
        for score, values in _scores(own, units).items():
            seeds = " ".join(f"{value:.3f}" for value in np.nanmean(values, axis=1))
            each = " ".join(
                f"{unit}:{value:.2f}" for unit, value in zip(units, values.mean(0), strict=True)
            )
            print(f"  {part}, {score} {np.nanmean(values):.3f} (seeds {seeds}) {each}", flush=True)


def _table(rows: Sequence[Prediction]) -> UnitTable:
    table = unit_table(rows)
    assert table is not None  # all rows are coded
    return table


def _scores(
    rows: Sequence[Prediction], units: Sequence[str]
) -> dict[str, Float64[ndarray, "seeds units"]]:
    """``auc``; ``f1`` of the units that were predicted; ``tuned_f1`` at thresholds of others."""
    table = _table(rows).of(units)
    ones = np.ones((1, len(table.rows)))
    found = {
        name: values[0]
        for name, values in scores_of(table, thresholds_of_others(table), ones).items()
    }
    order = {row.key: at for at, row in enumerate(table.rows)}
    predicted = np.zeros(table.probability.shape, bool)
    for row in rows:
        for unit in units_of(row.predicted_units) & set(units):
            predicted[table.seeds.index(row.seed), order[row.key], units.index(unit)] = True
    found["f1"] = np.array(
        [
            [weighted_f1(table.truth[:, at], one[:, at], ones)[0] for at in range(len(units))]
            for one in predicted
        ]
    )
    return found


if __name__ == "__main__":
    main()
