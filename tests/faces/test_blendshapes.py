"""Blendshapes of two photographs whose expressions anybody sees."""

import cv2
import numpy as np

from smastn.faces.blendshapes import BLENDSHAPES, FaceBlendshapes
from smastn.faces.landmarks import FaceTracker
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import Event
from smastn.synthesis.nuisance import NO_NUISANCE
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.synthetic_film import Film


def coefficients(image: np.ndarray) -> dict[str, float]:
    face = FaceTracker()(image)
    assert face is not None
    return dict(zip(BLENDSHAPES, FaceBlendshapes()(image, face).tolist(), strict=True))


def test_a_smile_is_a_smile_and_open_eyes_are_open(astronaut: np.ndarray) -> None:
    seen = coefficients(astronaut)
    assert min(seen["mouthSmileLeft"], seen["mouthSmileRight"]) > 0.5
    assert max(seen["eyeBlinkLeft"], seen["eyeBlinkRight"]) < 0.4
    assert max(seen["mouthFrownLeft"], seen["mouthFrownRight"]) < 0.1


def test_the_place_and_size_of_the_face_do_not_matter(astronaut: np.ndarray) -> None:
    larger = cv2.resize(astronaut, None, fx=1.7, fy=1.7)
    beside = np.roll(astronaut, 60, axis=1)
    first = np.array(list(coefficients(astronaut).values()))
    for other in (larger, beside):
        assert np.abs(np.array(list(coefficients(other).values())) - first).max() < 0.15


def test_left_and_right_are_the_persons_own() -> None:
    photo = upright(photograph("astronaut"), (320, 320), 180.0, (160.0, 150.0))
    raised = Event(4, 8, 8, 12, "surprise", ("R2",), (1.0,), 9.0)
    film = list(Film(AnimatedFace(photo), (raised,), (30.0, 14), NO_NUISANCE, seed=0))
    rest, apex = coefficients(film[0]), coefficients(film[8])
    right, left = (
        apex[f"browOuterUp{side}"] - rest[f"browOuterUp{side}"] for side in ("Right", "Left")
    )
    assert right > 0.05
    assert right > 2 * left


def test_where_no_face_is_seen_nothing_is_measured(astronaut: np.ndarray) -> None:
    face = FaceTracker()(astronaut)
    assert face is not None
    assert np.isnan(FaceBlendshapes()(np.zeros_like(astronaut), face)).all()


def test_one_instance_follows_the_face_it_is_given(both: np.ndarray, astronaut: np.ndarray) -> None:
    """After another person it predicts the same as one that never saw that person."""
    first, second = FaceTracker(0)(both), FaceTracker(1)(both)
    assert first is not None
    assert second is not None
    predict = FaceBlendshapes()
    predict(both, first)
    np.testing.assert_allclose(predict(both, second), FaceBlendshapes()(both, second), atol=0.02)
