"""Writes frames as an H.264 film."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from jaxtyping import UInt8
from numpy import ndarray

from smastn.errors import InputError
from smastn.files import atomic_file
from smastn.media.planes import Planes

FASTEST = "ultrafast"
"""The quickest preset; files are three times as large."""

_BT709 = 1  # its number in ISO/IEC 23091-2, for matrix, primaries and transfer alike


def write_video(
    path: str | Path,
    frames: Iterable[UInt8[ndarray, "height width 3"]],
    rate: float,
    quality: int = 18,
    preset: str = "veryfast",
) -> None:
    """Write an H.264 film (yuv420p, BT.709) that any browser plays, atomically.

    Args:
        path: where to; the suffix chooses the container, ``.mp4`` as a rule.
        frames: RGB, all of one size. An odd width or height gains one pixel, repeated.
        rate: frames per second.
        quality: the encoder's constant rate factor, 0 (lossless) to 51; 18 looks like the source.
        preset: how thoroughly the encoder works, ``ultrafast`` to ``veryslow``.

    Raises:
        InputError: there are no frames, they differ in size, or the disk is full.
    """
    with film_writer(path, rate, quality, preset) as add:
        for image in frames:
            add(image)


@contextmanager
def film_writer(
    path: str | Path, rate: float, quality: int = 18, preset: str = "veryfast"
) -> Iterator[Callable[[UInt8[ndarray, "height width 3"] | Planes], None]]:
    """A function that writes one frame after the other; arguments as of `write_video`.

    A frame is RGB, or the planes of one. The film appears when the block ends without an
    exception. With the preset `FASTEST` the quality is a fixed quantiser: measuring how
    difficult each frame is would take a quarter of the time.

    Raises:
        InputError: there are no frames, they differ in size, or the disk is full.
    """
    path = Path(path)
    options = {"qp" if preset == FASTEST else "crf": str(quality), "preset": preset}
    with (
        atomic_file(path) as partial,
        av.open(partial, "w", format=_muxer(path), options={"movflags": "faststart"}) as container,
    ):
        reformatter = VideoReformatter()  # one for all frames, as each would start threads
        stream: Any = None
        shape: tuple[int, ...] = ()
        count = 0

        def add(image: UInt8[ndarray, "height width 3"] | Planes) -> None:
            nonlocal stream, shape, count
            size = image.shape[:2]
            if stream is None:
                stream, shape = _encoder(container, size, rate, options), size
            if size != shape:
                raise InputError(
                    f"frame {count} for {path} is {size[1]}x{size[0]} pixels and "
                    f"the first {shape[1]}x{shape[0]}; wanted frames of one size"
                )
            container.mux(stream.encode(_to_frame(reformatter, image, count)))
            count += 1

        yield add
        if stream is None:
            raise InputError(f"no frames were given to write to {path}; wanted at least one")
        container.mux(stream.encode())


def _encoder(container: Any, size: tuple[int, ...], rate: float, options: dict[str, str]) -> Any:
    stream = container.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
    height, width = size
    stream.width, stream.height = width + width % 2, height + height % 2
    stream.pix_fmt = "yuv420p"
    stream.options = options
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = ColorRange.MPEG
    return stream


def _to_frame(reformatter: VideoReformatter, image: ndarray | Planes, number: int) -> av.VideoFrame:
    if isinstance(image, Planes):
        image.frame.pts = number
        return image.frame
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    frame = reformatter.reformat(
        av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), "rgb24"),
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        threads=1,
    )
    frame.pts = number
    return frame


def _muxer(path: Path) -> str:
    muxers = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
    if path.suffix.lower() not in muxers:
        raise InputError(f"{path} does not end like a film; wanted one of {', '.join(muxers)}")
    return muxers[path.suffix.lower()]
