"""The annotated film: original and magnified face side by side, above the timeline.

During an interval its name is shown, and the network's attention lies over the magnified
face. The timeline is drawn once; in each frame only the images, the cursor, the clock and
the name are drawn on it.
"""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis, Candidate, mean_attention
from smastn.analysis.attention_overlay import attention_on_face
from smastn.analysis.figure_layout import DPI, FAINT, INK, Page
from smastn.analysis.magnified_face import SIDE, magnification
from smastn.analysis.palette import tint
from smastn.analysis.timeline import draw_timeline
from smastn.analysis.wording import footer_short, name_text, regions_text
from smastn.faces.stabilisation import aligned_to_cut
from smastn.media.frame_array import Image
from smastn.methods.predictor import Recognition
from smastn.spotting.curve import stretches

_WIDTH, _HEIGHT = 1280, 768
_EDGE, _TOP, _CAPTION_TOP = 20, 58, 4
_LETTERS = 10.4  # points
_LEFT_WIDTH = _WIDTH - 3 * _EDGE - SIDE
_CURSOR = (28, 31, 38)
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
        f"Left: the original. Right: the face with the head held still and movements magnified "
        f"{config.factor:g} times; large movements are magnified less, and positions held for "
        f"longer than about {config.around:.1f} s count as rest. During an interval the network's "
        "attention is laid over the face."
    )
    if parts == [range(analysis.video.frames)]:
        return words
    inside = sum(any(one.interval.apex in part for part in parts) for one in analysis.candidates)
    return (
        f"{words} Because the film is long, only the {inside} strongest of "
        f"{len(analysis.candidates)} intervals are shown, each with a second before and after."
    )


class AnnotatedFrames:
    """Draws the frames of the annotated film.

    Attributes:
        no_face: the image in place of the magnified face where there is none.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self.no_face = _no_face()
        self._base, self._plot = _base(analysis, self.no_face)
        self._glyphs = {letter: _drawn(letter, INK) for letter in "0123456789.,:/ sframe"}
        self._now: Candidate | None = None
        self._caption = np.zeros((1, 1, 3), np.uint8)
        self._heat: ndarray | None = None

    def __call__(
        self, number: int, original: Image, magnified: UInt8[ndarray, "side side 3"] | None
    ) -> UInt8[ndarray, "tall wide 3"]:
        """One frame."""
        canvas = self._base.copy()
        candidate = self._shown_at(number)
        canvas[_TOP : _TOP + SIDE, _EDGE : _EDGE + _LEFT_WIDTH] = fitted(
            self._boxed(number, original), _LEFT_WIDTH, SIDE
        )
        right = slice(_WIDTH - _EDGE - SIDE, _WIDTH - _EDGE)
        if magnified is not None:
            canvas[_TOP : _TOP + SIDE, right] = self._with_attention(number, magnified, candidate)
        if candidate is not None:
            colour = _rgb(tint(candidate.name, self._analysis.emotions))
            corners = (right.start - 3, _TOP - 3), (right.stop + 2, _TOP + SIDE + 2)
            cv2.rectangle(canvas, *corners, colour, 3)
            _lay(canvas, self._caption, (right.start, _CAPTION_TOP))
        self._cursor(canvas, number)
        return canvas

    def _shown_at(self, number: int) -> Candidate | None:
        """The candidate of this frame; its caption and attention are made at its first frame."""
        inside = [
            one
            for one in self._analysis.candidates
            if one.interval.onset <= number <= one.interval.offset
        ]
        now = max(inside, key=lambda one: one.interval.strength_noise, default=None)
        if now is not None and now is not self._now:
            self._caption = self._captioned(now)
            self._heat = _heat(now.recognition)
        self._now = now
        return now

    def _captioned(self, candidate: Candidate) -> ndarray:
        """Number, name and kind above the regions."""
        place = self._analysis.candidates.index(candidate) + 1
        colour = tint(candidate.name, self._analysis.emotions)
        title = _drawn(f"{place}  {name_text(candidate)}, {candidate.kind}", colour, "bold")
        caption = np.full((_TOP - 2 * _CAPTION_TOP, SIDE, 3), 255, np.uint8)
        _lay(caption, title, (0, 0))
        _lay(caption, _drawn(regions_text(candidate, most=2), INK), (0, _CAPTION_TOP + 19))
        return caption

    def _boxed(self, number: int, original: ndarray) -> ndarray:
        """The original with a thin rectangle around the tracked face."""
        box = self._analysis.curve.boxes[number] * original.shape[1] / self._analysis.video.size[0]
        if not np.isfinite(box).all():
            return original
        thick = max(1, round(max(original.shape[:2]) / 400))
        left, top, right, bottom = (round(float(edge)) for edge in box)
        return cv2.rectangle(original.copy(), (left, top), (right, bottom), (255, 255, 255), thick)

    def _with_attention(
        self, number: int, magnified: ndarray, candidate: Candidate | None
    ) -> ndarray:
        if candidate is None or self._heat is None:
            return magnified
        one = candidate.interval
        ways = max(1, one.apex - one.onset), max(1, one.offset - one.apex)
        away = (one.apex - number) / ways[0] if number < one.apex else (number - one.apex) / ways[1]
        share = (_OPACITY * (1 - 0.6 * away) * self._heat)[..., None]
        colours = cv2.applyColorMap(np.rint(255 * self._heat).astype(np.uint8), cv2.COLORMAP_HOT)
        return np.rint(magnified * (1 - share) + colours[..., ::-1] * share).astype(np.uint8)

    def _cursor(self, canvas: ndarray, number: int) -> None:
        left, top, right, bottom = self._plot
        times = self._analysis.curve.times
        x = left + (right - left) * float(times[number]) / max(float(times[-1]), 0.1)
        cv2.line(canvas, (round(x), top - 4), (round(x), bottom), _CURSOR, 2, cv2.LINE_AA)
        words = f"{times[number]:.3f} s, frame {number}"
        at = _EDGE + _LEFT_WIDTH
        for letter in reversed(words):
            glyph = self._glyphs[letter]
            at -= glyph.shape[1]
            _lay(canvas, glyph, (at, 14))


def fitted(image: Image, width: int, height: int) -> UInt8[ndarray, "tall wide 3"]:
    """The image, as large as fits, centred on a dark field of that size."""
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    field = np.full((height, width, 3), 16, np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    field[top : top + size[1], left : left + size[0]] = cv2.resize(
        image, size, interpolation=method
    )
    return field


def _no_face() -> UInt8[ndarray, "side side 3"]:
    field = np.full((SIDE, SIDE, 3), 16, np.uint8)
    words = 255 - _drawn("no face", FAINT)
    _lay(field, words // 2 + 16, ((SIDE - words.shape[1]) // 2, SIDE // 2 - 10))
    return field


def _base(analysis: Analysis, no_face: ndarray) -> tuple[ndarray, tuple[int, int, int, int]]:
    """What all frames share, and the timeline's axes in it (left, top, right, bottom)."""
    page = Page(_WIDTH / DPI, _HEIGHT / DPI)
    page.text((_EDGE / DPI, 16 / DPI), "original", 10.0, FAINT)
    factor = magnification(analysis.curve.rate).factor
    left = _WIDTH - _EDGE - SIDE
    page.text((left / DPI, 16 / DPI), f"movements magnified {factor:g} times", 10.0, FAINT)
    place = (_EDGE + 44, _TOP + SIDE + 44, _WIDTH - _EDGE, _HEIGHT - 78)
    axes = page.axes(
        place[0] / DPI, place[1] / DPI, (place[2] - place[0]) / DPI, (place[3] - place[1]) / DPI
    )
    draw_timeline(axes, analysis)
    axes.set_ylabel("times noise", color=FAINT, size=8.5)
    page.text((_EDGE / DPI, (_HEIGHT - 22) / DPI), footer_short(analysis), 8.0, FAINT)
    canvas = page.pixels()
    canvas[_TOP : _TOP + SIDE, left : left + SIDE] = no_face
    return canvas, place


def _heat(recognition: Recognition | None) -> Float32[ndarray, "side side"] | None:
    """Attention as it lies over the magnified face, 0 to 1; None where there is none."""
    attention = None if recognition is None else mean_attention(recognition)
    if recognition is None or attention is None:
        return None
    laid = attention_on_face(attention, recognition.preparation, _ALIGNED)
    laid = cv2.warpAffine(laid, aligned_to_cut(_ALIGNED, SIDE), (SIDE, SIDE))
    return cv2.GaussianBlur(laid, (0, 0), SIDE / 60).astype(np.float32)


def _drawn(words: str, colour: str, style: str = "") -> UInt8[ndarray, "high wide 3"]:
    """Text as an image on white, cropped to its width."""
    page = Page(6.0, 26 / DPI)
    page.text((0.0, 4 / DPI), words or " ", _LETTERS, colour, style)
    picture = page.pixels()
    inked = np.flatnonzero((picture < 250).any(axis=(0, 2)))
    width = 6 if not len(inked) else int(inked[-1]) + 2
    return picture[:, :width]


def _lay(canvas: ndarray, picture: ndarray, at: tuple[int, int]) -> None:
    """Copy an image onto the canvas with its top left corner at (x, y), cropped at the edge."""
    x, y = max(0, at[0]), at[1]
    room = canvas[y : y + picture.shape[0], x : x + picture.shape[1]]
    room[:] = picture[: room.shape[0], : room.shape[1]]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
