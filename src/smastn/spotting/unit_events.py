"""Events of single action units, and the expressions that they make up together.

An event lasts while one unit departs from neutral: it begins and ends where the evidence
passes a quarter of its height. Units that act together make one expression, in which weaker
units than could make one of their own take part. A face that was
already active when the film or the view of it began, or still is when it ends, gives an event
without onset or without offset, as coders have it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray

from smastn.corpora.facs import unit_code
from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import stretches
from smastn.spotting.unit_curves import UnitCurves

_FOOT, _LEAST_FOOT = 0.25, 0.4  # of the height; evidence
_VALLEY = 0.4  # of the lower of the heights on both sides, below which one event is two
_SHORTEST = 0.08  # s
_TAKES_PART = 0.5  # evidence from which a unit takes part in an expression of another
_PLATEAU = 0.9  # of the height
_SAME, _INSIDE, _WEAKER = 0.3, 0.8, 0.6
"""Two units make one expression: shared part of the union of their events; or the part of the
weaker one's event that lies in the other, and how much weaker it is."""
_SPOKEN = 0.5  # share of an event in speech, from which it forms sounds
_ONE_SIDED = 0.2  # of the stronger side; a turned head alone makes sides differ by half


@dataclass(frozen=True, slots=True)
class UnitEvent:
    """One action unit's departure from neutral. Frames are inclusive.

    Attributes:
        unit: its place in `UNITS`.
        onset, offset: first and last frame.
        apex: first frame of the plateau of greatest departure.
        plateau_end: its last frame.
        evidence: the greatest departure, in multiples of the least that counts.
        left, right: the greatest intensity on either side, 0 to 1.
        uncertainty: standard deviation of both sides' mean, 0 to 1.
    """

    unit: int
    onset: int
    apex: int
    plateau_end: int
    offset: int
    evidence: float
    left: float
    right: float
    uncertainty: float

    def later(self, frames: int) -> "UnitEvent":
        """The same event, counted from so many frames earlier."""
        places = ("onset", "apex", "plateau_end", "offset")
        return replace(self, **{name: getattr(self, name) + frames for name in places})

    @property
    def code(self) -> str:
        """The unit in FACS notation: ``12``, or ``L12`` where one side alone moved."""
        weaker, stronger = sorted((self.left, self.right))
        if weaker >= _ONE_SIDED * stronger:
            return UNITS[self.unit].name
        return unit_code(UNITS[self.unit].name, ["L" if self.left > self.right else "R"])


@dataclass(frozen=True, slots=True)
class Expression:
    """Action units that act together.

    Attributes:
        events: the strongest unit first; onset, apex and offset are its.
        has_onset: whether the onset was seen, not cut off.
        has_offset: whether the face was seen to return.
    """

    events: tuple[UnitEvent, ...]
    has_onset: bool = True
    has_offset: bool = True

    @property
    def strongest(self) -> UnitEvent:
        """The event with most evidence."""
        return self.events[0]


Rejected = tuple[UnitEvent, str]
"""An event that makes no expression and is seen in none, and why, in plain words."""


def expressions(
    curves: UnitCurves, speaking: Bool[ndarray, " frames"]
) -> tuple[list[Expression], list[Rejected]]:
    """All expressions in order of time, and the events outside them.

    Args:
        curves: action units over time.
        speaking: frames that belong to speech, in which units that form sounds show nothing.
    """
    events = [event for unit in range(len(UNITS)) for event in _events_of(unit, curves)]
    objections = [(event, _objection(event, curves.times, speaking)) for event in events]
    groups, weak = _joined([one for one, reason in objections if not reason], curves.times)
    found = [_expression(group, curves) for group in groups]
    rejected = [(event, reason) for event, reason in objections if reason]
    rejected += [
        (one, f"below the threshold: AU {one.code} reaches {one.evidence:.0%} of it")
        for one in weak
    ]
    rejected += [one for group in groups for one in _beyond(group, curves.times)]
    return sorted(found, key=lambda one: one.strongest.onset), rejected


def _events_of(unit: int, curves: UnitCurves) -> Iterator[UnitEvent]:
    evidence = curves.evidence[:, unit]
    for first, last in stretches(curves.seen[:, unit] & (evidence > _LEAST_FOOT)):
        for low, high in _between_valleys(evidence, first, last):
            top = low + int(np.argmax(evidence[low : high + 1]))
            height = float(evidence[top])
            if height <= _TAKES_PART:
                continue
            foot = max(_FOOT * height, _LEAST_FOOT)
            onset, offset = _run(evidence[low : high + 1] > foot, top - low)
            apex, end = _run(evidence[low : high + 1] > _PLATEAU * height, top - low)
            yield UnitEvent(
                unit=unit,
                onset=low + onset,
                apex=low + apex,
                plateau_end=low + end,
                offset=low + offset,
                evidence=height,
                left=float(curves.left[top, unit]),
                right=float(curves.right[top, unit]),
                uncertainty=float(curves.noise[unit]),
            )


def _run(mask: ndarray, inside: int) -> tuple[int, int]:
    """First and last place of the run of True that `inside` belongs to."""
    false = np.flatnonzero(~mask)
    place = int(np.searchsorted(false, inside))
    first = int(false[place - 1]) + 1 if place else 0
    return first, int(false[place]) - 1 if place < len(false) else len(mask) - 1


def _between_valleys(
    evidence: Float32[ndarray, " frames"], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """The stretch, cut where evidence falls far below the heights on both sides."""
    waiting = [(first, last)]
    while waiting:
        low, high = waiting.pop()
        part = evidence[low : high + 1]
        before, after = np.maximum.accumulate(part), np.maximum.accumulate(part[::-1])[::-1]
        lower = np.minimum(before, after)
        depth = np.where(lower > 1, part / np.maximum(lower, 1), 1.0)
        valley = int(np.argmin(depth))
        if depth[valley] < _VALLEY and 0 < valley < len(part) - 1:
            waiting += [(low, low + valley), (low + valley + 1, high)]
        else:
            yield low, high


def _joined(
    events: Sequence[UnitEvent], times: Float64[ndarray, " frames"]
) -> tuple[list[list[UnitEvent]], list[UnitEvent]]:
    """Events in groups that act together, the strongest event of each first; and weak ones.

    Weak events take part in a group, but make up none.
    """
    groups: list[list[UnitEvent]] = []
    weak: list[UnitEvent] = []
    for event in sorted(events, key=lambda one: -one.evidence):
        for group in groups:
            if _together(group[0], event, times):
                group.append(event)
                break
        else:
            if UNITS[event.unit].beside is not None:
                continue  # another unit shows the same
            if event.evidence > 1:
                groups.append([event])
            else:
                weak.append(event)
    return groups, weak


def _together(strong: UnitEvent, weak: UnitEvent, times: Float64[ndarray, " frames"]) -> bool:
    begins, ends = times[[strong.onset, weak.onset]], times[[strong.offset, weak.offset]]
    shared = max(0.0, float(ends.min() - begins.max()))
    union = float(ends.max() - begins.min())
    length = float(ends[1] - begins[1])
    inside = shared >= _INSIDE * length and weak.evidence < _WEAKER * strong.evidence
    return shared >= _SAME * union or inside


def _objection(
    event: UnitEvent, times: Float64[ndarray, " frames"], speaking: Bool[ndarray, " frames"]
) -> str:
    """Why an event counts for nothing; empty where it counts."""
    if times[event.offset] - times[event.onset] < _SHORTEST:
        return f"too short: AU {event.code} acts for less than {_SHORTEST:g} s"
    # A spoken unit that acts for the most part during speech.
    share = float(speaking[event.onset : event.offset + 1].mean())
    if UNITS[event.unit].spoken and share > _SPOKEN:
        return f"speech: AU {event.code} also forms sounds"
    return ""


def _beyond(group: Sequence[UnitEvent], times: Float64[ndarray, " frames"]) -> Iterator[Rejected]:
    """Events that act with the strongest one, but most outside its time."""
    strongest = group[0]
    for event in group[1:]:
        if not strongest.onset <= event.apex <= strongest.offset:
            when = f"{times[strongest.apex]:.1f} s"
            yield event, f"AU {event.code} acts with the expression at {when}, before or after it"


def _expression(group: Sequence[UnitEvent], curves: UnitCurves) -> Expression:
    strongest, each = group[0], {}
    for event in group:  # a unit that acted twice in one expression is named once
        each.setdefault(event.unit, event)
    last = len(curves.times) - 1
    seen = curves.seen[:, strongest.unit]
    begun = strongest.onset > 0 and seen[strongest.onset - 1]
    ended = strongest.offset < last and seen[strongest.offset + 1]
    return Expression(_named(list(each.values())), bool(begun), bool(ended))


def _named(events: Sequence[UnitEvent]) -> tuple[UnitEvent, ...]:
    """The events whose units can be told from one another, in the order given."""
    present = {UNITS[event.unit].name for event in events}
    events = [one for one in events if UNITS[one.unit].beside in (None, *present)]
    events = [one for one in events if not UNITS[one.unit].lasts or one.evidence > 1]
    height = {UNITS[one.unit].name: one.evidence for one in events}
    return tuple(
        one
        for one in events
        if all(one.evidence > height.get(name, 0) for name in UNITS[one.unit].drawn_by)
    )
