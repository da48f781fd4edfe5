"""One prepared clip in one file: pixels, checksum, and what it was made of.

The format is safetensors (huggingface.co/docs/safetensors): a file holds all three, nothing in
it can run, and its pixels are mapped from disk without reading or copying. The tensor
``frames`` is uint8, time x size x size x 3, RGB. The metadata entry ``prepared`` is JSON:
``sha256`` of the pixels and ``made_of``.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from jaxtyping import UInt8
from numpy import ndarray
from safetensors import SafetensorError, safe_open

from smastn.errors import InputError
from smastn.files import write_atomic

SUFFIX = ".safetensors"
_TENSOR, _ENTRY = "frames", "prepared"


def write_prepared(
    path: Path, frames: UInt8[ndarray, "time size size 3"], made_of: Mapping[str, Any]
) -> None:
    """Write a prepared clip atomically, with source and settings for those who find the file."""
    frames = np.ascontiguousarray(frames)
    checksum = hashlib.sha256(frames.data).hexdigest()
    entry = json.dumps({"sha256": checksum, "made_of": made_of}, sort_keys=True)
    write_atomic(path, safetensors.numpy.save({_TENSOR: frames}, {_ENTRY: entry}))


def open_prepared(path: Path) -> UInt8[ndarray, "time size size 3"]:
    """The clip in a file, mapped from disk; changes stay in memory.

    Raises:
        InputError: the file is damaged, or no prepared clip.
    """
    # Of the library's readers that of torch maps, and keeps no file open, as memmap would.
    with _opened(path, "pt") as file:
        return file.get_tensor(_TENSOR).numpy()


def is_prepared(path: Path) -> bool:
    """Whether `path` is a prepared clip of full length; its pixels are not read."""
    try:
        with _opened(path) as file:
            return _TENSOR in file.keys()  # noqa: SIM118 (the reader is no mapping)
    except InputError:
        return False


def matches_checksum(path: Path) -> bool:
    """Whether the pixels of a prepared clip are those that were written."""
    try:
        with _opened(path) as file:
            pixels, entry = file.get_tensor(_TENSOR), json.loads(file.metadata()[_ENTRY])
            return hashlib.sha256(pixels.data).hexdigest() == entry["sha256"]
    except InputError:
        return False


@contextmanager
def _opened(path: Path, framework: str = "np") -> Iterator[Any]:
    try:
        with safe_open(path, framework) as file:
            if _ENTRY in file.metadata():
                yield file
                return
        error: Exception | str = f"no metadata {_ENTRY}"
    except (OSError, SafetensorError, TypeError) as failure:
        error = failure
    raise InputError(
        f"{path} is damaged or no prepared clip ({error}); wanted one that smastn prepare wrote: "
        "delete it and prepare again"
    )
