"""Small charts as SVG, coloured by the style of the page, light or dark.

Own code, because Matplotlib fixes the colours when it draws. Every chart has a text alternative.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from smastn.evaluation.bootstrap import Interval

_ROW = 26


def whiskers(title: str, rows: Sequence[tuple[str, Interval]]) -> Markup:
    """Scores on an axis from 0 to 1, each with its interval; the first row is highlighted."""
    width, left, right, top = 340, 96, 40, 4
    scale = width - left - right
    height = top + _ROW * len(rows) + 20
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + tick * scale
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{height - 18}"/>')
        parts.append(f'<text class="tick" x="{x}" y="{height - 4}">{tick:g}</text>')
    for index, (name, one) in enumerate(rows):
        y = top + _ROW * (index + 0.5)
        low, at, high = (left + value * scale for value in (one.low, one.value, one.high))
        kind = "first" if index == 0 else "other"
        parts.append(
            f'<g class="{kind}">'
            f'<text class="name" x="{left - 10}" y="{y + 4}">{escape(name)}</text>'
            f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
            f'<circle cx="{at:.1f}" cy="{y}" r="4.5"/>'
            f'<text class="value" x="{width - right + 8}" y="{y + 4}">{_short(one.value)}</text>'
            "</g>"
        )
    words = "; ".join(f"{n} {o.value:.3f}, {o.low:.3f} to {o.high:.3f}" for n, o in rows)
    return _svg("whiskers", width, height, f"{title}: {words}", parts)


def confusion_chart(emotions: Sequence[str], counts: Sequence[Sequence[int]]) -> Markup:
    """The confusion matrix, truth in rows, shaded by the share of the row."""
    cell = 84 if len(emotions) <= 4 else 64
    left, top = 104, 46
    size = cell * len(emotions)
    width, height = left + size + 2, top + size + 2
    middle = left + size / 2
    parts = [f'<text class="axis" x="{middle}" y="12">predicted</text>']
    parts.append(
        f'<text class="axis" transform="translate(11 {top + size / 2}) rotate(-90)">truth</text>'
    )
    for row, (emotion, values) in enumerate(zip(emotions, counts, strict=True)):
        y = top + row * cell
        total = sum(values)
        over, name = left + (row + 0.5) * cell, escape(emotion)
        parts.append(
            f'<text class="label" x="{left - 10}" y="{y + cell / 2 + 4}">{name}</text>'
            f'<text class="head" x="{over}" y="{top - 10}">{name}</text>'
        )
        for column, count in enumerate(values):
            share = count / total if total else 0.0
            kind = "right" if row == column else "wrong"
            dense = " dense full" if share > 0.8 else " dense" if share > 0.6 else ""
            x = left + column * cell
            parts.append(
                f'<g class="{kind}{dense}"><rect class="cell" x="{x + 1.5}" y="{y + 1.5}" '
                f'width="{cell - 3}" height="{cell - 3}" rx="5" style="--share:{share:.3f}"/>'
                f'<text class="share" x="{x + cell / 2}" y="{y + cell / 2 + 3}">'
                f"{100 * share:.0f}%</text>"
                f'<text class="count" x="{x + cell / 2}" y="{y + cell / 2 + 19}">{count}</text></g>'
            )
    words = "; ".join(
        f"of {sum(values)} {emotion}: "
        + ", ".join(
            f"{count} predicted as {name}" for name, count in zip(emotions, values, strict=True)
        )
        for emotion, values in zip(emotions, counts, strict=True)
    )
    return _svg("confusion", width, height, f"Confusion matrix. {words}", parts)


def learning_curve(fold: str, losses: Sequence[float], highest: float) -> Markup:
    """Mean training loss by epoch; one vertical scale, 0 to `highest`, for all folds."""
    width, height, pad = 132, 52, 3
    last = max(len(losses) - 1, 1)
    points = [
        (pad + (width - 2 * pad) * index / last, height - pad - (height - 2 * pad) * loss / highest)
        for index, loss in enumerate(losses)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    end = points[-1] if points else (pad, pad)
    parts = [
        f'<line class="grid" x1="0" x2="{width}" y1="{height - pad}" y2="{height - pad}"/>',
        f'<polyline class="curve" points="{line}"/>',
        f'<circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="2.5"/>' if points else "",
    ]
    words = f"{losses[0]:.2f} falling to {losses[-1]:.2f}" if losses else "none"
    return _svg("learning", width, height, f"Training loss without {fold}: {words}", parts)


def _svg(kind: str, width: int, height: int, words: str, parts: Sequence[str]) -> Markup:
    head = (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(words)}">'
    )
    return Markup(head + "".join(parts) + "</svg>")


def _short(value: float) -> str:
    """Three digits without the zero before the point, as papers print scores."""
    text = f"{value:.3f}"
    return text[1:] if text.startswith("0") else text
