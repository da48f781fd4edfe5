import numpy as np
import pytest

from smastn.inputs.chance import Chance


def test_a_random_displacement_is_smooth_lies_everywhere_and_grows_over_the_clip() -> None:
    chance = Chance(np.random.default_rng(1), displacement=0.7)
    drawn = np.stack([np.asarray(chance.displacements(3, 28)) for _ in range(200)])
    strong = np.sqrt(np.square(drawn).mean((2, 3, 4)))
    assert (strong[:, 0] < strong[:, 2]).mean() > 0.95
    assert np.sqrt(np.square(strong[:, 2]).mean()) == pytest.approx(0.7, rel=0.15)
    places = np.square(drawn).mean((0, 1, 2))
    assert places.max() < 2.5 * places.min()
    beside = [np.corrcoef(one[..., 1:].ravel(), one[..., :-1].ravel())[0, 1] for one in drawn]
    assert np.mean(beside) > 0.8


def test_without_strength_nothing_is_drawn_for_it() -> None:
    one, other = (Chance(np.random.default_rng(2)) for _ in range(2))
    assert one.displacements(3, 28) is None
    np.testing.assert_array_equal(one.positions(2, 3), other.positions(2, 3))
