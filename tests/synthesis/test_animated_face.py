from collections.abc import Callable

import cv2
import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.faces.landmarks import FaceTracker
from smastn.synthesis.action_units import UNITS
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.photographs import Portrait

LARGE = 8.0
"""Pixels of a 224-pixel crop: three times a micro-expression, which the mesh model detects."""

Measure = Callable[[np.ndarray], float]


def seen(image: np.ndarray) -> np.ndarray:
    face = FaceTracker()(image)
    assert face is not None
    return face.points[:, :2]


def apex(face: AnimatedFace, code: str, amplitude: float) -> np.ndarray:
    return face.frame([(face.motion((code,), (1.0,), amplitude), 1.0)])


def rise(*points: int) -> Measure:
    return lambda mesh: float(-mesh[list(points), 1].mean())


def distance(one: int, other: int) -> Measure:
    return lambda mesh: float(np.linalg.norm(mesh[one] - mesh[other]))


@pytest.mark.parametrize(
    ("code", "measure"),
    [
        ("1", rise(107, 336)),
        ("2", rise(63, 293)),
        ("4", lambda mesh: -rise(55, 285, 107, 336)(mesh)),
        ("5", distance(159, 145)),
        ("7", lambda mesh: -distance(386, 374)(mesh)),
        ("12", rise(61, 291)),
        ("12", distance(61, 291)),
        ("15", lambda mesh: -rise(61, 291)(mesh)),
        ("20", distance(61, 291)),
        ("23", lambda mesh: -distance(61, 291)(mesh)),
        ("25", distance(13, 14)),
        ("26", lambda mesh: -rise(152, 14)(mesh)),
    ],
)
def test_the_mesh_model_sees_what_facs_says(
    face: AnimatedFace, code: str, measure: Measure
) -> None:
    before, after = seen(face.portrait.image), seen(apex(face, code, LARGE))
    # The mesh model underestimates lid movement, so the bound is low.
    assert measure(after) - measure(before) > 0.3


def test_the_mesh_model_sees_a_left_smile_on_the_persons_left(face: AnimatedFace) -> None:
    before, after = seen(face.portrait.image), seen(apex(face, "L12", LARGE))
    way = np.linalg.norm(after - before, axis=1)
    assert way[291] > 2 * way[61]


@pytest.mark.parametrize("codes", [("12",), ("1", "2", "5"), ("6", "L12", "25"), ("7",)])
@pytest.mark.parametrize("amplitude", [0.3, 3.0])
def test_the_peak_of_a_motion_is_its_amplitude(
    face: AnimatedFace, codes: tuple[str, ...], amplitude: float
) -> None:
    motion = face.motion(codes, (0.7,) * len(codes), amplitude)
    peak = max(np.linalg.norm(motion.mesh, axis=1).max(), np.abs(motion.lids).max())
    assert peak / face.pixels_per_crop_pixel == pytest.approx(amplitude)


@pytest.mark.parametrize("code", ["1", "4", "12", "17", "26"])
def test_pixels_go_as_far_as_the_mesh_says(open_mouth: Portrait, code: str) -> None:
    noise = np.random.default_rng(0).normal(0, 1, (*open_mouth.image.shape[:2], 1))
    smooth = cv2.GaussianBlur(np.repeat(noise, 3, axis=2), (0, 0), 1.5)
    texture = np.clip(128 + 40 * smooth / smooth.std(), 0, 255)
    face = AnimatedFace(Portrait(texture.astype(np.uint8), open_mouth.points))
    motion = face.motion((code,), (1.0,), 2.0)
    before, after = (
        cv2.cvtColor(face.frame([(motion, share)]), cv2.COLOR_RGB2GRAY) for share in (0.0, 1.0)
    )
    point = int(np.linalg.norm(motion.mesh, axis=1).argmax())
    start = open_mouth.points[point].astype(np.float32)[None]
    end, found, _ = cv2.calcOpticalFlowPyrLK(before, after, start, start.copy(), winSize=(11, 11))
    assert found.all()
    np.testing.assert_allclose((end - start)[0], motion.mesh[point], atol=0.35)


@pytest.mark.parametrize("code", UNITS)
def test_nothing_moves_at_the_frames_border(face: AnimatedFace, code: str) -> None:
    image, still = apex(face, code, 3.0), face.portrait.image
    border = np.ones(image.shape[:2], bool)
    border[4:-4, 4:-4] = False
    assert np.abs(image[border].astype(int) - still[border]).max() <= 12


def test_a_face_at_rest_is_its_portrait(face: AnimatedFace) -> None:
    assert np.array_equal(face.frame(), face.portrait.image)


def test_a_movement_that_has_hardly_begun_hardly_changes_the_picture(
    face: AnimatedFace,
) -> None:
    motion = face.motion(("6", "12", "25"), (1.0, 1.0, 1.0), 3.0)
    slight = face.frame([(motion, 1e-4)]).astype(int)
    assert np.abs(slight - face.portrait.image).max() <= 6


def test_a_blink_shuts_the_eyes_and_moves_nothing_else(face: AnimatedFace) -> None:
    shut, still = face.frame(closure=1.0), face.portrait.image
    points = face.portrait.points
    whites = []
    for image in (still, shut):
        rows = np.rint(points[[159, 145, 386, 374]]).astype(int)
        eyes = [
            image[top[1] + 2 : low[1] - 1, top[0] - 9 : top[0] + 10]
            for top, low in ((rows[0], rows[1]), (rows[2], rows[3]))
        ]
        whites.append(np.mean([np.ptp(eye.max(-1)) for eye in eyes]))
    assert whites[1] < 0.6 * whites[0]
    below_nose = int(points[2, 1])
    assert np.array_equal(shut[below_nose:], still[below_nose:])


def test_a_closing_lid_slides_over_an_eyeball_that_stays(face: AnimatedFace) -> None:
    half, still = face.frame(closure=0.4), face.portrait.image
    for upper, lower in ((159, 145), (386, 374)):
        x, y = np.rint(0.2 * face.portrait.points[upper] + 0.8 * face.portrait.points[lower])
        seen_still = half[int(y) - 1 : int(y) + 1, int(x)].astype(int)
        assert np.abs(seen_still - still[int(y) - 1 : int(y) + 1, int(x)]).max() <= 3


def test_gaze_moves_the_iris_and_not_the_lids(face: AnimatedFace) -> None:
    still, away = (
        face.portrait.image.astype(int),
        face.frame(gaze=(3.0, 0.0)).astype(int),
    )
    points = face.portrait.points
    changed = np.abs(away - still).max(-1) > 8
    rows, columns = np.nonzero(changed)
    assert len(rows) > 20
    eyes = points[[33, 133, 159, 145, 263, 362, 386, 374]]
    assert rows.min() >= eyes[:, 1].min() - 3
    assert rows.max() <= eyes[:, 1].max() + 4
    assert columns.min() >= eyes[:, 0].min() - 3
    assert columns.max() <= eyes[:, 0].max() + 3


def test_parting_closed_lips_opens_to_darkness(closed_mouth: Portrait) -> None:
    face = AnimatedFace(closed_mouth)
    x, y = np.rint(closed_mouth.points[[13, 14]].mean(0)).astype(int)
    mouth = np.s_[y + 1 : y + 5, x - 6 : x + 7]
    before, after = closed_mouth.image[mouth], apex(face, "25", LARGE)[mouth]
    assert after.astype(float).mean() < 0.6 * before.astype(float).mean()


def test_an_unknown_unit_is_refused(face: AnimatedFace) -> None:
    with pytest.raises(ConfigError, match="unknown"):
        face.motion(("3",), (1.0,), 1.0)
