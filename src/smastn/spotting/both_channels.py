"""Intervals from both channels: what the face model sees, and what the skin's movement shows.

The coarse channel (action units against the neutral) sees whatever is large and how long it
lasts, but nothing below about a pixel. The fine channel (transient movement of regions) sees
that, but takes the rest between two expressions for a movement as well. So the coarse one
decides wherever it sees something, and the fine one counts where no unit is seen to act just
before and just after.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import MovementCurve
from smastn.spotting.intervals import (
    Interval,
    SpottingConfig,
    confidence_of,
    without_overlap,
)
from smastn.spotting.regions import REGIONS
from smastn.spotting.unit_curves import UnitCurves
from smastn.spotting.unit_events import Expression, UnitEvent

_BESIDE = 0.3  # s before onset and after offset in which no unit may act
_AT_APEX = 0.05  # s
_CALMER = 0.03  # sum of intensities, by which a rest lies below the expressions on both sides
_TELLING = [place for place, unit in enumerate(UNITS) if unit.steady]
_COVERED = 0.3  # share of a fine interval in an expression, from which it adds nothing


def both_channels(
    curve: MovementCurve,
    units: UnitCurves,
    seen: Sequence[Expression],
    moved: Iterable[Interval],
    config: SpottingConfig,
) -> list[Interval]:
    """The intervals of a film, in order of time, none of which share frames.

    Args:
        curve: where regions are.
        units: action units over time.
        seen: expressions of the coarse channel.
        moved: intervals of the fine channel.
        config: what counts as a candidate.
    """
    coarse = [_interval(one, curve, config) for one in seen]
    fine = [
        one
        for one in moved
        if _alone(one, units) and not _is_rest(one, units) and not _covered(one, coarse)
    ]
    return without_overlap([*coarse, *fine])


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


def _alone(interval: Interval, units: UnitCurves) -> bool:
    """Whether no unit acts just before the interval or just after it."""
    times = units.times
    first, last = times[interval.onset] - _BESIDE, times[interval.offset] + _BESIDE
    before = slice(int(np.searchsorted(times, first)), interval.onset + 1)
    after = slice(interval.offset, int(np.searchsorted(times, last, side="right")))
    busiest = max(units.evidence[before].max(), units.evidence[after].max())
    return float(busiest) <= 1


def _is_rest(interval: Interval, units: UnitCurves) -> bool:
    """Whether units act less at the apex than on both sides: rest between two expressions."""
    times = units.times
    acting = np.nan_to_num(np.maximum(units.left + units.right, 0)[:, _TELLING]).sum(axis=1) / 2
    at = {one: times[getattr(interval, one)] for one in ("onset", "apex", "offset")}
    moments = (
        (at["onset"] - _BESIDE, at["onset"]),
        (at["offset"], at["offset"] + _BESIDE),
        (at["apex"] - _AT_APEX, at["apex"] + _AT_APEX),
    )
    before, after, apex = (
        float(acting[slice(*np.searchsorted(times, (first, last + 1e-6)))].mean())
        for first, last in moments
    )
    return apex < min(before, after) - _CALMER


def _covered(interval: Interval, coarse: Sequence[Interval]) -> bool:
    frames = interval.offset - interval.onset + 1
    return any(
        min(interval.offset, one.offset) - max(interval.onset, one.onset) + 1 > _COVERED * frames
        for one in coarse
    )
