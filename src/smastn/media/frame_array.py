"""The array of frames that public functions take, checked where it comes in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError

if TYPE_CHECKING:
    Frames: TypeAlias = ndarray | Sequence[ndarray]
else:
    Frames = Any  # not checked by type where it comes in, but by `checked_frames`

Image = UInt8[ndarray, "height width 3"]
"""One RGB image."""

FrameStack = UInt8[ndarray, "time height width 3"]
"""The RGB frames of one clip."""

_WANTED = "wanted a numpy array of uint8, time x height x width x 3, RGB"


def checked_frames(frames: Frames) -> FrameStack:
    """The same frames, which may also be a list of single ones, as one array; see `FrameStack`.

    Raises:
        InputError: no frames, or grey ones, or of another type or shape; says how to convert.
    """
    if isinstance(frames, list | tuple):
        frames = _stacked(frames)
    if not isinstance(frames, ndarray):
        raise InputError(
            f"frames are {_type_of(frames)}; {_WANTED}: read a film with read_frames, or convert "
            "with numpy.asarray"
        )
    if advice := _advice(frames):
        shape = " x ".join(map(str, frames.shape)) or "()"
        raise InputError(f"frames are {frames.dtype} of shape {shape}; {_WANTED}: {advice}")
    return frames


def _stacked(frames: Sequence[Any]) -> ndarray:
    """A list of frames as one array."""
    if odd := [one for one in frames if not isinstance(one, ndarray)]:
        raise InputError(
            f"frames are a list with {_type_of(odd[0])}; {_WANTED}, or a list of such frames: "
            "read a film with read_frames"
        )
    shapes = sorted({one.shape for one in frames})
    if len(shapes) != 1:
        sizes = " and ".join(map(str, shapes)) or "empty"
        raise InputError(f"frames are a list of shapes {sizes}; {_WANTED}: give frames of one size")
    return np.stack(frames)


def _advice(frames: ndarray) -> str:
    """How to convert these frames; empty where nothing is wrong."""
    shape, dimensions = frames.shape, frames.ndim
    if 0 in shape:
        return "give at least one frame that is not empty"
    if dimensions == 3 and shape[-1] == 3:
        return "this is one frame; give all frames from onset to offset"
    if dimensions in (2, 3):
        return "grey frames are made RGB by numpy.repeat(frames[..., None], 3, axis=-1)"
    if dimensions != 4:
        return "stack the frames with numpy.stack"
    if shape[-1] != 3 and shape[1] == 3:
        return "move the channels to the end by numpy.moveaxis(frames, 1, -1)"
    if shape[-1] == 1:
        return "grey frames are made RGB by numpy.repeat(frames, 3, axis=-1)"
    if shape[-1] == 4:
        return "leave out the alpha channel by frames[..., :3]"
    if shape[-1] != 3:
        return "give three channels, red, green and blue"
    if frames.dtype != np.uint8:
        return "scale values to 0..255, then numpy.rint(frames).astype(numpy.uint8)"
    return ""


def _type_of(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
