"""The movement curve over time with the candidate intervals: for picture, film and report."""

import io
import re
from typing import Any

import matplotlib
import numpy as np
from jaxtyping import Float32
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.figure_layout import DPI, FAINT, GROUND, RULE, SPEECH, Page
from smastn.analysis.palette import tint
from smastn.analysis.wording import name_text

_AREA, _LINE, _THRESHOLD, _BLINK = "#c3cad6", "#59657a", "#9aa3b2", "#93a1b8"
_UNITS = "#4d7fa3"
_GAP, _HATCH, _NUMBER = "#eef0f4", "#d0d5de", "#fefefe"
_PAGE_COLOURS = {
    **{_AREA: "line", _LINE: "faint", _THRESHOLD: "soft", _BLINK: "faint", _GAP: "panel"},
    **{_HATCH: "line", _UNITS: "accent", FAINT: "soft", RULE: "line", GROUND: "paper"},
}
"""Colour variables of the report's style, light and dark."""

_HALF = 0.3  # share of the height that is hatched where only the mouth is covered
_LABEL_ROOM = 0.075  # share of the timeline that a name needs
_LANE = 3.5, 7.5  # top and bottom of the lane of speech below the axis, points
_TICKS = 9.5  # from the axis to its labels, below that lane, points
_LEAST_TOP = 2.0  # the vertical axis reaches at least twice the threshold


def draw_timeline(axes: Axes, analysis: Analysis) -> dict[str, str]:
    """Draw the movement curve: threshold, blinks, speech, what is uncodable, numbered candidates.

    Returns:
        A tooltip for each ``gid`` of what was drawn; candidates also have links as their ``url``.
    """
    spotting, times = analysis.spotting, analysis.curve.times
    highest = np.nanmax([spotting.movement, spotting.unit_strength], initial=0)
    top = 1.22 * max(float(highest), _LEAST_TOP * spotting.threshold)
    frames, units = highest_of(spotting.unit_strength, int(axes.bbox.width))
    axes.plot(times[frames], units, color=_UNITS, lw=0.9)
    frames, movement = highest_of(spotting.movement, int(axes.bbox.width))
    axes.fill_between(times[frames], 0, movement, color=_AREA, lw=0)
    axes.plot(times[frames], movement, color=_LINE, lw=1.1)
    axes.axhline(spotting.threshold, color=_THRESHOLD, lw=1, ls=(0, (4, 3)))
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
    ignored = "speech: units that form sounds, lower lip and chin are ignored"
    tips = {"blink": "blink", "speech": ignored}
    for first, last in spotting.blinks:
        axes.axvspan(times[first], times[last], 0, 0.035, color=_BLINK, lw=0, gid="blink")
    _draw_speech(axes, analysis)
    for one in spotting.uncodable:
        gid, high = f"uncodable-{one.why.replace(' ', '-')}", 1 if one.whole_face else _HALF
        tips[gid] = f"uncodable: {one.why}"
        look = {"fc": _GAP, "ec": _HATCH, "hatch": "///", "lw": 0, "gid": gid}
        axes.axvspan(times[one.first], times[one.last], 0, high, **look)
    for number, candidate in enumerate(analysis.candidates, start=1):
        one = candidate.interval
        colour = tint(candidate.name, analysis.emotions)
        gid, url = f"interval-{number}", f"#candidate-{number}"
        tips[gid] = f"{number}: {candidate.name}, {times[one.onset]:.2f} s"
        span = axes.axvspan(times[one.onset], times[one.offset], color=colour, alpha=0.22, lw=0)
        span.set(gid=gid, url=url)
        inside = slice(one.onset, one.offset + 1)
        axes.plot(times[inside], spotting.movement[inside], color=colour, lw=2)
        _draw_flag(axes, analysis, number, candidate)
    axes.set(xlim=(times[0], max(times[-1], times[0] + 0.1)), ylim=(0, top))
    axes.xaxis.set_major_locator(MaxNLocator(11, steps=[1, 2, 3, 5, 6, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda second, _: _clock(second)))
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 < tick < top])  # 0 is the axis itself
    axes.set_ylabel("movement, times noise", color=FAINT, size=9.5)
    return tips


def timeline_svg(analysis: Analysis) -> Markup:
    """The timeline for a page: in its light and dark colours, with tooltips and links."""
    page = Page(10.6, 2.6)
    tips = draw_timeline(page.axes(0.45, 0.3, 10.0, 1.9), analysis)
    drawn = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "smastn"}):
        page.figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    svg = drawn.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    label = escape(f"Movement over time, {len(analysis.candidates)} candidates")
    head = f'<svg class="timeline" role="img" aria-label="{label}"'
    svg = re.sub(r'<svg ([^>]*?)width="\S+" height="\S+"', rf"{head} \1", svg, count=1)
    svg = re.sub(r"font-family: [^;]*", "font-family: var(--sans)", svg)
    svg = svg.replace(' target="_blank"', "")
    for colour, name in _PAGE_COLOURS.items():
        svg = svg.replace(colour, f"var(--{name})")
    lighter = r"\1color-mix(in srgb, \2 var(--tint-share), #fff)"  # letters on a dark page
    svg = re.sub(r'(<text style="[^"]*fill: )(#[0-9a-f]{6})', lighter, svg)
    for gid, tip in tips.items():
        svg = svg.replace(f'<g id="{gid}">', f'<g class="{gid}"><title>{escape(tip)}</title>')
    return Markup(svg)


def highest_of(
    values: Float32[ndarray, " frames"], most: int
) -> tuple[ndarray, Float32[ndarray, " points"]]:
    """At most `most` points of a curve: the highest of each of so many stretches.

    Returns:
        Frames and values; a value is unknown where that of the whole stretch is.
    """
    starts = np.linspace(0, len(values), min(most, len(values)), endpoint=False).astype(int)
    parts = np.split(np.where(np.isfinite(values), values, -1), starts[1:])
    frames = starts + np.array([int(np.argmax(part)) for part in parts], int)
    return frames, values[frames]


def _draw_speech(axes: Axes, analysis: Analysis) -> None:
    """A lane below the axis, with its name to the left."""
    axes.tick_params(axis="x", pad=_TICKS, length=0)
    found, times = analysis.spotting.speech, analysis.curve.times
    if not found:
        return
    high = axes.bbox.height / DPI * 72  # points
    top, low = (-edge / high for edge in _LANE)
    for first, last in found:
        span = axes.axvspan(times[first], times[last], low, top, color=SPEECH, lw=0)
        span.set(clip_on=False, gid="speech")
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


def _draw_flag(axes: Axes, analysis: Analysis, number: int, candidate: Candidate) -> None:
    """The number above the curve; the name too, where neighbours leave room for it."""
    times = analysis.curve.times
    apex = float(times[candidate.interval.apex])
    colour = tint(candidate.name, analysis.emotions)
    style: dict[str, Any] = {
        **{"xy": (apex, 1.0), "xycoords": axes.get_xaxis_transform()},
        **{"textcoords": "offset points", "ha": "center", "va": "center"},
    }
    axes.annotate(
        str(number),
        xytext=(0, -6),
        size=9.5,
        color=_NUMBER,
        fontweight="bold",
        bbox={"boxstyle": "round,pad=0.28", "fc": colour, "ec": "none"},
        url=f"#candidate-{number}",
        **style,
    )
    others = [one for one in analysis.candidates if one is not candidate]
    near = [abs(times[one.interval.apex] - apex) for one in others]
    if min(near, default=np.inf) > _LABEL_ROOM * (times[-1] - times[0]):
        axes.annotate(name_text(candidate), xytext=(0, 11), size=8.5, color=colour, **style)


def _clock(seconds: float) -> str:
    """Seconds below two minutes, else minutes and seconds."""
    if seconds < 120:
        return f"{seconds:g} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
