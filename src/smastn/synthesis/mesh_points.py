"""Named points of the 468-point face mesh, and the mesh's scale.

Indices are those of MediaPipe's face mesh. Left and right are the person's own.
"""

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

Mesh = Float64[ndarray, "468 2"]
"""The points of a mesh, x and y, pixels."""

LEFT_CHEEK_EDGE, RIGHT_CHEEK_EDGE = 454, 234
"""The outermost points at the height of the cheekbones."""

EYE_CORNERS = {"R": (33, 133), "L": (263, 362)}
"""Outer and inner corner of each eye."""

UPPER_LIDS = {
    "R": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "L": (362, 398, 384, 385, 386, 387, 388, 466, 263),
}
LOWER_LIDS = {
    "R": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "L": (362, 382, 381, 380, 374, 373, 390, 249, 263),
}
"""Edges of the lids, from the right corner of the eye to the left one."""

MOUTH_CORNERS = {"R": 61, "L": 291}
UPPER_LIP_ROW = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_LIP_ROW = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""Inner edges of the lips, from the right corner to the left one."""

LOWER_LIP = (
    *(95, 88, 178, 87, 14, 317, 402, 318, 324, 96, 89, 179, 86, 15, 316, 403, 319, 325),
    *(77, 90, 180, 85, 16, 315, 404, 320, 307, 146, 91, 181, 84, 17, 314, 405, 321, 375),
)

OPENINGS = (
    *(UPPER_LIDS[side] + LOWER_LIDS[side][::-1] for side in "RL"),
    UPPER_LIP_ROW + LOWER_LIP_ROW[::-1],
)
"""Outlines of both eyes and of the mouth."""

FACE_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)


def face_width(points: Mesh) -> float:
    """Distance between the two outermost points at the cheekbones, pixels."""
    return float(np.linalg.norm(points[LEFT_CHEEK_EDGE] - points[RIGHT_CHEEK_EDGE]))
