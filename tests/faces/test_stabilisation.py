"""The head stays where it is; what the face does is left."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from smastn.faces.landmarks import FaceTracker
from smastn.faces.stabilisation import SteadyFace, View, aligned_to_cut, face_share

RATE = 30.0
SIZE = 240


def boxes(film: list[np.ndarray]) -> list[np.ndarray]:
    """Where the face is in each frame."""
    tracker = FaceTracker()
    found = []
    for frame in film:
        face = tracker(frame)
        assert face is not None
        points = face.points[:, :2]
        found.append(np.concatenate([points.min(axis=0), points.max(axis=0)]))
    return found


def head_film(astronaut: np.ndarray, frames: int) -> list[np.ndarray]:
    """A head that sways by some pixels, turns a little and comes nearer."""
    film = []
    for at in range(frames):
        time = at / RATE
        matrix = cv2.getRotationMatrix2D((230, 130), 2 * np.sin(3 * time), 0.9 + 0.03 * time)
        matrix[:, 2] += 6 * np.sin(5 * time), 4 * np.cos(4 * time)
        film.append(cv2.warpAffine(astronaut, matrix, (440, 320), borderMode=cv2.BORDER_REPLICATE))
    return film


def cut_of(steady: SteadyFace, frame: np.ndarray, box: np.ndarray) -> np.ndarray | None:
    view = steady(frame, box)
    return None if view is None else view.pixels()


def movement(before: np.ndarray, after: np.ndarray) -> float:
    """How far the face has moved in the median, pixels."""
    grey = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (before, after)]
    around = np.arange(SIZE // 4, 3 * SIZE // 4, 8, dtype=np.float32)
    places = np.stack(np.meshgrid(around, around), axis=-1).reshape(-1, 1, 2)
    found, _, _ = cv2.calcOpticalFlowPyrLK(
        grey[0], grey[1], places, np.empty_like(places), winSize=(21, 21), maxLevel=2
    )
    return float(np.median(np.linalg.norm(found - places, axis=2)))


def test_a_head_that_sways_stays_in_its_place(astronaut: np.ndarray) -> None:
    film = head_film(astronaut, 45)
    steady = SteadyFace(SIZE, RATE)
    cuts = [cut_of(steady, frame, box) for frame, box in zip(film, boxes(film), strict=True)]
    steps = [
        movement(one, other)
        for one, other in pairwise(cuts)
        if one is not None and other is not None
    ]
    assert len(steps) == 44
    assert np.median(steps) < 0.1
    assert max(steps) < 0.5
    first, last = cuts[0], cuts[-1]
    assert first is not None and last is not None
    assert movement(first, last) < 3


def test_no_face_no_cut_and_then_anew(astronaut: np.ndarray) -> None:
    film = head_film(astronaut, 8)
    places = boxes(film)
    nowhere = np.full(4, np.nan, np.float32)
    steady = SteadyFace(SIZE, RATE)
    seen = []
    for at, (frame, box) in enumerate(zip(film, places, strict=True)):
        seen.append(steady(frame, nowhere if at in (4, 5) else box) is not None)
    assert seen == [True] * 4 + [False] * 2 + [True] * 2


def test_the_face_in_the_box_is_cut_out_whoever_else_is_there(both: np.ndarray) -> None:
    middle = both.shape[1] / 2
    for left, right in ((0.0, middle), (middle, float(both.shape[1]))):
        half = both[:, int(left) : int(right)].copy()
        box = boxes([half])[0] + np.array([left, 0, left, 0], np.float32)
        cut = cut_of(SteadyFace(SIZE, RATE), both, box)
        alone = cut_of(SteadyFace(SIZE, RATE), half, boxes([half])[0])
        assert cut is not None and alone is not None
        assert movement(alone, cut) < 2


def test_a_cut_shows_more_than_the_aligned_face() -> None:
    matrix = aligned_to_cut(112, SIZE)
    corners = np.array([[0.0, 0.0], [112.0, 112.0]]) @ matrix[:, :2].T + matrix[:, 2]
    assert (corners[0] > 0).all() and (corners[1] < SIZE).all()


def test_the_face_fills_the_middle_of_a_cut() -> None:
    share = face_share(SIZE)
    assert share[SIZE // 2, SIZE // 2] == 1
    assert share[0].max() == share[:, 0].max() == 0


def turned(scale: float) -> np.ndarray:
    """A square that shows part of the photograph, turned, and reaches beyond its left edge."""
    matrix = cv2.getRotationMatrix2D((200, 150), 7.0, scale)
    matrix[:, 2] += np.array([120.0, 120.0]) - (150.0, 150.0)
    return matrix


@pytest.mark.parametrize("scale", [0.35, 0.6, 0.9, 1.7])
def test_a_square_kept_apart_from_its_image_shows_the_same(
    astronaut: np.ndarray, scale: float
) -> None:
    view = View(astronaut, turned(scale), SIZE)
    apart = view.apart()
    assert apart.image.nbytes < astronaut.nbytes
    assert apart.image.base is None
    difference = np.abs(apart.pixels().astype(int) - view.pixels())
    assert difference.mean() < (0.01 if scale > 0.8 else 5)  # reduced, it is smoother
    assert movement(view.pixels(), apart.pixels()) < 0.15


@pytest.mark.parametrize("scale", [0.35, 0.9, 1.7])
def test_a_square_in_grey_lies_where_it_lies_in_colour(astronaut: np.ndarray, scale: float) -> None:
    view = View(astronaut, turned(scale), SIZE)
    grey = cv2.cvtColor(view.grey(SIZE // 2), cv2.COLOR_GRAY2RGB)
    small = cv2.resize(view.pixels(), (SIZE // 2, SIZE // 2), interpolation=cv2.INTER_AREA)
    assert movement(cv2.resize(small, (SIZE, SIZE)), cv2.resize(grey, (SIZE, SIZE))) < 0.15
