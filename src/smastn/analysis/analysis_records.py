"""The records of an analysed video."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.inputs.input import Input
from smastn.methods.calibration import NOT_SURE, Calibration
from smastn.methods.predictor import Recognition
from smastn.methods.unit_emotions import contradiction
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import Interval
from smastn.spotting.spot import Spotting

MICRO, MACRO = "micro", "macro"
"""Kinds of intervals: up to `MICRO_SECONDS` of `smastn.corpora.clip`, and longer."""

NOT_NAMED = "not named"
"""Name of an interval for which there is no prediction."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A video as it was read.

    Attributes:
        path: of the file, or of the folder of frames.
        frames: frames read.
        rate: frames per second.
        size: width and height, pixels.
        damaged: seconds after which frames are missing, or None.
        name: shown to people; the server's files have other names than their uploads.
        bytes: size on disk.
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
        """Duration of the frames read."""
        return self.frames / self.rate if self.rate else 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate interval with the network's prediction.

    Attributes:
        interval: frames, strength, regions.
        recognition: the prediction; None where no face was found in the interval's first frames.
            Its dynamic images are kept for the strongest candidates only, else they have no pixels.
        key_frames: the aligned face at onset, apex and offset, for the strongest candidates.
    """

    interval: Interval
    recognition: Recognition | None = None
    key_frames: UInt8[ndarray, "3 size size 3"] | None = None

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of each emotion; empty without a prediction."""
        return {} if self.recognition is None else self.recognition.probabilities

    @property
    def doubt(self) -> str:
        """Why the prediction is "not sure"; empty where it is sure, or where there is none.

        A prediction that the interval's action units contradict is not sure.
        """
        if self.recognition is None:
            return ""
        units, rough = self.interval.action_units, not self.interval.events
        return self.recognition.doubt or contradiction(units, self.recognition.emotion, rough)

    @property
    def likeliest(self) -> str | None:
        """The emotion of the largest probability; None without a prediction."""
        return None if self.recognition is None else self.recognition.emotion

    @property
    def name(self) -> str:
        """The likeliest emotion, "not sure" or "not named"."""
        return NOT_SURE if self.doubt else self.likeliest or NOT_NAMED

    @property
    def kind(self) -> str:
        """``micro`` or ``macro``."""
        return MICRO if self.interval.micro else MACRO


@dataclass(frozen=True, slots=True)
class Analysis:
    """All results for one video.

    Attributes:
        video: the video as it was read.
        face: the face that was tracked, 0 for the largest.
        faces_seen: the most faces at once, for half a second or longer.
        curve: movement of each frame.
        spotting: threshold, noise, blinks, speech.
        candidates: in order of time.
        emotions: classes of the network.
        input: of the network; names and draws its images.
        trained_on: training data of the network.
        calibration: of the network's probabilities.
        warnings: sentences for the user.
    """

    video: VideoInfo
    face: int
    faces_seen: int
    curve: MovementCurve
    spotting: Spotting
    candidates: tuple[Candidate, ...]
    emotions: tuple[str, ...]
    input: Input
    trained_on: dict[str, Any]
    calibration: Calibration
    warnings: tuple[str, ...]


def speech_share(spotting: Spotting) -> float:
    """Share of the film's frames with speech, 0 to 1."""
    frames = sum(last - first + 1 for first, last in spotting.speech)
    return frames / max(1, len(spotting.movement))


def mean_attention(recognition: Recognition) -> Float32[ndarray, "rows columns"] | None:
    """The attention maps of all images, averaged by their weights; None if the network has none."""
    if recognition.attention is None or recognition.segment_weights is None:
        return None
    return np.tensordot(recognition.segment_weights, recognition.attention, axes=1)
