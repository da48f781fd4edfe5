"""What a coder works with: intervals with a name, whoever made them, and their files.

The command line writes what was spotted, the server what a person made of it, with the
same functions.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.elan import Annotation, Media, eaf_document, tiers_without_overlap
from smastn.analysis.timecode import Timing, clock, milliseconds, shown_at
from smastn.errors import InputError
from smastn.spotting.regions import REGIONS

MICRO, MACRO = "micro", "macro"
"""Kinds of intervals: up to half a second, and longer."""

SOURCES = ("spotted", "edited", "added")
"""Who made an interval: the program, the program and then a person, a person."""

_LONGEST_TEXT = 2000  # letters
_PLAIN_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("onset", "apex", "offset"), (int,)),
    **dict.fromkeys(("kind", "emotion", "source", "note"), (str,)),
    "regions": (list,),
    "confidence": (int, float, type(None)),
}


@dataclass(frozen=True, slots=True)
class CodedInterval:
    """One interval as it stands in a coding. Frames count from 0 and are inclusive.

    Attributes:
        onset, apex, offset: first, strongest and last frame.
        kind: ``micro`` or ``macro``.
        regions: where the face moved, strongest first; names of `REGIONS`.
        emotion: what it is called, in whatever words the coder uses; may be empty.
        confidence: of the spotting, 0 to 1; None where a person added it.
        source: one of `SOURCES`.
        note: whatever the coder wants to remember.

    Raises:
        InputError: any of this is not as said.
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
            raise _not_as_wanted("onset, apex, offset", frames, "frames from 0 in that order")
        if self.kind not in (MICRO, MACRO):
            raise _not_as_wanted("kind", self.kind, f"{MICRO} or {MACRO}")
        if unknown := [name for name in self.regions if name not in REGIONS]:
            raise _not_as_wanted("regions", unknown, ", ".join(REGIONS))
        if self.source not in SOURCES:
            raise _not_as_wanted("source", self.source, ", ".join(SOURCES))
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise _not_as_wanted("confidence", self.confidence, "0 to 1, or nothing")
        for name, text in (("emotion", self.emotion), ("note", self.note)):
            if len(text) > _LONGEST_TEXT or not _writable(text):
                wanted = f"up to {_LONGEST_TEXT} letters that can be written to a file"
                raise _not_as_wanted(name, text, wanted)


def coding_of(analysis: Analysis) -> tuple[CodedInterval, ...]:
    """What was spotted in a film, in order of time."""
    return tuple(
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
    )


def coding_csv(intervals: Iterable[CodedInterval], rate: Timing) -> str:
    """One line an interval, in order of time; times in seconds, regions joined by ``+``.

    ``duration_seconds`` is from the onset frame to the offset frame, as in an analysis.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    moments = ("onset", "apex", "offset")
    writer.writerow(
        [
            *("number", *(f"{name}_frame" for name in moments)),
            *(*(f"{name}_seconds" for name in moments), "duration_seconds"),
            *("kind", "regions", "emotion", "confidence", "source", "note"),
        ]
    )
    for number, one in enumerate(_in_order(intervals), start=1):
        frames = (one.onset, one.apex, one.offset)
        seconds = [shown_at(frame, rate) for frame in frames]
        times = [round(value, 4) for value in (*seconds, seconds[-1] - seconds[0])]
        words = (one.kind, "+".join(one.regions), one.emotion)
        writer.writerow([number, *frames, *times, *words, one.confidence, one.source, one.note])
    return text.getvalue()


def coding_eaf(intervals: Iterable[CodedInterval], rate: Timing, media: Media | None = None) -> str:
    """An ELAN document: tiers for all intervals, their apices, each emotion, each region.

    Args:
        intervals: in any order; those that overlap are put on tiers of their own.
        rate: of the film.
        media: the film.
    """
    ordered = _in_order(intervals)
    groups: dict[str, list[Annotation]] = {}
    for one in ordered:
        groups.setdefault(one.kind, []).append(_annotation(one, rate, _label(one)))
    for one in ordered:
        apex = Annotation(milliseconds(one.apex, rate), milliseconds(one.apex + 1, rate), "apex")
        groups.setdefault("apex", []).append(apex)
    for name in sorted({one.emotion for one in ordered if one.emotion}):
        those = [one for one in ordered if one.emotion == name]
        groups[f"emotion: {name}"] = [_annotation(one, rate, one.kind) for one in those]
    for region in REGIONS:
        those = [one for one in ordered if region in one.regions]
        groups[f"region: {region}"] = [
            _annotation(one, rate, one.emotion or one.kind) for one in those
        ]
    for one in ordered:
        if one.note:
            groups.setdefault("note", []).append(_annotation(one, rate, one.note))
    return eaf_document(tiers_without_overlap(groups), media)


def coding_webvtt(intervals: Iterable[CodedInterval], rate: Timing) -> str:
    """Subtitles that name each interval while it is shown, as WebVTT for any player."""
    cues = ["WEBVTT", "NOTE Made by smastn. Times are hours:minutes:seconds."]
    for number, one in enumerate(_in_order(intervals), start=1):
        start, end = milliseconds(one.onset, rate), milliseconds(one.offset + 1, rate)
        words = [_label(one), *([", ".join(one.regions)] if one.regions else [])]
        body = "\n".join(_cue_text(line) for line in words)
        cues.append(f"{number}\n{clock(start)} --> {clock(end)}\n{body}")
    return "\n\n".join(cues) + "\n"


def coding_to_plain(intervals: Iterable[CodedInterval]) -> list[dict[str, Any]]:
    """The coding as values that JSON knows, in order of time."""
    return [asdict(one) | {"regions": list(one.regions)} for one in _in_order(intervals)]


def coding_from_plain(values: Any) -> tuple[CodedInterval, ...]:
    """The coding that `coding_to_plain` gave, or that a person sends; in order of time.

    Raises:
        InputError: something is missing, unknown or not as `CodedInterval` wants it.
    """
    if not isinstance(values, list):
        raise _not_as_wanted("the coding", type(values).__name__, "a list of intervals")
    return tuple(_in_order(_interval_from_plain(value) for value in values))


def _interval_from_plain(value: Any) -> CodedInterval:
    if not isinstance(value, dict) or not {"onset", "apex", "offset", "kind"} <= value.keys():
        raise _not_as_wanted("an interval", value, "onset, apex, offset, kind and more")
    for name, seen in value.items():
        if name not in _PLAIN_TYPES:
            raise _not_as_wanted("an interval's key", name, ", ".join(_PLAIN_TYPES))
        if type(seen) not in _PLAIN_TYPES[name]:
            kinds = " or ".join(kind.__name__ for kind in _PLAIN_TYPES[name])
            raise _not_as_wanted(name, seen, kinds)
    regions: list[Any] = value.get("regions", [])
    if not all(isinstance(name, str) for name in regions):
        raise _not_as_wanted("regions", regions, "a list of names")
    return CodedInterval(**{**value, "regions": tuple(regions)})


def _not_as_wanted(what: str, seen: object, wanted: str) -> InputError:
    return InputError(f"{what}: {str(seen)[:80]!r} was seen; wanted {wanted}; correct the coding")


def _writable(text: str) -> bool:
    """Whether XML can hold it: no control characters but tab and line ends, no half pairs."""
    return all(
        letter in "\t\n\r" or (letter >= " " and not "\ud800" <= letter <= "\udfff")
        for letter in text.replace("\ufffe", "\0").replace("\uffff", "\0")
    )


def _in_order(intervals: Iterable[CodedInterval]) -> list[CodedInterval]:
    return sorted(intervals, key=lambda one: (one.onset, one.offset, one.apex))


def _annotation(one: CodedInterval, rate: Timing, text: str) -> Annotation:
    start, end = milliseconds(one.onset, rate), milliseconds(one.offset + 1, rate)
    return Annotation(start, end, text)


def _label(one: CodedInterval) -> str:
    sure = "" if one.confidence is None else f"confidence {one.confidence:.2f}"
    return ", ".join(word for word in (one.emotion, one.kind, sure) if word)


def _cue_text(line: str) -> str:
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(line.split())  # an empty line would end the cue
