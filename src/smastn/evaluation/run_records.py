"""What is known of a run: its clips, and how each fold went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smastn.evaluation.predictions import Prediction


@dataclass(frozen=True, slots=True)
class Sample:
    """One clip of a study, and exactly which frames it was.

    Attributes:
        clip: its key.
        emotion: its label.
        frames: how many prepared frames.
        checksum: CRC-32 of their shape and bytes, hexadecimal.
    """

    clip: str
    emotion: str
    frames: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the network looked in one held-out clip.

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
    """How one fold went.

    Attributes:
        fold: its name in the protocol.
        seed: of the experiment, not yet mixed with the fold's name.
        train_clips: learnt from.
        test_clips: held out.
        seconds: training and inference.
        losses: mean loss of each epoch.
        failure: why there are no answers; empty where there are.
        unseen: emotions held out that no training clip showed.
        evidence: one a held-out clip; none for a network without attention.
        versions: what it was computed with.
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
    """One fold's answers and how it went.

    Attributes:
        record: how it went.
        predictions: the answers.
        leak: answers of the epoch chosen on the held-out clips; empty unless asked for.
    """

    record: FoldRecord
    predictions: tuple[Prediction, ...] = ()
    leak: tuple[Prediction, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run.

    Attributes:
        predictions: of all folds and seeds, seeds first, folds in the protocol's order.
        folds: how each went, in the same order; those that failed too.
        samples: the exact clips.
        samples_sha256: of samples.csv.
        settings: of the experiment, as plain values.
        leak: answers of the epoch chosen on the held-out clips, in the order of `predictions`;
            no result, and empty unless asked for.
    """

    predictions: tuple[Prediction, ...]
    folds: tuple[FoldRecord, ...]
    samples: tuple[Sample, ...]
    samples_sha256: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    leak: tuple[Prediction, ...] = ()

    @property
    def failed(self) -> tuple[FoldRecord, ...]:
        """The folds without answers."""
        return tuple(record for record in self.folds if record.failure)
