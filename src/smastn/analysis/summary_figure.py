"""The picture of an analysis, analysis.png.

Above, the movement curve with the candidate intervals. Below, one row for each of the
strongest candidates: the face at onset, apex and offset, the network's dynamic images and
attention, and its probabilities.
"""

import textwrap
from pathlib import Path

from smastn.analysis.analysis_records import Analysis, Candidate, mean_attention
from smastn.analysis.arrows import MAGNIFIED, arrows_picture
from smastn.analysis.attention_overlay import attention_on_face
from smastn.analysis.figure_layout import DPI, FAINT, INK, Page
from smastn.analysis.palette import colours, tint
from smastn.analysis.timeline import draw_timeline
from smastn.analysis.wording import (
    footer,
    found,
    frames_text,
    measured,
    nothing_found,
    output_text,
    regions_text,
    strength_text,
    time_text,
)
from smastn.inputs.rendering import attention_picture

_WIDTH, _EDGE = 17.0, 0.5  # inches, as all lengths here
_HEADER, _TIMELINE, _HEADINGS, _FOOTER = 1.05, 2.95, 0.52, 1.35
_WORDS, _BARS, _GAP, _GROUP = 2.65, 2.3, 0.05, 0.24
_LARGEST, _BELOW = 1.5, 0.3  # side of a picture, room below it
_LINE = 140  # characters of a sentence in place of the rows
_NO_PICTURES = "No candidate has a prediction, and so none has pictures: long ones get none."


def write_picture(analysis: Analysis, path: Path) -> None:
    """Write the picture of an analysis as PNG, with a row for each candidate with pictures."""
    draw(analysis).figure.savefig(path, format="png", dpi=DPI)


def draw(analysis: Analysis) -> Page:
    """The picture of an analysis, rows in order of time."""
    numbered = list(enumerate(analysis.candidates, start=1))
    rows = [(number, one) for number, one in numbered if one.key_frames is not None]
    side, lefts = _columns(len(analysis.input.image_names))
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
        words = _NO_PICTURES if analysis.candidates else nothing_found(analysis)
        page.text((_EDGE, top + 0.1), textwrap.fill(words, _LINE), 12.0, FAINT)
    page.text((_EDGE, page.height - _FOOTER + 0.2), footer(analysis), 9.0, FAINT)
    return page


def _columns(images: int) -> tuple[float, list[float]]:
    """Side of a row's images, and the left edge of each: key frames, dynamic images, attention."""
    count = 3 + images + 1
    room = _WIDTH - 2 * _EDGE - _WORDS - _BARS - 3 * _GROUP - count * _GAP
    side = min(_LARGEST, room / count)
    groups = [(place >= 3) + (place >= 3 + images) for place in range(count)]
    begin = _EDGE + _WORDS
    return side, [
        begin + place * (side + _GAP) + group * _GROUP for place, group in enumerate(groups)
    ]


def _headings(page: Page, top: float, analysis: Analysis) -> None:
    side, lefts = _columns(len(analysis.input.image_names))
    names = [
        "onset",
        f"apex, arrows x {MAGNIFIED}",
        "offset",
        *analysis.input.image_names,
        "attention",
    ]
    for left, name in zip(lefts, names, strict=True):
        page.text((left + side / 2, top + 0.2), name, 9.0, FAINT, "centre")
    middle = (lefts[3] + lefts[-2] + side) / 2
    words = f"{analysis.input.legend}; bars are segment weights"
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
    seen, keys = candidate.recognition, candidate.key_frames
    if seen is None or keys is None:
        return
    images = analysis.input.draw(seen.dynamic_images)
    side, lefts = _columns(len(images))
    onset, apex, offset = keys
    attention = mean_attention(seen)
    pictures = [
        onset,
        arrows_picture(apex, candidate.interval, analysis.curve),
        offset,
        *images,
    ]
    if attention is not None:
        placed = attention_on_face(attention, seen.preparation, len(apex))
        pictures.append(attention_picture(apex, placed))
    for left, picture in zip(lefts, pictures, strict=False):
        page.picture(left, top, side, picture)
    weights = () if seen.segment_weights is None else seen.segment_weights
    for left, weight in zip(lefts[3:-1], weights, strict=False):
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
            output_text(probability),
            9.5,
            INK,
            "right",
        )
