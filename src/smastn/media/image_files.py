"""Reads image files as RGB uint8.

Headers are checked here, since OpenCV allocates an image before its size is known to the caller,
and decodes a truncated file without an error.
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
"""Suffixes of images in a folder of frames; other files there are ignored."""

MAX_SIDE = 8192
"""The longest side of a frame that is read, pixels; 8K video is 7680."""

# An image that cannot be decoded is reported once, by the InputError.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def read_image(path: str | Path) -> UInt8[ndarray, "height width 3"]:
    """An image as RGB; grey is repeated, transparency is dropped, EXIF orientation is applied.

    Sixteen bits are scaled to eight: the full range 0..65535 becomes 0..255.

    Raises:
        InputError: the file is empty, truncated, too large, or no image.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); check that it exists and its permissions"
        ) from error
    width, height = _declared_size(data, path)
    if max(width, height) > MAX_SIDE:
        raise InputError(
            f"{path} is {width}x{height} pixels; wanted at most {MAX_SIDE} a side; scale it down"
        )
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        raise _damaged(path)
    if image.dtype == np.uint16:
        image = ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def read_images(paths: Iterable[str | Path]) -> Iterator[UInt8[ndarray, "height width 3"]]:
    """The images one after the other, all of the size of the first.

    Raises:
        InputError: one cannot be read, or differs in size from the first.
    """
    first: tuple[int, ...] | None = None
    for path in paths:
        image = read_image(path)
        first = first or image.shape
        if image.shape != first:
            raise InputError(
                f"{path} is {image.shape[1]}x{image.shape[0]} pixels and the frames before it are "
                f"{first[1]}x{first[0]}; wanted frames of one size; crop or scale them alike"
            )
        yield image


def _declared_size(data: bytes, path: Path) -> tuple[int, int]:
    """Width and height from the header, checked before memory is allocated."""
    size: tuple[int, int] | None = None
    if not data:
        raise InputError(f"{path} is empty; wanted an image; copy it again or remove it")
    if data.startswith(b"\x89PNG") and b"IEND" in data[-64:]:
        width, height = struct.unpack(">II", data[16:24])
        size = width, height
    elif data.startswith(b"BM") and len(data) >= max(30, *struct.unpack("<I", data[2:6])):
        width, height = struct.unpack("<ii", data[18:26])
        size = width, abs(height)  # a negative height means top row first
    elif data.startswith(b"\xff\xd8") and data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda"):
        size = _jpeg_size(data)
    if size is None:
        raise _damaged(path)
    return size


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in the first start-of-frame marker."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + length  # 0xFF may be repeated as padding
    return None


def _damaged(path: Path) -> InputError:
    return InputError(
        f"{path} is not a complete image: it is truncated, damaged, or another kind of file; "
        "copy it again or remove it from the folder"
    )
