"""Brightness and colour planes of an image, as an encoder takes them, changed in parts.

Conversion takes as long as drawing; of a film whose frames are mostly alike only what changes
is converted.
"""

from typing import Any

import av
import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.media.frame_array import Image

# ITU-R BT.709-6, limited range: luma 16 to 235, colour differences 16 to 240 around 128.
_RED, _BLUE = 0.2126, 0.0722
_LUMA = np.array([_RED, 1 - _RED - _BLUE, _BLUE])
_CB = (np.array([0.0, 0.0, 1.0]) - _LUMA) / (2 * (1 - _BLUE))
_CR = (np.array([1.0, 0.0, 0.0]) - _LUMA) / (2 * (1 - _RED))
_MATRIX = np.vstack(
    [
        [*(219 / 255 * _LUMA), 16],
        [*(224 / 255 * _CB), 128],
        [*(224 / 255 * _CR), 128],
    ]
)


class Planes:
    """The planes of one RGB image (yuv420p, BT.709, limited range).

    Args:
        image: of even width and height, pixels.

    Attributes:
        shape: height and width of the image, pixels.
        frame: with the planes; an encoder copies them.
    """

    def __init__(self, image: Image) -> None:
        height, width = image.shape[:2]
        self.shape = height, width
        self.frame = av.VideoFrame(width, height, "yuv420p")
        self._luma, self._blue, self._red = map(_values, self.frame.planes)
        self.put(image, 0, 0)

    @property
    def array(self) -> UInt8[ndarray, "rows width"]:
        """All of Y, then U, then V, in rows as wide as the image; a copy."""
        return self.frame.to_ndarray()

    def put(self, part: Image, top: int, left: int) -> None:
        """Replace a part; its place and its size are even numbers of pixels."""
        height, width = part.shape[:2]
        colours = cv2.transform(part, _MATRIX)
        half = cv2.resize(colours, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        self._luma[top : top + height, left : left + width] = cv2.extractChannel(colours, 0)
        place = np.s_[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
        self._blue[place], self._red[place] = (
            cv2.extractChannel(half, 1),
            cv2.extractChannel(half, 2),
        )


def _values(plane: Any) -> UInt8[ndarray, "height width"]:
    """The values of a plane, to be written to; its rows may be padded."""
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
