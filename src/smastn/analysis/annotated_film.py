"""The annotated film: original and magnified face side by side, above the timeline.

During an interval its name is shown, and the network's attention lies over the magnified
face. The timeline is drawn once and a name once an interval; in each frame only the images,
the cursor and the clock are drawn on them.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray
from PIL import Image as Picture
from PIL import ImageColor, ImageDraw, ImageFont

from smastn.analysis.analysis_records import Analysis, Candidate, mean_attention
from smastn.analysis.attention_overlay import attention_on_face
from smastn.analysis.figure_layout import DPI, FAINT, GROUND, INK, Page
from smastn.analysis.magnified_face import SIDE, magnification
from smastn.analysis.palette import tint
from smastn.analysis.timeline import draw_timeline
from smastn.analysis.wording import footer_short, name_text, regions_text
from smastn.faces.stabilisation import aligned_to_cut
from smastn.media.frame_array import Image
from smastn.media.planes import Planes
from smastn.methods.predictor import Recognition
from smastn.spotting.curve import stretches

_WIDTH, _HEIGHT = 1280, 768
_EDGE, _TOP, _CAPTION_TOP = 20, 58, 4
_RIGHT = _WIDTH - _EDGE - SIDE
_LEFT_WIDTH = _RIGHT - 2 * _EDGE
_DARK = 16
_FONTS = Path(matplotlib.get_data_path(), "fonts/ttf")
_PLAIN, _BOLD = (
    ImageFont.truetype(str(_FONTS / f"DejaVuSans{one}.ttf"), 17) for one in ("", "-Bold")
)
_CLOCK = slice(10, 40), slice(_EDGE + _LEFT_WIDTH - 320, _EDGE + _LEFT_WIDTH)
_ROWS = slice(_TOP, _TOP + SIDE)
_LEFT_FIELD = _ROWS, slice(_EDGE, _EDGE + _LEFT_WIDTH)
_RIGHT_FIELD = _ROWS, slice(_RIGHT, _RIGHT + SIDE)
_ALIGNED = 112  # pixels of the aligned face
_CONTEXT = 1.0  # seconds shown before and after an interval of a long film
_OPACITY = 0.5  # of the attention where it is highest


def shown_frames(analysis: Analysis, most_frames: int = 3600) -> list[range]:
    """The frames that the annotated film shows, in order.

    Of a film of more than `most_frames` only the surroundings of intervals are shown, the
    strongest first, up to that number.
    """
    length = analysis.video.frames
    if length <= most_frames:
        return [range(length)]
    around = round(_CONTEXT * analysis.curve.rate)
    chosen = np.zeros(length, bool)
    for one in sorted(analysis.candidates, key=lambda one: -one.interval.strength_noise):
        wider = chosen.copy()
        wider[max(0, one.interval.onset - around) : one.interval.offset + around + 1] = True
        if wider.sum() <= most_frames:
            chosen = wider
    return [range(first, last + 1) for first, last in stretches(chosen)]


def film_text(analysis: Analysis) -> str:
    """Description of the annotated film, for the report."""
    config = magnification(analysis.curve.rate)
    parts = shown_frames(analysis)
    words = (
        f"Left: the original. Right: the face with the head held still and its departure from "
        f"rest magnified {config.factor:g} times; large movements are magnified less. During an "
        "interval the network's attention is laid over the face."
    )
    if parts == [range(analysis.video.frames)]:
        return words
    inside = sum(any(one.interval.apex in part for part in parts) for one in analysis.candidates)
    return (
        f"{words} Because the film is long, only the {inside} strongest of "
        f"{len(analysis.candidates)} intervals are shown, each with a second before and after."
    )


class AnnotatedFrames:
    """Draws the frames of the annotated film."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._base, self._plot = _base(analysis)
        self._drawn = 0
        self._planes: tuple[Candidate | None, Planes] | None = None
        self._now: Candidate | None = None
        self._page = self._base
        self._heat: tuple[ndarray, ndarray] | None = None

    def __call__(
        self, number: int, original: Image, magnified: UInt8[ndarray, "side side 3"] | None
    ) -> UInt8[ndarray, "tall wide 3"]:
        """One frame."""
        candidate = self._shown_at(number)
        canvas = self._page.copy()
        left = canvas[_LEFT_FIELD]
        left[:] = fitted(original, _LEFT_WIDTH, SIDE)
        self._box(left, number)
        if magnified is not None:
            right = self._with_attention(number, magnified, candidate)
            canvas[_RIGHT_FIELD] = fitted(right, SIDE, SIDE) if len(right) != SIDE else right
        self._cursor(canvas, number)
        return canvas

    def planes(
        self, number: int, original: Image, magnified: UInt8[ndarray, "side side 3"] | None
    ) -> Planes:
        """One frame as an encoder takes it; the next call changes it."""
        canvas = self(number, original, magnified)
        if self._planes is None or self._planes[0] is not self._now:
            self._planes, self._drawn = (self._now, Planes(canvas)), number
            return self._planes[1]
        cursors = [self._around_cursor(one) for one in (self._drawn, number)]
        for rows, columns in (_LEFT_FIELD, _RIGHT_FIELD, _CLOCK, *cursors):
            self._planes[1].put(canvas[rows, columns], rows.start, columns.start)
        self._drawn = number
        return self._planes[1]

    def _around_cursor(self, number: int) -> tuple[slice, slice]:
        """Rows and columns of the page that the cursor of a frame is in; even numbers."""
        _, top, _, bottom = self._plot
        first = self._cursor_at(number) // 2 * 2 - 2
        return slice(top // 2 * 2 - 4, bottom // 2 * 2 + 2), slice(first, first + 4)

    def _cursor_at(self, number: int) -> int:
        """Column of the cursor."""
        left, _, right, _ = self._plot
        times = self._analysis.curve.times
        return round(left + (right - left) * float(times[number]) / max(float(times[-1]), 0.1))

    def _shown_at(self, number: int) -> Candidate | None:
        """The candidate of this frame; its page is made at its first frame."""
        inside = [
            one
            for one in self._analysis.candidates
            if one.interval.onset <= number <= one.interval.offset
        ]
        now = max(inside, key=lambda one: one.interval.strength_noise, default=None)
        if now is not self._now:
            self._page = self._base if now is None else self._captioned(now)
            self._heat = None
        self._now = now
        return now

    def _captioned(self, candidate: Candidate) -> UInt8[ndarray, "tall wide 3"]:
        """The page with a frame around the face; number, name and kind above the regions."""
        page = Picture.fromarray(self._base)
        pen = ImageDraw.Draw(page)
        place = self._analysis.candidates.index(candidate) + 1
        colour = tint(candidate.name, self._analysis.emotions)
        corners = (_RIGHT - 3, _TOP - 3, _RIGHT + SIDE + 2, _TOP + SIDE + 2)
        pen.rectangle(corners, outline=colour, width=3)
        below = _TOP - _CAPTION_TOP - 1
        pen.rectangle((_RIGHT, _CAPTION_TOP, _RIGHT + SIDE, below), fill="white")
        title = f"{place}  {name_text(candidate)}, {candidate.kind}"
        pen.text((_RIGHT, _CAPTION_TOP), title, colour, _BOLD)
        pen.text((_RIGHT, _CAPTION_TOP + 23), regions_text(candidate, most=2), INK, _PLAIN)
        return np.array(page)

    def _box(self, field: UInt8[ndarray, "tall wide 3"], number: int) -> None:
        """A thin rectangle around the tracked face, in the fitted original."""
        box = self._analysis.curve.boxes[number]
        if not np.isfinite(box).all():
            return
        width, height = self._analysis.video.size
        scale = min(field.shape[1] / width, field.shape[0] / height)
        shift = (np.array(field.shape[1::-1]) - scale * np.array([width, height])) / 2
        low, high = np.rint(scale * box.reshape(2, 2) + shift).astype(int).tolist()
        cv2.rectangle(field, low, high, (255, 255, 255), 2)

    def _with_attention(
        self, number: int, magnified: ndarray, candidate: Candidate | None
    ) -> ndarray:
        if candidate is None:
            return magnified
        if self._heat is None or len(self._heat[0]) != len(magnified):
            self._heat = _heat(candidate.recognition, len(magnified))
        if self._heat is None:
            return magnified
        one = candidate.interval
        ways = max(1, one.apex - one.onset), max(1, one.offset - one.apex)
        away = (one.apex - number) / ways[0] if number < one.apex else (number - one.apex) / ways[1]
        heat, colours = self._heat
        share = np.float32(_OPACITY * (1 - 0.6 * away)) * heat
        return cv2.blendLinear(magnified, colours, 1 - share, share)

    def _cursor(self, canvas: UInt8[ndarray, "tall wide 3"], number: int) -> None:
        _, top, _, bottom = self._plot
        times, x = self._analysis.curve.times, self._cursor_at(number)
        canvas[top - 4 : bottom + 1, x - 1 : x + 1] = ImageColor.getrgb(INK)
        words = np.hstack([_letter(one) for one in f"{times[number]:.3f} s, frame {number}"])
        field = canvas[_CLOCK]
        field[:, field.shape[1] - words.shape[1] :] = words


def fitted(image: Image, width: int, height: int) -> UInt8[ndarray, "tall wide 3"]:
    """The image, as large as fits, centred on a dark field of that size."""
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(scale * image.shape[1])), max(1, round(scale * image.shape[0]))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    field = np.full((height, width, 3), _DARK, np.uint8)
    left, top = round((width - size[0]) / 2), round((height - size[1]) / 2)
    inside = slice(top, top + size[1]), slice(left, left + size[0])
    field[inside] = cv2.resize(image, size, interpolation=method)
    return field


@lru_cache(maxsize=64)
def _letter(letter: str) -> UInt8[ndarray, "tall wide 3"]:
    """A letter of the clock; a line of them is put together in no time, one drawn anew is not."""
    tall = _CLOCK[0].stop - _CLOCK[0].start
    field = Picture.new("RGB", (round(_PLAIN.getlength(letter)), tall), GROUND)
    ImageDraw.Draw(field).text((0, 4), letter, INK, _PLAIN)
    return np.array(field)


def no_face(side: int) -> UInt8[ndarray, "side side 3"]:
    """The image in place of the magnified face where there is none."""
    field = Picture.new("RGB", (side, side), (_DARK, _DARK, _DARK))
    ImageDraw.Draw(field).text((side / 2, side / 2), "no face", FAINT, _PLAIN, anchor="mm")
    return np.array(field)


def _base(analysis: Analysis) -> tuple[ndarray, tuple[int, int, int, int]]:
    """What all frames share, and the timeline's axes in it (left, top, right, bottom)."""
    page = Page(_WIDTH / DPI, _HEIGHT / DPI)
    page.text((_EDGE / DPI, 16 / DPI), "original", 10.0, FAINT)
    factor = magnification(analysis.curve.rate).factor
    page.text((_RIGHT / DPI, 16 / DPI), f"movements magnified {factor:g} times", 10.0, FAINT)
    place = (_EDGE + 44, _TOP + SIDE + 44, _WIDTH - _EDGE, _HEIGHT - 78)
    axes = page.axes(
        place[0] / DPI, place[1] / DPI, (place[2] - place[0]) / DPI, (place[3] - place[1]) / DPI
    )
    draw_timeline(axes, analysis)
    axes.set_ylabel("times noise", color=FAINT, size=8.5)
    page.text((_EDGE / DPI, (_HEIGHT - 22) / DPI), footer_short(analysis), 8.0, FAINT)
    canvas = page.pixels()
    canvas[_TOP : _TOP + SIDE, _RIGHT : _RIGHT + SIDE] = no_face(SIDE)
    return canvas, place


def _heat(
    recognition: Recognition | None, side: int
) -> tuple[Float32[ndarray, "side side"], UInt8[ndarray, "side side 3"]] | None:
    """Attention as it lies over the magnified face, 0 to 1, and its colours; None for none."""
    attention = None if recognition is None else mean_attention(recognition)
    if recognition is None or attention is None:
        return None
    laid = attention_on_face(attention, recognition.preparation, _ALIGNED)
    laid = cv2.warpAffine(laid, aligned_to_cut(_ALIGNED, side), (side, side))
    heat = cv2.GaussianBlur(laid, (0, 0), side / 60).astype(np.float32)
    colours = cv2.applyColorMap(np.rint(255 * heat).astype(np.uint8), cv2.COLORMAP_HOT)
    return heat, np.ascontiguousarray(colours[..., ::-1])
