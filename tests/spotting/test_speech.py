from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_curves import NAMES, curve_of, positions, pulse
from spoken_sound import silent, spoken

from smastn.faces.blendshapes import BLENDSHAPES
from smastn.faces.landmarks import FaceTracker
from smastn.media.frames import open_frames
from smastn.spotting.curve import MovementCurve
from smastn.spotting.meter import measure_movement
from smastn.spotting.spot import spot
from smastn.spotting.voice import VoiceMeter

RATE = 50.0
LIP, CHIN, BROW = (NAMES.index(name) for name in ("lower lip", "chin", "inner brow left"))
CORNER, CHEEK = NAMES.index("mouth corner left"), NAMES.index("cheek left")


def talking(first: int, last: int) -> np.ndarray:
    """Twenty seconds with speech in between: four syllables a second, not all alike."""
    where = positions(20, RATE)
    generator = np.random.default_rng(2)
    for start in range(first, last, 12):
        way = generator.uniform(1.5, 5) * pulse(len(where), start, start + 5, start + 11)
        where[:, LIP, 1] += way
        where[:, CHIN, 1] += 0.6 * way
    return where


def test_speech_is_seen_and_is_no_expression() -> None:
    found = spot(curve_of(talking(300, 500), RATE))
    ((first, last),) = found.speech
    assert abs(first - 300) < 20
    assert abs(last - 500) < 20
    assert not found.intervals


def test_a_single_movement_of_the_mouth_is_no_speech() -> None:
    found = spot(curve_of(talking(300, 310), RATE))
    assert not found.speech
    assert len(found.intervals) == 1


def test_brows_are_believed_while_somebody_talks() -> None:
    where = talking(300, 500)
    where[:, BROW, 1] -= 1.5 * pulse(len(where), 400, 408, 420)
    (found,) = spot(curve_of(where, RATE)).intervals
    assert found.regions == ("inner brow left",)
    assert abs(found.apex - 408) <= 2


def test_what_the_jaw_pulls_along_is_no_expression_and_what_moves_otherwise_is() -> None:
    where = talking(200, 700)
    jaw = where[:, LIP, 1].copy()
    where[:, CORNER, 1] += 0.4 * jaw
    where[:, CHEEK, 1] += 0.15 * jaw
    assert not spot(curve_of(where, RATE)).intervals
    where[:, CORNER, 0] += 1.5 * pulse(len(where), 400, 408, 420)
    (found,) = spot(curve_of(where, RATE)).intervals
    assert found.regions[0] == "mouth corner left"
    assert abs(found.apex - 408) <= 3


def test_a_mouth_is_not_believed_in_speech_too_short_to_learn_from() -> None:
    where = talking(300, 340)
    where[:, CORNER, 0] += 1.5 * pulse(len(where), 312, 320, 332)
    assert not spot(curve_of(where, RATE)).intervals


def test_speech_goes_on_while_the_jaw_does_though_the_head_turns() -> None:
    where = talking(300, 500)
    yaw = np.interp(np.arange(len(where)), [420, 450], [0, 12]).astype(np.float32)
    turned = np.stack([yaw, np.zeros_like(yaw)], axis=1)
    pose = np.concatenate([turned, np.zeros((len(yaw), 1), np.float32)], axis=1)
    curve = replace(curve_of(where, RATE), turned_degrees=turned, pose_degrees=pose)
    ((first, last),) = spot(curve).speech
    assert abs(first - 300) < 25
    assert abs(last - 500) < 25


def filmed(voice: tuple[int, int] | None, **courses: np.ndarray) -> MovementCurve:
    """Twenty seconds of a still skin, with blendshapes and, between two frames, a voice."""
    curve = curve_of(positions(20, RATE), RATE)
    values = np.full(curve.blendshapes.shape, 0.05, np.float32)
    for name, course in courses.items():
        values[:, BLENDSHAPES.index(name)] += course.astype(np.float32)
    heard = np.full(len(values), np.nan if voice is None else 0.01, np.float32)
    if voice is not None:
        heard[slice(*voice)] = 0.99
    return replace(curve, blendshapes=values, voice=heard)


def syllables(first: int, last: int, height: float = 0.3) -> np.ndarray:
    return height * sum(
        (pulse(1000, start, start + 5, start + 11) for start in range(first, last, 12)),
        np.zeros(1000),
    )


def speech(curve: MovementCurve) -> list[tuple[float, float]]:
    """Seconds of the stretches of speech."""
    return [(first / RATE, last / RATE) for first, last in spot(curve).speech]


def test_a_mouth_in_the_rhythm_of_speech_speaks_in_a_film_without_sound() -> None:
    assert speech(filmed(None, jawOpen=syllables(300, 500))) == [
        pytest.approx((6.0, 10.0), abs=0.6)
    ]


def test_a_mouth_that_wavers_beside_a_large_movement_does_not_speak() -> None:
    opens = 0.6 * pulse(1000, 420, 440, 460)
    assert speech(filmed(None, jawOpen=opens + syllables(372, 420, 0.058))) == []
    assert speech(filmed(None, jawOpen=opens + syllables(372, 420, 0.09))) != []


@pytest.mark.parametrize(("width", "speaks"), [(150, True), (30, False)])
def test_a_mouth_in_a_face_of_few_pixels_must_open_further(width: int, speaks: bool) -> None:
    curve = filmed(None, jawOpen=syllables(300, 500, 0.08))
    boxes = curve.boxes.copy()
    boxes[:, 2] = boxes[:, 0] + width
    assert (speech(replace(curve, boxes=boxes)) != []) == speaks


def test_with_sound_a_moving_mouth_speaks_only_while_a_voice_is_heard() -> None:
    chews = syllables(300, 700)
    assert speech(filmed((0, 0), jawOpen=chews)) == []
    assert speech(filmed((450, 600), jawOpen=chews)) == [pytest.approx((9.0, 12.0), abs=0.5)]


def test_a_voice_while_the_mouth_rests_is_another_persons() -> None:
    assert speech(filmed((200, 800))) == []
    assert speech(filmed((200, 800), jawOpen=syllables(300, 320))) == []


def test_the_mouth_alone_decides_where_the_sound_has_not_begun() -> None:
    curve = filmed((0, 0), jawOpen=syllables(200, 800))
    late = curve.voice.copy()
    late[:500] = np.nan
    assert speech(replace(curve, voice=late)) == [pytest.approx((4.0, 10.0), abs=0.6)]


def test_skin_that_moves_in_a_smile_is_no_speech() -> None:
    where = talking(300, 400)
    smile = 0.8 * pulse(1000, 280, 340, 420)
    smiling = filmed(None, mouthSmileLeft=smile, mouthSmileRight=smile)
    assert speech(replace(smiling, positions=where.astype(np.float32))) == []
    unseen = replace(filmed(None), positions=where.astype(np.float32))
    assert speech(unseen) == [pytest.approx((6.0, 8.0), abs=0.5)]


def test_small_movements_of_the_mouth_count_where_nobody_speaks() -> None:
    lip = positions(20, RATE)
    lip[:, LIP, 1] += 1.5 * pulse(1000, 400, 408, 420)
    talks = filmed(None, jawOpen=syllables(300, 500))
    assert spot(replace(filmed(None), positions=lip.astype(np.float32))).intervals
    assert not spot(replace(talks, positions=lip.astype(np.float32))).intervals
    chews = filmed((0, 0), jawOpen=0.1 * syllables(300, 500))
    assert spot(replace(chews, positions=lip.astype(np.float32))).intervals


@pytest.fixture(scope="module")
def talker(talking_head: Path) -> MovementCurve:
    """A real person who talks, in a film without sound."""
    with open_frames(talking_head) as stream:
        assert not list(stream.sound())
    with open_frames(talking_head) as stream:
        return measure_movement(stream, FaceTracker())


def test_a_real_talker_speaks(talker: MovementCurve) -> None:
    frames = sum(last - first + 1 for first, last in spot(talker).speech)
    assert frames > 0.3 * len(talker.times)


@pytest.mark.parametrize(("sound", "speaks"), [(spoken(4.1), True), (silent(4.1), False)])
def test_a_real_talker_speaks_with_a_voice_and_not_without(
    talker: MovementCurve, sound: np.ndarray, speaks: bool
) -> None:
    voice = VoiceMeter(iter([(0.0, sound)])).voice(talker.times)
    assert bool(speech(replace(talker, voice=voice))) == speaks
