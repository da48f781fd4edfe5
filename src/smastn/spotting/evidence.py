"""How strongly each region moved and came back, over several spans, against its noise.

A movement of some length is seen best by looking about that far before and after it, at
positions averaged over a share of that span. Noise is taken at the very same bandwidth,
in seconds, so that a film with more frames a second gives no more false alarms. It is
robust, and local: where a region moves all the time, as a mouth that talks, only what
stands out from that counts there.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray
from scipy.ndimage import maximum_filter1d, median_filter

from smastn.spotting.curve import MovementCurve, neighbours
from smastn.spotting.regions import REGIONS
from smastn.spotting.smoothing import smoothed

SPANS = (0.3, 0.6, 1.2, 2.2)
"""Seconds before and after a moment that it is compared with: from micro to long macro."""

SMOOTHING = 1 / 9
"""Standard deviation of the averaging over time, as a share of the span."""

_MAD_TO_SIGMA = 1.4826
_BALANCED = 0.5  # least share of the mean that the smaller of rise and fall must have
_LEAST_NOISE = 0.03  # px: below it, a still film would make compression artefacts significant
_USUAL_NOISE, _WIDE_FACE = 0.1, 200.0  # px of 224 in a face at least so many pixels wide
_SAYS_LITTLE = 2.0  # s; a film of this length counts as much as what is usual
_SHAKE = 40.0  # px/s; a head that moves so fast doubles the variance of the noise
_TWO = 1.12
_RIGHT = [place for place, name in enumerate(REGIONS) if name.endswith("right")]
_LEFT = [list(REGIONS).index(list(REGIONS)[place].replace("right", "left")) for place in _RIGHT]
_AROUND, _GRID = 8.0, 0.1  # spans over which local noise is taken; spans between its samples


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one span shows.

    Attributes:
        span: seconds before and after that each frame is compared with.
        positions: of the regions, averaged over time, pixels of 224.
        moved: how far each region has moved and will have come back, pixels of 224.
        noise: standard deviation of `moved` when nothing happens, pixels of 224.
        shown: `moved` in units of the noise around that frame.
    """

    span: float
    positions: Float32[ndarray, "frames regions 2"]
    moved: Float32[ndarray, "frames regions"]
    noise: Float32[ndarray, " regions"]
    shown: Float32[ndarray, "frames regions"]


@dataclass(frozen=True, slots=True)
class HeadTurns:
    """How the head turned, and what is not known about that.

    Attributes:
        degrees: yaw and pitch.
        left: what a turn still moves in each region, pixels a degree.
    """

    degrees: Float32[ndarray, "frames 2"]
    left: Float32[ndarray, " regions"]

    def turned(self, earlier: ndarray, later: ndarray) -> Float32[ndarray, " frames"]:
        """How far the head turned since or until other frames, the larger of both, degrees."""
        return np.maximum(
            np.linalg.norm(self.degrees - self.degrees[earlier], axis=1),
            np.linalg.norm(self.degrees - self.degrees[later], axis=1),
        )


def evidence_of(
    curve: MovementCurve,
    positions: Float32[ndarray, "frames regions 2"],
    head: HeadTurns,
    quiet: Bool[ndarray, " frames"],
    span: float,
) -> Evidence:
    """What moved and came back within about a span.

    Args:
        curve: where the face is seen, and when.
        positions: of the regions, without what the head did.
        head: where it was turned, and what that still moves.
        quiet: frames whose movement may count as noise.
        span: seconds.
    """
    fine = smoothed(positions, curve, span * SMOOTHING)
    earlier, later = neighbours(curve, span)
    rise, fall = fine - fine[earlier], fine - fine[later]
    size = np.linalg.norm((rise + fall) / 2, axis=2)
    noise = _noise(curve, (rise + fall) / 2, quiet & (earlier < later))
    still = np.maximum(noise, _local_noise(curve, size, span)) * _shake(curve.head_speed)
    around = np.hypot(still, head.left * head.turned(earlier, later)[:, None])
    moved = returned_movement(rise, fall)
    return Evidence(span, fine, moved, noise, (moved / around).astype(np.float32))


def returned_movement(
    rise: Float32[ndarray, "frames regions 2"], fall: Float32[ndarray, "frames regions 2"]
) -> Float32[ndarray, "frames regions"]:
    """How far each region has moved and will have come back, pixels of a face of 224.

    The mean of rise and fall; but what has hardly more of the one than of the other's
    contrary, as a head that turns or a smile that lasts, counts the less the more they
    differ, and nothing where one of them is missing. NaN where either is unknown.
    """
    mean = (rise + fall) / 2
    size = np.linalg.norm(mean, axis=2)
    direction = mean / np.maximum(size, 1e-6)[..., None]
    smaller = np.minimum((rise * direction).sum(2), (fall * direction).sum(2))
    return np.clip(smaller / _BALANCED, 0, size)  # NaN stays NaN


def together(shown: Float32[ndarray, "frames regions"]) -> Float32[ndarray, " frames"]:
    """The strongest evidence of any region, or of both halves of the face in one.

    Two regions are less likely to be unquiet by chance than one, and most expressions
    show on both sides; the root of the sum of squares is scaled so that noise alone
    reaches a threshold no more often than in one region.
    """
    both = np.hypot(shown[:, _RIGHT], shown[:, _LEFT]) / _TWO
    return np.maximum(shown.max(axis=1), both.max(axis=1))


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


def _local_noise(
    curve: MovementCurve, size: Float32[ndarray, "frames regions"], span: float
) -> Float32[ndarray, "frames regions"]:
    """The same from the seconds around each frame alone: the most unquiet of their windows.

    A single movement fills less than half of a window and so does not count as noise; one
    that is followed by the like does.
    """
    step = max(1, round(_GRID * span * curve.rate))
    sampled = np.nan_to_num(size[::step])
    window = max(3, round(_AROUND * span * curve.rate / step)) | 1
    if len(sampled) < window:
        return np.zeros_like(size)
    # The length of a two-dimensional normal vector has its median at 1.18 deviations.
    local = median_filter(sampled, (window, 1), mode="nearest") / 1.1774
    spread = maximum_filter1d(local, window, axis=0, mode="nearest")
    return np.repeat(spread, step, axis=0)[: len(size)].astype(np.float32)


def _shake(head_speed: Float32[ndarray, " frames"]) -> Float32[ndarray, "frames 1"]:
    """By how much a moving head raises the noise."""
    return np.sqrt(1 + (head_speed / _SHAKE) ** 2)[:, None]
