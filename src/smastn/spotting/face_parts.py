"""Parts of a face that may be covered one by one, and how far apart two models place them.

The mesh model and the Face Landmarker see the same face and agree within some pixels on where its
parts are, whatever they express. What is hidden each of them guesses, and they guess apart.
"""

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from smastn.faces.alignment import face_alignment
from smastn.faces.landmarks import Face
from smastn.spotting.comparison import FACE_SIZE

FACE_PARTS: dict[str, tuple[int, ...]] = {
    "mouth": (61, 291, 0, 17, 13, 14, 78, 308, 37, 267, 84, 314, 40, 270, 91, 321),
    "right eye": (33, 133, 159, 145, 70, 63, 105, 107),
    "left eye": (263, 362, 386, 374, 300, 293, 334, 336),
}
"""Landmarks of each part, numbered as in the mesh; eyes with their brows; the person's sides."""


def models_apart(face: Face, landmarks: Float32[ndarray, "478 2"]) -> Float32[ndarray, "parts 2"]:
    """From the mesh to the other model's landmarks (x, y), pixels of an aligned face of 224.

    Args:
        face: the mesh.
        landmarks: of the Face Landmarker, in the same frame.
    """
    way = (landmarks[:468] - face.points[:, :2]) @ face_alignment([face], FACE_SIZE)[:, :2].T
    return np.array([way[list(part)].mean(axis=0) for part in FACE_PARTS.values()], np.float32)
