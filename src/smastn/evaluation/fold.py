"""One fold: fit on its training clips, ask once about each held-out clip."""

import os
import platform
import time
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import torch

from smastn import __version__
from smastn.corpora.clip import Clip
from smastn.evaluation.leak import Peeker, prediction
from smastn.evaluation.protocol import Fold
from smastn.evaluation.run_records import Evidence, FoldRecord, FoldResult
from smastn.evaluation.study import Study
from smastn.methods.predictor import Predictor, Recognition
from smastn.training.batches import TrainingClip, sampled_views
from smastn.training.fit import Epoch, NotANumberError, Training, fit_together
from smastn.training.sampled_views import shared


def run_fold(study: Study, fold: Fold, seed: int) -> FoldResult:
    """Fit on one fold's training clips, then ask once about each held-out clip.

    Where the loss stops being a number the record says so, and there are no answers.
    """
    (result,) = run_folds(study, [(fold, seed)])
    return result


def run_folds(study: Study, folds: Sequence[tuple[Fold, int]]) -> list[FoldResult]:
    """The same for several folds with their seeds, trained together; see `fit_together`."""
    began = time.perf_counter()
    watches = [_Watch(study, fold, seed) for fold, seed in folds]
    trainings = [
        Training(training_clips(study, fold, seed), mixed_seed(fold.name, seed), watch)
        for (fold, seed), watch in zip(folds, watches, strict=True)
    ]
    fitted = fit_together(trainings, study.experiment)
    seconds = (time.perf_counter() - began) / len(folds)
    return [
        watch.result(study, predictor, seconds)
        for watch, predictor in zip(watches, fitted, strict=True)
    ]


class _Watch:
    """What is noted of a fold while it is trained."""

    def __init__(self, study: Study, fold: Fold, seed: int) -> None:
        self._fold, self._seed = fold, seed
        self._losses: list[float] = []
        self._step_seconds = 0.0
        self._peeker = Peeker(study, fold, seed) if study.show_leak else None

    def __call__(self, epoch: Epoch) -> None:
        self._losses.append(epoch.loss)
        self._step_seconds += epoch.seconds
        if self._peeker is not None:
            self._peeker.look(epoch.predictor())

    def result(
        self, study: Study, fitted: Predictor | NotANumberError, seconds: float
    ) -> FoldResult:
        """The one answer about each held-out clip, and how the fold went."""
        began = time.perf_counter()
        fold, answers, failure = self._fold, list[tuple[Clip, Recognition]](), ""
        if isinstance(fitted, NotANumberError):  # told in the record; the other folds go on
            failure = str(fitted)
        else:
            answers = [(clip, fitted.predict_prepared(study.frames(clip))) for clip in fold.test]
        record = FoldRecord(
            fold=fold.name,
            seed=self._seed,
            train_clips=len(fold.train),
            test_clips=len(fold.test),
            seconds=round(seconds + time.perf_counter() - began, 3),
            step_seconds=round(self._step_seconds, 3),
            losses=tuple(round(loss, 6) for loss in self._losses),
            failure=failure,
            unseen=fold.unseen_emotions,
            evidence=tuple(_evidence(*answer) for answer in answers),
            versions=versions(),
        )
        rows = tuple(prediction(fold.name, self._seed, *answer) for answer in answers)
        leak = self._peeker.best if self._peeker is not None and not failure else ()
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


def _evidence(clip: Clip, answer: Recognition) -> Evidence:
    maps = np.round(answer.attention.astype(float), 5).tolist()
    weights = np.round(answer.segment_weights.astype(float), 5).tolist()
    attention = tuple(tuple(tuple(row) for row in image) for image in maps)
    return Evidence(clip.key, attention, tuple(weights))
