import numpy as np

from smastn.faces.detection import FaceDetector


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
