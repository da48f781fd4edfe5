import numpy as np
import pytest

from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.measured_flow import centred_flow, flow_at, flow_cells
from smastn.synthesis.photographs import Portrait

SIZE = 28, 28


def picture(u: float, v: float) -> np.ndarray:
    """A flow image, zero except for one patch over the person's left brow."""
    image = np.full((28, 28, 3), 130, np.uint8)
    image[5:9, 18:23, :2] += np.array([u, v]).astype(np.uint8)
    return image


def test_the_median_flow_is_no_movement() -> None:
    flow = centred_flow(picture(60, 90))
    assert np.abs(flow[15:]).max() == 0
    assert flow[6, 20, 0] > 30
    assert flow[6, 20, 1] == pytest.approx(1.5 * flow[6, 20, 0], rel=1e-5)


def test_parts_of_the_face_are_registered_to_where_they_move_in_the_images(
    open_mouth: Portrait,
) -> None:
    """Brows at a quarter of the height, the mouth at four fifths, sides the same way round."""
    brows, mouth = (
        flow_cells(open_mouth.points, open_mouth.points[list(which)], SIZE)
        for which in ((105, 334), (61, 291))
    )
    assert (np.abs(brows[:, 1] - 7) < 1.5).all()
    assert (np.abs(mouth[:, 1] - 23) < 2).all()
    assert brows[0, 0] < 8 < 20 < brows[1, 0]


def test_movement_is_transferred_to_the_same_part_and_keeps_its_direction(
    open_mouth: Portrait,
) -> None:
    flow = centred_flow(picture(0, -90 % 256))
    way = flow_at(flow, open_mouth.points, open_mouth.points[None])[0]
    strongest = open_mouth.points[np.abs(way[:, 1]).argmax()]
    assert np.linalg.norm(strongest - open_mouth.points[334]) < 25
    assert np.abs(way[[61, 291, 1]]).max() < 0.02 * np.abs(way).max()


def test_far_beyond_the_image_nothing_moves(open_mouth: Portrait) -> None:
    flow = np.ones((28, 28, 2), np.float32)
    far = open_mouth.points[None, :1] + np.array([0.0, 1000.0])
    assert np.abs(flow_at(flow, open_mouth.points, far)).max() < 1e-6


def test_the_peak_is_the_amplitude_and_zero_flow_is_no_movement(
    face: AnimatedFace,
) -> None:
    motion = face.motion_from_flow(centred_flow(picture(60, 90)), 1.5)
    peak = np.linalg.norm(motion.mesh, axis=1).max() / face.pixels_per_crop_pixel
    assert peak == pytest.approx(1.5)
    still = face.motion_from_flow(np.zeros((28, 28, 2), np.float32), 1.5)
    assert (face.frame([(still, 1.0)]) == face.frame()).all()
