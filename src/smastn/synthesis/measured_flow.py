"""Measured optical flow, transferred onto the mesh of another face.

Public flow images hold the components u and v, each scaled to 0..255 on its own. The
zero, the amplitude and the relative scale of u and v are lost. The zero is estimated
as the median; the amplitude is chosen by the caller; u and v keep their relative scale.

Flow images are registered to a face by the upper lids and the lower lip. Their rows were
found in the images themselves, averaged over CASME II and SMIC: blinks move the lids at
3/8 of the height, and the lower lip moves at 9/10.
"""

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy import ndarray

from smastn.media.frame_array import Image
from smastn.synthesis.mesh_points import EYE_CORNERS, Mesh

_UPPER_LIDS, _LIP = (159, 386), 17
_EYES_AT, _LID_AT, _LIP_AT = (0.268, 0.755), 0.375, 0.92
"""Columns of the eyes, rows of upper lids and lower lip, as shares of the image's size."""

_SMOOTHING = 0.7
"""Standard deviation, cells: single cells of the images are noisy."""

_FADING = 2.0
"""Standard deviation of the falloff beyond the image's border, cells."""


def centred_flow(image: Image) -> Float32[ndarray, "height width 2"]:
    """Horizontal and vertical flow of an image, smoothed, with zero at the median of each.

    The unit differs from image to image; y grows downwards.
    """
    flow = image[..., :2].astype(np.float32)
    flow -= np.median(flow, axis=(0, 1))
    return np.asarray(cv2.GaussianBlur(flow, (0, 0), _SMOOTHING))


def flow_at(
    flow: Float32[ndarray, "height width 2"],
    points: Mesh,
    places: Float64[ndarray, "rows columns 2"],
) -> Float64[ndarray, "rows columns 2"]:
    """The flow at places of a face, in the flow's unit.

    Args:
        flow: x, y; it fades to zero beyond its border.
        points: the neutral mesh of an upright face, pixels.
        places: x, y, in the same pixels.
    """
    cells = flow_cells(points, places, (flow.shape[1], flow.shape[0]))
    inside = np.clip(cells, 0, np.array([flow.shape[1] - 1, flow.shape[0] - 1]))
    x, y = cv2.split(inside.astype(np.float32))
    sampled = [
        cv2.remap(component, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for component in cv2.split(flow)
    ]
    beyond = ((cells - inside) ** 2).sum(-1, keepdims=True)
    return np.stack(sampled, axis=-1).astype(np.float64) * np.exp(-0.5 * beyond / _FADING**2)


def flow_cells(
    points: Mesh, places: Float64[ndarray, "*shape 2"], size: tuple[int, int]
) -> Float64[ndarray, "*shape 2"]:
    """Column and row of the flow image at places of a face; 0 is the centre of the first cell.

    Args:
        points: the neutral mesh of an upright face, pixels.
        places: x, y, in the same pixels.
        size: columns and rows of the image.
    """
    right, left = (points[list(EYE_CORNERS[side])].mean(0) for side in "RL")
    lids = points[list(_UPPER_LIDS), 1].mean()
    width = (left[0] - right[0]) / (_EYES_AT[1] - _EYES_AT[0])
    height = (points[_LIP, 1] - lids) / (_LIP_AT - _LID_AT)
    low = np.array([right[0] - _EYES_AT[0] * width, lids - _LID_AT * height])
    return (places - low) / (width, height) * size - 0.5
