"""What the scripts that go from made-up people to real ones share: ask, train further, tell."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from smastn.data.clip import Clip
from smastn.evaluation.fold import mixed_seed
from smastn.evaluation.leak import prediction
from smastn.evaluation.predictions import Prediction, predictions_csv
from smastn.evaluation.protocol import Fold
from smastn.evaluation.store import write_whole
from smastn.evaluation.uncertainty import bootstrap_subjects
from smastn.model.predictor import Predictor
from smastn.training.batches import TrainingClip
from smastn.training.fit import Training, fit_together
from smastn.training.settings import Settings


def asked(
    networks: Sequence[Predictor], clips: Sequence[Clip], prepared: Mapping[str, np.ndarray]
) -> list[Prediction]:
    """What each network says about every clip; a network's place is its seed."""
    return [
        prediction("made-up people", seed, clip, network.recognise_prepared(prepared[clip.key]))
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
        for fold in folds:
            clips = [TrainingClip(prepared[clip.key], clip.emotion) for clip in fold.train]
            training = Training(clips, mixed_seed(fold.name, seed), start=start)
            (network,) = fit_together([training], settings)
            if not isinstance(network, Predictor):
                raise network
            rows += [
                prediction(fold.name, seed, clip, network.recognise_prepared(prepared[clip.key]))
                for clip in fold.test
            ]
    return rows


def tell(name: str, out: Path, rows: list[Prediction]) -> None:
    """Print UF1 and UAR with their intervals; write the predictions."""
    found = bootstrap_subjects(rows).intervals
    scores = [
        f"{one.upper()} {found[one].value:.3f} ({found[one].low:.3f} to {found[one].high:.3f})"
        for one in ("uf1", "uar")
    ]
    print(f"{name}: {', '.join(scores)}", flush=True)
    write_whole(out / name.replace(" ", "-") / "predictions.csv", predictions_csv(rows))
