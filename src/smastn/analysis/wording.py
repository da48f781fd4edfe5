"""The words about an analysis that picture and page share."""

from typing import Any

from smastn.analysis.analysis_records import Analysis, Candidate, speech_share
from smastn.methods.calibration import Calibration

CANDIDATES = (
    "Candidates are places to look at, not findings. Names and probabilities are the network's, "
    "which can be wrong where it is sure. "
)
NO_LIE_DETECTOR = (
    "A micro-expression is a brief facial movement; it does not tell what somebody feels, thinks "
    "or hides, and this is no lie detector."
)

TRAIN_YOUR_OWN = (
    "For research, train on a licensed corpus: smastn corpora lists them and how each is had, "
    "smastn train makes a network of it, and --checkpoint takes that network (docs/corpora)."
)


def measured(analysis: Analysis) -> str:
    """The film in one line."""
    video, face = analysis.video, analysis.curve.face
    width, height = video.size
    share = "all" if face.all() else f"{percent(float(face.mean()))} of the"
    return (
        f"{video.seconds:.1f} s   ·   {video.frames} frames, {video.rate:.4g} a second   ·   "
        f"{width} x {height} pixels   ·   face followed in {share} frames   ·   "
        f"{count(len(analysis.spotting.blinks), 'blink')}   ·   {speech_text(analysis)}"
    )


def speech_text(analysis: Analysis) -> str:
    """How much of the film is speech."""
    share = speech_share(analysis.spotting)
    return f"speech in {percent(share)} of the film" if share else "no speech"


def found(analysis: Analysis) -> str:
    """How many candidates, in one line."""
    shown = sum(one.evidence is not None for one in analysis.candidates)
    total = len(analysis.candidates)
    words = count(total, "candidate")
    return f"{words}, the strongest {shown} shown" if 0 < shown < total else words


def nothing_found(analysis: Analysis) -> str:
    """Why there is nothing to show."""
    threshold = analysis.spotting.threshold
    return (
        f"No movement came and went by more than {threshold:.0f} times the noise of this film. "
        "A higher --sensitivity looks for weaker ones."
    )


def time_text(candidate: Candidate, analysis: Analysis) -> str:
    """When, how long, and whether that is micro."""
    one, times = candidate.interval, analysis.curve.times
    span = f"{times[one.onset]:.2f} to {times[one.offset]:.2f} s"
    return f"{span}  ·  {one.seconds:.2f} s, {candidate.kind}"


def percent(probability: float) -> str:
    """A probability for people, who shall not read 0 or 100 % where nothing is certain."""
    if probability > 0.995:
        return "over 99 %"
    return "under 1 %" if probability < 0.005 else f"{probability:.0%}".replace("%", " %")


def name_text(candidate: Candidate) -> str:
    """Its name, with the probability where it has one."""
    if candidate.name not in candidate.probabilities:
        return candidate.name
    return f"{candidate.name} {percent(candidate.probabilities[candidate.name])}"


def doubt_text(candidate: Candidate) -> str:
    """Why it is not sure, and what it would say; empty where it is."""
    if not candidate.doubt or candidate.likeliest is None:
        return ""
    chance = candidate.probabilities[candidate.likeliest]
    return f"{candidate.doubt}; the likeliest would be {candidate.likeliest}, {percent(chance)}"


def frames_text(candidate: Candidate) -> str:
    """Onset, apex and offset frame."""
    one = candidate.interval
    return f"frames {one.onset} · {one.apex} · {one.offset}"


def strength_text(candidate: Candidate) -> str:
    """How far it moved."""
    one = candidate.interval
    strength = f"{one.strength_px:.1f} px, {one.strength_noise:.0f} x noise"
    return f"{strength}  ·  confidence {one.confidence:.2f}"


def regions_text(candidate: Candidate, most: int = 3) -> str:
    """Which regions moved, both sides of one named together."""
    names: list[str] = []
    for region in candidate.interval.regions:
        part = region.removesuffix(" left").removesuffix(" right")
        sides = [
            side for side in ("right", "left") if f"{part} {side}" in candidate.interval.regions
        ]
        name = f"{part}s" if len(sides) == 2 else region
        if name not in names:
            names.append(name)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def trained_text(trained_on: dict[str, Any]) -> str:
    """What the weights were trained on, in one sentence."""
    if people := trained_on.get("people"):
        return f"The weights learnt from people {people}."
    if data := trained_on.get("data"):
        counts = f"{trained_on.get('clips', '?')} clips of {trained_on.get('subjects', '?')} people"
        return f"The weights learnt from {data}, {counts}."
    return "What the weights learnt from is not recorded in their file."


def calibration_text(calibration: Calibration) -> str:
    """What the probabilities are worth, in one or two sentences."""
    if not calibration.fitted_on:
        return (
            "The probabilities are not calibrated: this network was never asked about people "
            "apart from those it learnt from, so 90 % may be right far less often."
        )
    unlike = ", or where the movement is unlike those learnt from" if calibration.centres else ""
    least = f"{calibration.least_probability:.0%}".replace("%", " %")
    return (
        f"Probabilities were calibrated on {calibration.fitted_on}. The answer is not sure where "
        f"the likeliest emotion has less than {least}{unlike}."
    )


def footer(analysis: Analysis) -> str:
    """What must be said below every picture."""
    words = (
        f"{CANDIDATES}{trained_text(analysis.trained_on)}",
        calibration_text(analysis.calibration),
        NO_LIE_DETECTOR,
    )
    return "\n".join(words)


def footer_short(analysis: Analysis) -> str:
    """The same in one line, for a film."""
    return f"Candidates, not findings. {trained_text(analysis.trained_on)} No lie detector."


def count(number: int, what: str, several: str = "") -> str:
    """So many of something, in words where there are none."""
    return f"{number} {what}" if number == 1 else f"{number or 'no'} {several or what + 's'}"
