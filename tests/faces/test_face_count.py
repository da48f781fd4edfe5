import numpy as np

from smastn.faces.face_count import FaceCount, FaceCounter
from smastn.media.frames import Frame

RATE = 4.0


def counted(images: list[np.ndarray]) -> FaceCount:
    counter = FaceCounter()
    for at, image in enumerate(images):
        counter(Frame(at, at / RATE, image))
    return counter.count


def test_a_second_face_that_stays_counts_from_when_it_came(
    both: np.ndarray, astronaut: np.ndarray
) -> None:
    assert counted([astronaut] * 6 + [both] * 5) == FaceCount(2, 2.0)  # found within 2 s


def test_a_face_that_is_there_for_a_moment_does_not_count(
    both: np.ndarray, astronaut: np.ndarray
) -> None:
    assert counted([astronaut] * 8 + [both] + [astronaut] * 5).most == 1


def test_a_second_face_that_is_somewhere_else_at_each_look_does_not_count(
    both: np.ndarray,
) -> None:
    mirrored = np.ascontiguousarray(both[:, ::-1])
    far = [np.hstack([both, 0 * both]), np.hstack([0 * both, mirrored])]
    assert counted([far[at // 2 % 2] for at in range(8)]).most == 1


def test_a_film_without_a_second_face_shows_one(astronaut: np.ndarray) -> None:
    assert counted([astronaut] * 6).most == counted([0 * astronaut] * 6).most == 1
