import itertools

import numpy as np
import pytest

from smastn.faces.landmarks import FaceTracker
from smastn.synthesis.identities import FACE_WIDTH, draw_identity, portrait
from smastn.synthesis.mesh_points import face_width
from smastn.synthesis.photographs import Portrait

PEOPLE = 6


@pytest.fixture(scope="module")
def people() -> list[Portrait]:
    return [portrait(draw_identity(np.random.default_rng([1, seed]))) for seed in range(PEOPLE)]


def test_the_same_seed_gives_the_same_face_to_the_byte(people: list[Portrait]) -> None:
    again = portrait(draw_identity(np.random.default_rng([1, 0])))
    assert again.image.tobytes() == people[0].image.tobytes()
    assert again.points.tobytes() == people[0].points.tobytes()


def test_different_faces_differ_in_picture_and_in_shape(people: list[Portrait]) -> None:
    for one, other in itertools.combinations(people, 2):
        assert np.abs(one.image.astype(float) - other.image).mean() > 8
        assert np.linalg.norm(one.points - other.points, axis=1).max() > 4


def test_a_face_is_found_where_the_mesh_is(people: list[Portrait]) -> None:
    for one in people:
        face = FaceTracker()(one.image)
        assert face is not None
        away = np.linalg.norm(face.points[:, :2] - one.points, axis=1)
        assert np.median(away) < 0.03 * face_width(one.points)


def test_a_face_fills_most_of_a_frame_of_any_size() -> None:
    person = draw_identity(np.random.default_rng(5))
    for size in (160, 320):
        one = portrait(person, size)
        assert one.image.shape == (size, size, 3)
        assert face_width(one.points) == pytest.approx(FACE_WIDTH * size, rel=0.16)
        assert one.points.min() > 0
        assert one.points.max() < size
