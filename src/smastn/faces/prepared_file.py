"""One prepared clip in one file: pixels, checksum, and what it was made of.

The format is safetensors (huggingface.co/docs/safetensors), chosen because one
file then holds all three, so that a kill can leave a whole file or none; because
its pixels can be mapped from disk as they are, without reading or copying; and
because its header is JSON that any language reads, and nothing in it can run.
The tensor is called ``frames``: uint8, time x size x size x 3, RGB. The one
metadata entry ``prepared`` is JSON: ``sha256`` of the pixels and ``made_of``.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError
from smastn.files import write_atomic

SUFFIX = ".safetensors"
_TENSOR, _ENTRY = "frames", "prepared"
_LONGEST_HEADER = 1 << 20


def write_prepared(
    path: Path, frames: UInt8[ndarray, "time size size 3"], made_of: Mapping[str, Any]
) -> None:
    """Write a prepared clip, whole or not at all.

    Args:
        path: where to; a file that is there is replaced.
        frames: the clip.
        made_of: source and settings, for those who find the file.
    """
    checksum = hashlib.sha256(np.ascontiguousarray(frames).data).hexdigest()
    entry = json.dumps({"sha256": checksum, "made_of": made_of}, sort_keys=True)
    data = safetensors.numpy.save({_TENSOR: np.ascontiguousarray(frames)}, {_ENTRY: entry})
    write_atomic(path, data)


def open_prepared(path: Path) -> UInt8[ndarray, "time size size 3"]:
    """The clip in a file, mapped from disk rather than read; changes stay in memory.

    Raises:
        InputError: the file is torn, or no prepared clip.
    """
    _allow_many_files()
    header, begin = _header(path)
    shape = tuple(header[_TENSOR]["shape"])
    return np.memmap(path, np.uint8, "c", offset=begin, shape=shape)


def is_prepared(path: Path) -> bool:
    """Whether `path` is a prepared clip of full length; its pixels are not looked at."""
    try:
        return path.is_file() and bool(_header(path))
    except InputError:
        return False


def matches_checksum(path: Path) -> bool:
    """Whether the pixels of a prepared clip are still those that were written."""
    if not is_prepared(path):
        return False
    header, _ = _header(path)
    wanted = json.loads(header["__metadata__"][_ENTRY])["sha256"]
    return hashlib.sha256(open_prepared(path).data).hexdigest() == wanted


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header of a file of full length, and where its pixels begin."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= _LONGEST_HEADER else {}
        begin = 8 + length
        whole = begin + header[_TENSOR]["data_offsets"][1] == path.stat().st_size
        if whole and _ENTRY in header["__metadata__"]:
            return header, begin
    except (OSError, ValueError, KeyError, TypeError):
        pass  # told below, in one sentence for all of them
    raise InputError(
        f"{path} is torn or no prepared clip; wanted one that smastn prepare wrote: delete it and "
        "prepare again"
    )


@cache
def _allow_many_files() -> None:
    """Let this process hold as many files as the system lets it ask for.

    A mapped file stays open, and a fold maps two a clip; where the usual bound is 1024 that
    would be the end of a corpus of 500.
    """
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # some systems name a bound that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
