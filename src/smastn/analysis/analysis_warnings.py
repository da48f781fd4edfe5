"""Warnings about a film that limit the results of its analysis, one sentence each."""

from collections.abc import Iterator

import numpy as np

from smastn.analysis.analysis_records import VideoInfo, speech_share
from smastn.analysis.wording import percent
from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import MovementCurve
from smastn.spotting.spot import Spotting
from smastn.spotting.uncodable import Uncodable, frames_of

_SLOW, _TOO_SLOW = 50.0, 24.0  # frames per second
_SMALL_FACE = 80.0  # pixels
_UNEVEN = 1.5  # 95th percentile of the time between frames over its median
_UNSTEADY = 0.4  # px of noise at 224


def analysis_warnings(
    video: VideoInfo, curve: MovementCurve, spotting: Spotting, face: int, faces_seen: int
) -> tuple[str, ...]:
    """The warnings that apply to a film.

    Args:
        video: the film as it was read.
        curve: its movement.
        spotting: what was spotted.
        face: the face that was tracked.
        faces_seen: the largest number of faces found in one frame.
    """
    found = [*_about_faces(curve, face, faces_seen), *_about_uncodable(curve, spotting)]
    found += _about_rate(curve)
    if video.damaged is not None:
        found.append(
            f"The file is damaged: frames are missing from {video.damaged:.1f} s on. Only the "
            "frames that could be read were analysed."
        )
    if not np.isfinite(spotting.movement).any():
        found.append("No movement could be measured: the face was never visible for a full second.")
        return tuple(found)
    if spotting.units.neutral is None and np.isfinite(curve.blendshapes).any():
        found.append(
            "The face was never at rest for long enough to show its neutral: expressions are "
            "measured from its quietest moments, and some may be missed."
        )
    found += _about_speech(curve, spotting)
    noise = float(np.median(list(spotting.noise_px.values())))
    if noise > _UNSTEADY:
        found.append(
            "Face, head or camera move constantly, or the face is small: movements below about "
            f"{noise * spotting.threshold:.1f} px cannot be distinguished from noise, and "
            "micro-expressions are usually smaller than 3 px."
        )
    return tuple(found)


def _about_uncodable(curve: MovementCurve, spotting: Spotting) -> Iterator[str]:
    by_reason: dict[str, list[Uncodable]] = {}
    for one in spotting.uncodable:
        by_reason.setdefault(one.why, []).append(one)
    for why, some in by_reason.items():
        frames = int(frames_of(some, len(curve.times)).sum())
        first, last = curve.times[[some[0].first, some[0].last]]
        left = "Nothing is" if some[0].whole_face else "Only brows and lids are"
        yield (
            f"Uncodable: {why} in {frames} of {len(curve.times)} frames, first from {first:.1f} to "
            f"{last:.1f} s. {left} measured there; an expression that reaches it is cut off."
        )


def _about_speech(curve: MovementCurve, spotting: Spotting) -> Iterator[str]:
    if not spotting.speech:
        return
    silent = np.isnan(curve.voice).all()
    first = curve.times[spotting.speech[0][0]]
    judged = "; the film has no sound, so speech is judged by the mouth alone" if silent else ""
    forming = ", ".join(unit.name for unit in UNITS if unit.spoken)
    yield (
        f"The person speaks in {percent(speech_share(spotting))} of the film, first at "
        f"{first:.1f} s{judged}. There, action units that also form "
        f"sounds ({forming}) and movements of lower lip and chin are ignored; of mouth "
        "corners, cheeks and nose only movements beyond those of speech count. An interval at the "
        "edge of speech may be speech. Brows, lids and smiles are not affected."
    )


def rate_warning(rate: float) -> str | None:
    """What a film of that frame rate cannot show; None where the rate is sufficient."""
    if rate < _TOO_SLOW:
        return (
            f"{rate:.0f} frames per second are too few for micro-expressions: a movement of 0.2 s "
            f"covers {0.2 * rate:.0f} frames. Film at 100 frames per second or more."
        )
    if rate < _SLOW:
        return (
            f"At {rate:.0f} frames per second a movement of 0.2 s covers {0.2 * rate:.0f} frames. "
            "Corpora of micro-expressions are filmed at 100 to 200."
        )
    return None


def _about_faces(curve: MovementCurve, face: int, faces_seen: int) -> Iterator[str]:
    if faces_seen > 1:
        which = "the largest" if face == 0 else f"number {face} by size, counted from 0,"
        yield (
            f"{faces_seen} faces were found; {which} was tracked. --face selects another, 0 to "
            f"{faces_seen - 1}."
        )
    if curve.face_width < _SMALL_FACE:
        yield (
            f"The face is {curve.face_width:.0f} pixels wide; wanted {_SMALL_FACE:.0f} or more: "
            "move the camera closer, or film at a higher resolution."
        )


def _about_rate(curve: MovementCurve) -> Iterator[str]:
    if sentence := rate_warning(curve.rate):
        yield sentence
    steps = np.diff(curve.times)
    if len(steps) and np.quantile(steps, 0.95) > _UNEVEN * np.median(steps):
        yield "The frame rate varies; times are the file's time stamps."
