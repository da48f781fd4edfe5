"""Sentences about an analysis that report, picture, film and terminal share."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis, Candidate, speech_share
from smastn.methods.calibration import Calibration
from smastn.spotting.speech import LEAST_VOICE
from smastn.spotting.uncodable import CUT

CANDIDATES = (
    "Candidates are places to look at, not findings. Their emotions are predictions of a "
    "network, which can be wrong even where it is sure. "
)
NO_LIE_DETECTOR = (
    "A micro-expression is a brief facial movement. It does not show what a person feels, thinks "
    "or hides; this is not a lie detector."
)
TRAIN_YOUR_OWN = (
    "For research, train on a licensed corpus: smastn corpora lists the corpora and how to "
    "obtain them, smastn train trains a network, and --checkpoint selects it."
)


_LINE = 190  # characters across the picture
_PERIODS = 3  # that a sentence names


def measured(analysis: Analysis) -> str:
    """Facts about the film in one line."""
    video, face = analysis.video, analysis.curve.face
    width, height = video.size
    share = "all" if face.all() else f"{percent(float(face.mean()))} of the"
    causes = Counter(one.why for one in analysis.spotting.uncodable)
    cuts = f" ({count(causes[CUT], 'cut')})" if causes[CUT] else ""
    return (
        f"{video.seconds:.1f} s   ·   {video.frames} frames, {video.rate:.4g} per second   ·   "
        f"{width} x {height} pixels   ·   face tracked in {share} frames{cuts}   ·   "
        f"{count(len(analysis.spotting.blinks), 'blink')}   ·   {speech_text(analysis)}"
    )


def speech_text(analysis: Analysis) -> str:
    """Share of the film with speech, and whether the mouth alone had to tell."""
    share, voice = speech_share(analysis.spotting), analysis.curve.voice
    text = f"speech in {percent(share)} of the film" if share else "no speech seen"
    if np.isnan(voice).all():
        return f"{text} (no sound; judged by the mouth alone)"
    heard = float((voice >= LEAST_VOICE).mean())
    return text if share or not heard else f"{text} (a voice in {percent(heard)} of the film)"


def found(analysis: Analysis) -> str:
    """Number of candidates, and of those with pictures."""
    shown = sum(one.key_frames is not None for one in analysis.candidates)
    total = len(analysis.candidates)
    words = f"{count(total, 'candidate')} in {analysis.video.seconds:.1f} seconds"
    return f"{words}, {shown} of them with pictures" if 0 < shown < total else words


def nothing_found(analysis: Analysis) -> str:
    """Why there is no candidate."""
    text = (
        "No action unit departed far enough from the neutral face, and no transient movement "
        f"exceeded {analysis.spotting.threshold:.1f} times the noise of this film. A higher "
        "--sensitivity finds weaker movements."
    )
    strongest = max(analysis.spotting.not_taken, key=lambda one: one.strength, default=None)
    if strongest is None:
        return text
    when = clock(float(analysis.curve.times[strongest.frame]))
    return f"{text} The strongest was at {when} ({strongest.reason})."


def time_text(candidate: Candidate, analysis: Analysis) -> str:
    """Start, end, duration and kind."""
    one, times = candidate.interval, analysis.curve.times
    span = f"{times[one.onset]:.2f} to {times[one.offset]:.2f} s"
    return f"{span}  ·  {one.seconds:.2f} s, {candidate.kind}"


def clock(seconds: float) -> str:
    """Minutes and seconds, as a player shows them: ``1:02.5``."""
    tenths = round(10 * seconds)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def periods(frames: Sequence[tuple[int, int]], times: Float64[ndarray, " frames"]) -> str:
    """When some stretches of frames are, the first few of them."""
    named = [
        clock(times[first])
        + (f" to {clock(times[last])}" if clock(times[last]) != clock(times[first]) else "")
        for first, last in frames[:_PERIODS]
    ]
    more = len(frames) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def percent(share: float) -> str:
    """A share in percent; never 0 or 100 %, since no measurement is certain."""
    if share > 0.995:
        return "over 99 %"
    return "under 1 %" if share < 0.005 else f"{100 * share:.0f} %"


def output_text(value: float) -> str:
    """An output of the network, 0 to 1, with two digits: no share of anything that was counted."""
    return f"{min(max(value, 0.01), 0.99):.2f}"


def measured_text(candidate: Candidate) -> str:
    """How many predictions at least this sure were right; empty where that was not measured."""
    seen = candidate.recognition
    if seen is None or seen.measured is None or candidate.doubt:
        return ""
    return f"{seen.measured} right"


def name_text(candidate: Candidate) -> str:
    """The name, with how many predictions this sure were right, if that was measured."""
    known = measured_text(candidate)
    return f"{candidate.name} ({known})" if known else candidate.name


def doubt_text(candidate: Candidate) -> str:
    """Why the prediction is "not sure", and the likeliest emotion; empty where it is sure."""
    if not candidate.doubt or candidate.likeliest is None:
        return ""
    return f"{candidate.doubt}; likeliest emotion: {candidate.likeliest}"


def frames_text(candidate: Candidate) -> str:
    """Onset, apex and offset frame."""
    one = candidate.interval
    return f"frames {one.onset} · {one.apex} · {one.offset}"


def strength_text(candidate: Candidate) -> str:
    """Amplitude and confidence."""
    one = candidate.interval
    strength = f"{one.strength_px:.1f} px, {one.strength_noise:.0f} x noise"
    return f"{strength}  ·  confidence {one.confidence:.2f}"


def regions_text(candidate: Candidate, most: int = 3) -> str:
    """Action units and the regions that moved, left and right of one kind together."""
    moved = candidate.interval.regions
    names: list[str] = []
    for region in moved:
        part = region.removesuffix(" left").removesuffix(" right")
        both = {f"{part} left", f"{part} right"} <= set(moved)
        name = f"{part}s" if both else region
        if name not in names:
            names.append(name)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    units = "+".join(candidate.interval.action_units)
    return (f"AU {units}: " if units else "") + ", ".join(names[:most]) + more


def trained_text(trained_on: dict[str, Any]) -> str:
    """The network's training data, in one sentence."""
    if people := trained_on.get("people"):
        return f"The network was trained on synthetic faces ({people})."
    if data := trained_on.get("data"):
        clips, subjects = (trained_on.get(name, "?") for name in ("clips", "subjects"))
        return f"The network was trained on {data}: {clips} clips of {subjects} subjects."
    return "The network's file does not record its training data."


def calibration_text(calibration: Calibration) -> str:
    """How far the predictions can be relied on: how many were right, where that was counted."""
    if not calibration.fitted_on:
        return (
            "Its predictions are not calibrated: the network was not tested on subjects outside "
            "its training data, so how often a prediction this sure is right is not known."
        )
    unlike = ", or where the movement is unlike the training data" if calibration.centres else ""
    limits = (
        f"Its predictions were calibrated on {calibration.fitted_on}. The prediction is "
        f'"not sure" where the largest output is below '
        f"{output_text(calibration.least_probability)}{unlike}."
    )
    sure = calibration.measured_at(max(calibration.least_probability, _least_level(calibration)))
    if sure is None:
        return f"{limits} How often a sure prediction is right on real movement was not measured."
    return f"{limits} Of its sure predictions on {calibration.measured_on}, {sure} were right."


def _least_level(calibration: Calibration) -> float:
    return calibration.measured[0].least if calibration.measured else 0.0


def footer(analysis: Analysis) -> str:
    """Limits of the results, in lines for the picture."""
    trained, calibration = trained_text(analysis.trained_on), calibration_text(analysis.calibration)
    words = (CANDIDATES, f"{trained} {calibration}", NO_LIE_DETECTOR)
    return "\n".join(textwrap.fill(line, _LINE) for line in words)


def footer_short(analysis: Analysis) -> str:
    """The limits in one line, for a film."""
    return f"Candidates, not findings. {trained_text(analysis.trained_on)} Not a lie detector."


def count(number: int, what: str) -> str:
    """A number of things, with "no" for 0."""
    return f"{number} {what}" if number == 1 else f"{number or 'no'} {what}s"
