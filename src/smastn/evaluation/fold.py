"""One fold: fit on its training clips, ask once about each held-out clip."""

import os
import platform
import time
from zlib import crc32

import numpy as np
import torch

from smastn import __version__
from smastn.data.clip import Clip
from smastn.evaluation.experiment import Study
from smastn.evaluation.leak import Peeker, prediction
from smastn.evaluation.protocol import Fold
from smastn.evaluation.records import Evidence, FoldRecord, FoldResult
from smastn.model.predictor import Recognition
from smastn.training.batches import TrainingClip, drawings
from smastn.training.drawings import shared
from smastn.training.fit import Epoch, NotANumberError, fit


def run_fold(study: Study, fold: Fold, seed: int) -> FoldResult:
    """Fit on one fold's training clips, then ask once about each held-out clip.

    Where the loss stops being a number the record says so, and there are no answers.
    """
    began = time.perf_counter()
    losses: list[float] = []
    stepped: list[float] = []
    answers: list[tuple[Clip, Recognition]] = []
    failure = ""
    peeker = Peeker(study, fold, seed) if study.show_leak else None

    def watch(epoch: Epoch) -> None:
        losses.append(epoch.loss)
        stepped.append(epoch.seconds)
        if peeker is not None:
            peeker.look(epoch.predictor())

    training = training_clips(study, fold, seed)
    try:
        settings = study.experiment.settings
        predictor = fit(training, settings, mixed_seed(fold.name, seed), watch=watch)
        answers = [(clip, predictor.recognise_prepared(study.frames(clip))) for clip in fold.test]
    except NotANumberError as error:  # told in the record; the other folds go on
        failure = str(error)
    record = FoldRecord(
        fold=fold.name,
        seed=seed,
        train_clips=len(fold.train),
        test_clips=len(fold.test),
        seconds=round(time.perf_counter() - began, 3),
        step_seconds=round(sum(stepped, 0.0), 3),
        losses=tuple(round(loss, 6) for loss in losses),
        failure=failure,
        unseen=fold.unseen_emotions,
        evidence=tuple(_evidence(*answer) for answer in answers),
        versions=versions(),
    )
    return FoldResult(
        record,
        tuple(prediction(fold.name, seed, *answer) for answer in answers),
        peeker.best if peeker is not None and not failure else (),
    )


def training_clips(study: Study, fold: Fold, seed: int) -> list[TrainingClip]:
    """A fold's training clips, with drawings that all folds of this seed share.

    Processes begin at another clip each, so that they do not make the same drawings at once.
    """
    settings, made = study.experiment.settings, dict[str, TrainingClip]()
    start = crc32(fold.name.encode()) % len(fold.train)
    for clip in (*fold.train[start:], *fold.train[:start]):
        frames = study.frames(clip)
        drawn = drawings(frames, settings, mixed_seed(clip.key, seed))
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


def _evidence(clip: Clip, answer: Recognition) -> Evidence:
    maps = np.round(answer.attention.astype(float), 5).tolist()
    weights = np.round(answer.segment_weights.astype(float), 5).tolist()
    attention = tuple(tuple(tuple(row) for row in image) for image in maps)
    return Evidence(clip.key, attention, tuple(weights))
