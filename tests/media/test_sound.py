from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from films import picture
from numpy import ndarray

from smastn.media.frames import open_frames
from smastn.media.sound import SOUND_RATE

TRACK = 44_100
Encode = Callable[..., Path]


def beep(seconds: float, first: float, last: float) -> ndarray:
    """Silence with a tone of 440 Hz in between, on two channels, samples x channels."""
    times = np.arange(round(seconds * TRACK)) / TRACK
    tone = np.where((times >= first) & (times < last), np.sin(2 * np.pi * 440 * times), 0)
    return np.repeat((12_000 * tone).astype(np.int16)[:, None], 2, axis=1)


def film(path: Path, sound: ndarray, picture_delay: float = 0.0, sound_delay: float = 0.0) -> Path:
    """A film of two seconds at 25 frames a second, with sound in compressed or plain samples."""
    with av.open(str(path), "w") as container:
        images = container.add_stream("libx264", rate=25)
        images.width, images.height, images.pix_fmt = 64, 48, "yuv420p"
        track = container.add_stream("aac" if path.suffix == ".mp4" else "pcm_s16le", rate=TRACK)
        track.layout = "stereo"
        for number in range(50):
            frame = av.VideoFrame.from_ndarray(picture(number), "rgb24")
            frame.pts, frame.time_base = number + round(25 * picture_delay), Fraction(1, 25)
            container.mux(images.encode(frame))
        container.mux(images.encode())
        for first in range(0, len(sound), 1024):
            part = np.ascontiguousarray(sound[first : first + 1024].reshape(1, -1))
            piece = av.AudioFrame.from_ndarray(part, "s16", "stereo")
            piece.time_base = Fraction(1, TRACK)
            piece.sample_rate, piece.pts = TRACK, first + round(TRACK * sound_delay)
            container.mux(track.encode(piece))
        container.mux(track.encode())
    return path


def heard(path: Path) -> tuple[ndarray, ndarray]:
    """Time and value of all samples."""
    with open_frames(path) as stream:
        pieces = list(stream.sound())
    times = [time + np.arange(len(samples)) / SOUND_RATE for time, samples in pieces]
    return np.concatenate(times), np.concatenate([samples for _, samples in pieces])


def loud(path: Path) -> tuple[float, float]:
    """First and last moment of sound."""
    times, values = heard(path)
    where = times[np.abs(values.astype(int)) > 3000]
    return float(where[0]), float(where[-1])


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_sound_is_one_channel_at_the_time_it_is_heard(tmp_path: Path, name: str) -> None:
    path = film(tmp_path / name, beep(2.0, 0.5, 1.25))
    times, values = heard(path)
    assert values.dtype == np.int16
    assert np.allclose(np.diff(times), 1 / SOUND_RATE, atol=0.002)
    assert loud(path) == pytest.approx((0.5, 1.25), abs=0.02)


def test_a_track_that_starts_later_than_the_picture_is_heard_later(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", beep(1.0, 0.25, 0.75), sound_delay=0.8)
    assert heard(path)[0][0] == pytest.approx(0.8, abs=0.02)
    assert loud(path) == pytest.approx((1.05, 1.55), abs=0.02)


def test_times_count_from_the_first_frame_of_a_picture_that_starts_later(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", beep(2.0, 1.0, 1.5), picture_delay=0.4)
    assert loud(path) == pytest.approx((0.6, 1.1), abs=0.02)


def test_pieces_are_read_one_at_a_time(tmp_path: Path) -> None:
    with open_frames(film(tmp_path / "film.mkv", beep(2.0, 0, 2))) as stream:
        assert all(len(samples) < SOUND_RATE / 10 for _, samples in stream.sound())


def test_a_film_without_a_track_and_a_folder_have_no_sound(encode: Encode, tmp_path: Path) -> None:
    with open_frames(encode()) as stream:
        assert not list(stream.sound())
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(2):
        cv2.imwrite(str(folder / f"{number}.png"), picture(number))
    with open_frames(folder) as stream:
        assert not list(stream.sound())


def test_a_damaged_track_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", beep(2.0, 0, 2))
    with av.open(str(path)) as container:
        packets = [one for one in container.demux(audio=0) if one.size]
        spots = [(one.pos or 0, one.size) for one in packets[20:40]]
    content = bytearray(path.read_bytes())
    for place, size in spots:
        content[place : place + size] = b"\xff" * size
    path.write_bytes(content)
    times, values = heard(path)
    assert len(values) < 1.7 * SOUND_RATE
    assert times[-1] == pytest.approx(2.0, abs=0.1)
