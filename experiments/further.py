"""What the scripts that go from made-up people to real ones share: ask, train further, tell."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from smastn.corpora.clip import Clip
from smastn.evaluation.bootstrap import bootstrap_subjects
from smastn.evaluation.fold import mixed_seed
from smastn.evaluation.leak import prediction
from smastn.evaluation.metrics import mean_scores, seed_scores
from smastn.evaluation.predictions import Prediction, predictions_csv
from smastn.evaluation.protocol import Fold
from smastn.files import write_atomic
from smastn.methods.predictor import Predictor
from smastn.training.batches import TrainingClip, sampled_views
from smastn.training.fit import Training, fit_together
from smastn.training.training_settings import Settings


def asked(
    networks: Sequence[Predictor], clips: Sequence[Clip], prepared: Mapping[str, np.ndarray]
) -> list[Prediction]:
    """What each network says about every clip; a network's place is its seed."""
    return [
        prediction("made-up people", seed, clip, network.predict_prepared(prepared[clip.key]))
        for seed, network in enumerate(networks)
        for clip in clips
    ]


def trained(
    starts: Sequence[Predictor | None],
    folds: Sequence[Fold],
    prepared: Mapping[str, np.ndarray],
    settings: Settings,
) -> list[Prediction]:
    """The answers of every seed about each fold's held-out people; None starts from nothing."""
    rows = []
    for seed, start in enumerate(starts):
        drawn = {
            key: sampled_views(prepared[key], settings, mixed_seed(key, seed)).all()
            for key in prepared
        }
        for fold in folds:
            clips = [
                TrainingClip(prepared[clip.key], clip.emotion, drawn[clip.key])
                for clip in fold.train
            ]
            training = Training(clips, mixed_seed(fold.name, seed), start=start)
            (network,) = fit_together([training], settings)
            if not isinstance(network, Predictor):
                raise network
            rows += [
                prediction(fold.name, seed, clip, network.predict_prepared(prepared[clip.key]))
                for clip in fold.test
            ]
    return rows


def chosen_on(subjects: Iterable[str]) -> frozenset[str]:
    """Half of the people of each corpus: those by whom settings may be chosen.

    Fixed before anything was chosen: each corpus' subjects in order of their names, casme2
    first, shuffled by one generator of seed 2026; the first half of them.
    """
    generator = np.random.default_rng(2026)
    half: list[str] = []
    names = sorted(set(subjects))
    for _, corpus in groupby(names, key=lambda name: name.split("/")[0]):
        people = list(corpus)
        order = generator.permutation(len(people))
        half += [people[place] for place in order[: len(people) // 2]]
    return frozenset(half)


def tell(name: str, out: Path, rows: list[Prediction]) -> None:
    """Print UF1 and UAR with their intervals, and of both halves; write the predictions."""
    half = chosen_on(row.subject for row in rows)
    for part, own in (
        ("people chosen on", [row for row in rows if row.subject in half]),
        ("the other people", [row for row in rows if row.subject not in half]),
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
    write_atomic(out / name.replace(" ", "-") / "predictions.csv", predictions_csv(rows))
