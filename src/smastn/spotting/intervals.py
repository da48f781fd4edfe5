"""From movement curves to candidate intervals, by the film's own noise.

A candidate is a moment at which some region of the face has moved and will have
returned, by several times what that region shows when nothing happens. It is a place
to look at, not a finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Int64
from numpy import ndarray
from scipy.signal import find_peaks

from smastn.errors import ConfigError
from smastn.spotting.blinks import blink_mask
from smastn.spotting.curve import MovementCurve, neighbours, stretches
from smastn.spotting.evidence import (
    SPANS,
    Circumstances,
    Evidence,
    HeadTurns,
    either_way,
    evidence_of,
    together,
)
from smastn.spotting.parts import Part, parts_of
from smastn.spotting.regions import REGIONS
from smastn.spotting.slope import steps_to_foot
from smastn.spotting.speech import speech_mask
from smastn.spotting.turning import direction_degrees, turn_noise, without_turns

MICRO_SECONDS = 0.5
"""A movement longer than this is no micro-expression."""

_NAMES = tuple(REGIONS)
_SHARE = 0.4  # of the strongest region's evidence, from which another takes part
_HALF_SURE = 11.2  # times the noise: twice the usual threshold
_REACH = 1.4  # spans, in which onset and offset are sought
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
        return 11.2 * 0.25**self.sensitivity


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
    """

    onset: int
    apex: int
    offset: int
    seconds: float
    strength_px: float
    strength_noise: float
    regions: tuple[str, ...]
    confidence: float

    @property
    def micro(self) -> bool:
        """Whether it is as short as a micro-expression."""
        return self.seconds <= MICRO_SECONDS


@dataclass(frozen=True, slots=True)
class Spotting:
    """What was found in a film, and the curve it was found on.

    Attributes:
        regions_px: how far each region moved and came back around each frame, pixels of 224;
            regions in the order of `REGIONS`; NaN where nothing could be measured.
        regions_noise: the same in units of each region's noise, less what a speaking jaw and
            closing lids pull along; eyes left out.
        movement: strongest region's movement in each frame, in units of its noise; NaN
            where nothing could be measured.
        threshold: what a peak had to reach.
        noise_px: standard deviation of each region when nothing happens, pixels of 224.
        blinks: first and last frame of each blink, inclusive.
        speech: first and last frame of each stretch of speech, inclusive.
        intervals: the candidates, in order of time.
    """

    regions_px: Float32[ndarray, "frames regions"]
    regions_noise: Float32[ndarray, "frames regions"]
    movement: Float32[ndarray, " frames"]
    threshold: float
    noise_px: dict[str, float]
    blinks: tuple[tuple[int, int], ...]
    speech: tuple[tuple[int, int], ...]
    intervals: tuple[Interval, ...]


def spot(curve: MovementCurve, config: SpottingConfig | None = None) -> Spotting:
    """The candidate intervals of a film, which is looked through some minutes at a time.

    Args:
        curve: see `measure_movement`.
        config: what counts as a candidate.
    """
    config = config or SpottingConfig()
    parts = [_own_of(part, _spot_part(part.curve, config)) for part in parts_of(curve)]
    noise = {name: [part.noise_px[name] for part in parts] for name in _NAMES}
    return Spotting(
        regions_px=np.concatenate([part.regions_px for part in parts]),
        regions_noise=np.concatenate([part.regions_noise for part in parts]),
        movement=np.concatenate([part.movement for part in parts]),
        threshold=config.threshold,
        noise_px={name: float(np.median(values)) for name, values in noise.items()},
        blinks=_joined([part.blinks for part in parts]),
        speech=_joined([part.speech for part in parts]),
        intervals=tuple(_without_overlap([one for part in parts for one in part.intervals])),
    )


def _own_of(part: Part, found: Spotting) -> Spotting:
    """What was found in a part's own frames, counted as the film counts them."""
    inside, first = part.inside, part.first
    intervals = (
        replace(one, onset=one.onset + first, apex=one.apex + first, offset=one.offset + first)
        for one in found.intervals
    )
    return replace(
        found,
        regions_px=found.regions_px[inside].copy(),  # a view would keep the rest as well
        regions_noise=found.regions_noise[inside].copy(),
        movement=found.movement[inside].copy(),
        blinks=_within(found.blinks, part),
        speech=_within(found.speech, part),
        intervals=tuple(one for one in intervals if one.apex in part.own),
    )


def _within(frames: Sequence[tuple[int, int]], part: Part) -> tuple[tuple[int, int], ...]:
    """Stretches of a part's curve as far as they lie in its own frames, of the film."""
    low, high = part.own.start, part.own.stop - 1
    moved = [(first + part.first, last + part.first) for first, last in frames]
    return tuple((max(a, low), min(b, high)) for a, b in moved if a <= high and b >= low)


def _joined(parts: Sequence[Sequence[tuple[int, int]]]) -> tuple[tuple[int, int], ...]:
    """Stretches of all parts; one that was cut in two is one again."""
    whole: list[tuple[int, int]] = []
    for first, last in (one for part in parts for one in part):
        if whole and whole[-1][1] + 1 == first:
            first = whole.pop()[0]
        whole.append((first, last))
    return tuple(whole)


def _spot_part(curve: MovementCurve, config: SpottingConfig) -> Spotting:
    blinking = blink_mask(curve)
    degrees = direction_degrees(curve)
    positions = without_turns(curve, degrees)
    when = Circumstances(HeadTurns(degrees, turn_noise(curve, positions, degrees)), blinking)
    speaking = speech_mask(curve, evidence_of(curve, positions, when, SPANS[0]))
    when = replace(when, speaking=speaking)
    spans = [evidence_of(curve, positions, when, span) for span in SPANS]
    found = [
        _interval(int(peak), curve, spans[: place + 1], config)
        for place, one in enumerate(spans)
        for peak in _peaks(one, curve, config)
    ]
    kept = [one for one in found if config.shortest <= one.seconds <= config.longest]
    return Spotting(
        regions_px=np.max([one.moved for one in spans], axis=0),
        regions_noise=np.max([one.shown for one in spans], axis=0),
        movement=np.max([together(one.shown) for one in spans], axis=0),
        threshold=config.threshold,
        noise_px=dict(zip(_NAMES, either_way(spans[0].noise).tolist(), strict=True)),
        blinks=tuple(stretches(blinking)),
        speech=tuple(stretches(speaking)),
        intervals=tuple(_without_overlap(kept)),
    )


def _peaks(
    evidence: Evidence, curve: MovementCurve, config: SpottingConfig
) -> Int64[ndarray, " peaks"]:
    enough = evidence.moved >= config.least_px
    strength = together(np.where(enough, np.nan_to_num(evidence.shown), 0))
    apart = max(1, round(config.shortest * curve.rate))
    peaks, _ = find_peaks(
        strength, height=config.threshold, prominence=config.threshold / 2, distance=apart
    )
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
        confidence=strength / (strength + _HALF_SURE),
    )


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


def _without_overlap(intervals: list[Interval]) -> list[Interval]:
    """Of intervals that share frames, the strongest."""
    kept: list[Interval] = []
    for one in sorted(intervals, key=lambda one: -one.strength_noise):
        if all(one.offset < other.onset or other.offset < one.onset for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.onset)
