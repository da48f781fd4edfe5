"""What a user should know before believing an analysis, one sentence each."""

from collections.abc import Iterator

import numpy as np

from smastn.analysis.analysis_records import VideoFacts, speech_share
from smastn.analysis.wording import percent
from smastn.spotting.curve import MovementCurve
from smastn.spotting.spot import Spotting

_SLOW, _TOO_SLOW = 50.0, 24.0  # frames a second
_SMALL_FACE = 80.0  # pixels
_UNEVEN = 1.5  # longest usual step between frames over the median step
_UNSTEADY = 0.4  # px of noise at 224


def cautions(
    video: VideoFacts, curve: MovementCurve, spotting: Spotting, face: int, faces_seen: int
) -> tuple[str, ...]:
    """Sentences about the film that bear on its results; empty when all is well.

    Args:
        video: the film as it was read.
        curve: its movement.
        spotting: what was found in it.
        face: which face was followed.
        faces_seen: the most faces found in any one search.
    """
    found = [*_about_faces(curve, face, faces_seen), *_about_rate(curve)]
    if video.damaged is not None:
        found.append(
            f"The file is damaged: frames are missing from {video.damaged:.1f} s on, and only "
            "what could be read was analysed."
        )
    measured = np.isfinite(spotting.movement)
    if not measured.any():
        found.append(
            "Nothing could be measured: the face was never seen for a second without a break."
        )
        return tuple(found)
    if spotting.speech:
        found.append(
            f"The face talks in {percent(speech_share(spotting))} of the film: what lower lip "
            "and chin do there is not believed, and of mouth corners, cheeks and nose only what "
            "they do besides, so expressions of the mouth are missed; an interval at the edge of "
            "speech may be speech. Brows are believed."
        )
    noise = float(np.median(list(spotting.noise_px.values())))
    if noise > _UNSTEADY:
        found.append(
            f"Face, head or camera move all the time (or the face is small): movement below "
            f"about {noise * spotting.threshold:.1f} px cannot be told from it, and "
            "micro-expressions are usually smaller than 3 px."
        )
    return tuple(found)


def _about_faces(curve: MovementCurve, face: int, faces_seen: int) -> Iterator[str]:
    if faces_seen > 1:
        which = "the largest" if face == 0 else f"number {face} by size, counted from 0,"
        yield (
            f"{faces_seen} faces were seen; {which} was followed. Another is chosen with --face, "
            f"0 to {faces_seen - 1}."
        )
    lost = int((~curve.face).sum())
    if lost:
        first, last = curve.gaps[0]
        yield (
            f"The face was not seen in {lost} of {len(curve.times)} frames, first in frames "
            f"{first} to {last}; nothing is spotted there or within {curve.span:.1f} s of it."
        )
    if curve.face_width < _SMALL_FACE:
        yield (
            f"The face is {curve.face_width:.0f} pixels wide; wanted {_SMALL_FACE:.0f} or more: "
            "go nearer, or film with more pixels."
        )


def rate_caution(rate: float) -> str | None:
    """What so many frames a second cannot show, or None where they are enough."""
    if rate < _TOO_SLOW:
        return (
            f"{rate:.0f} frames a second are too few for micro-expressions: one of 0.2 s covers "
            f"{0.2 * rate:.0f} of them. Film with 100 or more."
        )
    if rate < _SLOW:
        return (
            f"At {rate:.0f} frames a second a movement of 0.2 s covers {0.2 * rate:.0f} of them; "
            "the corpora of this field are filmed with 100 to 200."
        )
    return None


def _about_rate(curve: MovementCurve) -> Iterator[str]:
    if sentence := rate_caution(curve.rate):
        yield sentence
    steps = np.diff(curve.times)
    if len(steps) and np.quantile(steps, 0.95) > _UNEVEN * np.median(steps):
        yield "The frame rate varies; times come from the file's time stamps."
