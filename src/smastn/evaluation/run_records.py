"""The results of a run: predictions, and a record of each fold."""

from dataclasses import dataclass

from smastn.evaluation.experiment import Experiment
from smastn.evaluation.predictions import Prediction


@dataclass(frozen=True, slots=True)
class Evidence:
    """The network's attention in one held-out clip.

    Attributes:
        clip: its key.
        attention: images, rows, columns; each map sums to 1.
        segment_weights: one an image, summing to 1.
    """

    clip: str
    attention: tuple[tuple[tuple[float, ...], ...], ...]
    segment_weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FoldRecord:
    """The record of one fold.

    Attributes:
        fold: its name in the protocol.
        seed: of the experiment, not yet mixed with the fold's name.
        train_clips: how many.
        test_clips: how many were held out.
        seconds: training and inference.
        losses: mean loss of each epoch.
        failure: why there are no predictions; empty where there are.
        unseen: emotions of held-out clips that no training clip shows.
        evidence: one a held-out clip; none for a network without attention.
        versions: software and hardware.
        step_seconds: of them, spent in forward, backward and optimiser.
    """

    fold: str
    seed: int
    train_clips: int
    test_clips: int
    seconds: float
    losses: tuple[float, ...]
    failure: str = ""
    unseen: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    versions: tuple[str, ...] = ()
    step_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FoldResult:
    """The predictions of one fold, and its record.

    Attributes:
        record: losses, seconds, attention.
        predictions: of its held-out clips.
        leak: those of best-epoch selection on test data; empty unless requested.
    """

    record: FoldRecord
    predictions: tuple[Prediction, ...] = ()
    leak: tuple[Prediction, ...] = ()

    def is_complete(self, leak: bool) -> bool:
        """Whether everything is there, the predictions of the leak too if they are wanted."""
        return not leak or bool(self.leak) or bool(self.record.failure)


@dataclass(frozen=True, slots=True)
class Results:
    """A finished run.

    Attributes:
        predictions: of all folds and seeds, seeds first, folds in the protocol's order.
        folds: the record of each, in the same order; those that failed too.
        samples_sha256: of samples.csv, the exact list of clips.
        experiment: its settings.
        leak: predictions of best-epoch selection on test data, in the order of `predictions`;
            not a result, and empty unless requested.
    """

    predictions: tuple[Prediction, ...]
    folds: tuple[FoldRecord, ...]
    samples_sha256: str
    experiment: Experiment
    leak: tuple[Prediction, ...] = ()

    @property
    def failed(self) -> tuple[FoldRecord, ...]:
        """The folds without predictions."""
        return tuple(record for record in self.folds if record.failure)
