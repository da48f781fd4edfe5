"""Intervals from both channels: what the face model sees, and what the skin's movement shows.

The coarse channel (action units against the neutral) sees whatever is large and how long it
lasts, but nothing below about a pixel. The fine channel (transient movement of regions) sees
that, but takes the rest between two expressions for a movement as well. So the coarse one
decides wherever it sees something, and the fine one counts where no unit is seen to act just
before and just after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import (
    Interval,
    NotTaken,
    SpottingConfig,
    confidence_of,
    sifted,
)
from smastn.spotting.regions import LOWER, REGIONS
from smastn.spotting.unit_curves import UnitCurves
from smastn.spotting.unit_events import Expression, UnitEvent

_BESIDE = 0.3  # s before onset and after offset in which no unit may act
_AT_APEX = 0.05  # s
_CALMER, _CALMER_NOISE = 0.02, 4.0
"""A rest lies lower than both sides by so much of the sum of intensities, and of its noise."""

_MAD = 1.4826  # standard deviation over median absolute deviation
_STEADY = [place for place, unit in enumerate(UNITS) if unit.steady]
_LEFT = 0.5  # share of an interval that must be left beside a stronger one
_COVERED = 0.3  # share of a fine interval in an expression, from which it adds nothing


def both_channels(
    curve: MovementCurve,
    units: UnitCurves,
    seen: Sequence[Expression],
    moved: Iterable[Interval],
    config: SpottingConfig,
) -> tuple[list[Interval], list[NotTaken]]:
    """The intervals, in order of time, none of which share frames; and what was rejected and why.

    Args:
        curve: where regions are.
        units: action units over time.
        seen: expressions of the coarse channel.
        moved: intervals of the fine channel.
        config: what counts as a candidate.
    """
    coarse = [_interval(one, curve, config) for one in seen]
    acting, noise = _acting(units)

    def objection(one: Interval) -> str:
        if _is_rest(one, units.times, acting, noise):
            return "rest between two expressions"
        if _hidden(one, units):
            return "mouth covered"
        return _beside(one, units) or _covered(one, coarse, units.times)

    fine, rejected = sifted(moved, objection)
    strongest, weaker = _in_turn([*coarse, *fine], units.times)
    return strongest, [*rejected, *weaker]


def _in_turn(
    intervals: Iterable[Interval], times: Float64[ndarray, " frames"]
) -> tuple[list[Interval], list[NotTaken]]:
    """The intervals without shared frames, in order of time; and what is not taken.

    A weaker one ends where a stronger one begins, and stays while its apex and half of its length
    are left: if a shared frame were enough to drop it, it would come and go with the encoding.
    """
    kept: list[Interval] = []

    def objection(one: Interval) -> str:
        onset, offset = one.onset, one.offset
        for other in kept:
            if other.onset > one.apex:
                offset = min(offset, other.onset - 1)
            elif other.offset < one.apex:
                onset = max(onset, other.offset + 1)
            else:
                offset = onset - 1
            seconds = float(times[offset] - times[onset])
            if offset < onset or seconds < _LEFT * one.seconds:
                return f"weaker than an overlapping movement at {times[other.apex]:.1f} s"
        seconds = float(times[offset] - times[onset])
        kept.append(replace(one, onset=onset, offset=offset, seconds=seconds))
        return ""

    _, weaker = sifted(sorted(intervals, key=lambda one: -one.strength_noise), objection)
    return sorted(kept, key=lambda one: one.onset), weaker


def _interval(expression: Expression, curve: MovementCurve, config: SpottingConfig) -> Interval:
    strongest = expression.strongest
    regions = list(dict.fromkeys(name for one in expression.events for name in _regions(one)))
    places = [list(REGIONS).index(name) for name in regions]
    way = curve.positions[strongest.apex, places] - curve.positions[strongest.onset, places]
    strength = strongest.evidence * config.threshold
    return Interval(
        onset=strongest.onset,
        apex=strongest.apex,
        offset=strongest.offset,
        seconds=float(curve.times[strongest.offset] - curve.times[strongest.onset]),
        strength_px=float(np.nan_to_num(np.linalg.norm(way, axis=1)).max()),
        strength_noise=strength,
        regions=tuple(regions),
        confidence=confidence_of(strength),
        events=expression.events,
        has_onset=expression.has_onset,
        has_offset=expression.has_offset,
    )


def _regions(event: UnitEvent) -> list[str]:
    """The regions that a unit moves, on the side or sides on which it acted."""
    sides = {"L": ("left",), "R": ("right",)}.get(event.code[0], ("right", "left"))
    names = UNITS[event.unit].regions
    sided = [f"{name} {side}" for name in names for side in sides]
    return [name for name in (*sided, *names) if name in REGIONS]


def _beside(interval: Interval, units: UnitCurves) -> str:
    """Which unit acts just before the interval or just after it; empty if none does."""
    times = units.times
    first, last = times[interval.onset] - _BESIDE, times[interval.offset] + _BESIDE
    before = slice(int(np.searchsorted(times, first)), interval.onset + 1)
    after = slice(interval.offset, int(np.searchsorted(times, last, side="right")))
    for frames, where in ((before, "before"), (after, "after")):
        busiest = units.evidence[frames].max(axis=0)
        if float(busiest.max()) > 1:
            name = UNITS[int(busiest.argmax())].name
            return f"part of an expression: AU {name} acts just {where} it"
    return ""


def _acting(units: UnitCurves) -> tuple[Float32[ndarray, " frames"], float]:
    """How much all steady units act, and how much that changes within moments anyway."""
    acting = np.nan_to_num(np.maximum(units.left + units.right, 0)[:, _STEADY]).sum(axis=1) / 2
    times = units.times
    earlier = np.searchsorted(times, times - _BESIDE)
    later = np.minimum(np.searchsorted(times, times + _BESIDE), len(times) - 1)
    change = acting - (acting[earlier] + acting[later]) / 2
    return acting, _MAD * float(np.median(np.abs(change)))


def _is_rest(
    interval: Interval,
    times: Float64[ndarray, " frames"],
    acting: Float32[ndarray, " frames"],
    noise: float,
) -> bool:
    """Whether units act less at the apex than on both sides: rest between two expressions."""
    onset, apex, offset = (times[at] for at in (interval.onset, interval.apex, interval.offset))
    moments = (
        (onset - _BESIDE, onset),
        (offset, offset + _BESIDE),
        (apex - _AT_APEX, apex + _AT_APEX),
    )
    before, after, inside = (
        float(acting[slice(*np.searchsorted(times, (first, last + 1e-6)))].mean())
        for first, last in moments
    )
    return min(before, after) - inside > max(_CALMER, _CALMER_NOISE * noise)


def _hidden(interval: Interval, units: UnitCurves) -> bool:
    """Whether the lower face moved while only the upper one could be seen."""
    seen = units.seen[interval.onset : interval.offset + 1]
    half_seen = seen.any(axis=1) & ~seen.all(axis=1)
    return bool(half_seen.any()) and any(name in LOWER for name in interval.regions)


def _covered(
    interval: Interval, coarse: Sequence[Interval], times: Float64[ndarray, " frames"]
) -> str:
    frames = interval.offset - interval.onset + 1
    for one in coarse:
        shared = min(interval.offset, one.offset) - max(interval.onset, one.onset) + 1
        if shared > _COVERED * frames:
            return f"part of the expression at {times[one.apex]:.1f} s"
    return ""
