import cv2
import numpy as np
import pytest

from smastn.faces.alignment import face_alignment, warp
from smastn.faces.landmarks import Face, FaceTracker
from smastn.spotting.comparison import FACE_SIZE
from smastn.spotting.head import gaze_px, pose_degrees
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.head_rotation import RotatableHead
from smastn.synthesis.photographs import Portrait, photograph, upright

STRAIGHT = np.eye(2, 3)


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    photo = upright(photograph("astronaut"), (288, 288), 180.0, (144.0, 130.0))
    return Portrait(photo.image, photo.points)


def seen(image: np.ndarray) -> Face:
    face = FaceTracker()(image)
    assert face is not None
    return face


@pytest.mark.parametrize("degrees", [-10.0, 10.0])
def test_yaw_and_pitch_follow_a_head_that_turns(portrait: Portrait, degrees: float) -> None:
    head = RotatableHead(portrait, np.random.default_rng(0))
    front = pose_degrees(seen(portrait.image))
    aside = pose_degrees(seen(head(portrait.image, (degrees, 0.0), STRAIGHT))) - front
    above = pose_degrees(seen(head(portrait.image, (0.0, degrees), STRAIGHT))) - front
    assert aside[0] == pytest.approx(degrees, abs=4)
    assert abs(aside[1]) < 4
    assert above[1] == pytest.approx(degrees, abs=6)
    assert abs(above[0]) < 4


def test_roll_is_clockwise_in_the_picture(portrait: Portrait) -> None:
    turn = cv2.getRotationMatrix2D((144, 144), -8, 1)  # OpenCV counts the other way
    rolled = cv2.warpAffine(portrait.image, turn, (288, 288), borderMode=cv2.BORDER_REPLICATE)
    change = pose_degrees(seen(rolled)) - pose_degrees(seen(portrait.image))
    assert change[2] == pytest.approx(8, abs=1.5)


@pytest.mark.parametrize("way", [-4.0, 4.0])
def test_gaze_follows_the_irises(portrait: Portrait, way: float) -> None:
    animated, face = AnimatedFace(portrait), seen(portrait.image)

    def gaze(image: np.ndarray) -> np.ndarray:
        matrix = face_alignment([face], FACE_SIZE)
        crop = cv2.cvtColor(warp(image, matrix, FACE_SIZE), cv2.COLOR_RGB2GRAY)
        points = face.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        return gaze_px(crop, points.astype(np.float32))

    change = gaze(animated.frame(gaze=(way, 0.0))) - gaze(portrait.image)
    assert np.sign(change[0]) == np.sign(way)
    assert abs(change[0]) > 0.3 * abs(way)


def test_shut_eyes_have_no_gaze() -> None:
    shut = np.zeros((468, 2), np.float32)
    shut[:, 0] = np.linspace(50, 150, 468)
    shut[:, 1] = 100
    assert np.isnan(gaze_px(np.zeros((224, 224), np.uint8), shut)).all()
