"""Reads the sound of a film as one channel, piece by piece, at the file's own time stamps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from jaxtyping import Int16
from numpy import ndarray

from smastn.media.container import open_container

SOUND_RATE = 16_000
"""Samples a second that the sound is resampled to."""

Sound = Iterator[tuple[float, Int16[ndarray, " samples"]]]
"""Seconds since the first frame of the film, and the samples from then on."""


def sound_of(path: str | Path, start: float) -> Sound:
    """The first sound track of a video file; nothing where there is none.

    What is damaged in it is left out, so that pieces need not follow each other.

    Args:
        path: the file.
        start: time stamp of its first frame, seconds.
    """
    with open_container(Path(path)) as container:
        stream = next((one for one in container.streams.audio if one.codec_context), None)
        if stream is None:
            return
        time = 0.0
        for piece in _resampled(container.demux(stream)):
            time = time if piece.time is None else piece.time - start
            samples = np.ascontiguousarray(piece.to_ndarray()[0])
            yield time, samples
            time += len(samples) / SOUND_RATE


def _resampled(packets: Iterator[Any]) -> Iterator[av.AudioFrame]:
    """One channel of 16 bits at `SOUND_RATE`."""
    resampler = _resampler()
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            for frame in packet.decode():
                yield from resampler.resample(frame)
        except (FFmpegError, ValueError):  # damaged, or of another kind than what came before
            resampler = _resampler()


def _resampler() -> av.AudioResampler:
    return av.AudioResampler("s16", "mono", SOUND_RATE)
