"""Public pictures of optical flow as a clip's images: zero estimated, scale known to be lost.

Red, green and blue are u, v and strain, each scaled to 0..255 for itself in each
picture. So how far anything moved is lost, between clips, between the pictures of a
clip and between u and v; and the grey level of "no movement" is lost too. Most of a
face is still in a micro-expression, so the median of u and of v estimates it; strain
cannot be negative, so its zero is its darkest.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor

from smastn.corpora.flow_images import Part, flow_images, read_flow_image
from smastn.errors import InputError

_CROPS: Mapping[Part, tuple[float, float, float, float]] = {"ststnet": (1.186, -2.51, 1.134, -5.04)}
"""Where a pixel of the common crop lies in a picture that was cropped otherwise.

Scale and shift of x, then of y, in pixels of 28. STSTNet's faces fill more of the
picture: ``experiments/register_flow_crops.py`` lays the average movement of both, labels
unseen, on each other.
"""

_BACK = ("apex-offset", "direction to offset")
_CLIP_AT = 4.0
_TINY = 1e-6


def flow_pictures(
    root: Path, parts: Sequence[Part], size: int
) -> dict[str, UInt8[ndarray, "parts size size 3"]]:
    """The pictures of every clip under `root`, by the clip's key, one a part, `size` pixels wide.

    All show the same part of the face.

    Raises:
        InputError: a picture is missing or cannot be decoded.
    """
    found: dict[str, list[ndarray]] = {}
    for place, part in enumerate(parts):
        for image in flow_images(root, part):
            rows = found.setdefault(image.key, [])
            if len(rows) == place:
                rows.append(scaled(aligned(read_flow_image(image.source), image.part), size))
    if odd := [key for key, rows in found.items() if len(rows) < len(parts)]:
        raise InputError(
            f"{root}: {odd[0]} has not all of {', '.join(parts)}; wanted one picture each: fetch "
            "the folder again, or name fewer in descriptor.flow"
        )
    return {key: np.stack(rows) for key, rows in found.items()}


def aligned(
    picture: UInt8[ndarray, "height width 3"], part: Part
) -> UInt8[ndarray, "height width 3"]:
    """The picture with eyes and mouth where the pictures of the other parts have them.

    What lies outside it is taken from its edge.
    """
    if part not in _CROPS:
        return picture
    across, left, down, top = _CROPS[part]
    height, width = picture.shape[:2]
    matrix = np.array([[across, 0, left * width / 28], [0, down, top * height / 28]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = cv2.BORDER_REPLICATE
    moved = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=border)
    return np.asarray(moved, np.uint8)


def scaled(picture: UInt8[ndarray, "height width 3"], size: int) -> UInt8[ndarray, "size size 3"]:
    """The picture, `size` pixels a side."""
    if picture.shape[:2] == (size, size):
        return picture
    smaller = size < min(picture.shape[:2])
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (size, size), interpolation=method), np.uint8)


def flow_movement(
    pictures: UInt8[ndarray, "parts height width 3"], parts: Sequence[Part]
) -> Float[Tensor, "parts 3 height width"]:
    """u, v and strain of each picture, -1 to 1: zero where nothing moved, as far as is known.

    The unit of each channel of each picture is four times its root mean square: between
    them no scale was kept. A picture of one grey level is still, and gives zero. From apex
    to offset the face goes back; its arrows are turned round, so that the pictures of a clip
    show one movement.
    """
    values = torch.as_tensor(pictures).movedim(-1, -3).float()
    flat = values.flatten(-2)
    zero = torch.cat([flat[:, :2].median(-1).values, flat[:, 2:].min(-1).values], dim=1)
    moved = values - zero[:, :, None, None]
    images = channel_scale(moved)
    images[[part in _BACK for part in parts], :2] *= -1
    return images


def channel_scale(
    movement: Float[Tensor, "images channels height width"],
) -> Float[Tensor, "images channels height width"]:
    """Each channel of each image in four times its own root mean square, -1 to 1."""
    unit = _CLIP_AT * movement.square().mean((-2, -1), keepdim=True).sqrt().clamp_min(_TINY)
    return (movement / unit).clamp(-1, 1)


def mirrored_flow(
    images: Float[Tensor, "*batch 3 height width"],
) -> Float[Tensor, "*batch 3 height width"]:
    """The movement of the mirrored face: what went left goes right."""
    signs = torch.tensor([-1.0, 1.0, 1.0], device=images.device)
    return images.flip(-1) * signs[:, None, None]
