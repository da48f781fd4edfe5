import numpy as np
import pytest

from smastn.faces.landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from smastn.synthesis.mesh_points import face_width
from smastn.synthesis.photographs import photograph, upright

NAMES = ("astronaut", "grace_hopper")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_mesh_lies_on_the_head_and_right_is_on_the_left_of_the_picture(
    name: str, mirrored: bool
) -> None:
    photo = photograph(name, mirrored)  # pyright: ignore[reportArgumentType]
    heads = {"astronaut": (225, 120), "grace_hopper": (261, 230)}
    x, y = heads[name]
    x = photo.image.shape[1] - x if mirrored else x
    np.testing.assert_allclose(photo.points.mean(0), (x, y), atol=15)
    assert photo.points[RIGHT_EYE_OUTER, 0] < photo.points[LEFT_EYE_OUTER, 0]


def test_mirroring_mirrors_the_mesh() -> None:
    photo, other = photograph("astronaut"), photograph("astronaut", mirrored=True)
    width = photo.image.shape[1]
    assert np.array_equal(other.image, photo.image[:, ::-1])
    assert other.points[61, 0] == pytest.approx(width - photo.points[291, 0], abs=4)


@pytest.mark.parametrize("name", NAMES)
def test_an_upright_photograph_has_level_eyes_and_the_given_width_and_place(name: str) -> None:
    photo = photograph(name)  # pyright: ignore[reportArgumentType]
    level = upright(photo, (320, 240), 120.0, (150.0, 110.0))
    assert level.image.shape == (240, 320, 3)
    assert face_width(level.points) == pytest.approx(120.0)
    eyes = level.points[[LEFT_EYE_OUTER, RIGHT_EYE_OUTER]]
    assert eyes[0, 1] == pytest.approx(eyes[1, 1])
    np.testing.assert_allclose((level.points[454] + level.points[234]) / 2, (150, 110))
