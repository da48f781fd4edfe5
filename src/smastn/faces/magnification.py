"""Motion magnification: small movements made large enough to see.

The movement is measured and multiplied, and the frame is warped accordingly (Liu et al.,
2005), rather than its brightness or phase amplified (Wu et al., 2012; Wadhwa et al., 2013):
those produce ghosts where the magnified movement exceeds half a wavelength of the texture,
as a micro-expression of 2 pixels does at eight times, and they amplify noise.

A grid of points is tracked with Lucas and Kanade's method. Their displacements are smoothed,
weighted by how well each point can be tracked. What is magnified is the departure from the face
at rest: the running median of the frames in which it is known to be at rest, held while it is not,
so that an expression is magnified however long it lasts, drift is not, and the face after it is
the face. Movement common to all points, as of the head, is subtracted. The warp never folds: where
it would, all displacements of that frame are shortened alike.

Frames are processed as a stream; a second or two of them is kept, however long the film.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8
from numpy import ndarray

from smastn.faces.alignment import inverse, median_of
from smastn.faces.stabilisation import View

_Field = Float32[ndarray, "grid grid 2"]
"""Displacements of a grid of points, shares of the side."""

_TRACKED = 224  # pixels, of the grey frame in which points are tracked
_GRID = 20  # points across and down; windows of neighbours overlap
_WINDOW, _LEVELS = (19, 19), 1  # reaches some 20 pixels from where a point was last
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 0.01)
_SPREAD = 0.65  # standard deviation of the smoothing, in grid steps
_RENEWED = 1.0  # seconds after which the reference frame is replaced
_BLOCK = 0.1  # seconds that are averaged before the median is taken
_HELD = 10.0  # seconds for which a rest position is held; then the face has moved on
_STEEPEST = 0.8  # largest gradient of the added displacement; at 1 the frame would fold
_HEAD_ROUNDS, _TUKEY = 5, 4.0
_NO_ROWS = np.empty((0, 0), np.float32)  # columns and rows are in one array
_FIRM = 1e-9 * np.eye(6)  # so that there is a head's displacement where no point counts
_WARPED = 3 * _GRID  # side of the grid on which the displacement is inverted
_VISIBLE = 0.027  # share of the side: of so large a movement half the factor's addition is left


@dataclass(frozen=True, slots=True)
class MagnificationConfig:
    """How movement is magnified.

    Attributes:
        factor: of small movements; 1 leaves the film as it is. Large ones, which are visible as
            they are, are magnified less.
        around: seconds before and after, whose median is the rest position.
        still_head: subtract the movement common to all points.
    """

    factor: float = 8.0
    around: float = 1.0
    still_head: bool = True


def magnify(
    views: Iterable[View],
    rate: float,
    config: MagnificationConfig | None = None,
    where: Float32[ndarray, "side side"] | None = None,
    at_rest: Bool[ndarray, " frames"] | None = None,
) -> Iterator[UInt8[ndarray, "size size 3"]]:
    """The same frames with small movements magnified; as many, in order.

    Args:
        views: squares of one size, of a stabilised scene; read one by one, a little more than
            ``config.around`` ahead of the output.
        rate: frames a second.
        config: how.
        where: 0 to 1, share of the movement that is magnified at each pixel; all by default.
        at_rest: for each frame, whether the face is at rest; by default it always counts as
            such, so that what lasts longer than about ``config.around`` is rest.
    """
    config = config or MagnificationConfig()
    length = max(1, round(_BLOCK * rate))
    share = np.ones((_GRID, _GRID), np.float32) if where is None else _on_grid(where)
    follow = _Follower(max(1, round(_RENEWED * rate)), share)
    blocks = _blocks(views, follow, length, at_rest)
    rest: ndarray | None = None
    for block, wanted in _with_rests(blocks, max(1, round(config.around / _BLOCK))):
        for view, field in block.frames:
            # In steps of a frame, since jumps of the rest position would be magnified.
            rest = wanted if rest is None else rest + (wanted - rest) / length
            yield _bent(view, _added(field - rest, share, config))


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive frames, each with its displacements, their mean, and whether all are at rest."""

    frames: list[tuple[View, _Field]]
    mean: _Field
    at_rest: bool


def _blocks(
    views: Iterable[View],
    follow: "_Follower",
    length: int,
    at_rest: Bool[ndarray, " frames"] | None,
) -> Iterator[_Block]:
    waiting, first = iter(views), 0
    while frames := [(view, follow(view)) for view in islice(waiting, length)]:
        resting = at_rest is None or bool(at_rest[first : first + len(frames)].all())
        yield _Block(frames, np.mean([field for _, field in frames], axis=0), resting)
        first += len(frames)


def _with_rests(blocks: Iterable[_Block], reach: int) -> Iterator[tuple[_Block, ndarray]]:
    """Each block with its rest position, see `_rest`; blocks up to `reach` away are looked at."""
    near: deque[_Block] = deque(maxlen=2 * reach + 1)
    waiting: deque[_Block] = deque()
    held: _Field | None = None
    since = 0

    def settled() -> tuple[_Block, ndarray]:
        nonlocal held, since
        block = waiting.popleft()
        place = len(near) - len(waiting) - 1
        rest = _rest(list(near), place)
        held, since = (held, since + 1) if rest is None else (rest, 0)
        if rest is not None:
            return block, rest
        late = since * _BLOCK > _HELD
        return block, _median(near) if late or held is None else held

    for block in blocks:
        near.append(block)
        waiting.append(block)
        if len(waiting) > reach:
            yield settled()
    while waiting:
        if len(near) > reach + len(waiting):
            near.popleft()
        yield settled()


def _rest(near: Sequence[_Block], place: int) -> _Field | None:
    """The median of the blocks at rest around a block; None inside a long expression.

    What comes after an expression alone says little of the face before it: it may have drifted.
    """
    sides = near[: place + 1], near[place:]
    known = all(any(one.at_rest for one in side) for side in sides)
    return _median(one for one in near if one.at_rest) if known else None


def _median(blocks: Iterable[_Block]) -> _Field:
    return np.median(np.stack([one.mean for one in blocks]), axis=0).astype(np.float32)


class _Follower:
    """Displacement of a grid of points since the first frame, shares of the side.

    Args:
        renewed: frames after which the reference frame is replaced; displacements add up.
        share: of the movement that is shown at each point; where neither a point nor its
            neighbours show any, it is not tracked.
    """

    def __init__(self, renewed: int, share: Float32[ndarray, "grid grid"]) -> None:
        middles = (np.arange(_GRID, dtype=np.float32) + 0.5) * (_TRACKED / _GRID) - 0.5
        near = cv2.dilate(share, np.ones((3, 3), np.uint8)) > 0
        self._tracked = near.ravel()
        places = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 1, 2)
        self._places = np.ascontiguousarray(places[self._tracked])
        self._last = np.zeros_like(self._places)
        self._renewed, self._count = renewed, 0
        self._key: ndarray | None = None
        self._weights = np.zeros((_GRID, _GRID), np.float32)
        self._before = self._field = np.zeros((_GRID, _GRID, 2), np.float32)

    def __call__(self, view: View) -> _Field:
        """The displacement up to this frame."""
        grey = view.grey(_TRACKED)
        if self._key is not None and len(self._places):
            self._field = self._before + self._since(self._key, grey) / _TRACKED
        if self._count % self._renewed == 0:
            self._key, self._before = grey, self._field
            self._last = np.zeros_like(self._places)
            self._weights = _followable(grey)
        self._count += 1
        return self._field

    def _since(self, key: ndarray, grey: ndarray) -> _Field:
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            key,
            grey,
            self._places,
            self._places + self._last,
            winSize=_WINDOW,
            maxLevel=_LEVELS,
            criteria=_STOP,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        moved = np.zeros((_GRID * _GRID, 2), np.float32)
        moved[self._tracked] = (found - self._places)[:, 0]
        moved = moved.reshape(_GRID, _GRID, 2)
        weights = np.zeros(_GRID * _GRID, np.float32)
        weights[self._tracked] = self._weights.ravel()[self._tracked] * status.ravel()
        weights = weights.reshape(_GRID, _GRID)
        total = cv2.GaussianBlur(weights, (0, 0), _SPREAD)
        # Outliers are replaced by the median of their neighbours first.
        steady = np.dstack([cv2.medianBlur(moved[..., axis].copy(), 3) for axis in (0, 1)])
        blurred = cv2.GaussianBlur(steady * weights[..., None], (0, 0), _SPREAD)
        smooth = blurred / np.maximum(total, 1e-9)[..., None]
        self._last = smooth.reshape(-1, 1, 2)[self._tracked]
        return smooth


def _followable(grey: UInt8[ndarray, "side side"]) -> Float32[ndarray, "grid grid"]:
    """How well each point can be tracked: the smaller eigenvalue of its structure tensor."""
    eigenvalue = cv2.cornerMinEigenVal(grey, _WINDOW[0])
    weights = _on_grid(eigenvalue)
    return weights + 1e-3 * float(weights.max()) + 1e-12


def _on_grid(values: Float32[ndarray, "side side"]) -> Float32[ndarray, "grid grid"]:
    return cv2.resize(values, (_GRID, _GRID), interpolation=cv2.INTER_AREA)


def _added(
    moved: _Field, share: Float32[ndarray, "grid grid"], config: MagnificationConfig
) -> _Field:
    """What is added to the displacements, shares of the side."""
    if config.still_head:
        moved = moved - _head(moved, share)
    length = np.linalg.norm(moved, axis=2, keepdims=True) / _VISIBLE
    added = (config.factor - 1) * moved / (1 + length**2) * share[..., None]
    steepest = max(float(np.abs(np.diff(added, axis=axis)).max()) for axis in (0, 1)) * _GRID
    return (added * min(1.0, _STEEPEST / max(steepest, 1e-9))).astype(np.float32)


def _head(moved: _Field, share: Float32[ndarray, "grid grid"]) -> _Field:
    """The displacement of the head, by iteratively reweighted least squares.

    A rotation moves each point by a function of its position and depth, and a face is about as
    deep as a paraboloid: a polynomial of second order fits.
    """
    terms = _polynomial()
    seen, inside = moved.reshape(-1, 2).astype(np.float64), share.ravel().astype(np.float64)
    weights, fitted = inside, np.zeros_like(seen)
    for _ in range(_HEAD_ROUNDS):
        weighted = terms.T * weights
        fitted = terms @ np.linalg.solve(weighted @ terms + _FIRM, weighted @ seen)
        errors = np.hypot(*(seen - fitted).T)
        spread = _TUKEY * max(median_of(errors[inside > 0.3]), 1e-4)
        weights = inside * np.clip(1 - (errors / spread) ** 2, 0, None) ** 2
    return fitted.reshape(moved.shape).astype(np.float32)


@lru_cache(maxsize=1)
def _polynomial() -> Float64[ndarray, "points 6"]:
    """The terms up to second order, at each point of the grid."""
    rows, columns = np.mgrid[:_GRID, :_GRID].reshape(2, -1) / _GRID - 0.5
    return np.stack(
        [np.ones_like(rows), rows, columns, rows**2, columns**2, rows * columns], axis=1
    )


@lru_cache(maxsize=2)
def _pixels(side: int) -> Float32[ndarray, "side side 2"]:
    """Column and row of each pixel of a square."""
    columns, rows = np.meshgrid(np.arange(side), np.arange(side))
    return np.dstack([columns, rows]).astype(np.float32)


def _bent(view: View, moved: _Field) -> UInt8[ndarray, "size size 3"]:
    """The frame with each point moved by that share of its side; interpolated once."""
    side = view.size
    forward = cv2.resize(moved, (_WARPED, _WARPED), interpolation=cv2.INTER_CUBIC) * _WARPED
    back = forward  # inverted by fixed-point iteration
    for _ in range(3):
        back = _taken_from(forward, _pixels(_WARPED) - back, cv2.INTER_LINEAR)
    back = cv2.resize(back * (side / _WARPED), (side, side), interpolation=cv2.INTER_LINEAR)
    places = cv2.transform(_pixels(side) - back, inverse(view.matrix))
    return _taken_from(view.image, places, cv2.INTER_LINEAR)


def _taken_from(image: ndarray, places: Float32[ndarray, "side side 2"], method: int) -> ndarray:
    return cv2.remap(image, places, _NO_ROWS, method, borderMode=cv2.BORDER_REPLICATE)
