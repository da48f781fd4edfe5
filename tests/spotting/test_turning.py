from dataclasses import replace

import numpy as np
import pytest
from made_curves import NAMES, curve_of, positions, pulse

from smastn.spotting.curve import MovementCurve
from smastn.spotting.spot import spot
from smastn.spotting.turning import direction_degrees, without_turns

RATE = 50.0
CORNER = NAMES.index("mouth corner left")


def turning(where: np.ndarray, yaw: np.ndarray, depth: np.ndarray) -> MovementCurve:
    """The curve of a head that turns, each region by its own depth."""
    moved = where + np.radians(yaw)[:, None, None] * depth[None, :, None] * (1, 0)
    moved += 0.01 * yaw[:, None, None] ** 2 * (0, 1)
    degrees = np.stack([yaw, np.zeros_like(yaw)], axis=1).astype(np.float32)
    pose = np.concatenate([degrees, np.zeros((len(yaw), 1), np.float32)], axis=1)
    return replace(curve_of(moved, RATE), turned_degrees=degrees, pose_degrees=pose)


@pytest.fixture
def yaw() -> np.ndarray:
    """Aside and back, twice."""
    time = np.arange(round(40 * RATE)) / RATE
    return 12 * (
        np.interp(time, [5, 6, 9, 9.5], [0, 1, 1, 0])
        - np.interp(time, [20, 20.5, 21, 21.5], [0, 1, 1, 0])
    )


def test_what_a_turn_moves_is_taken_away_and_an_expression_is_not(yaw: np.ndarray) -> None:
    where = positions(40, RATE)
    where[:, CORNER, 1] -= 1.5 * pulse(len(where), 1500, 1508, 1520)
    depth = np.random.default_rng(0).uniform(-30, 30, len(NAMES))
    curve = turning(where, yaw, depth)
    assert np.ptp(curve.positions[200:500, :, 0]) > 3
    left = without_turns(curve, direction_degrees(curve))
    assert np.abs(left - where)[:, :, 0].std(axis=0).max() < 0.3
    found = spot(curve).intervals
    assert [one.regions[0] for one in found] == [NAMES[CORNER]]
    assert abs(found[0].apex - 1508) <= 2


def test_directions_start_from_the_mesh_and_follow_the_skin(yaw: np.ndarray) -> None:
    curve = turning(positions(40, RATE), yaw, np.zeros(len(NAMES)))
    noisy = np.random.default_rng(1).normal(4, 2, (len(yaw), 3)).astype(np.float32)
    noisy[:, 0] += yaw
    found = direction_degrees(replace(curve, pose_degrees=noisy))
    assert np.abs(found[:, 0] - (yaw + 4)).max() < 1.5


def test_a_head_that_never_turns_is_left_alone() -> None:
    curve = curve_of(positions(10, RATE), RATE)
    left = without_turns(curve, direction_degrees(curve))
    assert left == pytest.approx(curve.positions, abs=1e-4)
