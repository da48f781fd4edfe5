import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from films import number_of, picture
from numpy import ndarray

from smastn.errors import InputError
from smastn.media.encoding import write_video
from smastn.media.frames import open_frames, read_frames


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    frames = np.stack([picture(number) for number in range(20)])
    write_video(path, iter(frames), 59.94)
    with open_frames(path) as stream:
        assert stream.rate == pytest.approx(59.94, abs=1e-3)
        seen = [frame.image for frame in stream]
        assert stream.damaged is None
    assert [number_of(image) for image in seen] == list(range(20))
    np.testing.assert_allclose(seen[4][40, [10, 50]], frames[4][40, [10, 50]], atol=8)


def test_an_odd_size_gains_a_repeated_pixel(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    image = np.full((33, 47, 3), 120, np.uint8)
    write_video(path, [image] * 3, 25.0)
    seen = read_frames(path)
    assert seen.shape == (3, 34, 48, 3)
    np.testing.assert_allclose(seen, 120, atol=3)


def test_frames_of_two_sizes_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="frame 1 .* is 32x20 pixels and the first 64x48"):
        write_video(tmp_path / "film.mp4", [picture(0), picture(1, (32, 20))], 25.0)
    assert list(tmp_path.iterdir()) == []


def test_no_frames_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no frames were given"):
        write_video(tmp_path / "film.mp4", [], 25.0)
    with pytest.raises(InputError, match="does not end like a film"):
        write_video(tmp_path / "film.doc", [picture(0)], 25.0)


def test_an_interrupted_film_is_not_there(tmp_path: Path) -> None:
    def interrupted() -> Iterator[ndarray]:
        for number in range(10):
            yield picture(number)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(tmp_path / "film.mp4", interrupted(), 25.0)
    assert list(tmp_path.iterdir()) == []


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """The system refuses to let any file grow beyond `size` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 120, 160, 3), np.uint8)
    with files_up_to(50_000), pytest.raises(InputError, match="no room left to write"):
        write_video(tmp_path / "film.mp4", noise, 25.0)
    assert list(tmp_path.iterdir()) == []
