"""Turns annotations into clips, and reports what is wrong with them.

Sheets give the frame numbers of the file names; a `Clip` counts from 0 in
the order of its folder. All defects of a copy show in this step, so they are
found here, for every corpus alike.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from smastn.corpora.clip import MICRO_SECONDS, Clip
from smastn.corpora.corpus import Defect
from smastn.errors import InputError
from smastn.media.frame_folders import FrameFolder


@dataclass(frozen=True, slots=True)
class Annotation:
    """One row of a sheet; frames are numbered as in the file names.

    Attributes:
        subject: the subject within the corpus, such as ``"06"``.
        name: the clip's name, unique for the subject.
        emotion: the label in this package's spelling.
        folder: the folder of its frames, or None if there is none.
        onset: first frame, or None where the sheet gives none.
        apex: frame of the strongest movement, or None.
        offset: last frame, or None; 0 also means unknown.
        action_units: units coded, or None where the sheet gives none.
        objective: objective class 1 to 7, or None.
        macro: whether it is a macro-expression.
    """

    subject: str
    name: str
    emotion: str
    folder: Path | None
    onset: int | None = None
    apex: int | None = None
    offset: int | None = None
    action_units: tuple[str, ...] | None = None
    objective: int | None = None
    macro: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How the annotations of one corpus are interpreted.

    Attributes:
        corpus: the corpus's short name, first half of every subject.
        rate: frames per second.
        folder_is_clip: each folder holds exactly one clip, so its first and last frame replace an
            unknown onset and offset.
        counted_from: frame numbers are positions in the sorted folder, counted from this;
            None where they are the numbers in the file names.
        has_apex: whether the corpus annotates apexes at all.
    """

    corpus: str
    rate: float
    folder_is_clip: bool = False
    counted_from: int | None = None
    has_apex: bool = True


Index = Callable[[Path], FrameFolder]
"""Indexes a folder of frames; cached, since one long video holds many clips."""

Report = Callable[..., None]
"""Notes a defect: its kind, what was seen, and whether the clip is left out because of it."""


def to_clips(
    annotations: Iterable[Annotation], rules: Rules, index: Index
) -> tuple[list[Clip], list[Defect]]:
    """The clips of all usable annotations, and every defect found.

    Raises:
        InputError: no annotation can be used.
    """
    clips: dict[str, Clip] = {}
    defects: list[Defect] = []
    for annotation in annotations:
        key = f"{rules.corpus}/{annotation.subject}/{annotation.name}"
        if key in clips:
            defects.append(Defect("duplicate", key, "annotated a second time; the first is used"))
            continue
        clip, found = to_clip(annotation, rules, index)
        defects += found
        if clip is not None:
            clips[key] = clip
    if not clips:
        reason = defects[0].seen if defects else "its sheet has no rows"
        raise InputError(
            f"no clip of {rules.corpus} can be used ({reason}); wanted frames with the numbers in "
            "the sheet: check that images and sheet are of the same release"
        )
    return list(clips.values()), defects


def to_clip(annotation: Annotation, rules: Rules, index: Index) -> tuple[Clip | None, list[Defect]]:
    """The clip of one annotation, or None if it cannot be used, and its defects."""
    key = f"{rules.corpus}/{annotation.subject}/{annotation.name}"
    folder = annotation.folder
    if folder is None:
        return None, [Defect("no folder", key, "no folder of this name", left_out=True)]
    numbers = index(folder).numbers
    if annotation.onset == annotation.apex == 0:
        # These sheets count from 1; 0 for both means the first frame.
        annotation = replace(annotation, onset=1, apex=1)
    if rules.counted_from is not None:
        numbers = tuple(range(rules.counted_from, rules.counted_from + len(numbers)))
    defects: list[Defect] = []

    def report(kind: str, seen: str, left_out: bool = False) -> None:
        defects.append(Defect(kind, key, seen, left_out))

    if len(set(numbers)) < len(numbers):
        seen = f"{len(numbers) - len(set(numbers))} numbers occur twice, so the order is unknown"
        report("repeated frames", seen, left_out=True)
        return None, defects
    interval = _interval(annotation, rules, numbers, report)
    if interval is None:
        return None, defects
    numbers = _renumbered(numbers, interval, rules, report)
    first, last = bisect_left(numbers, interval[0]), bisect_right(numbers, interval[1]) - 1
    if first > last:
        seen = f"frames {interval[0]} to {interval[1]} wanted, {_span(numbers)} on disk"
        report("no frames", seen, left_out=True)
        return None, defects
    _compare(interval, numbers, rules, report)
    apex = _apex(annotation, rules, interval, report)
    clip = Clip(
        subject=f"{rules.corpus}/{annotation.subject}",
        name=annotation.name,
        emotion=annotation.emotion,
        source=folder,
        onset=first,
        offset=last,
        apex=(first + last) // 2 if apex is None else _nearest(numbers, apex, first, last),
        rate=rules.rate,
        action_units=annotation.action_units,
        apex_source="midpoint" if apex is None else "annotated",
        objective=annotation.objective,
    )
    return clip, defects


def _interval(
    annotation: Annotation, rules: Rules, numbers: tuple[int, ...], report: Report
) -> tuple[int, int] | None:
    """First and last frame number, with replacements for unknown ones."""
    onset, apex, offset = annotation.onset, annotation.apex, annotation.offset
    if not numbers:
        report("no frames", "the folder holds no numbered image", left_out=True)
        return None
    ends = (numbers[0], numbers[-1]) if rules.folder_is_clip else (None, None)
    if onset is None:
        onset = ends[0]
    if not offset:
        offset = ends[1] if ends[1] is not None else apex
        report("offset unknown", f"{offset} is used")
    if onset is None or offset is None:
        report("no interval", f"onset {annotation.onset}, offset {annotation.offset}", True)
        return None
    if onset >= offset:
        usable = ends[0] is not None and ends[1] is not None
        report("onset >= offset", f"onset {onset}, offset {offset}", onset > offset and not usable)
        if onset > offset:
            return (numbers[0], numbers[-1]) if usable else None
    return onset, offset


def _renumbered(
    numbers: tuple[int, ...], interval: tuple[int, int], rules: Rules, report: Report
) -> tuple[int, ...]:
    """Frame numbers shifted to the sheet's, where a clip's own folder starts at another number."""
    onset, offset = interval
    apart = offset < numbers[0] or numbers[-1] < onset
    if not (rules.folder_is_clip and apart and len(numbers) == offset - onset + 1):
        return numbers
    report("other numbering", f"sheet {onset} to {offset}, {_span(numbers)} on disk")
    return tuple(number - numbers[0] + onset for number in numbers)


def _compare(
    interval: tuple[int, int], numbers: tuple[int, ...], rules: Rules, report: Report
) -> None:
    onset, offset = interval
    inside = numbers[bisect_left(numbers, onset) : bisect_right(numbers, offset)]
    absent = (inside[0] - onset) + (offset - inside[-1])
    if absent:
        report("missing frames", f"{absent} of {onset} to {offset}; {_span(inside)} on disk")
    holes = inside[-1] - inside[0] + 1 - len(inside)
    if holes:
        report("gap", f"{holes} of {inside[0]} to {inside[-1]} are not on disk")
    if rules.folder_is_clip and len(numbers) > len(inside):
        extra = len(numbers) - len(inside)
        report("extra frames", f"{extra} outside {onset} to {offset}; {_span(numbers)} on disk")
    seconds = (offset - onset + 1) / rules.rate
    if seconds > MICRO_SECONDS:
        report("over 0.5 s", f"{seconds:.2f} s ({offset - onset + 1} frames)")


def _apex(
    annotation: Annotation, rules: Rules, interval: tuple[int, int], report: Report
) -> int | None:
    """The apex's frame number, or None where the midpoint has to be used."""
    onset, offset = interval
    apex = annotation.apex
    if apex is None or (apex == 0 and onset > 0):
        if rules.has_apex:
            report("apex missing", "the midpoint is used")
        return None
    if not onset <= apex <= offset:
        report("apex outside", f"apex {apex}, onset {onset}, offset {offset}")
        return None
    if apex in (onset, offset):
        report("apex at an end", f"apex {apex}, onset {onset}, offset {offset}")
    return apex


def _nearest(numbers: tuple[int, ...], number: int, first: int, last: int) -> int:
    """Index between `first` and `last` of the frame closest to `number`."""
    return min(range(first, last + 1), key=lambda index: abs(numbers[index] - number))


def _span(numbers: tuple[int, ...]) -> str:
    return f"{numbers[0]} to {numbers[-1]}"
