"""What is known about a video once it has been analysed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxtyping import UInt8
from numpy import ndarray

from smastn.model.predictor import Recognition
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval, Spotting


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The film as it was read.

    Attributes:
        path: where it lies.
        frames: frames read.
        rate: frames a second.
        size: width and height, pixels.
        damaged: seconds after which frames are missing, or None.
    """

    path: Path
    frames: int
    rate: float
    size: tuple[int, int]
    damaged: float | None

    @property
    def seconds(self) -> float:
        """Length of what was read."""
        return self.frames / self.rate if self.rate else 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person looks at to judge a candidate.

    Attributes:
        key_frames: the prepared face at onset, apex and offset.
        recognition: the network's answer with all it saw.
    """

    key_frames: UInt8[ndarray, "3 size size 3"]
    recognition: Recognition


@dataclass(frozen=True, slots=True)
class Candidate:
    """One interval and what the network makes of it.

    Attributes:
        interval: where, how strong, which regions.
        probabilities: of each emotion; empty where no face could be prepared.
        evidence: the pictures, for the strongest candidates.
    """

    interval: Interval
    probabilities: dict[str, float]
    evidence: Evidence | None = None

    @property
    def emotion(self) -> str | None:
        """The likeliest emotion, or None where none could be asked for."""
        if not self.probabilities:
            return None
        return max(self.probabilities, key=lambda name: self.probabilities[name])


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found in a video.

    Attributes:
        video: the film as it was read.
        face: which face was followed, 0 for the largest.
        faces_seen: the most faces found in any one search.
        curve: movement in each frame.
        spotting: threshold, noise, blinks.
        candidates: in order of time.
        emotions: the classes of the network.
        image_names: what each dynamic image covers, as in ``"part 1"``.
        trained_on: what the network was trained on.
        warnings: sentences for the user.
    """

    video: VideoFacts
    face: int
    faces_seen: int
    curve: MovementCurve
    spotting: Spotting
    candidates: tuple[Candidate, ...]
    emotions: tuple[str, ...]
    image_names: tuple[str, ...]
    trained_on: dict[str, Any]
    warnings: tuple[str, ...]
