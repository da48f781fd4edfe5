"""One picture of an analysis that a person reads at a glance.

Above, the movement curve with what was spotted on it. Below, one row for each of
the strongest candidates: the face at onset, apex and offset, the dynamic images
that the network saw, where it looked, and what it makes of them.
"""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.arrows import MAGNIFIED, arrows_picture
from smastn.analysis.figure_layout import DPI, FAINT, GROUND, INK, SPEECH, Page
from smastn.analysis.palette import colours, tint
from smastn.analysis.wording import (
    footer,
    found,
    frames_text,
    measured,
    name_text,
    nothing_found,
    percent,
    regions_text,
    strength_text,
    time_text,
)
from smastn.inputs.rendering import attention_picture, seen_images, shared_gain, signed_picture

_WIDTH, _EDGE = 17.0, 0.5  # inches, as all lengths here
_HEADER, _TIMELINE, _HEADINGS, _FOOTER = 1.05, 2.95, 0.52, 1.1
_WORDS, _BARS, _GAP, _GROUP = 2.65, 2.3, 0.05, 0.24
_LARGEST, _BELOW = 1.5, 0.3  # side of a picture, room below it
_LABEL_ROOM = 0.075  # share of the timeline that a name needs
_LANE = 3.5, 7.5  # where that of speech begins and ends below the axis, points
_TICKS = 9.5  # points from the axis to its numbers, below that lane
_LEAST_TOP = 2.0  # the curve's axis reaches at least twice the threshold


def write_picture(analysis: Analysis, path: Path) -> None:
    """Write the picture of an analysis as PNG, with a row for each candidate with pictures."""
    draw(analysis).figure.savefig(path, format="png", dpi=DPI)


def draw(analysis: Analysis) -> Page:
    """The picture of an analysis, rows in order of time."""
    numbered = list(enumerate(analysis.candidates, start=1))
    rows = [(number, one) for number, one in numbered if one.evidence is not None]
    side, lefts = _columns(len(analysis.image_names))
    pitch = side + _BELOW
    body = _HEADINGS + len(rows) * pitch if rows else 0.6
    page = Page(_WIDTH, _HEADER + _TIMELINE + body + _FOOTER)
    page.text((_EDGE, 0.32), analysis.video.name, 17.0, style="bold")
    page.text((_EDGE, 0.7), measured(analysis), 10.5, FAINT)
    page.text((_WIDTH - _EDGE, 0.38), found(analysis), 12.0, style="right")
    axes = page.axes(_EDGE + 0.5, _HEADER + 0.28, _WIDTH - 2 * _EDGE - 0.5, _TIMELINE - 1.08)
    draw_timeline(axes, analysis)
    top = _HEADER + _TIMELINE
    if rows:
        _headings(page, top, analysis)
    for place, (number, candidate) in enumerate(rows):
        at = top + _HEADINGS + place * pitch
        page.rule(at - 0.1, _EDGE, _WIDTH - _EDGE)
        _words(page, at, number, candidate, analysis)
        _pictures(page, at, candidate, analysis)
        _bars(page, (lefts[-1] + side + _GROUP, at, side), candidate, analysis)
    if not rows:
        page.text((_EDGE, top + 0.1), nothing_found(analysis), 12.0, FAINT)
    page.text((_EDGE, page.height - _FOOTER + 0.2), footer(analysis), 9.0, FAINT)
    return page


def draw_timeline(axes: Axes, analysis: Analysis) -> None:
    """The movement curve with threshold, blinks, speech, gaps and numbered candidates."""
    spotting, times = analysis.spotting, analysis.curve.times
    top = max(float(np.nanmax(spotting.movement, initial=0)), _LEAST_TOP * spotting.threshold)
    top *= 1.22
    axes.fill_between(times, 0, spotting.movement, color="#c3cad6", lw=0)
    axes.plot(times, spotting.movement, color="#59657a", lw=1.1)
    axes.axhline(spotting.threshold, color="#9aa3b2", lw=1, ls=(0, (4, 3)))
    axes.annotate(
        "threshold",
        (times[-1], spotting.threshold),
        (-2, 2.5),
        textcoords="offset points",
        size=8.5,
        color=FAINT,
        ha="right",
        va="bottom",
        bbox={"boxstyle": "square,pad=0.1", "fc": GROUND, "alpha": 0.75, "ec": "none"},
    )
    for first, last in spotting.blinks:
        axes.axvspan(times[first], times[last], 0, 0.035, color="#93a1b8", lw=0)
    _speech(axes, analysis)
    for first, last in analysis.curve.gaps:
        span = axes.axvspan(times[first], times[last], color="#eef0f4", lw=0, hatch="///")
        span.set_edgecolor("#d0d5de")
    for number, candidate in enumerate(analysis.candidates, start=1):
        one = candidate.interval
        colour = tint(candidate.name, analysis.emotions)
        axes.axvspan(times[one.onset], times[one.offset], color=colour, alpha=0.22, lw=0)
        inside = slice(one.onset, one.offset + 1)
        axes.plot(times[inside], spotting.movement[inside], color=colour, lw=2)
        _flag(axes, analysis, number, candidate)
    axes.set(xlim=(times[0], max(times[-1], times[0] + 0.1)), ylim=(0, top))
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 < tick < top])  # seconds begin with 0
    axes.set_xlabel("seconds", color=FAINT, size=9.5, labelpad=2)
    axes.set_ylabel("movement, times its noise", color=FAINT, size=9.5)


def _speech(axes: Axes, analysis: Analysis) -> None:
    """A lane below the axis, named where there is room for it: left of the curve."""
    axes.tick_params(axis="x", pad=_TICKS, length=0)
    found, times = analysis.spotting.speech, analysis.curve.times
    if not found:
        return
    high = axes.bbox.height / DPI * 72  # points
    top, low = (-edge / high for edge in _LANE)
    for first, last in found:
        axes.axvspan(times[first], times[last], low, top, color=SPEECH, lw=0, clip_on=False)
    axes.annotate(
        "speech",
        (0, (top + low) / 2),
        (-4, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        size=8.5,
        color=FAINT,
        ha="right",
        va="center",
    )


def _flag(axes: Axes, analysis: Analysis, number: int, candidate: Candidate) -> None:
    """Number above the curve, and the name below it where no neighbour is in the way."""
    times = analysis.curve.times
    apex = float(times[candidate.interval.apex])
    colour = tint(candidate.name, analysis.emotions)
    above = axes.get_xaxis_transform()
    plate = {"boxstyle": "round,pad=0.28", "fc": colour, "ec": "none"}
    style: dict[str, Any] = {
        **{"xy": (apex, 1.0), "xycoords": above, "textcoords": "offset points"},
        **{"ha": "center", "va": "center"},
    }
    axes.annotate(
        str(number),
        xytext=(0, -6),
        size=9.5,
        color="white",
        fontweight="bold",
        bbox=plate,
        **style,
    )
    others = [one for one in analysis.candidates if one is not candidate]
    near = [abs(times[one.interval.apex] - apex) for one in others]
    if min(near, default=np.inf) > _LABEL_ROOM * (times[-1] - times[0]):
        words = name_text(candidate)
        axes.annotate(words, xytext=(0, 11), size=8.5, color=colour, **style)


def _columns(images: int) -> tuple[float, list[float]]:
    """Side of a row's pictures, and where each begins: keys, dynamic images, attention."""
    count = 3 + images + 1
    room = _WIDTH - 2 * _EDGE - _WORDS - _BARS - 3 * _GROUP - count * _GAP
    side = min(_LARGEST, room / count)
    groups = [(place >= 3) + (place >= 3 + images) for place in range(count)]
    begin = _EDGE + _WORDS
    return side, [
        begin + place * (side + _GAP) + group * _GROUP for place, group in enumerate(groups)
    ]


def _headings(page: Page, top: float, analysis: Analysis) -> None:
    side, lefts = _columns(len(analysis.image_names))
    names = [
        "onset",
        f"apex, moved x {MAGNIFIED}",
        "offset",
        *analysis.image_names,
        "where it looked",
    ]
    for left, name in zip(lefts, names, strict=True):
        page.text((left + side / 2, top + 0.2), name, 9.0, FAINT, "centre")
    middle = (lefts[3] + lefts[-2] + side) / 2
    colours_mean = "blue is up, amber down" if analysis.shows_movement else "grey is no movement"
    words = f"dynamic images: {colours_mean}, the bar is how much each counted"
    page.text((middle, top - 0.03), words, 9.0, INK, "centre")
    page.text((lefts[-1] + side + _GROUP, top + 0.2), "probability", 9.0, FAINT)


def _words(page: Page, top: float, number: int, candidate: Candidate, analysis: Analysis) -> None:
    colour = tint(candidate.name, analysis.emotions)
    page.plate(_EDGE, top, (0.34, 0.34), colour)
    page.text((_EDGE + 0.17, top + 0.11), str(number), 12.0, "white", "bold centre")
    page.text((_EDGE + 0.46, top + 0.09), candidate.name, 14.0, colour, "bold")
    words = [time_text(candidate, analysis), frames_text(candidate), strength_text(candidate)]
    words.append(regions_text(candidate, most=2))
    page.text((_EDGE, top + 0.5), "\n".join(words), 8.8, FAINT)


def _pictures(page: Page, top: float, candidate: Candidate, analysis: Analysis) -> None:
    evidence = candidate.evidence
    if evidence is None:
        return
    seen = evidence.recognition
    images = seen_images(seen.dynamic_images, analysis.shows_movement)
    side, lefts = _columns(len(images))
    gain = shared_gain(images)
    looked = np.tensordot(seen.segment_weights, seen.attention, axes=1)
    onset, apex, offset = evidence.key_frames
    pictures = [
        onset,
        arrows_picture(apex, candidate.interval, analysis.curve),
        offset,
        *(signed_picture(image, gain) for image in images),
        attention_picture(apex, looked),
    ]
    for left, picture in zip(lefts, pictures, strict=True):
        page.picture(left, top, side, picture)
    for left, weight in zip(lefts[3:-1], seen.segment_weights, strict=True):
        page.plate(left, top + side + 0.05, (side, 0.06), "#eceff4")
        page.plate(left, top + side + 0.05, (max(0.02, side * float(weight)), 0.06), "#59657a")


def _bars(
    page: Page, place: tuple[float, float, float], candidate: Candidate, analysis: Analysis
) -> None:
    """Probabilities, the likeliest first, in a box at (left, top) of a height."""
    left, top, height = place
    tints = colours(analysis.emotions)
    ranked = sorted(candidate.probabilities.items(), key=lambda item: -item[1])[:5]
    step = min(0.42, height / max(1, len(ranked)))
    width = _BARS - _GROUP - 0.55
    for line, (name, probability) in enumerate(ranked):
        at = top + line * step
        page.text((left, at), name, 9.0, INK, "bold" if line == 0 else "")
        page.plate(left, at + 0.19, (width, 0.11), "#eceff4")
        page.plate(left, at + 0.19, (max(0.02, width * probability), 0.11), tints[name])
        page.text(
            (left + width + 0.55, at + 0.14),
            percent(probability).replace("over ", ">").replace("under ", "<"),
            9.5,
            INK,
            "right",
        )
