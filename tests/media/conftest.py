"""Films made on the spot, good and bad."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from films import picture

Encode = Callable[..., Path]


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """Write a film, by default of 30 frames, and hand out its path."""

    def make(
        name: str = "film.mp4",
        *,
        count: int = 30,
        size: tuple[int, int] = (64, 48),
        codec: str = "libx264",
        pixels: str = "yuv420p",
        times: list[int] | None = None,
        turn: int = 0,
        options: dict[str, str] | None = None,
        muxing: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(path, "w", options=muxing or {}) as container:
            stream: Any = container.add_stream(
                codec, rate=25, options={"crf": "4", **(options or {})}
            )
            stream.width, stream.height, stream.pix_fmt = *size, pixels
            tick = Fraction(1, 1000 if times else 25)
            stream.codec_context.time_base = stream.time_base = tick
            if turn:
                stream.set_display_rotation(turn)
            for number in range(count):
                frame = av.VideoFrame.from_ndarray(picture(number, size), "rgb24")
                frame.pts = times[number] if times else number
                frame.time_base = tick
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return make


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A second of silence, without a picture."""
    path = tmp_path / "sound.mp4"
    with av.open(path, "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        for frame in _silence():
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def _silence() -> Iterator[av.AudioFrame]:
    for number in range(16):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 16000, number * 1024
        yield frame
