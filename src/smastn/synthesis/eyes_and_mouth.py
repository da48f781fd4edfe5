"""Eyes and mouth: openings in the skin over a layer behind it.

An opening is described by the heights of its upper and lower edge in each column of
pixels. The layer behind covers a pixel by the share of its height between the edges.
"""

from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray

from smastn.media.frame_array import Image
from smastn.synthesis.mesh_points import (
    LOWER_LIDS,
    LOWER_LIP_ROW,
    UPPER_LIDS,
    UPPER_LIP_ROW,
    Mesh,
    face_width,
)

_LID_FOLD = 0.055
"""Height of the skin that a lid unrolls or folds, as a share of the face's width."""

_WET_RIM = 0.007
"""Height of eye visible below the mesh's lower lid, likewise."""

_LASHES = 0.6
"""Distance in pixels between the edge of a lid and its skin; keeps eyeball pixels off it."""

_CLOSED_MOUTH = 0.02
_DARKNESS = (46, 20, 20)

_Flow = Float32[ndarray, "height width 2"]
"""x and y of each pixel."""

Lips = tuple[Float64[ndarray, "11 2"], Float64[ndarray, "11 2"]]
"""Inner edges of the upper and the lower lip."""

Edges = tuple[Float64[ndarray, " columns"], Float64[ndarray, " columns"]]
"""Rows of the upper and lower edge of an opening in each column, pixels."""


class Eye:
    """One eye: two lids over an eyeball.

    Args:
        image: the portrait.
        points: the mesh on it.
        side: the person's own right or left.
    """

    def __init__(self, image: Image, points: Mesh, side: Literal["R", "L"]) -> None:
        upper, lower = points[list(UPPER_LIDS[side])], points[list(LOWER_LIDS[side])]
        self._fold = _LID_FOLD * face_width(points)
        around = np.array([1, self._fold + 6])
        low = np.floor(np.minimum(upper, lower).min(0) - around).astype(int)
        high = np.ceil(np.maximum(upper, lower).max(0) + around).astype(int) + 1
        self._at, self._columns, self._rows = _window(low, high)
        across = (self._columns - upper[0, 0]) / (upper[-1, 0] - upper[0, 0])
        self._bow = np.sin(np.pi * np.clip(across, 0, 1)) ** 0.75
        self._upper = _heights(self._columns, upper)
        self._lower = _heights(self._columns, lower) + _WET_RIM * face_width(points) * self._bow
        self._ball = _filled_outwards(image[self._at], self._share((self._upper, self._lower)))

    def skin(self, source: _Flow, rises: Float64[ndarray, " 2"], closure: float) -> Edges:
        """Move both lids in a sampling map, and return their edges.

        Args:
            source: x, y in the portrait from which each pixel is sampled; changed in place.
            rises: rise of the upper and the lower lid's edge in mid-eye, pixels.
            closure: share by which the eye is closed in addition, 0 to 1.
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

    def ball(self, picture: Image, edges: Edges, gaze: tuple[float, float]) -> None:
        """Draw the eyeball between the lids' edges, in place, shifted by `gaze` pixels."""
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
        """Row from which each pixel is sampled when a lid's edge moves from `before` to `after`.

        The fold is fixed; the skin between fold and edge is stretched evenly.
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

    def __init__(self, image: Image, points: Mesh) -> None:
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
        self._at, self._columns, self._rows = _window(low, high)
        patch = image[self._at]
        share = _share_between(self._rows, *self._edges((self.upper, self.lower)))
        dark = np.full_like(patch, _DARKNESS)
        self._behind = dark if closed else _filled_outwards(patch, share)

    def skin(self, upper: _Flow, lower: _Flow, lips: Lips) -> _Flow:
        """Join two displacement fields: `upper` above the line between the lips, `lower` below."""
        top, bottom = self._edges(lips)
        below = np.clip(self._rows + 0.5 - (top + bottom) / 2, 0, 1)[..., None].astype(np.float32)
        last = self._at[0].stop
        whole = np.concatenate([upper[:last], lower[last:]])
        whole[self._at] += below * (lower[self._at] - upper[self._at])
        return whole

    def inside(self, picture: Image, lips: Lips) -> None:
        """Draw teeth or darkness between the inner edges of the lips, in place."""
        _blend(picture[self._at], self._behind, _share_between(self._rows, *self._edges(lips)))

    def _edges(self, lips: tuple[ndarray, ndarray]) -> Edges:
        return _heights(self._columns, lips[0]), _heights(self._columns, lips[1])


def _window(
    low: ndarray, high: ndarray
) -> tuple[tuple[slice, slice], Float64[ndarray, " columns"], Float64[ndarray, "rows 1"]]:
    """The window from corner `low` to corner `high`, and the places of its columns and rows."""
    columns = np.arange(low[0], high[0], dtype=np.float64)
    rows = np.arange(low[1], high[1], dtype=np.float64)[:, None]
    return np.s_[low[1] : high[1], low[0] : high[0]], columns, rows


def _lashes(displacement: ndarray) -> ndarray:
    """Distance between a lid's edge and its skin; it grows with the displacement."""
    return _LASHES * np.minimum(1, np.abs(displacement))


def _heights(columns: ndarray, row: Float64[ndarray, "points 2"]) -> Float64[ndarray, " columns"]:
    """Row of a line of points in each column; constant beyond its ends."""
    return np.interp(columns, row[:, 0], row[:, 1])


def _share_between(rows: ndarray, upper: ndarray, lower: ndarray) -> ndarray:
    """Share of each pixel's height between two edges, 0 to 1."""
    return np.clip(np.minimum(rows + 0.5, lower) - np.maximum(rows - 0.5, upper), 0, 1)


def _filled_outwards(patch: ndarray, share: ndarray) -> UInt8[ndarray, "rows columns 3"]:
    """The visible part of an opening, inpainted beyond its edges."""
    unseen = (share <= 0).astype(np.uint8)
    return np.asarray(cv2.inpaint(np.ascontiguousarray(patch), unseen, 3, cv2.INPAINT_TELEA))


def _blend(picture: ndarray, layer: ndarray, share: ndarray) -> None:
    """Blend `layer` over `picture` with weights `share`, in place."""
    mixed = picture + share[..., None] * (layer.astype(np.float64) - picture)
    picture[...] = np.rint(mixed)
