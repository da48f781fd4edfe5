"""One annotated clip: subject, label, source, and its frames from onset to offset."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError
from smastn.media.frames import read_frames

MICRO_SECONDS = 0.5
"""Usual upper limit of a micro-expression's duration (Yan et al. 2013), seconds."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One annotated clip, checked when it is made.

    Frames count from 0 in the order of `source`; `onset` and `offset` are the
    first and the last frame of the movement, both inclusive.

    Attributes:
        subject: corpus and subject, as in ``"casme2/01"``; subjects of two corpora never collide.
        name: the clip's name, unique for its subject.
        emotion: the label, in lower case.
        source: a video file or a folder of frames; text is turned into a `Path`.
        onset: frame at which the movement begins.
        apex: frame of the strongest movement, or None where none is annotated.
        offset: frame at which the movement has ended.
        rate: frames per second.
        action_units: facial action units coded, such as ``("4", "L14")``; None where the clip
            was not coded, and empty where it was and shows none.
        apex_source: ``"annotated"``, or ``"midpoint"`` where the annotated apex is missing or
            impossible and `apex` is the middle of the clip.
        objective: objective class 1 to 7 of Davison et al. 2018, or None.

    Raises:
        InputError: the frames are out of order, or the subject names no corpus.
    """

    subject: str
    name: str
    emotion: str
    source: Path
    onset: int
    offset: int
    apex: int | None = None
    rate: float = 200.0
    action_units: tuple[str, ...] | None = None
    apex_source: Literal["annotated", "midpoint"] = "annotated"
    objective: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", Path(self.source))
        where = f"clip {self.name} of {self.subject}"
        if "/" not in self.subject:
            raise InputError(f"{where}: a subject is written corpus/subject, as in casme2/01")
        if not 0 <= self.onset <= self.offset:
            raise InputError(
                f"{where}: onset {self.onset} and offset {self.offset} were given; wanted "
                "0 <= onset <= offset, counted from 0; correct the annotation"
            )
        if self.apex is not None and not self.onset <= self.apex <= self.offset:
            raise InputError(
                f"{where}: apex {self.apex} lies outside {self.onset} to {self.offset}; correct "
                "it, or leave it empty"
            )
        if not self.rate > 0:
            raise InputError(f"{where}: {self.rate} frames per second; wanted a positive rate")

    @property
    def key(self) -> str:
        """Subject and name, unique in a study: ``"casme2/01/EP02_01f"``."""
        return f"{self.subject}/{self.name}"

    @property
    def corpus(self) -> str:
        """Short name of its corpus: ``"casme2"``."""
        return self.subject.partition("/")[0]

    @property
    def length(self) -> int:
        """Frames from onset to offset, both counted."""
        return self.offset - self.onset + 1


def clip_frames(clip: Clip) -> UInt8[ndarray, "time height width 3"]:
    """The frames of a clip from onset to offset, both counted, RGB.

    Raises:
        InputError: they cannot be read; the message names the clip.
    """
    try:
        return read_frames(clip.source, clip.onset, clip.offset)
    except InputError as error:
        raise InputError(f"clip {clip.key}: {error}") from error
