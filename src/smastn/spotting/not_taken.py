"""Why peaks are in no interval: one reason for each peak that stands out.

The rules that reject a candidate say why (`intervals`, `both_channels`, `unit_events`). Here each
peak of the movement curve gets the reason of the strongest candidate that it belonged to, or what
kept it below the threshold; each event of an action unit outside all intervals has its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.spotting.curve import MovementCurve
from smastn.spotting.evidence import LESSENED_BY, Evidence, together
from smastn.spotting.intervals import (
    Interval,
    NotTaken,
    SpottingConfig,
    prominent_peaks,
    strength_of,
)
from smastn.spotting.unit_events import Rejected

_SAME = 0.15  # s within which peaks are one
_LESS = {
    "speech": "speech: {:.1f} times the noise, {:.1f} without what the speaking mouth moves",
    "blink": "blink: {:.1f} times the noise, {:.1f} without what closing lids pull along",
    "head": "head movement: {:.1f} times the noise, {:.1f} times that of a moving head",
    "unrest": "constant movement: {:.1f} times the noise, {:.1f} times that of the seconds around",
}


def peaks_not_taken(
    curve: MovementCurve,
    spans: Sequence[Evidence],
    rejected: Sequence[NotTaken],
    events: Iterable[Rejected],
    config: SpottingConfig,
) -> list[NotTaken]:
    """The peaks that stand out, in order of time, with the reason against each.

    Peaks that lie in an interval are among them: `outside` leaves them out.

    Args:
        curve: when frames were seen.
        spans: what each span shows.
        rejected: candidates.
        events: of action units.
        config: what counts as a candidate.
    """
    moved = _moved(curve, spans, [one for one in rejected if not one.of_unit], config)
    units = [one for one in rejected if one.of_unit]
    for one, reason in events:
        strength = one.evidence * config.threshold
        units.append(NotTaken(one.apex, strength, reason, one.onset, one.offset, of_unit=True))
    return _joined(moved, units, curve.times)


def outside(peaks: Iterable[NotTaken], intervals: Iterable[Interval]) -> tuple[NotTaken, ...]:
    """The peaks that lie in no interval."""
    inside = {frame for one in intervals for frame in range(one.onset, one.offset + 1)}
    return tuple(one for one in peaks if one.frame not in inside)


def _moved(
    curve: MovementCurve,
    spans: Sequence[Evidence],
    rejected: Sequence[NotTaken],
    config: SpottingConfig,
) -> Iterator[NotTaken]:
    """Peaks of half the threshold, and of all of it if something was taken off them."""
    movement = np.nan_to_num(np.max([together(one.shown) for one in spans], axis=0))
    before = np.nan_to_num(np.max([one.before for one in spans], axis=0))
    far = np.max([strength_of(one, config) for one in spans], axis=0)
    for peak in prominent_peaks(np.maximum(2 * movement, before[0]), curve, config).tolist():
        of_peak = [one for one in rejected if one.first <= peak <= one.last]
        if of_peak:
            reason = max(of_peak, key=lambda one: one.strength).reason
        elif far[peak] >= config.threshold:
            reason = "not set apart from a stronger movement beside it"
        elif movement[peak] >= config.threshold:
            reason = f"moves less than {config.least_px:g} px"
        else:
            reason = _too_weak(before[:, peak], float(movement[peak]), config.threshold)
        yield NotTaken(peak, float(movement[peak]), reason, peak, peak)


def _too_weak(before: Float32[ndarray, " causes"], strength: float, threshold: float) -> str:
    """What keeps a peak below the threshold: the first thing taken off that brings it there."""
    needed = f"needs {threshold:.1f}"
    if before[0] >= threshold:
        after = [*before[1:].tolist(), strength]
        for cause, left in zip(LESSENED_BY, after, strict=True):
            if left < threshold:
                return f"{_LESS[cause].format(float(before[0]), strength)}; {needed}"
    return f"below the threshold: {strength:.1f} times the noise; {needed}"


def _joined(
    moved: Iterable[NotTaken], units: Iterable[NotTaken], times: Float64[ndarray, " frames"]
) -> list[NotTaken]:
    """One peak for one moment: of units the strongest, beside what the movement curve shows."""
    strongest: list[NotTaken] = []
    for one in sorted(units, key=lambda one: -one.strength):
        if all(abs(times[one.frame] - times[other.frame]) > _SAME for other in strongest):
            strongest.append(one)
    found = []
    for peak in moved:
        near = [one for one in strongest if abs(times[one.frame] - times[peak.frame]) <= _SAME]
        reason = "; ".join(one.reason for one in (peak, *near))
        found.append(replace(peak, reason=reason))
        strongest = [one for one in strongest if one not in near]
    return sorted([*found, *strongest], key=lambda one: one.frame)
