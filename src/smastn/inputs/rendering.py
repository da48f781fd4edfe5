"""Signed dynamic images and attention maps as pictures a person can read.

Pure functions, arrays in and uint8 RGB out. A dynamic image is signed: zero
means that nothing moved, and must look like nothing. So grey is zero, and the
two directions leave it by the same amount towards two colours, blue where the
face came to be darker and amber where it came to be brighter.
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


def signed_picture(
    dynamic_image: Float[ndarray, "3 height width"], gain: float | None = None
) -> UInt8[ndarray, "height width 3"]:
    """A dynamic image as a picture: grey where nothing moved.

    The three colour channels are averaged, since a movement shifts them together.

    Args:
        dynamic_image: values in [-1, 1].
        gain: what the values are multiplied by before clipping to [-1, 1]. One gain
            for all images of a clip keeps their strengths comparable, as in
            `shared_gain`. None stands for 1.

    Returns:
        Grey (128) at exactly 0; blue to the negative, amber to the positive side,
        lightness rising with the value.
    """
    value = np.clip(dynamic_image.mean(axis=0) * (1.0 if gain is None else gain), -1, 1)
    darker, brighter = _ramp(-value, _DARKER), _ramp(value, _BRIGHTER)
    picture = np.where((value < 0)[..., None], darker, brighter)
    return np.rint(picture).astype(np.uint8)


def seen_images(
    dynamic_images: Float[ndarray, "images 3 height width"], movement: bool
) -> Float[ndarray, "images 3 height width"]:
    """The images as people are shown them.

    Args:
        dynamic_images: what the network saw, -1 to 1.
        movement: whether the channels are movement to the right, downwards, and strain; then
            the way down stands for all, since brows and mouth move up and down.
    """
    return np.repeat(dynamic_images[:, 1:2], 3, axis=1) if movement else dynamic_images


def shared_gain(dynamic_images: Float[ndarray, "images 3 height width"]) -> float:
    """One gain that brings the strongest movement of a clip to full colour.

    Returns:
        The inverse of the 99.5th percentile of the channel means' absolute values
        over all images; 1 for a still clip, whose zeros stay zeros.
    """
    size = float(np.quantile(np.abs(dynamic_images.mean(axis=1)), _GAIN_QUANTILE))
    return 1.0 / size if size > 0 else 1.0


def attention_picture(
    face: UInt8[ndarray, "height width 3"], attention: Float[ndarray, "rows columns"]
) -> UInt8[ndarray, "height width 3"]:
    """Where the network looked, laid over the grey face.

    The map is scaled by its own largest value and enlarged bicubically: the colours
    compare places within one picture, not two pictures. A map that is the same
    everywhere says nothing about places and leaves the face grey.

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
    """One dynamic image as a page shows it.

    Attributes:
        name: which part of the clip it covers.
        picture: the movement, as a data URL.
        attention: where the network looked in it, as a data URL.
        weight: how much it counted, 0 to 1.
    """

    name: str
    picture: str
    attention: str
    weight: float


def draw_images(
    names: Sequence[str],
    images: Float[ndarray, "images 3 height width"],
    attention: Float[ndarray, "images rows columns"],
    weights: Float[ndarray, " images"],
    face: UInt8[ndarray, "face_height face_width 3"] | None = None,
) -> tuple[DrawnImage, ...]:
    """All dynamic images of a clip, at one gain, each with where the network looked.

    Args:
        names: of the images, in order.
        images: -1 to 1.
        attention: one map an image.
        weights: how much each counted.
        face: what attention is laid over; None lays it over the movement itself.
    """
    gain = shared_gain(images)
    drawn = []
    for name, image, looked, weight in zip(names, images, attention, weights, strict=True):
        picture = signed_picture(image, gain)
        below = picture if face is None else face
        seen = jpeg_data_url(attention_picture(below, looked))
        drawn.append(DrawnImage(name, png_data_url(picture), seen, float(weight)))
    return tuple(drawn)


def enlarged(
    picture: UInt8[ndarray, "height width 3"], factor: int
) -> UInt8[ndarray, "tall wide 3"]:
    """The picture `factor` times as large on each side, smoothly."""
    height, width = picture.shape[:2]
    size = (width * factor, height * factor)
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8)


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
    value: Float[ndarray, "height width"], colours: Float[ndarray, "2 3"]
) -> Float[ndarray, "height width 3"]:
    """Grey at 0, the first colour at one half, the second at 1."""
    at = np.clip(value, 0, 1)
    stops = np.stack([_STILL, *colours])
    return np.stack(
        [np.interp(at, (0, 0.5, 1), stops[:, channel]) for channel in range(3)], axis=-1
    )
