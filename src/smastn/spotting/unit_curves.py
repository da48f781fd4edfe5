"""Each action unit's departure from the face's own neutral, frame by frame.

A blendshape's level says little by itself: faces at rest differ. So the person's neutral is
found first, as what the face looks like in its quietest frames, and each unit is measured
against it, in multiples of the departure that counts as an event. That level rises with the
film's own noise, and where the head is turned away from its pose at rest, since blendshapes
answer to turns too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy import ndarray
from scipy.ndimage import grey_opening, uniform_filter1d

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import stretches

_AVERAGED = 0.2  # s
_QUIET, _CALM = 0.1, 0.3  # shares of the frames: those that give the neutral, and its noise
_ROUNDS = 3
_NOISE_TIMES = 5.0
_FREE_TURN, _TURN_COST = 5.0, 0.2  # degrees from the pose at rest; cost per further degree
_UNSTEADY = ("4", "6", "7")  # they also answer to light, turns and gaze: no sign of an active face
_MAD = 1.4826  # standard deviation over median absolute deviation
_LEAST_NEUTRAL = 0.3  # s
_LASTING = [place for place, unit in enumerate(UNITS) if unit.lasts]
_SIDES = ("Left", "Right")
_BY_FRAME = ("times", "seen", "left", "right", "evidence")

AT_REST = 0.5
"""Evidence below which the face is taken to be neutral."""

LEVELS = np.array([unit.least for unit in UNITS], np.float32)
"""The least departure of each unit that counts as an event, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Neutral:
    """A face at rest.

    Attributes:
        left, right: intensity of each unit on either side, 0 to 1, in the order of `UNITS`.
        pose_degrees: yaw and pitch of the head.
    """

    left: Float32[ndarray, " units"]
    right: Float32[ndarray, " units"]
    pose_degrees: Float32[ndarray, " 2"]


@dataclass(frozen=True, slots=True)
class UnitCurves:
    """Action units over time.

    Attributes:
        times: seconds.
        seen: where each unit could be measured.
        left, right: intensity of each unit on either side, 0 to 1, less the neutral's; in the
            order of `UNITS`; NaN where not seen.
        noise: standard deviation of the mean of both sides while the face is calm, of each unit.
        evidence: mean of both sides, in multiples of the departure that counts as an event; 0
            where not seen.
        neutral: first and last frame of the longest stretch in which the face was neutral, or
            None where it never was for 0.3 s.
    """

    times: Float64[ndarray, " frames"]
    seen: Bool[ndarray, "frames units"]
    left: Float32[ndarray, "frames units"]
    right: Float32[ndarray, "frames units"]
    noise: Float32[ndarray, " units"]
    evidence: Float32[ndarray, "frames units"]
    neutral: tuple[int, int] | None

    def cut(self, frames: slice, before: int) -> "UnitCurves":
        """Some frames alone, of a film with so many frames before the first of these curves."""
        neutral = None
        if self.neutral is not None:
            first = max(self.neutral[0], frames.start) + before
            last = min(self.neutral[1], frames.stop - 1) + before
            neutral = (first, last) if first <= last else None
        parts = {name: getattr(self, name)[frames].copy() for name in _BY_FRAME}
        return replace(self, neutral=neutral, **parts)  # copies: a view would keep the rest, too


def end_to_end(curves: Sequence[UnitCurves]) -> UnitCurves:
    """The curves of a film's parts as those of the whole; noise is the parts' median."""
    return UnitCurves(
        **{name: np.concatenate([getattr(one, name) for one in curves]) for name in _BY_FRAME},
        noise=np.median(
            [one.noise for one in curves if one.seen.any()] or [curves[0].noise], axis=0
        ).astype(np.float32),
        neutral=max(
            (one.neutral for one in curves if one.neutral is not None),
            key=lambda one: one[1] - one[0],
            default=None,
        ),
    )


def unit_curves(
    times: Float64[ndarray, " frames"],
    coefficients: Float32[ndarray, "frames 52"],
    pose_degrees: Float32[ndarray, "frames 3"],
    scale: float = 1.0,
    neutral: Neutral | None = None,
) -> UnitCurves:
    """Measure all units against the neutral of the face.

    Args:
        times: seconds.
        coefficients: blendshapes in the order of `BLENDSHAPES`; NaN without a face, or where a
            part of it is covered.
        pose_degrees: yaw, pitch and roll of the head; NaN without a face.
        scale: what the least departure is multiplied by; less finds weaker expressions.
        neutral: the face at rest, if it is known; else it is found in these frames.
    """
    seen, left, right = _sides(times, coefficients)
    face: Bool[ndarray, " frames"] = np.asarray(seen.all(axis=1))
    if not face.any():
        nothing = np.zeros_like(left)
        unseen = np.full_like(left, np.nan)
        noise = np.zeros(len(UNITS), np.float32)
        return UnitCurves(times, seen & False, unseen, unseen, noise, nothing, None)
    mean = (left + right) / 2
    if neutral is None:
        neutral = _neutral(left, right, pose_degrees, _quiet_frames(mean, face))
        for own, values in ((neutral.left, left), (neutral.right, right)):
            # A face may be quiet with its eyes shut.
            least = np.quantile(values[face][:, _LASTING], _QUIET, axis=0)
            own[_LASTING] = np.minimum(own[_LASTING], least)
    departure = mean - (neutral.left + neutral.right) / 2
    activity = _activity(departure, face)
    calm = np.flatnonzero(face & (activity <= np.quantile(activity[face], _CALM)))
    noise = _MAD * np.median(np.abs(departure[calm] - np.median(departure[calm], axis=0)), axis=0)
    anywhere = np.asarray(seen.any(axis=1, keepdims=True))
    turn = _averaged(_turn(pose_degrees, neutral)[:, None], times, anywhere)
    cost = 1 + _TURN_COST * np.maximum(turn - _FREE_TURN, 0)
    evidence = departure / (scale * np.maximum(LEVELS, _NOISE_TIMES * noise) * cost)
    evidence = np.where(seen, evidence, 0).astype(np.float32)
    return UnitCurves(
        times=times,
        seen=seen,
        left=_masked(left - neutral.left, seen),
        right=_masked(right - neutral.right, seen),
        noise=noise.astype(np.float32),
        evidence=evidence,
        neutral=_longest_neutral(evidence, face, times),
    )


def _sides(
    times: Float64[ndarray, " frames"], coefficients: Float32[ndarray, "frames 52"]
) -> tuple[
    Bool[ndarray, "frames units"],
    Float32[ndarray, "frames units"],
    Float32[ndarray, "frames units"],
]:
    """Where each unit is seen, and its averaged intensity on the left and on the right."""
    left, right = (_of_side(coefficients, side) for side in _SIDES)
    seen: Bool[ndarray, "frames units"] = np.asarray(np.isfinite(left) & np.isfinite(right))
    left, right = (_lasting(_averaged(one, times, seen), times, seen) for one in (left, right))
    return seen, left, right


def _of_side(
    coefficients: Float32[ndarray, "frames 52"], side: str
) -> Float32[ndarray, "frames units"]:
    """Intensity of each unit on one side of the face."""
    places = {name: place for place, name in enumerate(BLENDSHAPES)}
    columns = [
        [
            places[name + side] if name + side in places else places[name]
            for name in unit.blendshapes
        ]
        for unit in UNITS
    ]
    return np.stack([coefficients[:, some].mean(axis=1) for some in columns], axis=1)


def _averaged(
    values: Float32[ndarray, "frames columns"],
    times: Float64[ndarray, " frames"],
    known: Bool[ndarray, "frames columns"],
) -> Float32[ndarray, "frames columns"]:
    """The values averaged over `_AVERAGED` seconds; those not known have no weight."""
    if len(times) < 2:
        return np.nan_to_num(values)
    size = max(1, round(_AVERAGED / float(np.median(np.diff(times)))))
    weight = uniform_filter1d(known.astype(np.float32), size, axis=0)
    summed = uniform_filter1d(np.where(known, values, 0), size, axis=0)
    return summed / np.maximum(weight, 1 / (2 * size))


def _lasting(
    values: Float32[ndarray, "frames units"],
    times: Float64[ndarray, " frames"],
    seen: Bool[ndarray, "frames units"],
) -> Float32[ndarray, "frames units"]:
    """Of units that must be held for some time, what is (a morphological opening of each view)."""
    held = values.copy()
    for place in _LASTING if len(times) > 1 else ():
        size = round(UNITS[place].lasts / float(np.median(np.diff(times))))
        for first, last in stretches(seen[:, place]):
            part = held[first : last + 1, place]
            long = len(part) > size
            part[:] = grey_opening(part, max(size, 1), mode="nearest") if long else part.min()
    return held


def neutral_of(
    times: Float64[ndarray, " frames"],
    coefficients: Float32[ndarray, "frames 52"],
    pose_degrees: Float32[ndarray, "frames 3"],
    frames: Bool[ndarray, " frames"] | None = None,
) -> Neutral | None:
    """The face at rest, as some frames show it, or the quietest ones; None without a face there.

    Args:
        times: seconds.
        coefficients: see `unit_curves`.
        pose_degrees: see `unit_curves`.
        frames: those in which the face is at rest, if that is known.
    """
    seen, left, right = _sides(times, coefficients)
    face: Bool[ndarray, " frames"] = np.asarray(seen.all(axis=1))
    if not face.any() or (frames is not None and not (face & frames).any()):
        return None
    quiet = _quiet_frames((left + right) / 2, face) if frames is None else face & frames
    return _neutral(left, right, pose_degrees, quiet)


def _neutral(
    left: Float32[ndarray, "frames units"],
    right: Float32[ndarray, "frames units"],
    pose_degrees: Float32[ndarray, "frames 3"],
    quiet: Bool[ndarray, " frames"],
) -> Neutral:
    middle = [np.median(one[quiet], axis=0) for one in (left, right, pose_degrees[:, :2])]
    return Neutral(*(one.astype(np.float32) for one in middle))


def _quiet_frames(
    mean: Float32[ndarray, "frames units"], face: Bool[ndarray, " frames"]
) -> Bool[ndarray, " frames"]:
    """The frames that show the neutral.

    The quietest tenth of all frames, by the strongest unit above a first guess of the neutral,
    gives the next guess.
    """
    neutral, quiet = np.quantile(mean[face], _QUIET, axis=0), face
    for _ in range(_ROUNDS):
        activity = _activity(mean - neutral, face)
        quiet = face & (activity <= np.quantile(activity[face], _QUIET))
        neutral = np.median(mean[quiet], axis=0)
    return quiet


def _activity(
    departure: Float32[ndarray, "frames units"], face: Bool[ndarray, " frames"]
) -> Float32[ndarray, " frames"]:
    """How active the face is: the steady unit that departs most, in multiples of its level."""
    asked = np.array([unit.name not in _UNSTEADY for unit in UNITS])
    excess = np.maximum(departure[:, asked], 0) / LEVELS[asked]
    return np.where(face, excess.max(axis=1), np.inf).astype(np.float32)


def _turn(
    pose_degrees: Float32[ndarray, "frames 3"], neutral: Neutral
) -> Float32[ndarray, " frames"]:
    """How far the head is turned from where it is when the face is at rest, degrees."""
    away = pose_degrees[:, :2] - neutral.pose_degrees
    return np.nan_to_num(np.linalg.norm(away, axis=1)).astype(np.float32)


def _longest_neutral(
    evidence: Float32[ndarray, "frames units"],
    face: Bool[ndarray, " frames"],
    times: Float64[ndarray, " frames"],
) -> tuple[int, int] | None:
    """First and last frame of the longest stretch at rest, if it is long enough."""
    resting = stretches(face & (evidence.max(axis=1) < AT_REST))
    longest = max(resting, key=lambda one: times[one[1]] - times[one[0]], default=(0, 0))
    return longest if times[longest[1]] - times[longest[0]] >= _LEAST_NEUTRAL else None


def _masked(
    values: Float32[ndarray, "frames units"], seen: Bool[ndarray, "frames units"]
) -> Float32[ndarray, "frames units"]:
    return np.where(seen, values, np.float32(np.nan)).astype(np.float32)
