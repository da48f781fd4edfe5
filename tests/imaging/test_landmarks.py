import cv2
import matplotlib
import numpy as np
import pytest
import skimage.data
from matplotlib.image import imread

from smastn.imaging.landmarks import FaceDetector, FaceMesh, FaceTracker


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return skimage.data.astronaut()


@pytest.fixture(scope="module")
def admiral() -> np.ndarray:
    return imread(f"{matplotlib.get_data_path()}/sample_data/grace_hopper.jpg")


@pytest.fixture(scope="module")
def both(astronaut: np.ndarray, admiral: np.ndarray) -> np.ndarray:
    """Two people in one picture, the admiral's face the larger."""
    nearer = cv2.resize(astronaut[:310, 70:380], (500, 500), interpolation=cv2.INTER_CUBIC)
    return np.hstack([nearer, admiral[:500]])


def test_each_face_is_found_once_the_largest_first(both: np.ndarray) -> None:
    boxes = FaceDetector()(both)
    assert len(boxes) == 2
    assert boxes[0].area > boxes[1].area
    assert boxes[0].corners[0] > 500 > boxes[1].corners[0]


def test_no_face_is_found_in_noise() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert FaceDetector()(noise) == []


def test_a_small_face_in_a_large_frame_is_found(astronaut: np.ndarray) -> None:
    frame = np.full((1080, 1920, 3), 90, np.uint8)
    frame[500:1012, 1300:1812] = astronaut  # a face of 93 pixels
    (box,) = FaceDetector()(frame)
    assert 1300 < box.corners[0] < 1812 and 500 < box.corners[1] < 1012


def test_points_move_with_the_picture(astronaut: np.ndarray) -> None:
    """Shifted, turned and enlarged, the mesh follows to about a hundredth of the face."""
    mesh, detect = FaceMesh(), FaceDetector()
    face = mesh.in_box(astronaut, detect(astronaut)[0])
    cos, sin = 1.3 * np.cos(0.3), 1.3 * np.sin(0.3)
    matrix = np.array([[cos, -sin, 60.0], [sin, cos, -40.0]])
    moved = cv2.warpAffine(astronaut, matrix, (700, 700))
    found = mesh.in_box(moved, detect(moved)[0])
    expected = face.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    error = np.linalg.norm(found.points[:, :2] - expected, axis=1)
    assert np.median(error) < 0.025 * found.width


def test_the_persons_left_is_on_the_right_of_the_picture(astronaut: np.ndarray) -> None:
    face = FaceTracker()(astronaut)
    assert face is not None
    assert face.points[263, 0] > face.points[33, 0]
    assert face.points[152, 1] > face.points[13, 1] > face.points[1, 1]


def test_a_followed_face_is_followed_and_a_vanished_one_is_not(astronaut: np.ndarray) -> None:
    tracker = FaceTracker()
    for shift in range(0, 60, 6):
        face = tracker(np.roll(astronaut, shift, axis=1))
        assert face is not None
        assert abs(face.points[:, 0].mean() - 224.5 - shift) < 6
    assert tracker(np.zeros_like(astronaut)) is None


def test_the_choice_picks_another_face(both: np.ndarray) -> None:
    tracker = FaceTracker(choice=1)
    face = tracker(both)
    assert face is not None
    assert face.points[:, 0].mean() < 500
    assert tracker.faces_seen == 2
    assert FaceTracker(choice=2)(both) is None
