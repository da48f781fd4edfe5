from dataclasses import replace

import numpy as np
import pytest

from smastn.synthesis.action_units import UNITS, unit_and_sides
from smastn.synthesis.mesh_points import face_width
from smastn.synthesis.muscles import FacialMuscles
from smastn.synthesis.photographs import Portrait

ONE_SIDED = [code for code in UNITS if unit_and_sides(code)[0].one_sided]
LEFT, UP = 0, 1


@pytest.fixture(scope="module")
def muscles(open_mouth: Portrait) -> FacialMuscles:
    return FacialMuscles(open_mouth.points)


@pytest.mark.parametrize("code", UNITS)
def test_the_peak_of_every_unit_is_one(muscles: FacialMuscles, code: str) -> None:
    assert muscles.at_mesh(code).peak == pytest.approx(1)


@pytest.mark.parametrize(
    ("code", "point", "outward", "upward"),
    [
        ("1", 336, 0, 1),
        ("2", 293, 0, 1),
        ("4", 285, -1, -1),
        ("6", 346, 0, 1),
        ("9", 358, 0, 1),
        ("10", 270, 0, 1),
        ("12", 291, 1, 1),
        ("14", 291, 1, 0),
        ("15", 291, 1, -1),
        ("17", 199, 0, 1),
        ("20", 291, 1, 0),
        ("23", 291, -1, 0),
        ("24", 14, 0, 1),
        ("25", 14, 0, -1),
        ("25", 13, 0, 1),
        ("26", 152, 0, -1),
    ],
)
def test_skin_goes_where_facs_says(
    muscles: FacialMuscles, code: str, point: int, outward: int, upward: int
) -> None:
    x, y = muscles.at_mesh(code).skin[point]
    for way, sign in ((x, outward), (-y, upward)):
        assert way * sign > 0.12 if sign else abs(way) < 0.35


def test_lids_go_where_facs_says(muscles: FacialMuscles) -> None:
    upper, lower = muscles.at_mesh("5").lids.T
    assert (upper > 0.9).all()
    assert (lower == 0).all()
    upper, lower = muscles.at_mesh("7").lids.T
    assert (upper < 0).all()
    assert (lower > 0.5).all()


@pytest.mark.parametrize("code", ONE_SIDED)
def test_one_side_moves_only_the_persons_own_side(
    muscles: FacialMuscles, open_mouth: Portrait, code: str
) -> None:
    middle = open_mouth.points[[9, 2], 0].mean()
    width = np.ptp(open_mouth.points[:, 0])
    away = (open_mouth.points[:, 0] - middle) / width
    for side, other in (("L", away < -0.12), ("R", away > 0.12)):
        movement = muscles.at_mesh(f"{side}{code}")
        assert np.linalg.norm(movement.skin[other], axis=1).max() < 0.06
        assert (movement.lids["LR".index(side)] == 0).all()


def test_both_sides_are_the_left_and_the_right_together(muscles: FacialMuscles) -> None:
    both, left, right = (muscles.at_mesh(code).skin for code in ("6", "L6", "R6"))
    cosine = ((left + right) * both).sum() / np.linalg.norm(left + right) / np.linalg.norm(both)
    assert cosine > 0.98


def test_lips_part_between_them_and_nowhere_else(
    muscles: FacialMuscles, open_mouth: Portrait
) -> None:
    places = open_mouth.points[[13, 61, 291, 1, 152]]
    above, below = (muscles.at("25", places, lip).skin for lip in ("upper", "lower"))
    gap = np.linalg.norm(above - below, axis=1)
    assert gap[0] > 0.8
    assert (gap[1:] < 0.05).all()


@pytest.mark.parametrize("code", UNITS)
def test_skin_does_not_drag_the_eyeball(
    muscles: FacialMuscles, open_mouth: Portrait, code: str
) -> None:
    eyes = np.stack([open_mouth.points[list(eye)].mean(0) for eye in ((33, 133), (263, 362))])
    assert np.abs(muscles.at(code, eyes, "upper").skin).max() < 1e-3


def test_a_muscle_that_pulls_farther_out_moves_the_skin_there(open_mouth: Portrait) -> None:
    pull = replace(UNITS["15"].pulls[0], reach=0.02, offset=(0.05, 0.03))
    units = {**UNITS, "15": replace(UNITS["15"], pulls=(pull,))}
    corner, width = open_mouth.points[291], face_width(open_mouth.points)
    places = corner + width * np.array([[0.0, 0.0], [0.05, -0.03], [-0.05, 0.03]])
    skin = FacialMuscles(open_mouth.points, units).at("L15", places, "upper").skin
    ways = np.linalg.norm(skin, axis=1)
    assert ways.argmax() == 1
    assert ways[2] < 0.01 * ways[1]
