import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.inputs.frame_sampling import segment_indices


def test_without_a_draw_the_middle_of_each_bin_is_taken() -> None:
    np.testing.assert_array_equal(segment_indices(30, 3, 5)[0], [1, 3, 5, 7, 9])


@pytest.mark.parametrize("length", [1, 2, 7, 15, 16, 100])
def test_frames_stay_in_their_segment_and_in_order(length: int) -> None:
    generator = np.random.default_rng(length)
    for _ in range(20):
        indices = segment_indices(length, 3, 5, generator.random((3, 5)))
        assert (np.diff(indices.ravel()) >= 0).all()
        edges = np.arange(4) * length / 3
        assert (indices >= np.floor(edges[:3, None])).all()
        assert (indices < np.ceil(edges[1:, None])).all()


def test_a_short_clip_repeats_frames() -> None:
    assert set(segment_indices(2, 3, 5).ravel()) == {0, 1}


def test_every_frame_of_a_long_clip_can_be_drawn() -> None:
    generator = np.random.default_rng(0)
    drawn = [segment_indices(40, 2, 5, generator.random((2, 5))) for _ in range(300)]
    assert set(np.concatenate(drawn).ravel()) == set(range(40))


def test_no_frames_are_refused_with_the_count() -> None:
    with pytest.raises(ConfigError, match="length is 0"):
        segment_indices(0, 3, 5)
