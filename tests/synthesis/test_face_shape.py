from dataclasses import fields, replace

import numpy as np
import pytest

from smastn.synthesis.face_shape import FaceShape, draw_face_shape, with_shape
from smastn.synthesis.mesh_points import face_width
from smastn.synthesis.photographs import photograph


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return photograph("grace_hopper").points


def extent(points: np.ndarray, one: int, other: int) -> float:
    return float(np.linalg.norm(points[one] - points[other]))


def test_the_default_shape_changes_nothing(points: np.ndarray) -> None:
    np.testing.assert_array_equal(with_shape(points, FaceShape()), points)


@pytest.mark.parametrize("name", [field.name for field in fields(FaceShape)])
def test_every_attribute_changes_the_mesh_by_a_limited_amount(
    points: np.ndarray, name: str
) -> None:
    for amount in (-1.0, 1.0):
        moved = with_shape(points, replace(FaceShape(), **{name: amount}))
        way = np.linalg.norm(moved - points, axis=1).max() / face_width(points)
        assert 0.005 < way < 0.12


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("face_width", 234, 454),
        ("jaw_width", 172, 397),
        ("chin_length", 14, 152),
        ("eye_size", 159, 145),
        ("eye_spacing", 133, 362),
        ("brow_height", 105, 145),
        ("nose_width", 129, 358),
        ("nose_length", 168, 2),
        ("mouth_width", 61, 291),
        ("lip_fullness", 0, 17),
    ],
)
def test_a_larger_attribute_is_a_longer_distance(
    points: np.ndarray, name: str, one: int, other: int
) -> None:
    less, more = (with_shape(points, replace(FaceShape(), **{name: by})) for by in (-1.0, 1.0))
    assert extent(less, one, other) < extent(points, one, other) < extent(more, one, other)


def test_the_same_seed_draws_the_same_shape() -> None:
    assert draw_face_shape(np.random.default_rng(3)) == draw_face_shape(np.random.default_rng(3))
    assert draw_face_shape(np.random.default_rng(3)) != draw_face_shape(np.random.default_rng(4))
