"""What cannot be coded is marked, bounds what is found, and teaches no neutral."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from made_curves import curve_of, positions

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.faces.landmarks import FaceTracker
from smastn.media.frame_array import Image
from smastn.media.frames import Frame
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import measure_movement
from smastn.spotting.spot import Spotting, spot
from smastn.spotting.uncodable import (
    BLURRED,
    COVERED,
    CUT,
    FACE_LOST,
    MOUTH_COVERED,
    PROFILE,
    Uncodable,
    frames_of,
)
from smastn.spotting.unit_curves import AT_REST
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import Event
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.photographs import PhotographName, photograph, upright
from smastn.synthesis.synthetic_film import Film

SIZE, RATE = (480, 360), 30.0
FACE = 190  # pixels
MOUTH, EYES = (240, 215), (240, 125)


@cache
def portrait(name: PhotographName = "astronaut") -> AnimatedFace:
    return AnimatedFace(upright(photograph(name), SIZE, float(FACE), (240.0, 165.0)))


def moved(units: tuple[str, ...], px: float, when: tuple[int, int, int, int]) -> list[Image]:
    event = Event(*when, "positive", units, tuple(1.0 for _ in units), px)
    film = Film(portrait(), (event,), (RATE, 150), Nuisance(drift=0.3), 3)
    return [film.clean_frame(frame) for frame in range(150)]


def measured(pictures: Iterable[Image]) -> MovementCurve:
    generator = np.random.default_rng(0)

    def frames() -> Iterator[Frame]:
        for at, picture in enumerate(pictures):
            noisy = picture + generator.normal(0, 1.5, picture.shape)
            yield Frame(at, at / RATE, np.clip(noisy, 0, 255).astype(np.uint8))

    return measure_movement(frames(), FaceTracker())


def with_hand(pictures: Iterable[Image], place: tuple[int, int], half: tuple[int, int]) -> list:
    """An ellipse of the colour of the skin, before the face from frame 50 to frame 100."""
    colour = tuple(portrait().portrait.image[190, 200].tolist())
    shown = []
    for at, picture in enumerate(pictures):
        aside = round(float(np.interp(at, [42, 50, 100, 108], [260, 0, 0, -260])))
        covered = picture.copy()
        cv2.ellipse(covered, (place[0] + aside, place[1]), half, 0, 0, 360, colour, -1)
        shown.append(covered)
    return shown


def shares(found: Spotting, why: str) -> tuple[float, float]:
    """Of the frames with the hand still before the face, and of those without any hand."""
    mask = frames_of([one for one in found.uncodable if one.why == why], len(found.movement))
    beyond = np.concatenate([mask[:40], mask[112:]])
    return float(mask[52:98].mean()), float(beyond.mean())


@pytest.mark.parametrize("name", ["astronaut", "grace_hopper"])
def test_a_hand_before_the_mouth_is_no_expression(name: PhotographName) -> None:
    still = [portrait(name).portrait.image] * 150
    found = spot(measured(with_hand(still, MOUTH, (40, 40))))
    assert found.intervals == ()
    inside, outside = shares(found, MOUTH_COVERED)
    assert inside > 0.9
    assert outside == 0
    assert found.units.neutral is not None
    first, last = found.units.neutral
    assert last < 50 or first > 100, "the covered face was taken for the neutral"


def test_hidden_eyes_leave_nothing_to_be_coded() -> None:
    found = spot(measured(with_hand([portrait().portrait.image] * 150, EYES, (110, 32))))
    assert found.intervals == ()
    assert shares(found, COVERED)[0] > 0.9


def test_brows_are_still_measured_while_the_mouth_is_covered() -> None:
    film = moved(("1", "2", "5"), 9.0, (62, 70, 78, 88))
    found = spot(measured(with_hand(film, MOUTH, (40, 40))))
    (one,) = found.intervals
    assert 55 <= one.onset <= 70
    assert 78 <= one.offset <= 95
    assert shares(found, MOUTH_COVERED)[0] > 0.9


@pytest.mark.parametrize("units", [("12",), ("26",), ("1", "2", "5", "26"), ("4", "9", "10")])
def test_expressions_cover_nothing(units: tuple[str, ...]) -> None:
    assert spot(measured(moved(units, 14.0, (50, 62, 95, 107)))).uncodable == ()


def test_after_a_cut_another_person_has_another_neutral() -> None:
    """One smiles, the other does not; neither changes."""
    both = [portrait(name).portrait.image for name in ("astronaut", "grace_hopper")]
    curve = measured([both[at // 75] for at in range(150)])
    assert np.flatnonzero(curve.cut).tolist() == [75]
    found = spot(curve)
    assert [one.why for one in found.uncodable] == [CUT]
    assert found.intervals == ()
    assert float(found.units.evidence.max()) < AT_REST


def test_a_shot_too_short_to_show_a_neutral_is_not_coded() -> None:
    curve = curve_of(positions(6, RATE), RATE)
    curve.cut[[90, 105]] = True
    assert Uncodable(90, 104, CUT) in spot(curve).uncodable


def test_a_face_for_a_moment_where_there_is_none_is_no_face() -> None:
    face = np.zeros(300, bool)
    face[:100] = face[200:202] = True
    found = spot(curve_of(positions(10, RATE), RATE, face))
    assert found.uncodable == (Uncodable(100, 299, FACE_LOST),)
    assert np.isnan(found.movement[200:202]).all()


def test_a_blurred_stretch_is_marked() -> None:
    still = portrait().portrait.image
    blurred = cv2.GaussianBlur(still, (0, 0), 5)
    found = spot(measured(blurred if 60 <= at < 80 else still for at in range(150)))
    mask = frames_of([one for one in found.uncodable if one.why == BLURRED], 150)
    assert mask[62:78].all()
    assert not mask[:58].any()
    assert not mask[84:].any()


def test_a_person_on_whom_the_models_differ_otherwise_is_not_covered() -> None:
    curve = curve_of(positions(16, RATE), RATE)
    apart, cut = np.zeros(curve.apart.shape, np.float32), np.zeros(480, bool)
    apart[270:], cut[270] = 8.0, True  # another person, until the end
    apart[90:150] = 8.0  # a hand
    seen = replace(curve, apart=apart, cut=cut, presence=np.full(480, 18, np.float32))
    covered = frames_of([one for one in spot(seen).uncodable if one.why != CUT], 480)
    assert covered[90:150].all()
    assert not covered[160:].any()


@pytest.mark.parametrize(("width", "px", "covered"), [(150, 7, 1), (50, 7, 0), (50, 12, 1)])
def test_a_small_face_is_covered_where_the_models_are_further_apart(
    width: int, px: float, covered: int
) -> None:
    """A pixel of the picture is more pixels of an aligned face of 224."""
    curve = curve_of(positions(10, RATE), RATE)
    curve.boxes[:, 2] = curve.boxes[:, 0] + width
    curve.apart[100:150, 0, 1] = px
    found = spot(curve).uncodable
    assert [one.why for one in found] == [MOUTH_COVERED] * covered


def test_a_face_that_is_never_seen_in_full_is_not_covered_for_that() -> None:
    curve = curve_of(positions(10, RATE), RATE)
    curve.apart[100:150, 0, 1] = 4.6
    curve.presence[:] = 14
    assert spot(curve).uncodable == ()
    curve.presence[:100] = curve.presence[150:] = 18
    assert [one.why for one in spot(curve).uncodable] == [MOUTH_COVERED]


@pytest.mark.parametrize(("presence", "covered"), [(20, 0), (14, 1)])
def test_another_person_in_a_short_shot_is_not_covered_in_full_view(
    presence: float, covered: int
) -> None:
    curve = curve_of(positions(10, RATE), RATE)
    curve.cut[210] = True
    curve.apart[210:] = 8.0
    curve.presence[210:] = presence
    found = [one.why for one in spot(curve).uncodable if one.why != CUT]
    assert bool(found) == covered


def test_a_shot_with_less_detail_is_not_blurred() -> None:
    """Another person, or another camera: what is usual is so within a shot."""
    curve = curve_of(positions(10, RATE), RATE)
    sharpness, cut = np.full(300, 1.0, np.float32), np.zeros(300, bool)
    sharpness[180:], cut[180] = 0.4, True
    sharpness[60:90] = 0.4
    found = spot(replace(curve, sharpness=sharpness, cut=cut)).uncodable
    assert found == (Uncodable(60, 89, BLURRED),)


def smiling(frames: int, first: int, last: int) -> np.ndarray:
    """Coefficients of a face that smiles from one frame to the other, at rest before and after."""
    values = np.zeros((frames, len(BLENDSHAPES)), np.float32)
    columns = [BLENDSHAPES.index(f"mouthSmile{side}") for side in ("Left", "Right")]
    values[first : last + 1, columns] = 0.8
    return values


def in_profile(curve: MovementCurve) -> None:
    curve.pose_degrees[100:150, 0] = 50


def with_mouth_covered(curve: MovementCurve) -> None:
    curve.apart[100:150, 0] = 9


@pytest.mark.parametrize(
    ("happens", "why"), [(in_profile, PROFILE), (with_mouth_covered, MOUTH_COVERED)]
)
def test_an_event_that_reaches_an_uncodable_stretch_has_no_offset(
    happens: Callable[[MovementCurve], None], why: str
) -> None:
    curve = curve_of(positions(8, RATE), RATE)
    curve.blendshapes[:] = smiling(len(curve.times), 80, 170)
    happens(curve)
    found = spot(curve)
    (marked,) = found.uncodable
    assert marked.why == why
    before, after = found.intervals
    assert (before.has_onset, before.has_offset) == (True, False)
    assert (after.has_onset, after.has_offset) == (False, True)
    assert before.offset < marked.first
    assert after.onset > marked.last
