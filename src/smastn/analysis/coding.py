"""The coding of a film: labelled intervals, spotted by the program or made by a human coder."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jaxtyping import Float64
from numpy import ndarray

from smastn.analysis.analysis_records import MACRO, MICRO, Analysis, Candidate
from smastn.config import read_settings
from smastn.errors import ConfigError, InputError
from smastn.spotting.regions import REGIONS

SOURCES = ("spotted", "edited", "added")
"""Origin of an interval: found by the program, then corrected by a coder, added by a coder."""

_LONGEST_TEXT = 2000  # characters


@dataclass(frozen=True, slots=True)
class CodedInterval:
    """One interval of a coding. Frames count from 0; onset and offset are inclusive.

    Attributes:
        onset, apex, offset: first frame, frame of the strongest movement, last frame.
        kind: ``micro`` or ``macro``.
        regions: regions of the face that moved, strongest first; names of `REGIONS`.
        emotion: the label, in the coder's own words; may be empty.
        confidence: of the spotting, 0 to 1; None where a coder added the interval.
        source: one of `SOURCES`.
        note: the coder's remark; may be empty.

    Raises:
        InputError: a value is not as described here.
    """

    onset: int
    apex: int
    offset: int
    kind: str
    regions: tuple[str, ...] = ()
    emotion: str = ""
    confidence: float | None = None
    source: str = "added"
    note: str = ""

    def __post_init__(self) -> None:
        frames = (self.onset, self.apex, self.offset)
        if not 0 <= self.onset <= self.apex <= self.offset:
            raise _refused("onset, apex, offset", frames, "frames from 0 in that order")
        if self.kind not in (MICRO, MACRO):
            raise _refused("kind", self.kind, f"{MICRO} or {MACRO}")
        if unknown := [name for name in self.regions if name not in REGIONS]:
            raise _refused("regions", unknown, ", ".join(REGIONS))
        if self.source not in SOURCES:
            raise _refused("source", self.source, ", ".join(SOURCES))
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise _refused("confidence", self.confidence, "0 to 1, or nothing")
        for name, text in (("emotion", self.emotion), ("note", self.note)):
            if len(text) > _LONGEST_TEXT or not _writable(text):
                wanted = f"up to {_LONGEST_TEXT} characters that can be written to a file"
                raise _refused(name, text, wanted)

    @property
    def label(self) -> str:
        """Emotion, kind and confidence in one line."""
        confidence = "" if self.confidence is None else f"confidence {self.confidence:.2f}"
        return ", ".join(word for word in (self.emotion, self.kind, confidence) if word)


@dataclass(frozen=True, slots=True)
class Coding:
    """The coding of one film, as export formats receive it.

    Attributes:
        intervals: in order of time.
        times: seconds from the start of the film at which each frame is shown.
        film: path of the film, or its bare name where only that is known.
        folder: folder of the exported file; None where it is unknown.
        measures: further columns for tables, one mapping an interval, such as strengths and
            probabilities; empty where a coder has worked on the intervals.
        uncodable: stretches in which the face or a part of it cannot be coded: first and last
            frame, and why.
    """

    intervals: tuple[CodedInterval, ...]
    times: Float64[ndarray, " frames"]
    film: Path
    folder: Path | None = None
    measures: tuple[Mapping[str, Any], ...] = ()
    uncodable: tuple[tuple[int, int, str], ...] = ()

    def seconds(self, frame: int) -> float:
        """Seconds at which a frame is shown; beyond the last frame at the film's mean rate."""
        times = self.times
        if frame < len(times):
            return float(times[frame])
        step = float(times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.0
        return float(times[-1]) + step * (frame - len(times) + 1)

    def first_millisecond(self, frame: int) -> int:
        """The first whole millisecond at which a frame is shown.

        Rounded up, so that a player that seeks to it does not show the frame before.
        """
        return math.ceil(self.seconds(frame) * 1000 - 1e-6)

    def milliseconds(self, interval: CodedInterval) -> tuple[int, int]:
        """Start and end (exclusive) of an interval: its offset frame is shown to the end."""
        return self.first_millisecond(interval.onset), self.first_millisecond(interval.offset + 1)


def coding_of(analysis: Analysis, folder: Path | None = None) -> Coding:
    """The coding that an analysis proposes: its candidate intervals.

    Args:
        analysis: of a film.
        folder: folder in which the coding will be written.
    """
    video = analysis.video
    return Coding(
        intervals=tuple(
            CodedInterval(
                onset=one.interval.onset,
                apex=one.interval.apex,
                offset=one.interval.offset,
                kind=one.kind,
                regions=one.interval.regions,
                emotion=one.name,
                confidence=round(one.interval.confidence, 4),
                source="spotted",
            )
            for one in analysis.candidates
        ),
        times=analysis.curve.times,
        film=video.path.absolute() if video.name == video.path.name else Path(video.name),
        folder=folder,
        measures=tuple(_measures(one) for one in analysis.candidates),
        uncodable=tuple((one.first, one.last, one.why) for one in analysis.spotting.uncodable),
    )


def _measures(candidate: Candidate) -> dict[str, Any]:
    one = candidate.interval
    return {
        "action_units": "+".join(one.action_units),
        "onset_seen": one.has_onset,
        "offset_seen": one.has_offset,
        "strength_pixels_of_224": round(one.strength_px, 3),
        "strength_times_noise": round(one.strength_noise, 3),
        "likeliest_emotion": candidate.likeliest,
        "doubt": candidate.doubt,
        **{f"probability_{name}": round(p, 6) for name, p in candidate.probabilities.items()},
    }


def intervals_to_plain(intervals: Iterable[CodedInterval]) -> list[dict[str, Any]]:
    """The intervals as values that JSON knows, in order of time."""
    return [asdict(one) | {"regions": list(one.regions)} for one in _in_order(intervals)]


def intervals_from_plain(values: Any) -> tuple[CodedInterval, ...]:
    """The intervals of JSON values as `intervals_to_plain` makes them, in order of time.

    Raises:
        InputError: a value is missing, unknown or not as `CodedInterval` wants it.
    """
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise _refused("the coding", type(values).__name__, "a list of intervals")
    try:
        return tuple(_in_order(read_settings(value, CodedInterval, "interval") for value in values))
    except ConfigError as error:
        raise InputError(f"{error}; correct the coding") from error


def _refused(what: str, seen: object, wanted: str) -> InputError:
    return InputError(f"{what}: {str(seen)[:80]!r} was seen; wanted {wanted}; correct the coding")


def _writable(text: str) -> bool:
    """Whether XML can hold the text: no control characters but tab and line ends, no surrogates."""
    return all(
        character in "\t\n\r" or (character >= " " and not "\ud800" <= character <= "\udfff")
        for character in text.replace("\ufffe", "\0").replace("\uffff", "\0")
    )


def _in_order(intervals: Iterable[CodedInterval]) -> list[CodedInterval]:
    return sorted(intervals, key=lambda one: (one.onset, one.offset, one.apex))
