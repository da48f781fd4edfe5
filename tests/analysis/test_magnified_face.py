"""The magnified face departs from the person's own neutral."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from known_movements import Write

from smastn.analysis.analyse import analyse
from smastn.analysis.analysis_records import Analysis
from smastn.analysis.magnified_face import at_rest, film_pairs, magnified_side
from smastn.faces.landmarks import FaceTracker
from smastn.faces.stabilisation import SteadyFace
from smastn.methods.predictor import Predictor
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import Event
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.synthetic_film import Film

RATE = 25.0
CORNERS, EYES = [61, 291], [33, 263]
BEFORE, HELD, AFTER = (20, 30), (60, 75, 90), (122, 135)


@pytest.fixture(scope="module")
def smiling(write: Write, predictor: Predictor) -> Analysis:
    """A smile that lasts for 2.8 s."""
    face = AnimatedFace(upright(photograph("astronaut"), (480, 360), 190.0, (240.0, 165.0)))
    smile = Event(38, 50, 95, 108, "positive", ("12",), (1.0,), 6.0)
    still = Nuisance(drift=0.5, blinks=0.0, gaze_shifts=0.0)
    path: Path = write(list(Film(face, (smile,), (RATE, 150), still, 3)), "smile.mp4")
    analysis = analyse(path, predictor)
    return replace(analysis, video=replace(analysis.video, rate=RATE))


def mouth_width(image: np.ndarray) -> float:
    """Between the corners, in multiples of the distance of the eyes."""
    face = FaceTracker()(image)
    assert face is not None
    ways = [np.diff(face.points[pair, :2], axis=0) for pair in (CORNERS, EYES)]
    return float(np.linalg.norm(ways[0]) / np.linalg.norm(ways[1]))


def test_a_smile_is_broader_and_the_face_before_and_after_it_is_the_face(
    smiling: Analysis,
) -> None:
    steady = SteadyFace(magnified_side(smiling), RATE)
    wider = {}
    for number, original, face in film_pairs(smiling, range(smiling.video.frames)):
        plain = steady(original, smiling.curve.boxes[number])
        if number in (*BEFORE, *HELD, *AFTER):
            assert face is not None and plain is not None
            wider[number] = mouth_width(face) - mouth_width(plain.pixels())
    assert max(abs(wider[number]) for number in (*BEFORE, *AFTER)) < 0.015
    assert min(wider[number] for number in HELD) > 0.04


def test_the_face_is_at_rest_where_no_unit_acts(smiling: Analysis) -> None:
    resting = at_rest(smiling)
    assert resting[[*BEFORE, *AFTER]].all()
    assert not resting[list(HELD)].any()


def test_a_head_that_turned_since_is_compared_with_the_seconds_around(smiling: Analysis) -> None:
    pose = smiling.curve.pose_degrees.copy()
    pose[70:, 0] += 20
    turned = at_rest(replace(smiling, curve=replace(smiling.curve, pose_degrees=pose)))
    assert not turned[60]
    assert turned[[75, 90]].all()
