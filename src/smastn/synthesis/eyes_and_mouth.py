"""Eyes and mouth: openings in the skin with something behind them.

Both are described column by column: where, in each column of pixels, the upper
and the lower edge of the opening lie. A pixel shows what is behind by the share
of its height that lies between the edges.
"""

from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray

from smastn.synthesis.muscles import LOWER_LIP_ROW, UPPER_LIP_ROW
from smastn.synthesis.photographs import face_width

_UPPER_LIDS = {
    "R": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "L": (362, 398, 384, 385, 386, 387, 388, 466, 263),
}
_LOWER_LIDS = {
    "R": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "L": (362, 382, 381, 380, 374, 373, 390, 249, 263),
}
_LID_FOLD = 0.055
"""Height of the skin that a lid unrolls or takes up, a share of the face's width."""

_WET_RIM = 0.007
"""How far below the mesh's lower lid the white of the eye still shows, likewise."""

_LASHES = 0.6
"""Pixels by which a lid's skin ends before its edge, so that no eyeball sticks to it."""

_CLOSED_MOUTH = 0.02
_DARKNESS = (46, 20, 20)

Edges = tuple[Float64[ndarray, " columns"], Float64[ndarray, " columns"]]
"""Heights of the upper and lower edge of an opening in each column, pixels."""


class Eye:
    """One eye: two lids over an eyeball.

    Args:
        image: the portrait.
        points: the mesh on it.
        side: the person's own right or left.
    """

    def __init__(
        self,
        image: UInt8[ndarray, "height width 3"],
        points: Float64[ndarray, "468 2"],
        side: Literal["R", "L"],
    ) -> None:
        upper, lower = points[list(_UPPER_LIDS[side])], points[list(_LOWER_LIDS[side])]
        self._fold = _LID_FOLD * face_width(points)
        around = np.array([1, self._fold + 6])
        low = np.floor(np.minimum(upper, lower).min(0) - around).astype(int)
        high = np.ceil(np.maximum(upper, lower).max(0) + around).astype(int) + 1
        self._at = np.s_[low[1] : high[1], low[0] : high[0]]
        self._columns = np.arange(low[0], high[0], dtype=np.float64)
        self._rows = np.arange(low[1], high[1], dtype=np.float64)[:, None]
        across = (self._columns - upper[0, 0]) / (upper[-1, 0] - upper[0, 0])
        self._bow = np.sin(np.pi * np.clip(across, 0, 1)) ** 0.75
        self._upper = _heights(self._columns, upper)
        self._lower = _heights(self._columns, lower) + _WET_RIM * face_width(points) * self._bow
        self._ball = _filled_outwards(image[self._at], self._share((self._upper, self._lower)))

    def skin(
        self,
        source: Float32[ndarray, "height width 2"],
        rises: Float64[ndarray, " 2"],
        closure: float,
    ) -> Edges:
        """Let both lids slide, in a map of where each pixel is taken from; the edges come back.

        Args:
            source: x, y in the portrait for each pixel; changed in place.
            rises: how far the upper and the lower lid's edge rise in mid-eye, pixels.
            closure: how far the eye is shut besides, 0 to 1.
        """
        opening = np.maximum(self._lower - self._upper, 0)
        meeting = self._upper + 0.85 * opening
        upper = self._upper - rises[0] * self._bow
        lower = self._lower - rises[1] * self._bow
        upper = upper + closure * (meeting + 0.5 - upper)
        lower = lower + closure * (meeting - lower)
        if closure == 0 and not rises.any():
            return upper, lower
        patch = source[self._at][..., 1]
        upper_lid = self._rows < (upper + lower) / 2
        from_above = np.minimum(
            self._slide(self._upper, upper, -self._fold), self._upper - _lashes(upper - self._upper)
        )
        from_below = np.maximum(
            self._slide(self._lower, lower, self._fold), self._lower + _lashes(lower - self._lower)
        )
        beyond = np.abs(self._rows - (upper + lower) / 2) > self._fold + opening
        moved = np.where(upper_lid, from_above, from_below) - self._rows
        patch += np.where(beyond | (self._bow <= 0), 0, moved)
        return upper, lower

    def ball(
        self,
        picture: UInt8[ndarray, "height width 3"],
        edges: Edges,
        gaze: tuple[float, float],
    ) -> None:
        """Show the eyeball between the lids' edges, in place, its iris moved by `gaze` pixels."""
        ball = self._ball
        if gaze != (0.0, 0.0):
            x = (self._columns - self._columns[0])[None] - gaze[0] * self._bow
            y = self._rows - self._rows[0] - gaze[1] * self._bow
            x = np.broadcast_to(x, y.shape).astype(np.float32)
            ball = cv2.remap(
                ball, x, y.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
            )
        _blend(picture[self._at], ball, self._share(edges))

    def _slide(self, before: ndarray, after: ndarray, fold: float) -> ndarray:
        """Row each pixel comes from when a lid's edge goes from `before` to `after`.

        Between the fold, which stays, and the edge the skin is stretched evenly.
        """
        fixed = before + fold
        share = (self._rows - fixed) / (after - fixed)
        return np.where(share >= 0, fixed + share * (before - fixed), self._rows)

    def _share(self, edges: Edges) -> Float64[ndarray, "rows columns"]:
        return _share_between(self._rows, *edges)


class Mouth:
    """Two lips over teeth or darkness.

    Args:
        image: the portrait.
        points: the mesh on it.
    """

    def __init__(
        self, image: UInt8[ndarray, "height width 3"], points: Float64[ndarray, "468 2"]
    ) -> None:
        unit = face_width(points)
        self.upper, self.lower = points[list(UPPER_LIP_ROW)], points[list(LOWER_LIP_ROW)]
        gap = (self.lower - self.upper)[:, 1]
        closed = gap.max() < _CLOSED_MOUTH * unit
        if closed:
            middle = (self.upper + self.lower) / 2
            self.upper, self.lower = middle, middle.copy()
        around = unit * np.array([0.06, 0.14])
        low = np.floor(self.upper.min(0) - around).astype(int)
        high = np.ceil(self.lower.max(0) + around).astype(int)
        self._at = np.s_[low[1] : high[1], low[0] : high[0]]
        self._columns = np.arange(low[0], high[0], dtype=np.float64)
        self._rows = np.arange(low[1], high[1], dtype=np.float64)[:, None]
        patch = image[self._at]
        share = _share_between(self._rows, *self._edges((self.upper, self.lower)))
        dark = np.full_like(patch, _DARKNESS)
        self._behind = dark if closed else _filled_outwards(patch, share)

    def skin(
        self,
        upper: Float32[ndarray, "height width 2"],
        lower: Float32[ndarray, "height width 2"],
        lips: tuple[Float64[ndarray, "11 2"], Float64[ndarray, "11 2"]],
    ) -> Float32[ndarray, "height width 2"]:
        """One displacement out of two: `upper` above the line between the lips, `lower` below."""
        top, bottom = self._edges(lips)
        below = np.clip(self._rows + 0.5 - (top + bottom) / 2, 0, 1)[..., None].astype(np.float32)
        first, last = self._at[0].start, self._at[0].stop
        whole = np.concatenate([upper[:first], lower[first:]])
        rows = slice(first, last)
        whole[rows] = upper[rows]
        whole[self._at] += below * (lower[self._at] - upper[self._at])
        return whole

    def inside(
        self,
        picture: UInt8[ndarray, "height width 3"],
        lips: tuple[Float64[ndarray, "11 2"], Float64[ndarray, "11 2"]],
    ) -> None:
        """Show what is behind the lips between their inner edges, in place."""
        _blend(picture[self._at], self._behind, _share_between(self._rows, *self._edges(lips)))

    def _edges(self, lips: tuple[ndarray, ndarray]) -> Edges:
        return _heights(self._columns, lips[0]), _heights(self._columns, lips[1])


def _lashes(way: ndarray) -> ndarray:
    """How far from a lid's edge its skin ends: the more the further the lid has gone."""
    return _LASHES * np.minimum(1, np.abs(way))


def _heights(columns: ndarray, row: Float64[ndarray, "points 2"]) -> Float64[ndarray, " columns"]:
    """Height of a line of points in each column; beyond its ends as at its ends."""
    return np.interp(columns, row[:, 0], row[:, 1])


def _share_between(rows: ndarray, upper: ndarray, lower: ndarray) -> ndarray:
    """Share of each pixel's height that lies between two edges, 0 to 1."""
    return np.clip(np.minimum(rows + 0.5, lower) - np.maximum(rows - 0.5, upper), 0, 1)


def _filled_outwards(patch: ndarray, share: ndarray) -> UInt8[ndarray, "rows columns 3"]:
    """What is seen in an opening, continued beyond its edges."""
    unseen = (share <= 0).astype(np.uint8)
    return np.asarray(cv2.inpaint(np.ascontiguousarray(patch), unseen, 3, cv2.INPAINT_TELEA))


def _blend(picture: ndarray, layer: ndarray, share: ndarray) -> None:
    """Lay `layer` over `picture` by `share`, in place."""
    mixed = picture + share[..., None] * (layer.astype(np.float64) - picture)
    picture[...] = np.rint(mixed)
