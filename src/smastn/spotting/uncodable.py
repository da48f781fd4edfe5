"""Stretches of a film in which a face cannot be coded, and why.

Without them a hand that passes before the mouth is measured as an expression. Covered parts are
found where the two face models place a part apart from each other for half a second, further
than they usually do in this film, the more easily the less the picture looks like a face to one
of them. Expressions, however large, leave the models together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float32
from numpy import ndarray
from scipy.ndimage import median_filter

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.face_parts import FACE_PARTS
from smastn.spotting.regions import LOWER, places
from smastn.spotting.smoothing import narrowed, widened

FACE_LOST, CUT, PROFILE, BLURRED = "face lost", "cut", "profile", "blurred"
COVERED, MOUTH_COVERED = "covered", "mouth covered"
"""Why a stretch cannot be coded. Without the eyes the models misplace the rest of the face, too."""

_APART, _STILL_APART = 5.5, 3.5  # px of 224: models that see different things, and their edges
_WIDE_FACE = 70.0  # px; in a smaller one a pixel of the picture is so many more of 224
_FULL_VIEW, _DOUBT = 17.0, 0.5  # presence of a face in full view; px for each unit below
_BEST = 0.75  # share of the frames that look less like a face than a full view of a small one
_MOST_APART = 0.6  # of the part placed furthest apart, from which presence counts for a part
_STEADY, _CLOSED, _LEAST_CORE, _LEAST = 0.3, 0.25, 0.4, 0.5  # s
_OWN = 5.0  # s with a face from which a shot tells where the models differ anyway
_COMING = 0.2  # s in which what covers a part comes and goes
_TURNED = 38.0  # degrees of yaw
_DULL, _LEAST_DULL = 0.45, 0.1  # of the shot's usual sharpness; s
_LEAST_SHOT, _LEAST_VIEW = 1.0, 0.2  # s

_PARTS = {"mouth": MOUTH_COVERED, "right eye": COVERED, "left eye": COVERED}
_LOWER_BLENDSHAPES = np.array([not name.startswith(("brow", "eye")) for name in BLENDSHAPES])
_MEASURED = ("positions", "eye_change", "pose_degrees", "turned_degrees", "gaze_px", "blendshapes")


@dataclass(frozen=True, slots=True)
class Uncodable:
    """One stretch. Frames are inclusive.

    Attributes:
        first, last: frames.
        why: one of the constants of this module.
    """

    first: int
    last: int
    why: str

    @property
    def whole_face(self) -> bool:
        """Whether nothing at all can be coded, not even brows and lids."""
        return self.why != MOUTH_COVERED


def uncodable_stretches(curve: MovementCurve) -> tuple[Uncodable, ...]:
    """All stretches, in order of time; a covered part may be so while the whole face is blurred."""
    found = [*_gaps(curve), *_short_shots(curve), *_covered(curve)]
    with np.errstate(invalid="ignore"):
        turned = np.abs(curve.pose_degrees[:, 0]) > _TURNED
        dull = curve.sharpness < _DULL * _usual(curve)
    lasting = narrowed(dull, _LEAST_DULL / 2, curve.rate)
    masks = {PROFILE: turned, BLURRED: widened(lasting, _LEAST_DULL / 2, curve.rate) & dull}
    found += [Uncodable(*one, why) for why, mask in masks.items() for one in stretches(mask)]
    return tuple(sorted(found, key=lambda one: (one.first, one.last)))


def shots(curve: MovementCurve) -> list[slice]:
    """The frames of each shot: from one cut to the next."""
    edges = [0, *np.flatnonzero(curve.cut).tolist(), len(curve.times)]
    return [slice(*one) for one in pairwise(edges) if one[0] < one[1]]


def codable(curve: MovementCurve, uncodable: Sequence[Uncodable], first: int) -> MovementCurve:
    """The curve without what cannot be coded.

    Where the whole face cannot be, it counts as not seen. Of a covered mouth the blendshapes are
    NaN, and the regions of the lower face stay between where they were before and after.

    Args:
        curve: of some frames of a film.
        uncodable: see `uncodable_stretches`.
        first: frame of the film with which the curve begins.
    """
    frames = len(curve.times)
    whole = frames_of([one for one in uncodable if one.whole_face], frames, first)
    mouth = frames_of([one for one in uncodable if not one.whole_face], frames, first)
    if not whole.any() and not mouth.any():
        return curve
    values = {name: getattr(curve, name).copy() for name in _MEASURED}
    values["positions"] = _held(curve.positions, mouth)
    values["blendshapes"][np.ix_(mouth, _LOWER_BLENDSHAPES)] = np.nan
    for one in values.values():
        one[whole] = np.nan
    return replace(curve, face=curve.face & ~whole, **values)


def frames_of(
    uncodable: Sequence[Uncodable], frames: int, first: int = 0
) -> Bool[ndarray, " frames"]:
    """True in frames, counted from `first`, that lie in any of the stretches."""
    mask = np.zeros(frames, bool)
    for one in uncodable:
        mask[max(0, one.first - first) : max(0, one.last + 1 - first)] = True
    return mask


def reasons_of(uncodable: Sequence[Uncodable], frames: int) -> list[str]:
    """Why each of so many frames cannot be coded, several reasons joined by +; empty where it can.

    Args:
        uncodable: see `uncodable_stretches`.
        frames: of the film.
    """
    reasons: list[list[str]] = [[] for _ in range(frames)]
    for one in uncodable:
        for of_frame in reasons[one.first : one.last + 1]:
            if one.why not in of_frame:
                of_frame.append(one.why)
    return [" + ".join(some) for some in reasons]


def _gaps(curve: MovementCurve) -> Iterator[Uncodable]:
    for first, last in stretches(~curve.face | _glimpses(curve)):
        yield Uncodable(first, last, CUT if curve.cut[first : last + 1].any() else FACE_LOST)


def _glimpses(curve: MovementCurve) -> Bool[ndarray, " frames"]:
    """True in views too brief to be a face: a detector sometimes takes something else for one."""
    brief = np.zeros(len(curve.times), bool)
    for first, last in stretches(curve.face):
        if last - first + 1 < min(_LEAST_VIEW * curve.rate, len(brief)):
            brief[first : last + 1] = True
    return brief


def _short_shots(curve: MovementCurve) -> Iterator[Uncodable]:
    """Shots too short to show a neutral: another person's would be taken for this one's."""
    every = shots(curve)
    for one in every if len(every) > 1 else ():
        last = one.stop - 1
        if curve.face[one].any() and curve.times[last] - curve.times[one.start] < _LEAST_SHOT:
            yield Uncodable(one.start, last, CUT)


def _covered(curve: MovementCurve) -> Iterator[Uncodable]:
    """Parts of the face that the two models place apart."""
    known = np.isfinite(curve.presence)
    if not known.any():
        return
    way = np.where(known[:, None, None], curve.apart - _usually_apart(curve, known), 0)
    steady = max(1, round(_STEADY * curve.rate)) | 1
    apart = median_filter(np.linalg.norm(way, axis=2), (steady, 1))
    presence = median_filter(np.where(known, curve.presence, _FULL_VIEW), steady)
    doubt = _DOUBT * np.maximum(_full_view(curve, known) - presence, 0)[:, None]
    score = np.where(apart >= _MOST_APART * apart.max(axis=1, keepdims=True), apart + doubt, 0)
    score *= min(1.0, curve.face_width / _WIDE_FACE)
    masks = {why: np.zeros(len(known), bool) for why in _PARTS.values()}
    for part, of_part in zip(FACE_PARTS, score.T, strict=True):
        near = widened(of_part > _STILL_APART, _CLOSED, curve.rate)
        for first, last in stretches(narrowed(near, _CLOSED, curve.rate)):
            core = np.count_nonzero(of_part[first : last + 1] > _APART) / curve.rate
            long = curve.times[last] - curve.times[first] >= _LEAST
            if core >= _LEAST_CORE and long:
                masks[_PARTS[part]][first : last + 1] = True
    for why, mask in masks.items():
        for first, last in stretches(widened(mask, _COMING, curve.rate)):
            yield Uncodable(first, last, why)


def _full_view(curve: MovementCurve, known: Bool[ndarray, " frames"]) -> float:
    """The presence of a face in full view; a small or blurred face never reaches the usual one."""
    return min(_FULL_VIEW, float(np.quantile(curve.presence[known], _BEST)))


def _usually_apart(
    curve: MovementCurve, known: Bool[ndarray, " frames"]
) -> Float32[ndarray, "frames parts 2"]:
    """Where the models differ anyway, by the frames in which the face is seen best.

    Models differ by another way on another person, so that each shot has its own; one too short to
    show a face without what covers it has that of the whole film, unless it shows a full view.
    """
    full_view = _full_view(curve, known)

    def of(frames: Bool[ndarray, " frames"]) -> Float32[ndarray, "parts 2"]:
        presence = np.nan_to_num(curve.presence)
        best = frames & (presence >= np.median(presence[frames]))
        return np.median(curve.apart[best], axis=0).astype(np.float32)

    usual = np.broadcast_to(of(known), curve.apart.shape).copy()
    for shot in shots(curve):
        frames = np.zeros(len(known), bool)
        frames[shot] = known[shot]
        long = np.count_nonzero(frames) >= _OWN * curve.rate
        if long or (frames.any() and np.median(curve.presence[frames]) >= full_view):
            usual[shot] = of(frames)
    return usual


def _held(
    positions: Float32[ndarray, "frames regions 2"], frames: Bool[ndarray, " frames"]
) -> Float32[ndarray, "frames regions 2"]:
    """Positions of the lower face; in some frames on the line between the frames around them."""
    held, at = positions.copy(), np.arange(len(positions))
    for region in places(LOWER):
        for values in held[:, region].T:
            known = ~frames & np.isfinite(values)
            inside = frames & np.isfinite(values)
            if known.any():
                values[inside] = np.interp(at[inside], at[known], values[known])
    return held


def _usual(curve: MovementCurve) -> Float32[ndarray, " frames"]:
    """The median sharpness of each frame's shot: people and cameras differ."""
    usual = np.zeros(len(curve.times), np.float32)
    for shot in shots(curve):
        known = curve.sharpness[shot][np.isfinite(curve.sharpness[shot])]
        usual[shot] = np.median(known) if len(known) else 0.0
    return usual
