"""From what moved to candidate intervals, by the film's own noise.

A candidate is a moment at which some region of the face has moved and will have
returned, by several times what that region shows when nothing happens. It is a place
to look at, not a finding.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64, Int64
from numpy import ndarray
from scipy.signal import find_peaks

from smastn.corpora.clip import MICRO_SECONDS
from smastn.corpora.facs import by_number
from smastn.errors import ConfigError
from smastn.spotting.curve import MovementCurve, neighbours
from smastn.spotting.evidence import Evidence, together
from smastn.spotting.moved_units import moved_units
from smastn.spotting.regions import REGIONS
from smastn.spotting.slope import steps_to_foot
from smastn.spotting.unit_events import UnitEvent

_NAMES = tuple(REGIONS)
_SHARE = 0.4  # of the strongest region's evidence, from which another takes part
_USUAL = 5.6  # times the noise: the threshold at a sensitivity of 0.5
_HALF_SURE = 2 * _USUAL
_REACH = 1.4  # spans, in which onset and offset are sought
_BESIDE, _LITTLE = 0.15, 0.25  # s around a larger movement, of which so little is an edge
_STANDS_OUT = 2.0  # times the noise, that counts for action units
_FILLS = 1.8  # spans, a movement up to which fits well between a span before and after


@dataclass(frozen=True, slots=True)
class SpottingConfig:
    """What counts as a candidate.

    Attributes:
        sensitivity: 0 to 1; more finds weaker movement and more that is none.
        least_px: no candidate moves less than this, pixels of a face of 224.
        shortest, longest: seconds a candidate may last.
    """

    sensitivity: float = 0.5
    least_px: float = 0.3
    shortest: float = 0.08
    longest: float = 4.5

    def __post_init__(self) -> None:
        if not 0 <= self.sensitivity <= 1:
            raise ConfigError(f"sensitivity is {self.sensitivity}; wanted 0 to 1, such as 0.5")
        if not 0 < self.shortest < self.longest:
            raise ConfigError(
                f"shortest is {self.shortest} s and longest {self.longest} s; "
                "wanted 0 < shortest < longest"
            )

    @property
    def threshold(self) -> float:
        """What a peak must reach, in units of the film's noise: 11.2, 5.6, 2.8 at 0, 0.5, 1."""
        return _USUAL * self.scale

    @property
    def scale(self) -> float:
        """What thresholds are multiplied by: 2, 1, 0.5 at sensitivities of 0, 0.5, 1."""
        return 2 * 0.25**self.sensitivity


@dataclass(frozen=True, slots=True)
class Interval:
    """One candidate. Frames count from 0; onset and offset are inclusive.

    Attributes:
        onset, apex, offset: first frame, strongest frame, last frame.
        seconds: how long it lasts.
        strength_px: movement of the strongest region at the apex, pixels of a face of 224.
        strength_noise: the same in units of that region's noise.
        regions: the regions that moved, strongest first.
        confidence: 0 to 1; how far above noise and head movement this stands. It grades
            candidates; it is no probability that an expression was shown.
        events: action units that the face model sees in it, strongest first, each with an onset,
            apex and offset of its own; none where the movement is too small for it.
        moved_units: FACS codes that explain the skin's movement, where the face model sees none.
        has_onset, has_offset: whether they were seen; else the film or the view of the face
            begins or ends within the expression.
    """

    onset: int
    apex: int
    offset: int
    seconds: float
    strength_px: float
    strength_noise: float
    regions: tuple[str, ...]
    confidence: float
    events: tuple[UnitEvent, ...] = ()
    moved_units: tuple[str, ...] = ()
    has_onset: bool = True
    has_offset: bool = True

    @property
    def micro(self) -> bool:
        """Whether it is as short as a micro-expression."""
        return self.seconds <= MICRO_SECONDS

    @property
    def action_units(self) -> tuple[str, ...]:
        """FACS codes, as ``12`` or ``L14``, in the order of their numbers."""
        codes = [one.code for one in self.events] or self.moved_units
        return tuple(sorted(codes, key=by_number))

    def later(self, frames: int) -> "Interval":
        """The same interval, counted from so many frames earlier."""
        return replace(
            self,
            onset=self.onset + frames,
            apex=self.apex + frames,
            offset=self.offset + frames,
            events=tuple(one.later(frames) for one in self.events),
        )


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A peak that stands out and lies in no interval.

    Attributes:
        frame: of the peak.
        strength: its height, in multiples of the noise.
        reason: why it is in no interval, a few plain words.
        first, last: frames that the rejected movement covers.
        of_unit: whether it is a peak of an action unit's evidence, not of the movement curve.
    """

    frame: int
    strength: float
    reason: str
    first: int
    last: int
    of_unit: bool = False

    def later(self, frames: int) -> "NotTaken":
        """The same peak, counted from so many frames earlier."""
        places = ("frame", "first", "last")
        return replace(self, **{name: getattr(self, name) + frames for name in places})


def sifted(
    intervals: Iterable[Interval], objection: Callable[[Interval], str]
) -> tuple[list[Interval], list[NotTaken]]:
    """The intervals against which there is no objection, and the others with theirs."""
    kept, rejected = [], []
    for one in intervals:
        if reason := objection(one):
            what = one.apex, one.strength_noise, reason, one.onset, one.offset
            rejected.append(NotTaken(*what, of_unit=bool(one.events)))
        else:
            kept.append(one)
    return kept, rejected


def intervals_of(
    curve: MovementCurve, spans: Sequence[Evidence], config: SpottingConfig
) -> tuple[list[Interval], list[NotTaken]]:
    """The candidate intervals, none of which share frames, and what was rejected and why.

    Args:
        curve: see `measure_movement`.
        spans: what each span shows, from the shortest on.
        config: what counts as a candidate.
    """
    found = [
        _interval(int(peak), curve, spans[: place + 1], config)
        for place, one in enumerate(spans)
        for peak in _peaks(one, curve, config)
    ]
    kept, of_length = sifted(found, lambda one: _length_objection(one, config))
    alone, edges = sifted(kept, lambda one: _edge_objection(one, kept, curve))
    strongest, weaker = without_overlap(alone, curve.times)
    return strongest, [*of_length, *edges, *weaker]


def _length_objection(one: Interval, config: SpottingConfig) -> str:
    if one.seconds < config.shortest:
        return f"too short: less than {config.shortest:g} s"
    if one.seconds > config.longest:
        return f"too long: {one.seconds:.1f} s, more than {config.longest:g} s"
    return ""


def _edge_objection(one: Interval, others: Sequence[Interval], curve: MovementCurve) -> str:
    beside = round(_BESIDE * curve.rate)
    larger = next((other for other in others if _edge_of(one, other, beside)), None)
    return (
        "" if larger is None else f"edge of a larger movement at {curve.times[larger.apex]:.1f} s"
    )


def _edge_of(one: Interval, other: Interval, beside: int) -> bool:
    """Whether one is only what a much larger movement shows where it begins or ends.

    A little of what the mouth does is taken for the skull's, so that all else seems to give way
    for a moment.
    """
    near = one.onset <= other.offset + beside and other.onset - beside <= one.offset
    return near and one.strength_px < _LITTLE * other.strength_px


def _peaks(
    evidence: Evidence, curve: MovementCurve, config: SpottingConfig
) -> Int64[ndarray, " peaks"]:
    return prominent_peaks(strength_of(evidence, config), curve, config)


def strength_of(evidence: Evidence, config: SpottingConfig) -> Float32[ndarray, " frames"]:
    """Evidence of what moves far enough, in multiples of the noise; 0 where nothing is known."""
    enough = evidence.moved >= config.least_px
    return together(np.where(enough, np.nan_to_num(evidence.shown), 0))


def prominent_peaks(
    strength: Float32[ndarray, " frames"], curve: MovementCurve, config: SpottingConfig
) -> Int64[ndarray, " peaks"]:
    """Frames of the peaks that reach the threshold and stand out by half of it."""
    apart = max(1, round(config.shortest * curve.rate))
    threshold = config.threshold
    peaks, _ = find_peaks(strength, height=threshold, prominence=threshold / 2, distance=apart)
    return peaks


def _interval(
    peak: int, curve: MovementCurve, spans: Sequence[Evidence], config: SpottingConfig
) -> Interval:
    """The interval around a peak of the last of `spans`, with the regions that take part in it."""
    shown = np.nan_to_num(spans[-1].shown[peak])
    order = np.argsort(-shown)
    taking_part = order[shown[order] >= max(_SHARE * shown.max(), config.threshold / 2)]
    onset, apex, offset = _extent(peak, curve, spans[-1], taking_part)
    for finer in reversed(spans[:-1]):  # a short movement is also seen, blurred, by a long span
        if curve.times[offset] - curve.times[onset] > _FILLS * finer.span:
            break
        onset, apex, offset = _extent(apex, curve, finer, taking_part)
    first, strength = taking_part[0], float(together(shown[None])[0])
    return Interval(
        onset=onset,
        apex=apex,
        offset=offset,
        seconds=float(curve.times[offset] - curve.times[onset]),
        strength_px=float(spans[-1].moved[peak, first]),
        strength_noise=strength,
        regions=tuple(_NAMES[region] for region in taking_part),
        confidence=confidence_of(strength),
        moved_units=moved_units(_returned(spans[-1], onset, apex, offset)),
    )


def _returned(
    evidence: Evidence, onset: int, apex: int, offset: int
) -> Float32[ndarray, "regions 2"]:
    """How far each region had moved at the apex, less what does not stand out from noise."""
    at = evidence.positions
    moved = at[apex] - (at[onset] + at[offset]) / 2
    return np.where(np.abs(moved) > _STANDS_OUT * evidence.noise, moved, 0).astype(np.float32)


def confidence_of(strength: float) -> float:
    """How far above noise a strength stands, 0 to 1: a half at twice the usual threshold."""
    return strength / (strength + _HALF_SURE)


def _extent(
    peak: int, curve: MovementCurve, evidence: Evidence, regions: ndarray
) -> tuple[int, int, int]:
    """Onset, apex and offset: the feet of the slopes on both sides of what is highest."""
    earlier, later = (int(side[peak]) for side in neighbours(curve, evidence.span))
    inside = evidence.positions[:, regions]
    around = (inside[earlier] + inside[later]) / 2
    weights = (inside[peak] - around) / evidence.noise[regions] ** 2
    first, last = (int(side[peak]) for side in neighbours(curve, _REACH * evidence.span))
    height = np.einsum("trd,rd->t", inside[first : last + 1] - around, weights)
    low, high = (earlier + peak) // 2 - first, (peak + later) // 2 - first
    apex = low + int(np.argmax(height[low : high + 1]))
    rise = height[apex::-1] - height[earlier - first]
    fall = height[apex:] - height[later - first]
    top = first + apex
    return top - steps_to_foot(rise), top, top + steps_to_foot(fall)


def without_overlap(
    intervals: Iterable[Interval], times: Float64[ndarray, " frames"]
) -> tuple[list[Interval], list[NotTaken]]:
    """Of intervals that share frames, the strongest, in order of time; and the others."""
    kept: list[Interval] = []

    def objection(one: Interval) -> str:
        for other in kept:
            if one.offset >= other.onset and other.offset >= one.onset:
                return f"weaker than an overlapping movement at {times[other.apex]:.1f} s"
        kept.append(one)
        return ""

    _, weaker = sifted(sorted(intervals, key=lambda one: -one.strength_noise), objection)
    return sorted(kept, key=lambda one: one.onset), weaker
