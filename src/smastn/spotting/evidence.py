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
from smastn.spotting.pulling import BLINKING, SPEECH, without_pull
from smastn.spotting.regions import EYES, REGIONS, places
from smastn.spotting.smoothing import smoothed, widened

SPANS = (0.25, 0.4, 0.7, 1.2, 2.2)
"""Seconds before and after a moment that it is compared with: from micro to long macro."""

SMOOTHING = 1 / 7
"""Standard deviation of the averaging over time, as a share of the span."""

LESSENED_BY = ("speech", "blink", "head", "unrest")
"""What movement is set against, in this order: what a speaking jaw and closing lids pull along, a
head that moves or turns, and what the face does all the time around."""

_MAD_TO_SIGMA = 1.4826
_BALANCED = 0.5  # least share of the mean that the smaller of rise and fall must have
_LEAST_NOISE = 0.03  # px: below it, a still film would make compression artefacts significant
_USUAL_NOISE, _WIDE_FACE = 0.1, 200.0  # px of 224 in a face at least so many pixels wide
_SAYS_LITTLE = 2.0  # s; a film of this length counts as much as what is usual
_GROWTH = 1.5  # times as much as usual that the noise of one region may grow with the span
_SHAKE = 40.0  # px/s; a head that moves so fast doubles the variance of the noise
_TWO = 1.12
_STEADY = 0.4  # of a steady turn counts as if it had come and gone
_RIGHT = [place for place, name in enumerate(REGIONS) if name.endswith("right")]
_LEFT = [list(REGIONS).index(list(REGIONS)[place].replace("right", "left")) for place in _RIGHT]
_EYES = places(EYES)
_CALM, _LEAST_UNREST = 1.6, 0.2  # times what is usual; times the noise
_AROUND, _GRID = 8.0, 0.1  # spans over which local noise is taken; spans between its samples


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one span shows.

    Attributes:
        span: seconds before and after that each frame is compared with.
        positions: of the regions, averaged over time, pixels of 224.
        moved: how far each region has moved and will have come back, pixels of 224.
        noise: standard deviation (x, y) of that when nothing happens, pixels of 224. Skin
            slides along a brow, so that x is often several times as noisy as y.
        restless: that noise in each frame, the head's movement and turns included.
        shown: movement that comes back in units of that, along x and y each in its own, and
            of the region's unrest; in speech less what goes with the jaw.
        before: the strongest evidence of any region (see `together`) before what each of
            `LESSENED_BY` explains is taken off, one after the other.
    """

    span: float
    positions: Float32[ndarray, "frames regions 2"]
    moved: Float32[ndarray, "frames regions"]
    noise: Float32[ndarray, "regions 2"]
    restless: Float32[ndarray, "frames regions"]
    shown: Float32[ndarray, "frames regions"]
    before: Float32[ndarray, "causes frames"]


@dataclass(frozen=True, slots=True)
class HeadTurns:
    """How the head turned, and what is not known about that.

    Attributes:
        degrees: yaw and pitch.
        left: what a turn still moves in each region (x, y), pixels a degree.
    """

    degrees: Float32[ndarray, "frames 2"]
    left: Float32[ndarray, "regions 2"]

    def turned(self, earlier: ndarray, later: ndarray) -> Float32[ndarray, " frames"]:
        """How far a turn came and went between other frames, degrees, and a share of all of it.

        A steady turn raises the rise by as much as it lowers the fall, so that it hardly
        counts; one that begins, ends or returns does.
        """
        since, until = self.degrees - self.degrees[earlier], self.degrees - self.degrees[later]
        returned = np.linalg.norm(since + until, axis=1) / 2
        whole = np.linalg.norm(since - until, axis=1)
        return returned + _STEADY * whole


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a face does besides showing something.

    Attributes:
        head: where it was turned, and what that still moves.
        blinking: frames that belong to a blink, see `blink_mask`.
        speaking: frames that belong to speech, see `speech_mask`; None while that is not known.
    """

    head: HeadTurns
    blinking: Bool[ndarray, " frames"]
    speaking: Bool[ndarray, " frames"] | None = None


def evidence_of(
    curve: MovementCurve,
    positions: Float32[ndarray, "frames regions 2"],
    when: Circumstances,
    span: float,
    first: Evidence | None = None,
) -> Evidence:
    """What moved and came back within about a span.

    Args:
        curve: where the face is seen, and when.
        positions: of the regions, without what the head did.
        when: what else happens, and when.
        span: seconds.
        first: what the shortest span shows, unless this is it.
    """
    fine = smoothed(positions, curve, span * SMOOTHING)
    earlier, later = neighbours(curve, span)
    rise, fall = fine - fine[earlier], fine - fine[later]
    moved = returned_movement(rise, fall)
    noise = _noise(curve, (rise + fall) / 2, ~when.blinking & (earlier < later))
    if first is not None:
        noise = _grown(first.noise, noise, span / first.span)
    turn = when.head.left * when.head.turned(earlier, later)[:, None, None] / noise
    shake = _shake(curve.head_speed)[..., None]
    both = np.stack([rise, fall]) / noise
    before = [_strongest(both)]
    if when.speaking is not None:
        # What is compared with a moment of speech is not known any better than that moment.
        near = widened(when.speaking, (span - SPANS[0]) / 2, curve.rate)
        both = without_pull(both, SPEECH, near, curve.rate)
    before.append(_strongest(both))
    both = without_pull(both, BLINKING, when.blinking, curve.rate)
    head = np.hypot(shake, turn)
    before += [_strongest(both), _strongest(both / head)]
    unrest = _unrest(curve, returned_movement(*both), span)[..., None]
    shown = _shown(both / np.hypot(shake * unrest, turn))
    return Evidence(span, fine, moved, noise, either_way(head * noise), shown, np.stack(before))


def _shown(
    rise_and_fall: Float32[ndarray, "2 frames regions 2"],
) -> Float32[ndarray, "frames regions"]:
    shown = returned_movement(*rise_and_fall)
    shown[:, _EYES] = 0  # blinks and gaze move them all the time
    return shown


def _strongest(
    rise_and_fall: Float32[ndarray, "2 frames regions 2"],
) -> Float32[ndarray, " frames"]:
    return together(_shown(rise_and_fall))


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


def either_way(
    deviations: Float32[ndarray, "*rest 2"],
) -> Float32[ndarray, "*rest"]:
    """One standard deviation for x and y: the root of their mean square."""
    return np.sqrt((deviations**2).mean(axis=-1))


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
) -> Float32[ndarray, "regions 2"]:
    """What each region shows along x and y when nothing happens, pixels of 224.

    A robust deviation, so that expressions hardly count in a film of some length. A few
    seconds may be all expression, so the shorter the film, the more it leans on what
    films usually show.
    """
    usual = _USUAL_NOISE * max(1.0, _WIDE_FACE / max(curve.face_width, 1.0))
    if not quiet.any():
        return np.full(mean.shape[1:], usual, np.float32)
    spread = _MAD_TO_SIGMA * np.median(np.abs(mean[quiet]), axis=0)
    own = np.maximum(spread, _LEAST_NOISE)
    seconds = quiet.sum() / curve.rate
    share = seconds / (seconds + _SAYS_LITTLE)
    return (own**share * usual ** (1 - share)).astype(np.float32)


def _grown(
    first: Float32[ndarray, "regions 2"], own: Float32[ndarray, "regions 2"], longer: float
) -> Float32[ndarray, "regions 2"]:
    """A longer span's noise, but no more than grows out of the shortest span's.

    In a region that keeps an expression for a good part of a short film, the movement itself
    is taken for noise. But what creeps does so in all regions alike, at most about as a random
    walk, or as the median region does where the whole face is moved.
    """
    usual = max(float(np.median(own / first)), longer**0.5)
    return np.minimum(own, _GROWTH * usual * first)


def _unrest(
    curve: MovementCurve, shown: Float32[ndarray, "frames regions"], span: float
) -> Float32[ndarray, "frames regions"]:
    """By how much more each region moves in the seconds around a frame than in the whole film.

    The most unquiet of the windows that hold the frame counts. A single movement fills
    little of a window and so is no unrest; one that is followed by the like is. Less than
    `_CALM` times the usual is chance, and counts as 1.
    """
    step = max(1, round(_GRID * span * curve.rate))
    sampled = np.nan_to_num(shown[::step])
    window = max(3, round(_AROUND * span * curve.rate / step)) | 1
    if len(sampled) < window:
        return np.ones_like(shown)
    local = median_filter(sampled, (window, 1), mode="nearest")
    local = maximum_filter1d(local, window, axis=0, mode="nearest")
    usual = np.maximum(np.median(sampled, axis=0), _LEAST_UNREST)
    unrest = np.maximum(local / usual / _CALM, 1)
    return np.repeat(unrest, step, axis=0)[: len(shown)].astype(np.float32)


def _shake(head_speed: Float32[ndarray, " frames"]) -> Float32[ndarray, "frames 1"]:
    """By how much a moving head raises the noise."""
    return np.sqrt(1 + (head_speed / _SHAKE) ** 2)[:, None]
