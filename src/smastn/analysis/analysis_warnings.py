"""Warnings about a film that limit the results of its analysis, one sentence each.

Each names a place in the film where it can be checked, unless it is about the whole film.
"""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import uniform_filter1d

from smastn.analysis.analysis_records import VideoInfo, speech_share
from smastn.analysis.wording import clock, percent, periods
from smastn.faces.face_count import FaceCount
from smastn.spotting.action_unit_table import UNITS
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.speech import LEAST_VOICE
from smastn.spotting.spot import Spotting
from smastn.spotting.uncodable import Uncodable, frames_of

_SLOW, _TOO_SLOW = 50.0, 24.0  # frames per second
_SMALL_FACE = 80.0  # pixels
_UNEVEN = 1.5  # 95th percentile of the time between frames over its median
_UNSTEADY = 0.4  # px of noise at 224
_HEARD = 1.0  # s of a voice while the mouth does not speak


def analysis_warnings(
    video: VideoInfo, curve: MovementCurve, spotting: Spotting, face: int, faces: FaceCount
) -> tuple[str, ...]:
    """The warnings that apply to a film.

    Args:
        video: the film as it was read.
        curve: its movement.
        spotting: what was spotted.
        face: the face that was tracked.
        faces: the most faces at once.
    """
    found = [*_about_faces(curve, face, faces), *_about_uncodable(curve, spotting)]
    found += _about_rate(curve)
    if video.damaged is not None:
        found.append(
            f"The file is damaged: frames are missing from {clock(video.damaged)} on. Only "
            "the frames that could be read were analysed."
        )
    if not np.isfinite(spotting.movement).any():
        found.append("No movement could be measured: the face was never visible for a full second.")
        return tuple(found)
    if spotting.units.neutral is None and np.isfinite(curve.blendshapes).any():
        active = np.where(curve.face, spotting.units.evidence.max(axis=1), np.inf)
        found.append(
            "The face was never at rest for long enough to show its neutral: expressions are "
            f"measured from its quietest moments, such as {clock(curve.times[active.argmin()])}, "
            "and some may be missed. --neutral names seconds in which it is at rest."
        )
    found += _about_speech(curve, spotting)
    noise = float(np.median(list(spotting.noise_px.values())))
    if noise > _UNSTEADY:
        moved = np.nan_to_num(spotting.regions_px).mean(axis=1)
        most = curve.times[uniform_filter1d(moved, max(1, round(curve.rate))).argmax()]
        found.append(
            f"Face, head or camera move constantly, most around {clock(most)}, or the face is "
            f"small: movements below about {noise * spotting.threshold:.1f} px cannot be "
            "distinguished from noise, and micro-expressions are usually smaller than 3 px."
        )
    return tuple(found)


def _about_uncodable(curve: MovementCurve, spotting: Spotting) -> Iterator[str]:
    by_reason: dict[str, list[Uncodable]] = {}
    for one in spotting.uncodable:
        by_reason.setdefault(one.why, []).append(one)
    for why, some in by_reason.items():
        frames = int(frames_of(some, len(curve.times)).sum())
        when = periods([(one.first, one.last) for one in some], curve.times)
        left = "Nothing is" if some[0].whole_face else "Only brows and lids are"
        yield (
            f"Uncodable: {why} in {frames} of {len(curve.times)} frames, {when}. {left} measured "
            "there; an expression that reaches it is cut off."
        )


def _about_speech(curve: MovementCurve, spotting: Spotting) -> Iterator[str]:
    speaking = np.zeros(len(curve.times), bool)
    for first, last in spotting.speech:
        speaking[first : last + 1] = True
    if speaking.any():
        silent = np.isnan(curve.voice).all()
        judged = "; the film has no sound, so speech is judged by the mouth alone" if silent else ""
        forming = ", ".join(unit.name for unit in UNITS if unit.spoken)
        yield (
            f"The person speaks in {percent(speech_share(spotting))} of the film: "
            f"{periods(spotting.speech, curve.times)}{judged}. There, action units that also form "
            f"sounds ({forming}) and movements of lower lip and chin are ignored; of mouth "
            "corners, cheeks and nose only movements beyond those of speech count. An interval at "
            "the edge of speech may be speech. Brows, lids and smiles are not affected."
        )
    heard = (curve.voice >= LEAST_VOICE) & ~speaking
    alone = [one for one in stretches(heard) if curve.times[one[1]] - curve.times[one[0]] >= _HEARD]
    if alone:
        yield (
            "A voice is heard while this mouth is not seen to speak: "
            f"{periods(alone, curve.times)}. If it is this person's, movements of the mouth there "
            "may be speech."
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


def _about_faces(curve: MovementCurve, face: int, faces: FaceCount) -> Iterator[str]:
    if faces.most > 1:
        which = "the largest" if face == 0 else f"number {face} by size, counted from 0,"
        yield (
            f"{faces.most} faces are seen at once, first at {clock(faces.since)}; {which} was "
            f"tracked. --face selects another, 0 to {faces.most - 1}."
        )
    if curve.face_width < _SMALL_FACE:
        widths = np.where(curve.face, curve.boxes[:, 2] - curve.boxes[:, 0], np.inf)
        least = int(widths.argmin())
        yield (
            f"The face is {curve.face_width:.0f} pixels wide (smallest at "
            f"{clock(curve.times[least])}: {widths[least]:.0f}); wanted {_SMALL_FACE:.0f} or more: "
            "move the camera closer, or film at a higher resolution."
        )


def _about_rate(curve: MovementCurve) -> Iterator[str]:
    if sentence := rate_warning(curve.rate):
        yield sentence
    steps = np.diff(curve.times)
    if len(steps) and np.quantile(steps, 0.95) > _UNEVEN * np.median(steps):
        longest = int(steps.argmax())
        when, usual = clock(curve.times[longest]), float(np.median(steps))
        yield (
            f"The frame rate varies: at {when} {steps[longest]:.2f} s pass between two frames, "
            f"usually {usual:.2f} s. Times are the file's time stamps."
        )
