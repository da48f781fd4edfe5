"""The two public-domain photographs that synthetic faces are made from.

Both are works of the United States government and ship inside packages that are
installed anyway: Eileen Collins by NASA (`skimage.data.astronaut`), Grace Hopper by
the US Navy (matplotlib's sample data). `identities` blends and reshapes them.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from matplotlib import cbook

from smastn.errors import FaceError
from smastn.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER, FaceTracker
from smastn.media.frame_array import Image
from smastn.media.image_files import read_image
from smastn.synthesis.mesh_points import LEFT_CHEEK_EDGE, RIGHT_CHEEK_EDGE, Mesh, face_width

_HEADS = {"astronaut": (20, 240, 110, 340), "grace_hopper": (40, 420, 70, 450)}
"""Rows and columns of each head: top, bottom, left, right."""

PhotographName = Literal["astronaut", "grace_hopper"]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture of one neutral face and the mesh on it.

    Attributes:
        image: RGB.
        points: x, y of the 468 mesh points, pixels.
    """

    image: Image
    points: Mesh


@lru_cache(maxsize=4)
def photograph(name: PhotographName, mirrored: bool = False) -> Portrait:
    """One of the two photographs, with its mesh; `mirrored` swaps left and right.

    Raises:
        FaceError: the face models find no face, so the photograph or the models are damaged.
        AssetError: the face models are missing and cannot be fetched.
    """
    image = _astronaut() if name == "astronaut" else _grace_hopper()
    top, bottom, left, right = _HEADS[name]
    if mirrored:
        image = np.ascontiguousarray(image[:, ::-1])
        left, right = image.shape[1] - right, image.shape[1] - left
    # Only the head is searched: patches and medals can be detected as faces.
    face = FaceTracker()(np.ascontiguousarray(image[top:bottom, left:right]))
    if face is None:
        raise FaceError(
            f"no face was found in the photograph {name}, which shows one; "
            "the packages that ship it or the face models differ from ours: reinstall them"
        )
    return Portrait(image, face.points[:, :2] + np.array([left, top], np.float64))


def upright(
    photo: Portrait, size: tuple[int, int], width: float, centre: tuple[float, float]
) -> Portrait:
    """The photograph rotated until the eyes are level, scaled and shifted.

    Args:
        photo: a photograph and its mesh.
        size: width and height of the returned picture, pixels.
        width: `face_width` in the returned picture, pixels.
        centre: x, y of the midpoint between the cheekbones in it, pixels.
    """
    across = photo.points[LEFT_EYE_OUTER] - photo.points[RIGHT_EYE_OUTER]
    scale = width / face_width(photo.points)
    angle = np.arctan2(across[1], across[0])
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    middle = (photo.points[LEFT_CHEEK_EDGE] + photo.points[RIGHT_CHEEK_EDGE]) / 2
    matrix = np.column_stack([rotation, np.array(centre) - rotation @ middle])
    flags = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    border = cv2.BORDER_REPLICATE
    image = cv2.warpAffine(photo.image, matrix, size, flags=flags, borderMode=border)
    return Portrait(image.astype(np.uint8), photo.points @ rotation.T + matrix[:, 2])


def _astronaut() -> Image:
    # Imported here because scikit-image is slow to import and rarely needed.
    from skimage.data import astronaut

    return np.asarray(astronaut())


def _grace_hopper() -> Image:
    return read_image(Path(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
