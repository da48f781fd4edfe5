"""Blendshape coefficients of a face: how far each named facial action is carried out.

Google's Face Landmarker (Grishchenko et al., 2022; Apache-2.0) places 478 landmarks on a
square crop of the face and predicts from 146 of them 52 coefficients, named as in ARKit. It
was trained on real faces. The coefficients are absolute, rough, and blind below about a pixel.
"""

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray
from scipy.special import expit

from smastn.assets import FACE_LANDMARKER, model_file
from smastn.faces.landmarks import Face, face_crop
from smastn.faces.tflite import TfliteModel

BLENDSHAPES = (
    *("_neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft"),
    *("browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft"),
    *("eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight"),
    *("eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft"),
    *("eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen"),
    *("jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft"),
    *("mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight"),
    *("mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight", "mouthRollLower"),
    *("mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft"),
    *("mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft"),
    *("mouthUpperUpRight", "noseSneerLeft", "noseSneerRight"),
)
"""Names of the coefficients, in the order of the model's output."""

_LANDMARKS = (
    *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63),
    *(65, 66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133),
    *(136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163),
    *(168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270),
    *(276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317),
    *(318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379),
    *(380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454),
    *(466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477),
)
"""The landmarks that the coefficients are predicted from, as the model was trained."""

_SIZE, _COUNT = 256, 478
_PRESENT = 0.5
_MOVED = 0.25  # of the face's width, between two frames


class FaceBlendshapes:
    """The blendshape coefficients of one face through a film.

    Each crop is cut around the landmarks of the frame before, as the models were trained; the
    mesh says where to look at first, and whether it is still the same face.

    Attributes:
        landmarks: of the face in the last frame, pixels of the frame; None where no face was seen.
        presence: how much the last frame's crop looked like a face to the model, a logit: about 20
            for a face in full view.
    """

    def __init__(self) -> None:
        bundle = model_file(FACE_LANDMARKER)
        self._landmarks = TfliteModel(bundle, "face_landmarks_detector.tflite")
        self._coefficients = TfliteModel(bundle, "face_blendshapes.tflite")
        self.landmarks: Float32[ndarray, "478 2"] | None = None
        self.presence = np.nan

    def __call__(
        self, image: UInt8[ndarray, "height width 3"], face: Face
    ) -> Float32[ndarray, " 52"]:
        """The coefficients, 0 to 1, in the order of `BLENDSHAPES`; NaN where no face is seen.

        Args:
            image: RGB.
            face: its mesh about now.
        """
        mesh = face.points[:, :2]
        if self.landmarks is None or not _on(self.landmarks, mesh):
            self.landmarks = self._placed(image, mesh)
        if self.landmarks is not None:
            self.landmarks = self._placed(image, self.landmarks)
        if self.landmarks is None:
            return np.full(len(BLENDSHAPES), np.nan, np.float32)
        points = self.landmarks[list(_LANDMARKS)]
        return self._coefficients(points[None])[0].ravel().astype(np.float32)

    def _placed(
        self, image: UInt8[ndarray, "height width 3"], near: Float32[ndarray, "points 2"]
    ) -> Float32[ndarray, "478 2"] | None:
        """The landmarks, pixels of the frame, sought around others; None where no face is."""
        crop, to_frame = face_crop(image, near, _SIZE)
        outputs = self._landmarks(crop[None].astype(np.float32) / 255)
        raw = max(outputs, key=lambda output: output.size).reshape(_COUNT, 3)[:, :2]
        presence = next(output for output in outputs if output.size == 1)
        self.presence = float(presence.ravel()[0])
        if expit(self.presence) < _PRESENT:
            return None
        return (raw @ to_frame[:, :2].T + to_frame[:, 2]).astype(np.float32)


def _on(landmarks: Float32[ndarray, "478 2"], mesh: Float32[ndarray, "468 2"]) -> bool:
    """Whether landmarks of a frame before still lie on the face of this mesh."""
    way = np.linalg.norm(landmarks.mean(axis=0) - mesh.mean(axis=0))
    return bool(way < _MOVED * np.ptp(mesh[:, 0]))
