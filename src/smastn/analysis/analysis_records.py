"""What is known about a video once it has been analysed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.methods.calibration import NOT_SURE, Calibration
from smastn.methods.predictor import Recognition
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval
from smastn.spotting.spot import Spotting


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The film as it was read.

    Attributes:
        path: where it lies.
        frames: frames read.
        rate: frames a second.
        size: width and height, pixels.
        damaged: seconds after which frames are missing, or None.
        name: what it is called, for people; where it lies may be called otherwise.
        bytes: how large it is on disk.
    """

    path: Path
    frames: int
    rate: float
    size: tuple[int, int]
    damaged: float | None
    name: str
    bytes: int

    @property
    def seconds(self) -> float:
        """Length of what was read."""
        return self.frames / self.rate if self.rate else 0.0


def speech_share(spotting: Spotting) -> float:
    """Share of the film's frames in which the face talks, 0 to 1."""
    frames = sum(last - first + 1 for first, last in spotting.speech)
    return frames / max(1, len(spotting.movement))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person looks at to judge a candidate.

    Attributes:
        key_frames: the prepared face at onset, apex and offset.
        recognition: the network's answer with all it saw.
    """

    key_frames: UInt8[ndarray, "3 size size 3"]
    recognition: Recognition


NOT_NAMED = "not named"
"""Said of an interval in which the network could not be asked."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where the network looked in a candidate, and how much each part of it counted.

    Attributes:
        attention: one coarse map a dynamic image; each sums to 1.
        segment_weights: how much each image counted, summing to 1.
    """

    attention: Float32[ndarray, "images rows columns"]
    segment_weights: Float32[ndarray, " images"]

    @property
    def whole(self) -> Float32[ndarray, "rows columns"]:
        """All maps in one, as much of each as it counted."""
        return np.tensordot(self.segment_weights, self.attention, axes=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One interval and what the network makes of it.

    Attributes:
        interval: where, how strong, which regions.
        probabilities: of each emotion; empty where no face could be prepared.
        doubt: why the network is not sure; empty where it is, or was not asked.
        look: where it looked; None where it was not asked.
        evidence: the pictures, for the strongest candidates.
    """

    interval: Interval
    probabilities: dict[str, float]
    doubt: str = ""
    look: Look | None = None
    evidence: Evidence | None = None

    @property
    def likeliest(self) -> str | None:
        """The likeliest emotion, or None where none could be asked for."""
        if not self.probabilities:
            return None
        return max(self.probabilities, key=lambda name: self.probabilities[name])

    @property
    def name(self) -> str:
        """The likeliest emotion, "not sure" or "not named"."""
        return NOT_SURE if self.doubt else self.likeliest or NOT_NAMED

    @property
    def kind(self) -> str:
        """``micro``, up to half a second, or ``macro``."""
        return "micro" if self.interval.micro else "macro"


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found in a video.

    Attributes:
        video: the film as it was read.
        face: which face was followed, 0 for the largest.
        faces_seen: the most faces found in any one search.
        curve: movement in each frame.
        spotting: threshold, noise, blinks, speech.
        candidates: in order of time.
        emotions: the classes of the network.
        image_names: what each dynamic image covers, as in ``"part 1"``.
        trained_on: what the network was trained on.
        calibration: how its probabilities were put right, and when it is not sure.
        warnings: sentences for the user.
        shows_movement: whether dynamic images show how the skin moved, not what became brighter.
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
    calibration: Calibration
    warnings: tuple[str, ...]
    shows_movement: bool = False
