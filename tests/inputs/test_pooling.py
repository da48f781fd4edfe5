import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.inputs.chance import Chance
from smastn.inputs.pooling import Pooling


def test_without_chance_the_middle_of_each_bin_is_taken() -> None:
    np.testing.assert_array_equal(Pooling(3, 5).sampled(30)[0], [1, 3, 5, 7, 9])


@pytest.mark.parametrize("length", [1, 2, 7, 15, 16, 100])
def test_frames_stay_in_their_segment_and_in_order(length: int) -> None:
    chance = Chance(np.random.default_rng(length))
    for _ in range(20):
        indices = Pooling(3, 5).sampled(length, chance)
        assert (np.diff(indices.ravel()) >= 0).all()
        edges = np.arange(4) * length / 3
        assert (indices >= np.floor(edges[:3, None])).all()
        assert (indices < np.ceil(edges[1:, None])).all()


def test_a_short_clip_repeats_frames() -> None:
    assert set(Pooling(3, 5).sampled(2).ravel()) == {0, 1}


def test_every_frame_of_a_long_clip_can_be_drawn() -> None:
    chance = Chance(np.random.default_rng(0))
    drawn = [Pooling(2, 5).sampled(40, chance) for _ in range(300)]
    assert set(np.concatenate(drawn).ravel()) == set(range(40))


def test_no_segments_are_refused_with_the_count() -> None:
    with pytest.raises(ConfigError, match="segments is 0"):
        Pooling(segments=0)
