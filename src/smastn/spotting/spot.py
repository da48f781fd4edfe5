"""What is spotted in a film: movement of each region, blinks, speech, candidate intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.spotting.blinks import blink_mask, blinks_of
from smastn.spotting.both_channels import both_channels
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.evidence import (
    SPANS,
    Circumstances,
    HeadTurns,
    either_way,
    evidence_of,
    together,
)
from smastn.spotting.intervals import (
    Interval,
    NotTaken,
    SpottingConfig,
    intervals_of,
    without_overlap,
)
from smastn.spotting.not_taken import outside, peaks_not_taken
from smastn.spotting.parts import Part, parts_of
from smastn.spotting.regions import REGIONS
from smastn.spotting.speech import speech_mask
from smastn.spotting.turning import direction_degrees, turn_noise, without_turns
from smastn.spotting.uncodable import Uncodable, codable, shots, uncodable_stretches
from smastn.spotting.unit_curves import Neutral, UnitCurves, end_to_end, unit_curves
from smastn.spotting.unit_events import expressions


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
        uncodable: stretches in which the face or a part of it cannot be coded, and why.
        units: each action unit's departure from neutral over time.
        intervals: the candidates, in order of time.
        not_taken: peaks that stand out and lie in no interval, in order of time, and why.
    """

    regions_px: Float32[ndarray, "frames regions"]
    regions_noise: Float32[ndarray, "frames regions"]
    movement: Float32[ndarray, " frames"]
    threshold: float
    noise_px: dict[str, float]
    blinks: tuple[tuple[int, int], ...]
    speech: tuple[tuple[int, int], ...]
    uncodable: tuple[Uncodable, ...]
    units: UnitCurves
    intervals: tuple[Interval, ...]
    not_taken: tuple[NotTaken, ...]

    @property
    def unit_strength(self) -> Float32[ndarray, " frames"]:
        """How far the most active unit departs, on the scale of `movement`; NaN without a face."""
        strongest = self.threshold * np.maximum(self.units.evidence.max(axis=1), 0)
        return np.where(self.units.seen.any(axis=1), strongest, np.nan).astype(np.float32)


def spot(
    curve: MovementCurve, config: SpottingConfig | None = None, neutral: Neutral | None = None
) -> Spotting:
    """The candidate intervals of a film, which is looked through some minutes at a time.

    Args:
        curve: see `measure_movement`.
        config: what counts as a candidate.
        neutral: the person's face at rest, if it is known; else it is found in each part.
    """
    config = config or SpottingConfig()
    uncodable = uncodable_stretches(curve)
    parts = [
        _own_of(part, _spot_part(codable(part.curve, uncodable, part.first), config, neutral))
        for part in parts_of(curve)
    ]
    noise = {name: [part.noise_px[name] for part in parts] for name in REGIONS}
    intervals, weaker = without_overlap(
        (one for part in parts for one in part.intervals), curve.times
    )
    not_taken = outside([*(one for part in parts for one in part.not_taken), *weaker], intervals)
    return Spotting(
        regions_px=np.concatenate([part.regions_px for part in parts]),
        regions_noise=np.concatenate([part.regions_noise for part in parts]),
        movement=np.concatenate([part.movement for part in parts]),
        threshold=config.threshold,
        noise_px={name: float(np.median(values)) for name, values in noise.items()},
        blinks=_joined([part.blinks for part in parts]),
        speech=_joined([part.speech for part in parts]),
        uncodable=uncodable,
        units=end_to_end([part.units for part in parts]),
        intervals=tuple(intervals),
        not_taken=tuple(sorted(not_taken, key=lambda one: one.frame)),
    )


def _own_of(part: Part, found: Spotting) -> Spotting:
    """What was found in a part's own frames, counted as the film counts them."""
    inside, first = part.inside, part.first
    intervals = (one.later(first) for one in found.intervals)
    not_taken = (one.later(first) for one in found.not_taken)
    return replace(
        found,
        regions_px=found.regions_px[inside].copy(),  # a view would keep the rest as well
        regions_noise=found.regions_noise[inside].copy(),
        movement=found.movement[inside].copy(),
        units=found.units.cut(inside, first),
        blinks=_within(found.blinks, part),
        speech=_within(found.speech, part),
        intervals=tuple(one for one in intervals if one.apex in part.own),
        not_taken=tuple(one for one in not_taken if one.frame in part.own),
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


def _spot_part(curve: MovementCurve, config: SpottingConfig, neutral: Neutral | None) -> Spotting:
    blinking = blink_mask(curve)
    degrees = direction_degrees(curve)
    positions = without_turns(curve, degrees)
    when = Circumstances(HeadTurns(degrees, turn_noise(curve, positions, degrees)), blinking)
    units = _units_of_shots(curve, config, neutral)
    speaking = speech_mask(curve, evidence_of(curve, positions, when, SPANS[0]), units)
    when = replace(when, speaking=speaking)
    first = evidence_of(curve, positions, when, SPANS[0])
    spans = [first, *(evidence_of(curve, positions, when, span, first) for span in SPANS[1:])]
    moved, rejected = intervals_of(curve, spans, config)
    seen, events = expressions(units, speaking)
    intervals, more = both_channels(curve, units, seen, moved, config)
    return Spotting(
        regions_px=np.max([one.moved for one in spans], axis=0),
        regions_noise=np.max([one.shown for one in spans], axis=0),
        movement=np.max([together(one.shown) for one in spans], axis=0),
        threshold=config.threshold,
        noise_px=dict(zip(REGIONS, either_way(spans[0].noise).tolist(), strict=True)),
        blinks=tuple(blinks_of(curve, blinking)),
        speech=tuple(stretches(speaking)),
        uncodable=(),
        units=units,
        intervals=tuple(intervals),
        not_taken=tuple(peaks_not_taken(curve, spans, [*rejected, *more], events, config)),
    )


def _units_of_shots(
    curve: MovementCurve, config: SpottingConfig, neutral: Neutral | None
) -> UnitCurves:
    """Action units, those of each shot against its own neutral: it may show another person."""
    parts = []
    for shot in shots(curve):
        times, pose_degrees = curve.times[shot], curve.pose_degrees[shot]
        found = unit_curves(times, curve.blendshapes[shot], pose_degrees, config.scale, neutral)
        parts.append(found.cut(slice(0, shot.stop - shot.start), shot.start))
    return end_to_end(parts)
