"""A film of the film: original and magnified side by side, with what was spotted below.

During an interval its name is told, and where the network looked lies over the magnified
face. The timeline is drawn once; in each frame only the pictures, the cursor, the clock and
the name are laid on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.analysis.analysis_records import Analysis, Candidate
from smastn.analysis.figure_layout import DPI, FAINT, INK, Page
from smastn.analysis.magnified_face import film_frames, magnification, magnified_faces
from smastn.analysis.palette import tint
from smastn.analysis.summary_figure import draw_timeline
from smastn.analysis.wording import footer_short, name_text, regions_text
from smastn.faces.stabilisation import aligned_to_cut

SIDE = 480
"""Height of both pictures and width of the magnified one, pixels."""

_WIDTH, _HEIGHT = 1280, 768
_EDGE, _TOP, _CAPTION_TOP = 20, 58, 4
_LETTERS = 10.4  # points
_LEFT_WIDTH = _WIDTH - 3 * _EDGE - SIDE
_CURSOR = (28, 31, 38)
_ALIGNED = 112  # of the face as the network sees it; only its shape matters
_OPACITY = 0.5  # of the attention where it is highest


@dataclass(frozen=True, slots=True)
class FilmConfig:
    """What an annotated film shows.

    Attributes:
        most_frames: a film of more is shown around its intervals alone, the strongest first,
            until so many frames are full.
        context: seconds before and after an interval, in that case.
    """

    most_frames: int = 3600
    context: float = 1.0


def shown_frames(analysis: Analysis, config: FilmConfig | None = None) -> list[range]:
    """The stretches of frames that the annotated film shows, in order; the whole if short."""
    config = config or FilmConfig()
    length = analysis.video.frames
    if length <= config.most_frames:
        return [range(length)]
    around = round(config.context * analysis.curve.rate)
    chosen = np.zeros(length, bool)
    for one in sorted(analysis.candidates, key=lambda one: -one.interval.strength_noise):
        wider = chosen.copy()
        wider[max(0, one.interval.onset - around) : one.interval.offset + around + 1] = True
        if wider.sum() <= config.most_frames:
            chosen = wider
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    return [range(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def film_text(analysis: Analysis) -> str:
    """What the annotated film shows, for people."""
    config = magnification(analysis.curve.rate)
    parts = shown_frames(analysis)
    words = (
        f"Left the original, right the face with its head held still and its movements "
        f"{config.factor:g} times as large; what is large already is magnified less, and what "
        f"lasts longer than about {config.around:.1f} s counts as rest. During an interval, where "
        "the network looked lies over the face."
    )
    if parts == [range(analysis.video.frames)]:
        return words
    inside = sum(any(one.interval.apex in part for part in parts) for one in analysis.candidates)
    return (
        f"{words} The film is long, so only intervals are shown, with a second before and after: "
        f"{inside} of {len(analysis.candidates)}, the strongest first chosen, in order of time."
    )


def films(analysis: Analysis, frames: range) -> Iterator[tuple[int, ndarray, ndarray | None]]:
    """Number, original and magnified face of each of `frames`, in one pass."""
    pairs = zip(film_frames(analysis, frames), magnified_faces(analysis, frames, SIDE), strict=True)
    for (number, original), magnified in pairs:
        yield number, original, magnified


class AnnotatedFrames:
    """Draws the frames of the annotated film."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._base, self._plot = _base(analysis)
        self._glyphs = {letter: _drawn(letter, INK) for letter in "0123456789.,:/ sframe"}
        self._now: Candidate | None = None
        self._caption = np.zeros((1, 1, 3), np.uint8)
        self._heat: ndarray | None = None

    def __call__(
        self,
        number: int,
        original: UInt8[ndarray, "height width 3"],
        magnified: UInt8[ndarray, "side side 3"] | None,
    ) -> UInt8[ndarray, "tall wide 3"]:
        """One frame."""
        canvas = self._base.copy()
        candidate = self._shown_at(number)
        canvas[_TOP : _TOP + SIDE, _EDGE : _EDGE + _LEFT_WIDTH] = fitted(
            self._boxed(number, original), _LEFT_WIDTH, SIDE
        )
        right = slice(_WIDTH - _EDGE - SIDE, _WIDTH - _EDGE)
        if magnified is not None:
            canvas[_TOP : _TOP + SIDE, right] = self._looked_at(number, magnified, candidate)
        if candidate is not None:
            colour = _rgb(tint(candidate.name, self._analysis.emotions))
            corners = (right.start - 3, _TOP - 3), (right.stop + 2, _TOP + SIDE + 2)
            cv2.rectangle(canvas, *corners, colour, 3)
            _lay(canvas, self._caption, (right.start, _CAPTION_TOP))
        self._cursor(canvas, number)
        return canvas

    def _shown_at(self, number: int) -> Candidate | None:
        """The candidate of this frame; its caption and attention are drawn when it begins."""
        inside = [
            one
            for one in self._analysis.candidates
            if one.interval.onset <= number <= one.interval.offset
        ]
        now = max(inside, key=lambda one: one.interval.strength_noise, default=None)
        if now is not None and now is not self._now:
            self._caption = self._captioned(now)
            self._heat = None if now.look is None else _heat(now.look.whole)
        self._now = now
        return now

    def _captioned(self, candidate: Candidate) -> ndarray:
        """Number, name and kind, and below them the regions."""
        place = self._analysis.candidates.index(candidate) + 1
        colour = tint(candidate.name, self._analysis.emotions)
        title = _drawn(f"{place}  {name_text(candidate)}, {candidate.kind}", colour, "bold")
        caption = np.full((_TOP - 2 * _CAPTION_TOP, SIDE, 3), 255, np.uint8)
        _lay(caption, title, (0, 0))
        _lay(caption, _drawn(regions_text(candidate, most=2), INK), (0, _CAPTION_TOP + 19))
        return caption

    def _boxed(self, number: int, original: ndarray) -> ndarray:
        """The original with a thin frame around the followed face."""
        box = self._analysis.curve.boxes[number]
        if not np.isfinite(box).all():
            return original
        thick = max(1, round(max(original.shape[:2]) / 400))
        left, top, right, bottom = (round(float(edge)) for edge in box)
        return cv2.rectangle(original.copy(), (left, top), (right, bottom), (255, 255, 255), thick)

    def _looked_at(self, number: int, magnified: ndarray, candidate: Candidate | None) -> ndarray:
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


def fitted(
    image: UInt8[ndarray, "height width 3"], width: int, height: int
) -> UInt8[ndarray, "tall wide 3"]:
    """The whole picture, as large as fits, in the middle of a dark field of that size."""
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    field = np.full((height, width, 3), 16, np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    field[top : top + size[1], left : left + size[0]] = cv2.resize(
        image, size, interpolation=method
    )
    return field


def no_face(size: int) -> UInt8[ndarray, "size size 3"]:
    """What stands where a face would."""
    field = np.full((size, size, 3), 16, np.uint8)
    words = 255 - _drawn("no face here", FAINT)
    _lay(field, words // 2 + 16, ((size - words.shape[1]) // 2, size // 2 - 10))
    return field


def _base(analysis: Analysis) -> tuple[ndarray, tuple[int, int, int, int]]:
    """All that never changes, and where in it the timeline's axes lie (left, top, right, low)."""
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
    canvas[_TOP : _TOP + SIDE, left : left + SIDE] = no_face(SIDE)
    return canvas, place


def _heat(looked: Float32[ndarray, "rows columns"]) -> Float32[ndarray, "side side"]:
    """Attention as it lies over the magnified face, 0 to 1."""
    spread = looked - looked.min()
    spread = spread / max(float(spread.max()), 1e-9)
    fine = cv2.resize(spread, (_ALIGNED, _ALIGNED), interpolation=cv2.INTER_CUBIC)
    laid = cv2.warpAffine(np.clip(fine, 0, 1), aligned_to_cut(_ALIGNED, SIDE), (SIDE, SIDE))
    return cv2.GaussianBlur(laid, (0, 0), SIDE / 60).astype(np.float32)


def _drawn(words: str, colour: str, style: str = "") -> UInt8[ndarray, "high wide 3"]:
    """Words as a picture on white, as wide as they are."""
    page = Page(6.0, 26 / DPI)
    page.text((0.0, 4 / DPI), words or " ", _LETTERS, colour, style)
    picture = page.pixels()
    inked = np.flatnonzero((picture < 250).any(axis=(0, 2)))
    width = 6 if not len(inked) else int(inked[-1]) + 2
    return picture[:, :width]


def _lay(canvas: ndarray, picture: ndarray, at: tuple[int, int]) -> None:
    """Put a picture onto the canvas with its top left corner at (x, y), cut where it ends."""
    x, y = max(0, at[0]), at[1]
    room = canvas[y : y + picture.shape[0], x : x + picture.shape[1]]
    room[:] = picture[: room.shape[0], : room.shape[1]]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
