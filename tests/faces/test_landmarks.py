from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from smastn.faces.detection import FaceDetector
from smastn.faces.landmarks import FaceMesh, FaceTracker


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


def test_threads_find_what_one_thread_finds(both: np.ndarray) -> None:
    """Also where they use the same mesh; an interpreter that two share raises or errs."""
    mesh, detect = FaceMesh(), FaceDetector()
    pictures = [np.roll(both, shift, axis=1) for shift in range(0, 48, 6)] * 3

    def seen(picture: np.ndarray) -> np.ndarray:
        return mesh.in_box(picture, detect(picture)[0]).points

    alone = [seen(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(seen, pictures))
    np.testing.assert_array_equal(together, alone)
