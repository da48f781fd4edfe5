"""Signed images and attention maps as pictures for people.

Pure functions, arrays in and uint8 RGB out. An image is signed: zero is grey, and the two signs
leave it by the same amount towards two colours, blue for negative and amber for positive values.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

_STILL = np.array([128.0, 128.0, 128.0])
_DARKER = np.array([[74.0, 118.0, 178.0], [16.0, 40.0, 110.0]])
_BRIGHTER = np.array([[226.0, 160.0, 72.0], [255.0, 236.0, 190.0]])
_GAIN_QUANTILE = 0.995


def signed_pictures(
    images: Float[ndarray, "images channels height width"],
) -> UInt8[ndarray, "images height width 3"]:
    """Signed images as pictures: grey (128) at exactly 0, blue below, amber above.

    Channels are averaged. One gain for all images of a clip keeps their strengths comparable: it
    brings the 99.5th percentile of the absolute values to full colour.

    Args:
        images: of one clip, values in [-1, 1].
    """
    values = images.mean(axis=1)
    largest = float(np.quantile(np.abs(values), _GAIN_QUANTILE))
    values = np.clip(values / largest if largest > 0 else values, -1, 1)[..., None]
    pictures = np.where(values < 0, _ramp(-values, _DARKER), _ramp(values, _BRIGHTER))
    return np.rint(pictures).astype(np.uint8)


def attention_picture(
    face: UInt8[ndarray, "height width 3"], attention: Float[ndarray, "rows columns"]
) -> UInt8[ndarray, "height width 3"]:
    """An attention map over the grey face.

    The map is scaled by its own largest value and enlarged bicubically: colours compare places
    within one picture, not two pictures. A uniform map leaves the face grey.

    Args:
        face: the prepared face.
        attention: non-negative, as coarse as the network gives it.
    """
    height, width = face.shape[:2]
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float64)
    spread = attention - attention.min()
    largest = float(spread.max())
    scaled = spread / largest if largest > 1e-12 else np.zeros_like(spread)
    fine = cv2.resize(scaled.astype(np.float64), (width, height), interpolation=cv2.INTER_CUBIC)
    fine = np.clip(fine, 0, 1)
    levels = np.rint(255 * (0.15 + 0.8 * fine)).astype(np.uint8)
    colours = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[..., ::-1]
    opacity = (0.78 * fine**0.8)[..., None]
    return np.rint(grey[..., None] * (1 - opacity) + colours * opacity).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class DrawnImage:
    """One image as a page shows it.

    Attributes:
        name: which part of the clip it covers.
        picture: the image, as a data URL.
        attention: the network's attention in it, as a data URL; empty if it has none.
        weight: of its segment, 0 to 1; None if the network has no such weights.
    """

    name: str
    picture: str
    attention: str
    weight: float | None


def draw_images(
    names: Sequence[str],
    pictures: UInt8[ndarray, "images height width 3"],
    attention: Float[ndarray, "images size size"] | None,
    weights: Float[ndarray, " images"] | None,
    face: UInt8[ndarray, "face_height face_width 3"] | None = None,
) -> tuple[DrawnImage, ...]:
    """All images of a clip, each with the network's attention.

    Args:
        names: of the images, in order.
        pictures: see `Input.draw`.
        attention: one map per image, if the network has attention.
        weights: of the segments, if the network weighs them.
        face: below the attention maps; without it they lie over the pictures.
    """
    drawn = []
    for number, (name, picture) in enumerate(zip(names, pictures, strict=True)):
        overlaid = ""
        if attention is not None:
            below = picture if face is None else face
            overlaid = jpeg_data_url(attention_picture(below, attention[number]))
        weight = None if weights is None else float(weights[number])
        drawn.append(DrawnImage(name, png_data_url(picture), overlaid, weight))
    return tuple(drawn)


def png_data_url(picture: UInt8[ndarray, "height width 3"]) -> str:
    """The picture as ``data:image/png;base64,...``, to stand inside a page."""
    return _data_url(picture, "png", [cv2.IMWRITE_PNG_COMPRESSION, 9])


def jpeg_data_url(picture: UInt8[ndarray, "height width 3"], quality: int = 88) -> str:
    """The same as JPEG, several times smaller for photographs; quality 0 to 100."""
    return _data_url(picture, "jpeg", [cv2.IMWRITE_JPEG_QUALITY, quality])


def _data_url(picture: UInt8[ndarray, "height width 3"], kind: str, flags: list[int]) -> str:
    done, data = cv2.imencode(f".{kind}", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), flags)
    assert done, "OpenCV writes PNG and JPEG of every uint8 picture"
    return f"data:image/{kind};base64,{base64.b64encode(data.tobytes()).decode('ascii')}"


def _ramp(
    values: Float[ndarray, "images height width 1"], colours: Float[ndarray, "2 3"]
) -> Float[ndarray, "images height width 3"]:
    """Grey at 0, the first colour at one half, the second at 1."""
    low, high = np.clip(2 * values, 0, 1), np.clip(2 * values - 1, 0, 1)
    return _STILL + low * (colours[0] - _STILL) + high * (colours[1] - colours[0])
