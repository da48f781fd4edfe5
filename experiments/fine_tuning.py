"""Prediction, fine-tuning and scores, shared by the synthetic-to-real experiments."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from smastn.corpora.clip import Clip
from smastn.evaluation.bootstrap import bootstrap_subjects
from smastn.evaluation.fold import mixed_seed
from smastn.evaluation.metrics import mean_scores, seed_scores
from smastn.evaluation.predictions import Prediction, prediction_of, predictions_csv
from smastn.evaluation.protocol import Fold
from smastn.evaluation.unit_report import summarise_units
from smastn.files import write_atomic
from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip, sampled_views
from smastn.training.fit import fit
from smastn.training.training_settings import Settings


def predict_clips(
    networks: Sequence[Predictor], clips: Sequence[Clip], prepared: Mapping[str, np.ndarray]
) -> list[Prediction]:
    """The prediction of each network for every clip; a network's place is its seed."""
    return [
        _predicted(network, clip, "synthetic subjects", seed, prepared)
        for seed, network in enumerate(networks)
        for clip in clips
    ]


def fine_tune(
    starts: Sequence[Predictor | None],
    folds: Sequence[Fold],
    prepared: Mapping[str, np.ndarray],
    settings: Settings,
) -> list[Prediction]:
    """Predictions for the held-out subjects of each fold and seed; None starts untrained."""
    rows = []
    for seed, start in enumerate(starts):
        drawn = {
            key: sampled_views(prepared[key], settings, mixed_seed(key, seed)).all()
            for key in prepared
        }
        for fold in folds:
            clips = [
                TrainingClip(prepared[clip.key], clip.emotion, drawn[clip.key], clip.action_units)
                for clip in fold.train
            ]
            network = fit(clips, settings, mixed_seed(fold.name, seed), start=start)
            rows += [_predicted(network, clip, fold.name, seed, prepared) for clip in fold.test]
    return rows


def _predicted(
    network: Predictor, clip: Clip, fold: str, seed: int, prepared: Mapping[str, np.ndarray]
) -> Prediction:
    found = network.predict_prepared(prepared[clip.key])
    return prediction_of(clip, fold, seed, found.probabilities, found.action_units)


def chosen_on(subjects: Iterable[str]) -> frozenset[str]:
    """The half of each corpus's subjects on which settings may be chosen.

    Fixed beforehand: each corpus's subjects in order of their names, casme2 first, shuffled
    by one generator of seed 2026; the first half of them.
    """
    generator = np.random.default_rng(2026)
    half: list[str] = []
    names = sorted(set(subjects))
    for _, corpus in groupby(names, key=lambda name: name.split("/")[0]):
        own = list(corpus)
        order = generator.permutation(len(own))
        half += [own[place] for place in order[: len(own) // 2]]
    return frozenset(half)


def report(name: str, out: Path, rows: list[Prediction]) -> None:
    """Print UF1 and UAR with intervals, and UF1 of both halves; write the predictions."""
    half = chosen_on(row.subject for row in rows)
    for part, own in (
        ("subjects for choosing", [row for row in rows if row.subject in half]),
        ("other subjects", [row for row in rows if row.subject not in half]),
    ):
        print(
            f"{name}, {part}: UF1 {mean_scores([*seed_scores(own).values()]).uf1:.3f}", flush=True
        )
    found = bootstrap_subjects(rows).intervals
    scores = [
        f"{one.upper()} {found[one].value:.3f} ({found[one].low:.3f} to {found[one].high:.3f})"
        for one in ("uf1", "uar")
    ]
    print(f"{name}: {', '.join(scores)}", flush=True)
    units = summarise_units(name, rows, {})
    for seed, one in units.methods[0].seeds.items() if units else ():
        print(f"{name}, units, seed {seed}: AUC {one['auc']:.3f}, F1 {one['f1']:.3f}", flush=True)
    write_atomic(out / name.replace(" ", "-") / "predictions.csv", predictions_csv(rows))
