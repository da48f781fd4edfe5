"""The places that attention is compared with."""

import numpy as np
import torch
from experiments.attention_places import pictures_of, region
from experiments.unit_flow import UnitFlow, make_unit_flow

from smastn.inputs.optical_flow import flow_movement


def test_the_region_is_where_the_unit_moves_that_side_by_a_third_of_its_peak() -> None:
    moved = np.zeros((28, 28), np.float32)
    moved[20:24, 4:8], moved[20:24, 8:12], moved[20:24, 20:24] = 1.0, 0.25, 3.0
    right, left = (region(moved, side, "12", 7) for side in "RL")
    assert np.argwhere(right).tolist() == [[5, 1]]
    assert np.argwhere(left).tolist() == [[5, 5]]


def test_a_unit_of_both_sides_has_one_region() -> None:
    moved = np.zeros((28, 28), np.float32)
    moved[24:, 8:20] = 1.0
    assert np.argwhere(region(moved, "R", "17", 7)).tolist() == [[6, 2], [6, 3], [6, 4]]


def test_on_the_way_back_the_same_movement_is_seen() -> None:
    made: UnitFlow = make_unit_flow(1, 1, seed=3)[0]
    parts = ("onset-apex", "apex-offset")
    there, back = flow_movement(pictures_of(made, parts), parts)
    torch.testing.assert_close(there, back, atol=0.02, rtol=0)  # a byte: the median of bytes
    assert there[:2].abs().max() > 0.2
