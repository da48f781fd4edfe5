import cv2
import numpy as np
import pytest
import skimage.data

from smastn.faces.alignment import (
    HeadMotion,
    compose,
    face_alignment,
    inverse,
    robust_similarity,
    stable_points,
    warp,
)
from smastn.faces.landmarks import FaceTracker

SIZE = 224


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    return cv2.resize(skimage.data.astronaut()[:300, 80:380], (448, 448))


@pytest.fixture(scope="module")
def tracker() -> FaceTracker:
    return FaceTracker()


def turned(image: np.ndarray, angle: float, x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """The picture turned by `angle` radians and shifted by (x, y), and the matrix."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin, x], [sin, cos, y]])
    moved = cv2.warpAffine(
        image, matrix, image.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return moved, matrix


def test_composed_with_its_inverse_a_matrix_does_nothing() -> None:
    matrix = np.array([[0.9, -0.1, 3.0], [0.1, 0.9, -2.0]])
    np.testing.assert_allclose(compose(matrix, inverse(matrix)), np.eye(2, 3), atol=1e-12)


def test_the_aligned_face_is_upright_and_reaches_from_brows_to_chin(
    photograph: np.ndarray, tracker: FaceTracker
) -> None:
    tilted, _ = turned(photograph, 0.2, -30, 50)
    tracker.reset()
    face = tracker(tilted)
    assert face is not None
    matrix = face_alignment([face], SIZE)
    points = face.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    right_eye, left_eye = points[33], points[263]
    assert abs(left_eye[1] - right_eye[1]) < 0.5
    assert points[[70, 300], 1].min() > 0 and points[152, 1] < SIZE
    assert points[152, 1] - points[[105, 334], 1].mean() > 0.75 * SIZE


def test_the_head_is_followed_to_a_tenth_of_a_pixel(
    photograph: np.ndarray, tracker: FaceTracker
) -> None:
    tracker.reset()
    face = tracker(photograph)
    assert face is not None
    coarse = face_alignment([face], SIZE)
    points = stable_points([face], coarse)
    head = HeadMotion(grey(photograph, coarse), points)
    for angle, x, y in ((0.0, 0.4, 0.0), (0.01, -3.0, 2.0), (-0.02, 6.0, 5.0)):
        moved, matrix = turned(photograph, angle, x, y)
        truth = compose(compose(inverse(coarse), matrix), coarse)
        seen = head(grey(moved, coarse))
        error = apply(seen, points) - apply(truth, points)
        assert np.linalg.norm(error, axis=1).mean() < 0.15


def test_a_head_that_cannot_be_followed_is_left_alone() -> None:
    blank = np.zeros((SIZE, SIZE), np.uint8)
    head = HeadMotion(blank, np.full((40, 2), 100, np.float32))
    np.testing.assert_array_equal(head(blank), np.eye(2, 3))


def test_a_third_of_the_points_moving_elsewhere_is_outvoted() -> None:
    generator = np.random.default_rng(0)
    start = generator.uniform(0, 200, (30, 2))
    end = start + [1.0, -0.5] + generator.normal(0, 0.03, (30, 2))
    end[:10] += [0.0, 3.0]
    found = robust_similarity(start, end)
    np.testing.assert_allclose(apply(found, start[10:]), start[10:] + [1.0, -0.5], atol=0.1)


def grey(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(warp(image, matrix, SIZE), cv2.COLOR_RGB2GRAY)


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]
