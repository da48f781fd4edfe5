"""Small movements made large enough to see.

The movement is measured and multiplied, and the picture is bent accordingly (Liu et al.,
2005), rather than its brightness or phase amplified (Wu et al., 2012; Wadhwa et al., 2013):
those draw ghosts where the magnified movement is longer than half a wave of the texture,
and a micro-expression of 2 pixels, eight times as large, is; and they amplify noise.

A grid of places is followed with Lucas and Kanade's method. What each place did is
smoothed over its neighbours, by how well each can be followed. Its rest is the median
over some seconds, so that what moves and returns is magnified and what stays, or drifts,
is not. What all places do together, as when a head turns, is taken out. The picture never
folds: where it would, all of that picture's movements are shortened alike.

All is done in passing: a second or two of pictures is kept, however long the film.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray

from smastn.errors import ConfigError

_TRACKED = 224  # pixels, of the grey picture in which movement is followed
_GRID = 28  # places across and down
_WINDOW, _LEVELS = (19, 19), 2
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 12, 0.01)
_SPREAD = 0.9  # standard deviation of the smoothing, in grid steps
_RENEWED = 1.0  # seconds after which a new picture is compared with
_BLOCK = 0.1  # seconds that are averaged before the median is taken
_STEEPEST = 0.8  # change of what is added over the distance; at 1 the picture would fold
_HEAD_ROUNDS, _TUKEY = 5, 4.0
_WARPED = 4  # the field is bent on a grid so many times coarser than the picture


@dataclass(frozen=True, slots=True)
class MagnificationConfig:
    """How movement is magnified.

    Attributes:
        factor: by how much; 1 leaves the film as it is.
        around: seconds before and after whose median is taken for rest. What lasts less
            than this is magnified in full.
        visible: as a share of the picture's side, a movement that needs no magnifying: the
            additional movement is half of what the factor says there, and less beyond.
        still_head: take out what all places do together, to second order in their places.
    """

    factor: float = 8.0
    around: float = 1.0
    visible: float = 0.027
    still_head: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.factor <= 50:
            raise ConfigError(f"factor is {self.factor}; wanted 1 to 50 times, such as 8")
        if not 0.2 <= self.around <= 5:
            raise ConfigError(f"around is {self.around} s; wanted 0.2 to 5 s, such as 1")
        if not 0 < self.visible <= 0.5:
            raise ConfigError(f"visible is {self.visible}; wanted a share above 0 up to 0.5")


def magnify(
    pictures: Iterable[UInt8[ndarray, "side side 3"]],
    rate: float,
    config: MagnificationConfig | None = None,
    where: Float32[ndarray, "side side"] | None = None,
) -> Iterator[UInt8[ndarray, "side side 3"]]:
    """The same pictures, in which small movements are large; as many, in order.

    Args:
        pictures: RGB squares of one size, of a scene that does not shake; taken one by one,
            a little more than ``config.around`` ahead of what is given back.
        rate: pictures a second.
        config: how.
        where: 0 to 1, how much of the movement is magnified at each place; all by default.
    """
    config = config or MagnificationConfig()
    length = max(1, round(_BLOCK * rate))
    blocks = _blocks(pictures, _Follower(max(1, round(_RENEWED * rate))), length)
    share = np.ones((_GRID, _GRID), np.float32) if where is None else _on_grid(where)
    rest: ndarray | None = None
    for block, wanted in _with_rests(blocks, max(1, round(config.around / _BLOCK))):
        for picture, field in block.frames:
            # In steps of a frame, since a rest that jumps would be seen, magnified.
            rest = wanted if rest is None else rest + (wanted - rest) / length
            yield _bent(picture, _added(field - rest, share, config))


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbouring pictures, each with what moved in it, and the mean movement."""

    frames: list[tuple[ndarray, Float32[ndarray, "grid grid 2"]]]
    mean: Float32[ndarray, "grid grid 2"]


def _blocks(pictures: Iterable[ndarray], follow: "_Follower", length: int) -> Iterator[_Block]:
    waiting = iter(pictures)
    while frames := [(picture, follow(picture)) for picture in islice(waiting, length)]:
        yield _Block(frames, np.mean([field for _, field in frames], axis=0))


def _with_rests(blocks: Iterable[_Block], reach: int) -> Iterator[tuple[_Block, ndarray]]:
    """Each block with the median of the mean movements up to `reach` blocks away."""
    means: deque[ndarray] = deque(maxlen=2 * reach + 1)
    waiting: deque[_Block] = deque()
    for block in blocks:
        means.append(block.mean)
        waiting.append(block)
        if len(waiting) > reach:
            yield waiting.popleft(), _median(means)
    while waiting:
        if len(means) > reach + len(waiting):
            means.popleft()
        yield waiting.popleft(), _median(means)


def _median(fields: Iterable[ndarray]) -> Float32[ndarray, "grid grid 2"]:
    return np.median(np.stack(list(fields)), axis=0).astype(np.float32)


class _Follower:
    """How far the places of a grid have moved since the first picture, shares of the side.

    Args:
        renewed: pictures after which a newer one is compared with; movements add up.
    """

    def __init__(self, renewed: int) -> None:
        middles = (np.arange(_GRID, dtype=np.float32) + 0.5) * (_TRACKED / _GRID) - 0.5
        self._places = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 1, 2)
        self._renewed, self._count = renewed, 0
        self._key: ndarray | None = None
        self._weights = np.zeros((_GRID, _GRID), np.float32)
        self._before = self._field = np.zeros((_GRID, _GRID, 2), np.float32)

    def __call__(self, picture: UInt8[ndarray, "side side 3"]) -> Float32[ndarray, "grid grid 2"]:
        """The movement up to this picture."""
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        grey = cv2.resize(grey, (_TRACKED, _TRACKED), interpolation=cv2.INTER_AREA)
        if self._key is not None:
            self._field = self._before + self._since(self._key, grey) / _TRACKED
        if self._count % self._renewed == 0:
            self._key, self._before = grey, self._field
            self._weights = _followable(grey)
        self._count += 1
        return self._field

    def _since(self, key: ndarray, grey: ndarray) -> Float32[ndarray, "grid grid 2"]:
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            key,
            grey,
            self._places,
            self._places.copy(),
            winSize=_WINDOW,
            maxLevel=_LEVELS,
            criteria=_STOP,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        moved = (found - self._places).reshape(_GRID, _GRID, 2)
        weights = self._weights * status.reshape(_GRID, _GRID)
        total = cv2.GaussianBlur(weights, (0, 0), _SPREAD)
        # A place that found something else altogether is outvoted by its neighbours first.
        steady = np.dstack([cv2.medianBlur(moved[..., axis].copy(), 3) for axis in (0, 1)])
        blurred = cv2.GaussianBlur(steady * weights[..., None], (0, 0), _SPREAD)
        return blurred / np.maximum(total, 1e-9)[..., None]


def _followable(grey: UInt8[ndarray, "side side"]) -> Float32[ndarray, "grid grid"]:
    """How well each place can be followed: the smaller eigenvalue of its texture."""
    eigenvalue = cv2.cornerMinEigenVal(grey, _WINDOW[0])
    weights = _on_grid(eigenvalue)
    return weights + 1e-3 * float(weights.max()) + 1e-12


def _on_grid(values: Float32[ndarray, "side side"]) -> Float32[ndarray, "grid grid"]:
    return cv2.resize(values, (_GRID, _GRID), interpolation=cv2.INTER_AREA)


def _added(
    moved: Float32[ndarray, "grid grid 2"],
    share: Float32[ndarray, "grid grid"],
    config: MagnificationConfig,
) -> Float32[ndarray, "grid grid 2"]:
    """What is added to the movements, shares of the side."""
    if config.still_head:
        moved = moved - _head(moved, share)
    length = np.linalg.norm(moved, axis=2, keepdims=True) / config.visible
    added = (config.factor - 1) * moved / (1 + length**2) * share[..., None]
    steepest = max(float(np.abs(np.diff(added, axis=axis)).max()) for axis in (0, 1)) * _GRID
    return (added * min(1.0, _STEEPEST / max(steepest, 1e-9))).astype(np.float32)


def _head(
    moved: Float32[ndarray, "grid grid 2"], share: Float32[ndarray, "grid grid"]
) -> Float32[ndarray, "grid grid 2"]:
    """The part that most places agree on, by iteratively reweighted least squares.

    A head that turns moves each place by a function of where it is and how far it stands
    out, and a face stands out about as a paraboloid does: second order is enough.
    """
    rows, columns = np.mgrid[:_GRID, :_GRID].reshape(2, -1) / _GRID - 0.5
    terms = np.stack(
        [np.ones_like(rows), rows, columns, rows**2, columns**2, rows * columns], axis=1
    )
    seen, inside = moved.reshape(-1, 2).astype(np.float64), share.ravel().astype(np.float64)
    weights, fitted = inside, np.zeros_like(seen)
    for _ in range(_HEAD_ROUNDS):
        weighted = terms.T * weights
        fitted = terms @ np.linalg.lstsq(weighted @ terms, weighted @ seen, rcond=None)[0]
        errors = np.linalg.norm(seen - fitted, axis=1)
        spread = _TUKEY * max(float(np.median(errors[inside > 0.3])), 1e-4)
        weights = inside * np.clip(1 - (errors / spread) ** 2, 0, None) ** 2
    return fitted.reshape(moved.shape).astype(np.float32)


def _bent(
    picture: UInt8[ndarray, "side side 3"], moved: Float32[ndarray, "grid grid 2"]
) -> UInt8[ndarray, "side side 3"]:
    """The picture with each place moved by that share of its side."""
    side = len(picture)
    coarse = max(_GRID, side // _WARPED)
    forward = cv2.resize(moved, (coarse, coarse), interpolation=cv2.INTER_CUBIC) * coarse
    rows, columns = np.mgrid[:coarse, :coarse].astype(np.float32)
    back = forward  # where a place came from is told by the movement there, not here
    for _ in range(3):
        back = cv2.remap(
            forward,
            columns - back[..., 0],
            rows - back[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    back = cv2.resize(back, (side, side), interpolation=cv2.INTER_LINEAR) * (side / coarse)
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    return cv2.remap(
        picture,
        columns - back[..., 0],
        rows - back[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
