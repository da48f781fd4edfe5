import numpy as np
import pytest

from smastn.spotting.rigid import skull_movement

GENERATOR = np.random.default_rng(3)
HEAD = np.column_stack([*GENERATOR.uniform(20, 200, (2, 60)), GENERATOR.uniform(-40, 40, 60)])
START = HEAD.astype(np.float32)
TRUST = np.ones(60)


def turned(yaw: float, pitch: float) -> np.ndarray:
    """The points of a head that turned by so many degrees, seen from far away."""
    x, y, z = (HEAD - HEAD.mean(axis=0)).T
    yaw, pitch = np.radians([yaw, pitch])
    deeper = x * np.sin(yaw) + z * np.cos(yaw)
    across = x * np.cos(yaw) - z * np.sin(yaw)
    down = y * np.cos(pitch) + deeper * np.sin(pitch)
    return (np.stack([across, down], axis=1) + HEAD[:, :2].mean(axis=0)).astype(np.float32)


def test_a_head_that_only_shifts_rolls_and_nears_leaves_nothing() -> None:
    end = 1.04 * START[:, :2] @ np.array([[0.996, 0.087], [-0.087, 0.996]]) + (3, -5)
    skull, turn = skull_movement(START, end.astype(np.float32), TRUST)
    assert skull == pytest.approx(end, abs=1e-3)
    assert np.degrees(turn) == pytest.approx([0, 0], abs=0.05)


@pytest.mark.parametrize(("yaw", "pitch"), [(4, 0), (-4, 0), (0, 3), (0, -3), (5, -2)])
def test_a_turn_is_measured_with_its_sign(yaw: float, pitch: float) -> None:
    _, turn = skull_movement(START, turned(yaw, pitch), TRUST)
    assert np.degrees(turn) == pytest.approx([yaw, pitch], abs=0.6)


def test_what_moves_by_itself_is_outvoted() -> None:
    end = START[:, :2] + np.float32(2)
    end[:12] += np.float32(6)  # a fifth of the face smiles
    skull, _ = skull_movement(START, end, TRUST)
    assert skull == pytest.approx(START[:, :2] + 2, abs=0.05)


def test_what_is_not_trusted_is_not_asked() -> None:
    end = START[:, :2].copy()
    end[:40] += np.float32(3)
    skull, _ = skull_movement(START, end, np.where(np.arange(60) < 40, 0.0, 1.0))
    assert skull == pytest.approx(START[:, :2], abs=1e-3)
