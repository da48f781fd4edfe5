"""One fold: fit on its training clips, ask once about each held-out clip."""

import os
import platform
import time
from zlib import crc32

import numpy as np
import torch

from smastn import __version__
from smastn.corpora.clip import Clip
from smastn.evaluation.leak import Peeker, prediction
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run_records import Evidence, FoldRecord, FoldResult
from smastn.evaluation.study import Study
from smastn.methods.predictor import Recognition
from smastn.training.batches import TrainingClip, sampled_views
from smastn.training.fit import Epoch, NotANumberError, fit
from smastn.training.sampled_views import shared


def run_fold(study: Study, fold: Fold, seed: int) -> FoldResult:
    """Train on one fold's training clips, then predict each held-out clip once.

    Where the loss is not a finite number the fold is recorded as failed, without predictions.
    """
    began = time.perf_counter()
    epochs: list[Epoch] = []
    peeker = Peeker(study, fold, seed) if study.show_leak else None

    def watch(epoch: Epoch) -> None:
        epochs.append(epoch)
        if peeker is not None:
            peeker.look(epoch.predictor())

    answers, failure = list[tuple[Clip, Recognition]](), ""
    try:
        clips = training_clips(study, fold, seed)
        fitted = fit(clips, study.experiment, mixed_seed(fold.name, seed), watch)
        answers = [(clip, fitted.predict_prepared(study.frames(clip))) for clip in fold.test]
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
        evidence=tuple(one for one in map(_evidence, answers) if one is not None),
        versions=versions(),
    )
    rows = tuple(prediction(fold.name, seed, *answer) for answer in answers)
    leak = peeker.best if peeker is not None and not failure else ()
    return FoldResult(record, rows, leak)


def training_clips(study: Study, fold: Fold, seed: int) -> list[TrainingClip]:
    """A fold's training clips, with sampled_views that all folds of this seed share.

    Processes begin at another clip each, so that they do not make the same sampled_views at once.
    """
    made: dict[str, TrainingClip] = {}
    start = crc32(fold.name.encode()) % len(fold.train)
    for clip in (*fold.train[start:], *fold.train[:start]):
        frames = study.frames(clip)
        drawn = sampled_views(frames, study.experiment, mixed_seed(clip.key, seed))
        drawn = shared(drawn, study.drawn, clip.key)
        made[clip.key] = TrainingClip(frames, clip.emotion, drawn)
    return [made[clip.key] for clip in fold.train]


def mixed_seed(name: str, seed: int) -> int:
    """A seed of its own for each fold and for each clip, the same in every process."""
    return crc32(f"{name} {seed}".encode())


def versions() -> tuple[str, ...]:
    """What results are computed with, one phrase each."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"smastn {__version__}",
        f"torch {torch.__version__}",
        f"numpy {np.__version__}",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {device}",
    )


def _evidence(answer: tuple[Clip, Recognition]) -> Evidence | None:
    """Attention and weights as they are stored; None for a network without attention."""
    clip, recognition = answer
    if recognition.attention is None or recognition.segment_weights is None:
        return None
    maps = np.round(recognition.attention.astype(float), 5).tolist()
    weights = np.round(recognition.segment_weights.astype(float), 5).tolist()
    attention = tuple(tuple(tuple(row) for row in image) for image in maps)
    return Evidence(clip.key, attention, tuple(weights))
