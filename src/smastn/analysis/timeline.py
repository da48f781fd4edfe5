"""The movement curve as SVG, in colours that follow the page by day and by night."""

import numpy as np
from jaxtyping import Float32
from markupsafe import Markup, escape
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis
from smastn.analysis.palette import tint
from smastn.spotting.scores import Frames

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 1016, 246, 40, 40, 40
_LANE = 5, 12  # where that of speech begins and ends below the axis
_POINTS = 1000  # an hour has more frames than a page has pixels
_STEPS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_MOST_TICKS = 11


def timeline(analysis: Analysis) -> Markup:
    """The curve with threshold, blinks, speech, gaps and candidates, each linked to its card."""
    chart = _Chart(analysis)
    parts = [*chart.gaps(), *chart.ticks(), chart.curve(), chart.threshold()]
    parts += [*chart.blinks(), *chart.speech()]
    for number in range(1, len(analysis.candidates) + 1):
        parts.append(chart.candidate(number))
    label = escape(f"Movement over time, {len(analysis.candidates)} candidates")
    head = (
        f'<svg class="timeline" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
    )
    return Markup(head + "".join(parts) + "</svg>")


def highest_of(
    values: Float32[ndarray, " frames"], most: int
) -> tuple[Float32[ndarray, " points"], Float32[ndarray, " points"]]:
    """At most `most` points of a long curve, as (frame, value): the highest of each stretch.

    Unknown values stay unknown where a whole stretch is.
    """
    stretches = np.array_split(np.arange(len(values)), min(most, len(values)))
    known = [np.where(np.isfinite(values[part]), values[part], -1) for part in stretches]
    frames = [part[int(np.argmax(seen))] for part, seen in zip(stretches, known, strict=True)]
    chosen = np.array(frames, int)
    return chosen.astype(np.float32), values[chosen]


class _Chart:
    """Where things lie in the drawing, and how each looks."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis, self._times = analysis, analysis.curve.times
        highest = float(np.nanmax(analysis.spotting.movement, initial=0))
        self._top = 1.08 * max(highest, 2 * analysis.spotting.threshold)
        self._last = max(float(self._times[-1]), 1e-3)

    def curve(self) -> str:
        frames, values = highest_of(self._analysis.spotting.movement, _POINTS)
        lines, areas, points = [], [], []
        for frame, value in [*zip(frames, values, strict=True), (0, np.nan)]:
            if np.isfinite(value):
                points.append((self._x(float(self._times[int(frame)])), self._y(float(value))))
                continue
            if len(points) > 1:
                path = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
                low = self._y(0.0)
                lines.append(f"M{path}")
                areas.append(
                    f"M{points[0][0]:.1f} {low:.1f} L{path} L{points[-1][0]:.1f} {low:.1f}Z"
                )
            points = []
        return (
            f'<path class="area" d="{" ".join(areas)}"/><path class="line" d="{" ".join(lines)}"/>'
        )

    def threshold(self) -> str:
        y = self._y(self._analysis.spotting.threshold)
        return (
            f'<line class="threshold" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick end halo" x="{_WIDTH}" y="{y - 5:.1f}">threshold</text>'
        )

    def ticks(self) -> list[str]:
        step = next((one for one in _STEPS if self._last / one <= _MOST_TICKS), _STEPS[-1])
        drawn = []
        for second in np.arange(0, self._last + 1e-6, step):
            x, low = self._x(float(second)), self._y(0.0)
            drawn.append(
                f'<text class="tick" x="{x:.1f}" y="{low + 27:.1f}">{_clock(float(second))}</text>'
            )
        step = 5 if self._top < 40 else 20
        for level in range(step, int(self._top), step):  # the axis itself is that of 0
            y = self._y(float(level))
            drawn.append(
                f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            )
            drawn.append(f'<text class="tick end" x="{_LEFT - 7}" y="{y + 4:.1f}">{level}</text>')
        return drawn

    def gaps(self) -> list[str]:
        return [
            self._span((first, last), "gap", float(_TOP), self._y(0.0), "no face here")
            for first, last in self._analysis.curve.gaps
        ]

    def blinks(self) -> list[str]:
        low = self._y(0.0)
        return [
            self._span((first, last), "blink", low - 5, low, "blink")
            for first, last in self._analysis.spotting.blinks
        ]

    def speech(self) -> list[str]:
        found, low = self._analysis.spotting.speech, self._y(0.0)
        if not found:
            return []
        top, end = (low + edge for edge in _LANE)
        words = "speech: lower lip and chin are not believed"
        name = f'<text class="tick end" x="{_LEFT - 4}" y="{end:.1f}">speech</text>'
        return [name] + [self._span(one, "speech", top, end, words) for one in found]

    def candidate(self, number: int) -> str:
        one = self._analysis.candidates[number - 1]
        interval, name = one.interval, one.name
        colour = tint(name, self._analysis.emotions)
        x = self._x(float(self._times[interval.apex]))
        title = f"{number}: {name}, {self._times[interval.onset]:.2f} s"
        band = self._span(
            (interval.onset, interval.offset), "band", _TOP - 6.0, self._y(0.0), title
        )
        return (
            f'<a href="#candidate-{number}" style="--tint:{colour}">{band}'
            f'<rect class="flag" x="{x - 11:.1f}" y="{_TOP - 32}" width="22" height="20" rx="5"/>'
            f'<text class="number" x="{x:.1f}" y="{_TOP - 17.5}">{number}</text></a>'
        )

    def _span(self, frames: Frames, kind: str, top: float, low: float, title: str) -> str:
        left, right = (self._x(float(self._times[frame])) for frame in frames)
        return (
            f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" '
            f'width="{max(right - left, 1.5):.1f}" height="{low - top:.1f}">'
            f"<title>{escape(title)}</title></rect>"
        )

    def _x(self, seconds: float) -> float:
        return _LEFT + (_WIDTH - _LEFT) * seconds / self._last

    def _y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / self._top


def _clock(seconds: float) -> str:
    """Seconds below two minutes, else minutes and seconds."""
    if seconds < 120:
        return f"{seconds:g} s"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
