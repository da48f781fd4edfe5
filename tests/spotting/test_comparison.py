"""On two frames of the astronaut's photograph that are alike."""

import numpy as np
import pytest

from smastn.faces.landmarks import FaceTracker
from smastn.media.frames import Frame
from smastn.spotting.comparison import PARTS, Seen, followed, in_frame, movement_to, seen_face
from smastn.spotting.regions import REGIONS
from smastn.synthesis.photographs import photograph, upright

CHIN = list(REGIONS).index("chin")


@pytest.fixture(scope="module")
def seen() -> Seen:
    photo = upright(photograph("astronaut"), (320, 240), 130.0, (160.0, 112.0))
    face = FaceTracker()(photo.image)
    assert face is not None
    return seen_face(Frame(0, 0.0, photo.image), face, face)


def test_a_point_that_strays_is_lost_and_stays_lost(seen: Seen) -> None:
    guess = in_frame(seen, followed(seen, seen))
    guess[PARTS[CHIN][:2]] += 40  # down the suit
    found = followed(seen, seen, guess)
    assert np.isnan(found[PARTS[CHIN][:2]]).all()
    assert np.isfinite(np.delete(found, PARTS[CHIN][:2], axis=0)).all()
    again = followed(seen, seen, in_frame(seen, found))
    assert np.isnan(again[PARTS[CHIN][:2]]).all()


@pytest.mark.parametrize(("lost", "known"), [(2, True), (6, False)])
def test_a_region_is_known_while_half_of_its_points_are(seen: Seen, lost: int, known: bool) -> None:
    found = followed(seen, seen)
    found[PARTS[CHIN][:lost]] = np.nan
    moved, turned = movement_to(seen, found)
    assert np.isfinite(moved[CHIN]).all() == known
    assert np.abs(np.delete(moved, CHIN, axis=0)).max() < 0.05
    assert np.abs(turned).max() < 0.01
