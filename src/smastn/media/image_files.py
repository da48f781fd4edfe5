"""Pictures on disk: one, or a numbered folder of them, as RGB uint8."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
"""What counts as a picture in a folder of frames; everything else there is passed over."""

MAX_SIDE = 8192
"""The longest side of a frame that is read, pixels; 8K video is 7680."""

# A picture that cannot be decoded is our sentence to say, once.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def numbered_images(folder: Path) -> list[Path]:
    """The pictures in `folder`, in the order of their numbers.

    A picture's number is the last run of digits in its name: 46 in ``reg_img46.jpg``. Files
    without a number, hidden files and other kinds of file are passed over.

    Raises:
        InputError: there is no such picture, or two have the same number.
    """
    numbers: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        digits = re.findall(r"[0-9]+", path.stem)
        if path.suffix.lower() not in IMAGE_SUFFIXES or path.name.startswith(".") or not digits:
            continue
        number = int(digits[-1])
        if number in numbers:
            raise InputError(
                f"{folder} holds two pictures numbered {number}, {numbers[number].name} and "
                f"{path.name}, so their order is unknown; keep one clip to a folder"
            )
        numbers[number] = path
    if not numbers:
        raise InputError(
            f"{folder} holds no numbered pictures; wanted files such as img001.jpg "
            f"({', '.join(IMAGE_SUFFIXES)}); name a folder of frames or a video file"
        )
    return [numbers[number] for number in sorted(numbers)]


def read_image(path: str | Path) -> UInt8[ndarray, "height width 3"]:
    """One picture as RGB; grey becomes three channels, transparency is dropped, EXIF turns it.

    Sixteen bits are scaled to eight: the full range 0..65535 becomes 0..255.

    Raises:
        InputError: the file is empty, truncated, too large, or no picture.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); check that it is there and may be read"
        ) from error
    width, height = _declared_size(data, path)
    if max(width, height) > MAX_SIDE:
        raise InputError(
            f"{path} says it is {width}x{height} pixels; wanted at most {MAX_SIDE} a side; make "
            "it smaller first"
        )
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        raise _damaged(path)
    if image.dtype == np.uint16:
        image = ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def read_images(
    paths: list[Path],
) -> Iterator[UInt8[ndarray, "height width 3"]]:
    """The pictures one after the other, all of the size of the first.

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
    """Width and height from the header, before anything large is allocated."""
    size: tuple[int, int] | None = None
    if not data:
        raise InputError(f"{path} is empty; wanted a picture; copy it anew or take it away")
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
        f"{path} is no whole picture: it is cut short, damaged, or something else under a "
        "picture's name; copy it anew or take it out of the folder"
    )
