"""Movement that was measured in real faces, carried onto a mesh.

Public pictures of optical flow hold u and v, each scaled per picture to 0..255:
the zero is lost, and how far the face moved, and how far u was stretched against
v. The zero is estimated; the amplitude has to be chosen by whoever plays the
movement; u and v stay as they are against each other.

Where the pictures lie on a face is read off the pictures themselves. The upper
lids are where blinks move them (averaged over CASME II and SMIC), three eighths
down; the lower lip is where lips move, nine tenths down. A face is laid under
them by its own lids and lip, so that brows come to lie on brows.
"""

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy import ndarray

_UPPER_LIDS, _LIPS = (159, 386), 17
_EYES = ((33, 133), (263, 362))
_EYES_AT, _LID_AT, _LIP_AT = (0.268, 0.755), 0.375, 0.92
"""Shares of the picture's width at which the eyes lie, and of its height: lids and lower lip."""

_SMOOTHING = 0.7
"""Standard deviation, cells of the picture: single cells of these pictures are noisy."""

_FADING = 2.0
"""Standard deviation of the fading beyond the picture's border, cells."""


def flow_of(picture: UInt8[ndarray, "height width 3"]) -> Float32[ndarray, "height width 2"]:
    """Horizontal and vertical flow of a picture, each zero at its median: most of a face is still.

    In the picture's own unit, which differs from picture to picture; y grows downwards.
    """
    flow = picture[..., :2].astype(np.float32)
    flow -= np.median(flow, axis=(0, 1))
    return np.asarray(cv2.GaussianBlur(flow, (0, 0), _SMOOTHING))


def carried(
    flow: Float32[ndarray, "rows columns 2"],
    points: Float64[ndarray, "468 2"],
    places: Float64[ndarray, "places 2"],
) -> Float64[ndarray, "places 2"]:
    """The movement that a picture of flow shows at places of another face, in the flow's unit.

    Args:
        flow: x, y; beyond its border it fades to zero.
        points: the neutral mesh of an upright face, pixels.
        places: x, y, in the same pixels.
    """
    cells = cells_of(points, places, (flow.shape[1], flow.shape[0]))
    last = np.array([flow.shape[1] - 1, flow.shape[0] - 1])
    inside = np.clip(cells, 0, last)
    x, y = inside[None].astype(np.float32).transpose(2, 0, 1)
    taken = [_sampled(np.ascontiguousarray(flow[..., axis]), x, y) for axis in (0, 1)]
    beyond = ((cells - inside) ** 2).sum(1)
    return np.stack(taken, axis=1) * np.exp(-0.5 * beyond / _FADING**2)[:, None]


def cells_of(
    points: Float64[ndarray, "468 2"],
    places: Float64[ndarray, "places 2"],
    size: tuple[int, int],
) -> Float64[ndarray, "places 2"]:
    """Column and row of the flow picture at which places of a face lie; 0 is the first's middle.

    Args:
        points: the neutral mesh of an upright face, pixels.
        places: x, y, in the same pixels.
        size: columns and rows of the picture.
    """
    right, left = (points[list(corners)].mean(0) for corners in _EYES)
    lids = points[list(_UPPER_LIDS), 1].mean()
    width = (left[0] - right[0]) / (_EYES_AT[1] - _EYES_AT[0])
    height = (points[_LIPS, 1] - lids) / (_LIP_AT - _LID_AT)
    low = np.array([right[0] - _EYES_AT[0] * width, lids - _LID_AT * height])
    return (places - low) / (width, height) * size - 0.5


def _sampled(picture: ndarray, x: ndarray, y: ndarray) -> Float64[ndarray, " places"]:
    """The picture between its cells; remap takes at most 32,767 rows, places may be more."""
    parts = [
        cv2.remap(
            picture,
            x[:, at : at + 30_000],
            y[:, at : at + 30_000],
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for at in range(0, x.shape[1], 30_000)
    ]
    return np.concatenate(parts, axis=1)[0].astype(np.float64)
