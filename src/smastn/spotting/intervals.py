"""From movement curves to candidate intervals, by the film's own noise.

A candidate is a moment at which some region of the face has moved and will have
returned within the span of the curve, by several times what that region shows
when nothing happens. It is a place to look at, not a finding.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int64
from numpy import ndarray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from smastn.errors import ConfigError
from smastn.spotting.blinks import blink_mask
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.regions import BROWS, EYES, REGIONS
from smastn.spotting.slope import steps_to_foot

MICRO_SECONDS = 0.5
"""A movement longer than this is no micro-expression."""

_NAMES = tuple(REGIONS)
_MAD_TO_SIGMA = 1.4826
_LEAST_NOISE = 0.03  # px: below it, a still film would make compression artefacts significant
_USUAL_NOISE, _WIDE_FACE = 0.1, 200.0  # px of 224 in a face at least so many pixels wide
_SAYS_LITTLE = 2.0  # s; a film of this length counts as much as what is usual
_SMOOTHING = 0.02  # s
_SHAKE = 40.0  # px/s; a head that moves so fast doubles the variance of the noise
_SHARE = 0.4  # of the strongest region's evidence, from which another takes part
_HALF_SURE = 10.0  # times the noise: twice the usual threshold
_EYES = [_NAMES.index(name) for name in EYES]
_BROWS = [_NAMES.index(name) for name in BROWS]


@dataclass(frozen=True, slots=True)
class SpottingConfig:
    """What counts as a candidate.

    Attributes:
        sensitivity: 0 to 1; more finds weaker movement and more that is none.
        least_px: no candidate moves less than this, pixels of a face of 224.
        shortest, longest: seconds a candidate may last.
    """

    sensitivity: float = 0.5
    least_px: float = 0.25
    shortest: float = 0.08
    longest: float = 1.0

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
        """What a peak must reach, in units of the film's noise: 10, 5, 2.5 at 0, 0.5, 1."""
        return 10 * 0.25**self.sensitivity


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
        regions_noise: the same in units of each region's noise, what is not believed (eyes,
            brows in a blink) left out.
        movement: strongest region's movement in each frame, in units of its noise; NaN
            where nothing could be measured.
        threshold: what a peak had to reach.
        noise_px: standard deviation of each region when nothing happens, pixels of 224.
        blinks: first and last frame of each blink, inclusive.
        intervals: the candidates, in order of time.
    """

    regions_px: Float32[ndarray, "frames regions"]
    regions_noise: Float32[ndarray, "frames regions"]
    movement: Float32[ndarray, " frames"]
    threshold: float
    noise_px: dict[str, float]
    blinks: tuple[tuple[int, int], ...]
    intervals: tuple[Interval, ...]


def spot(curve: MovementCurve, config: SpottingConfig | None = None) -> Spotting:
    """The candidate intervals of a film.

    Args:
        curve: see `measure_movement`.
        config: what counts as a candidate.
    """
    config = config or SpottingConfig()
    blinking = blink_mask(curve)
    rise, fall = _smoothed(curve.rise, curve.rate), _smoothed(curve.fall, curve.rate)
    mean = (rise + fall) / 2
    noise = _noise(curve, mean, np.isfinite(mean).all(axis=(1, 2)) & ~blinking)
    moved = returned_movement(rise, fall)
    shown = moved / (noise * _shake(curve.head_speed)[:, None])
    shown[:, _EYES] = 0
    for brow in _BROWS:
        shown[_peaks_inside(shown[:, brow], blinking, config.threshold / 2), brow] = 0
    evidence = _Evidence(curve, rise, fall, noise, moved, shown)
    found = [_interval(int(apex), evidence, config) for apex in _peaks(evidence, config)]
    kept = [one for one in found if config.shortest <= one.seconds <= config.longest]
    return Spotting(
        regions_px=moved,
        regions_noise=shown,
        movement=shown.max(axis=1),
        threshold=config.threshold,
        noise_px={name: float(value) for name, value in zip(_NAMES, noise, strict=True)},
        blinks=tuple(stretches(blinking)),
        intervals=tuple(_without_overlap(kept)),
    )


def returned_movement(
    rise: Float32[ndarray, "frames regions 2"], fall: Float32[ndarray, "frames regions 2"]
) -> Float32[ndarray, "frames regions"]:
    """How far each region has moved and will have come back, pixels of a face of 224.

    The smaller of rise and fall along the direction of their mean: a movement that
    stays, as a head that turns or a smile that lasts, has only one of them and counts
    nothing. NaN where either is unknown.
    """
    mean = (rise + fall) / 2
    size = np.linalg.norm(mean, axis=2, keepdims=True)
    direction = mean / np.maximum(size, 1e-6)
    both = np.minimum((rise * direction).sum(2), (fall * direction).sum(2))
    return np.maximum(both, 0)  # NaN stays NaN


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What intervals are read from: smoothed movement, its noise, and their ratio."""

    curve: MovementCurve
    rise: Float32[ndarray, "frames regions 2"]
    fall: Float32[ndarray, "frames regions 2"]
    noise: Float32[ndarray, " regions"]
    moved: Float32[ndarray, "frames regions"]
    shown: Float32[ndarray, "frames regions"]


def _smoothed(movement: ndarray, rate: float) -> Float32[ndarray, "frames regions 2"]:
    """Averaged over some 20 ms, which only high frame rates feel; NaN spreads no further."""
    sigma = _SMOOTHING * rate
    if sigma < 0.5:
        return movement
    known = np.isfinite(movement)
    weight = gaussian_filter1d(known.astype(np.float32), sigma, axis=0)
    values = gaussian_filter1d(np.where(known, movement, 0), sigma, axis=0)
    return np.where(known, values / np.maximum(weight, 1e-6), np.nan).astype(np.float32)


def _noise(
    curve: MovementCurve,
    mean: Float32[ndarray, "frames regions 2"],
    quiet: Bool[ndarray, " frames"],
) -> Float32[ndarray, " regions"]:
    """What each region shows when nothing happens, pixels of 224.

    A robust deviation, so that expressions hardly count in a film of some length. A few
    seconds may be all expression, so the shorter the film, the more it leans on what
    films usually show.
    """
    usual = _USUAL_NOISE * max(1.0, _WIDE_FACE / max(curve.face_width, 1.0))
    if not quiet.any():
        return np.full(mean.shape[1], usual, np.float32)
    spread = _MAD_TO_SIGMA * np.median(np.abs(mean[quiet]), axis=0)
    own = np.maximum(np.sqrt((spread**2).mean(axis=1)), _LEAST_NOISE)
    seconds = quiet.sum() / curve.rate
    share = seconds / (seconds + _SAYS_LITTLE)
    return (own**share * usual ** (1 - share)).astype(np.float32)


def _shake(head_speed: Float32[ndarray, " frames"]) -> Float32[ndarray, " frames"]:
    """By how much a moving head raises the noise."""
    return np.sqrt(1 + (head_speed / _SHAKE) ** 2)


def _peaks_inside(
    shown: Float32[ndarray, " frames"], blinking: Bool[ndarray, " frames"], level: float
) -> Bool[ndarray, " frames"]:
    """Every stretch above `level` that is highest while the eyes are closed."""
    inside = np.zeros(len(shown), bool)
    with np.errstate(invalid="ignore"):
        above = stretches(shown > level)
    for first, last in above:
        inside[first : last + 1] = blinking[first + int(np.argmax(shown[first : last + 1]))]
    return inside


def _peaks(evidence: _Evidence, config: SpottingConfig) -> Int64[ndarray, " peaks"]:
    enough = evidence.moved >= config.least_px
    strength = np.where(enough, np.nan_to_num(evidence.shown), 0).max(axis=1)
    apart = max(1, round(config.shortest * evidence.curve.rate))
    peaks, _ = find_peaks(
        strength, height=config.threshold, prominence=config.threshold / 2, distance=apart
    )
    return peaks


def _interval(apex: int, evidence: _Evidence, config: SpottingConfig) -> Interval:
    """The interval around a peak, with the regions that take part in it."""
    shown = np.nan_to_num(evidence.shown[apex])
    order = np.argsort(-shown)
    taking_part = order[shown[order] >= max(_SHARE * shown.max(), config.threshold / 2)]
    onset, offset = _extent(apex, evidence, taking_part, config)
    curve, first = evidence.curve, taking_part[0]
    seconds = float(curve.times[offset] - curve.times[onset]) + 1 / curve.rate
    strength = float(shown[first])
    return Interval(
        onset=onset,
        apex=apex,
        offset=offset,
        seconds=seconds,
        strength_px=float(evidence.moved[apex, first]),
        strength_noise=strength,
        regions=tuple(_NAMES[region] for region in taking_part),
        confidence=strength / (strength + _HALF_SURE),
    )


def _extent(
    apex: int, evidence: _Evidence, regions: ndarray, config: SpottingConfig
) -> tuple[int, int]:
    """Onset and offset, where the slopes of rise and fall reach zero."""
    mean = (evidence.rise[apex] + evidence.fall[apex])[regions] / 2
    weights = mean / evidence.noise[regions, None] ** 2
    reach = round(config.longest * evidence.curve.rate)
    rise = np.einsum("trd,rd->t", evidence.rise[: apex + 1, regions][-reach:], weights)[::-1]
    fall = np.einsum("trd,rd->t", evidence.fall[apex:, regions][:reach], weights)
    return apex - steps_to_foot(rise), apex + steps_to_foot(fall)


def _without_overlap(intervals: list[Interval]) -> list[Interval]:
    """Of intervals that share frames, the strongest."""
    kept: list[Interval] = []
    for one in sorted(intervals, key=lambda one: -one.strength_noise):
        if all(one.offset < other.onset or other.offset < one.onset for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.onset)
