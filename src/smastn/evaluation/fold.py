"""One fold: train on its training clips, predict each held-out clip once."""

import os
import platform
import time
from pathlib import Path
from zlib import crc32

import numpy as np
import torch

from smastn import __version__
from smastn.corpora.clip import Clip
from smastn.evaluation.leak import BestEpoch
from smastn.evaluation.predictions import prediction_of
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run_records import Evidence, FoldRecord, FoldResult
from smastn.evaluation.study import Study
from smastn.methods.predictor import Recognition
from smastn.training.batches import TrainingClip, sampled_views
from smastn.training.fit import Epoch, NotANumberError, fit
from smastn.training.sampled_views import shared


def run_fold(
    study: Study, fold: Fold, seed: int, views: Path | None = None, show_leak: bool = False
) -> FoldResult:
    """Train on one fold's training clips, then predict each held-out clip once.

    Where the loss is not a finite number the fold is recorded as failed, without predictions.

    Args:
        study: the experiment and its clips.
        fold: one of its folds.
        seed: of the experiment.
        views: folder in which folds share sampled views of training clips; where there is none,
            each fold makes its own, the same.
        show_leak: also keep the predictions of best-epoch selection on test data.
    """
    began = time.perf_counter()
    epochs: list[Epoch] = []
    best = BestEpoch(study, fold, seed) if show_leak else None

    def watch(epoch: Epoch) -> None:
        epochs.append(epoch)
        if best is not None:
            best.update(epoch.predictor())

    found, failure = list[tuple[Clip, Recognition]](), ""
    try:
        clips = _training_clips(study, fold, seed, views)
        fitted = fit(clips, study.experiment, mixed_seed(fold.name, seed), watch)
        found = [(clip, fitted.predict_prepared(study.frames(clip))) for clip in fold.test]
    except NotANumberError as error:
        failure = str(error)
    record = FoldRecord(
        fold=fold.name,
        seed=seed,
        train_clips=len(fold.train),
        test_clips=len(fold.test),
        seconds=round(time.perf_counter() - began, 3),
        step_seconds=round(sum((epoch.seconds for epoch in epochs), 0.0), 3),
        losses=tuple(round(epoch.loss, 6) for epoch in epochs),
        failure=failure,
        unseen=fold.unseen_emotions,
        evidence=tuple(one for pair in found if (one := _evidence(*pair)) is not None),
        versions=_versions(),
    )
    rows = tuple(
        prediction_of(clip, fold.name, seed, one.probabilities, one.action_units)
        for clip, one in found
    )
    return FoldResult(record, rows, best.predictions if best and not failure else ())


def _training_clips(study: Study, fold: Fold, seed: int, folder: Path | None) -> list[TrainingClip]:
    """A fold's training clips, with sampled views that all folds of this seed share.

    Processes begin at another clip each, so that they do not make the same views at once.
    """
    made: dict[str, TrainingClip] = {}
    start = crc32(fold.name.encode()) % len(fold.train)
    for clip in (*fold.train[start:], *fold.train[:start]):
        frames = study.frames(clip)
        views = sampled_views(frames, study.experiment, mixed_seed(clip.key, seed))
        drawn = shared(views, folder, clip.key)
        made[clip.key] = TrainingClip(frames, clip.emotion, drawn, clip.action_units)
    return [made[clip.key] for clip in fold.train]


def mixed_seed(name: str, seed: int) -> int:
    """A seed of its own for each fold and for each clip, the same in every process."""
    return crc32(f"{name} {seed}".encode())


def _versions() -> tuple[str, ...]:
    """Software and hardware, one phrase each."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"smastn {__version__}",
        f"torch {torch.__version__}",
        f"numpy {np.__version__}",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {device}",
    )


def _evidence(clip: Clip, found: Recognition) -> Evidence | None:
    """Attention and weights, rounded; None for a network without attention."""
    if found.attention is None or found.segment_weights is None:
        return None
    maps = np.round(found.attention.astype(float), 5).tolist()
    weights = np.round(found.segment_weights.astype(float), 5).tolist()
    attention = tuple(tuple(tuple(row) for row in image) for image in maps)
    return Evidence(clip.key, attention, tuple(weights))
