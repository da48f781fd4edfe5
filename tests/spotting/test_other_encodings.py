from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from jaxtyping import UInt8
from numpy import ndarray

from smastn.faces.landmarks import FaceTracker
from smastn.media.encoding import write_video
from smastn.media.frames import open_frames, read_frames
from smastn.spotting.meter import measure_movement
from smastn.spotting.spot import Spotting, spot
from smastn.synthesis.synthetic_film import demo_film

RATE, SECONDS = 30, 6.0


def found_in(film: Path) -> Spotting:
    with open_frames(film) as stream:
        return spot(measure_movement(stream, FaceTracker()))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    write_video(path, demo_film(rate=float(RATE), seconds=SECONDS), float(RATE))
    return path


@pytest.fixture(scope="module")
def original(film: Path) -> Spotting:
    return found_in(film)


def written(
    path: Path, frames: UInt8[ndarray, "time height width 3"], encoder: str, pixels: str
) -> Path:
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream(encoder, rate=Fraction(RATE))
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt, stream.bit_rate = pixels, 4_000_000
        for image in frames:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        target.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("name", "encoder", "pixels"),
    [
        ("full-range.avi", "mjpeg", "yuvj420p"),
        ("grey.mp4", "libx264", "gray"),
    ],
)
def test_a_film_written_again_has_the_same_intervals_and_no_speech(
    film: Path, original: Spotting, tmp_path: Path, name: str, encoder: str, pixels: str
) -> None:
    again = found_in(written(tmp_path / name, read_frames(film), encoder, pixels))
    assert len(original.intervals) == len(again.intervals) >= 2
    for one, other in zip(original.intervals, again.intervals, strict=True):
        shared = min(one.offset, other.offset) - max(one.onset, other.onset) + 1
        union = max(one.offset, other.offset) - min(one.onset, other.onset) + 1
        assert shared >= 0.7 * union
    assert not original.speech
    assert not again.speech


def test_the_first_second_makes_no_difference_to_what_comes_later(
    film: Path, original: Spotting, tmp_path: Path
) -> None:
    later = written(tmp_path / "later.mp4", read_frames(film, first=RATE), "libx264", "yuv420p")
    apices = [one.apex for one in original.intervals if one.onset >= RATE]
    found = [one.apex + RATE for one in found_in(later).intervals]
    assert np.abs(np.subtract(apices, found)).max() <= 3
