"""The two public-domain photographs every made-up person comes from.

Both are works of the United States government and ship inside packages we
need anyway: Eileen Collins by NASA (`skimage.data.astronaut`), Grace Hopper by
the US Navy (matplotlib's sample data). Their people are the raw material only;
`faces` makes others of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float64, UInt8
from matplotlib import cbook
from numpy import ndarray

from smastn.errors import FaceError
from smastn.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER, FaceTracker

LEFT_CHEEK_EDGE, RIGHT_CHEEK_EDGE = 454, 234
"""The mesh's outermost points at the height of the cheekbones."""

_HEADS = {"astronaut": (20, 240, 110, 340), "grace_hopper": (40, 420, 70, 450)}
"""Rows and columns between which each head lies: top, bottom, left, right."""

PhotographName = Literal["astronaut", "grace_hopper"]


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph of one face and where the mesh lies on it.

    Attributes:
        image: RGB.
        points: x, y of the 468 mesh points, pixels.
    """

    image: UInt8[ndarray, "height width 3"]
    points: Float64[ndarray, "468 2"]


@lru_cache(maxsize=4)
def photograph(name: PhotographName, mirrored: bool = False) -> Photograph:
    """One of the two photographs, with its mesh; `mirrored` swaps left and right.

    Raises:
        FaceError: the face models found no face, so they are not the right ones.
        AssetError: the face models could not be had.
    """
    image = _astronaut() if name == "astronaut" else _grace_hopper()
    top, bottom, left, right = _HEADS[name]
    if mirrored:
        image = np.ascontiguousarray(image[:, ::-1])
        left, right = image.shape[1] - right, image.shape[1] - left
    # Only the head is searched: patches and medals can look like faces too.
    face = FaceTracker()(np.ascontiguousarray(image[top:bottom, left:right]))
    if face is None:
        raise FaceError(
            f"no face was found in the photograph {name}, which shows one; "
            "the packages that ship it or the face models differ from ours: reinstall them"
        )
    return Photograph(image, face.points[:, :2] + np.array([left, top], np.float64))


def face_width(points: Float64[ndarray, "468 2"]) -> float:
    """Distance between the mesh's two outermost points at the cheekbones, pixels."""
    return float(np.linalg.norm(points[LEFT_CHEEK_EDGE] - points[RIGHT_CHEEK_EDGE]))


def upright(
    photo: Photograph, size: tuple[int, int], width: float, centre: tuple[float, float]
) -> Photograph:
    """The photograph turned until the eyes are level, enlarged or reduced.

    Args:
        photo: what to turn.
        size: width and height of the picture that comes back, pixels.
        width: the `face_width` that the face is to have in it, pixels.
        centre: where the middle between cheekbones is to lie in it, pixels.
    """
    across = photo.points[LEFT_EYE_OUTER] - photo.points[RIGHT_EYE_OUTER]
    scale = width / face_width(photo.points)
    angle = np.arctan2(across[1], across[0])
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    middle = (photo.points[LEFT_CHEEK_EDGE] + photo.points[RIGHT_CHEEK_EDGE]) / 2
    matrix = np.column_stack([turn, np.array(centre) - turn @ middle])
    flags = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    border = cv2.BORDER_REPLICATE
    image = cv2.warpAffine(photo.image, matrix, size, flags=flags, borderMode=border)
    return Photograph(image.astype(np.uint8), photo.points @ turn.T + matrix[:, 2])


def _astronaut() -> UInt8[ndarray, "height width 3"]:
    # Imported here: scikit-image is slow to import, and clips already made need no photograph.
    from skimage.data import astronaut

    return np.asarray(astronaut())


def _grace_hopper() -> UInt8[ndarray, "height width 3"]:
    path = str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise FaceError(f"{path} holds no photograph; reinstall matplotlib, which ships it")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
