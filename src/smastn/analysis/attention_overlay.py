"""Attention maps, from the network's crop of a face to the pictures they are drawn on."""

import cv2
import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.faces.preparation import PreparationConfig


def attention_on_face(
    attention: Float32[ndarray, "rows columns"], preparation: PreparationConfig, size: int
) -> Float32[ndarray, "size size"]:
    """An attention map as it lies on the aligned face, brows to chin, scaled to 0 to 1.

    The network's crop reaches `PreparationConfig.forehead` of its side higher than that face, so
    what the network did not see, at the chin, is 0. All is 0 for a uniform map, which says
    nothing about places, and for networks of already cropped faces, whose place is unknown.

    Args:
        attention: not negative, as coarse as the network's features.
        preparation: of the network's crop.
        size: side of the aligned face, pixels.
    """
    spread = attention - attention.min()
    highest = float(spread.max())
    if highest < 1e-12 or preparation.already_cropped:
        return np.zeros((size, size), np.float32)
    fine = cv2.resize(spread / highest, (size, size), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    higher = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -preparation.forehead * size]])
    return cv2.warpAffine(fine, higher, (size, size))
