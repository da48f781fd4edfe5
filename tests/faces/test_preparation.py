import cv2
import numpy as np
import pytest
import skimage.data

from smastn.errors import ConfigError, FaceError, InputError
from smastn.faces.landmarks import FaceTracker
from smastn.faces.preparation import PreparationConfig, prepare


@pytest.fixture(scope="module")
def tracker() -> FaceTracker:
    return FaceTracker()


@pytest.fixture(scope="module")
def drifting() -> np.ndarray:
    """A still face on a head that drifts, under light that flickers."""
    face = cv2.resize(skimage.data.astronaut()[:300, 80:380], (448, 448))
    frames = []
    for time in range(16):
        shift = np.array([[1, 0, 4 * np.sin(time / 6)], [0, 1, 0.3 * time]])
        moved = cv2.warpAffine(face, shift, (448, 448), borderMode=cv2.BORDER_REPLICATE)
        frames.append(np.clip(moved * (1 + 0.03 * np.sin(time)), 0, 255).astype(np.uint8))
    return np.stack(frames)


def movement(prepared: np.ndarray) -> float:
    inner = prepared[:, 20:-20, 20:-20].astype(float)
    return float(np.sqrt(((inner - inner[:1]) ** 2).mean()))


def test_drift_and_flicker_are_taken_out(drifting: np.ndarray, tracker: FaceTracker) -> None:
    raw = movement(
        prepare(drifting, tracker, PreparationConfig(still_head=False, even_light=False))
    )
    head_only = movement(prepare(drifting, tracker, PreparationConfig(even_light=False)))
    both = movement(prepare(drifting, tracker, PreparationConfig()))
    assert both < 0.15 * raw
    assert both < 0.6 * head_only


def test_a_frame_comes_out_the_same_whichever_others_are_chosen(
    drifting: np.ndarray, tracker: FaceTracker
) -> None:
    config = PreparationConfig(size=64)
    every = prepare(drifting, tracker, config)
    some = prepare(drifting, tracker, config, np.array([3, 11]))
    np.testing.assert_array_equal(some, every[[3, 11]])
    assert every.shape == (16, 64, 64, 3)


def test_a_clip_without_a_face_is_refused_with_what_to_do(tracker: FaceTracker) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (6, 200, 200, 3), dtype=np.uint8)
    with pytest.raises(FaceError, match="no face in the first 5 frames.*choose another range"):
        prepare(noise, tracker, PreparationConfig())


def test_a_cropped_release_is_scaled_and_nothing_else(tracker: FaceTracker) -> None:
    config = PreparationConfig(size=32, already_cropped=True)
    noise = np.random.default_rng(0).integers(0, 256, (4, 96, 64, 3), dtype=np.uint8)
    prepared = prepare(noise, tracker, config)
    middle = cv2.resize(noise[0, 16:80], (32, 32), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(prepared[0], middle)
    some = prepare(noise, tracker, config, np.array([2]))
    np.testing.assert_array_equal(some, prepared[[2]])


def test_a_face_that_is_not_there_is_refused_with_those_that_are(drifting: np.ndarray) -> None:
    with pytest.raises(FaceError, match="show 1 face.*number 3 by size.*--face 0 to 0"):
        prepare(drifting, FaceTracker(choice=2), PreparationConfig())


def test_more_forehead_is_the_same_crop_higher_up(
    drifting: np.ndarray, tracker: FaceTracker
) -> None:
    usual = prepare(drifting[:6], tracker, PreparationConfig(size=100))
    higher = prepare(drifting[:6], tracker, PreparationConfig(size=100, forehead=0.1))
    inner, shifted = usual[:, 10:80].astype(int), higher[:, 20:90].astype(int)
    assert np.abs(inner - shifted).mean() < 1
    with pytest.raises(ConfigError, match="forehead is 0.7"):
        PreparationConfig(forehead=0.7)


def test_frames_of_another_type_are_refused_before_a_face_is_sought(tracker: FaceTracker) -> None:
    with pytest.raises(InputError, match="frames are float64"):
        prepare(np.zeros((4, 96, 64, 3)), tracker, PreparationConfig())
