"""Measured on films of the astronaut's photograph, in which every movement is known."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.faces.blendshapes import BLENDSHAPES, FaceBlendshapes
from smastn.faces.landmarks import Face, FaceTracker
from smastn.media.frames import Frame
from smastn.spotting import meter as meter_module
from smastn.spotting.comparison import Seen, movement_to
from smastn.spotting.curve import MovementCurve, stretches
from smastn.spotting.meter import CurveConfig, measure_movement
from smastn.spotting.regions import REGIONS
from smastn.spotting.spot import spot
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.expressions import Event
from smastn.synthesis.nuisance import NO_NUISANCE, Nuisance
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.synthetic_film import Film

RATE, FRAMES = 30.0, 60
NAMES = list(REGIONS)
SMILE = Event(24, 28, 28, 34, "positive", ("12",), (1.0,), 2.5)


@pytest.fixture(scope="module")
def face() -> AnimatedFace:
    photo = upright(photograph("astronaut"), (320, 240), 130.0, (160.0, 112.0))
    return AnimatedFace(photo)


@pytest.fixture(scope="module")
def smile(face: AnimatedFace) -> MovementCurve:
    return measured(filmed(face, (SMILE,), Nuisance(blinks=0.0, gaze_shifts=0.0)))


def filmed(face: AnimatedFace, events: tuple[Event, ...], nuisance: Nuisance) -> list[np.ndarray]:
    return list(Film(face, events, (RATE, FRAMES), nuisance, seed=1))


def measured(frames: list[np.ndarray]) -> MovementCurve:
    return measure_movement(numbered(frames), FaceTracker())


def numbered(frames: list[np.ndarray]) -> Iterator[Frame]:
    for index, image in enumerate(frames):
        yield Frame(index, index / RATE, image)


def size(curve: MovementCurve) -> np.ndarray:
    """Length of the movement that comes and goes, frames by regions."""
    mean = (curve.rise + curve.fall) / 2
    return np.sqrt((mean**2).sum(axis=2))


def test_a_smile_moves_the_mouth_corners_up_and_out(smile: MovementCurve) -> None:
    apex = (smile.rise + smile.fall)[28] / 2
    left, right = apex[NAMES.index("mouth corner left")], apex[NAMES.index("mouth corner right")]
    assert left[0] > 0.3
    assert right[0] < -0.3
    assert left[1] < -0.3
    assert right[1] < -0.3


def test_a_smile_leaves_the_brows(smile: MovementCurve) -> None:
    moved = size(smile)[28]
    assert moved[NAMES.index("mouth corner left")] > 5 * moved[NAMES.index("inner brow left")]


def test_movement_has_the_size_it_was_made_with(smile: MovementCurve) -> None:
    # The amplitude is that of the farthest point; a region's median is less, never more.
    strongest = np.nanmax(size(smile)[26:31])
    assert 0.3 * SMILE.amplitude < strongest < 1.1 * SMILE.amplitude


def test_the_smile_is_spotted_where_it_is(smile: MovementCurve) -> None:
    (found,) = spot(smile).intervals
    assert abs(found.onset - SMILE.onset) <= 3
    assert abs(found.apex - SMILE.apex) <= 3
    assert abs(found.offset - SMILE.offset) <= 3


def test_a_still_face_hardly_moves(face: AnimatedFace) -> None:
    assert np.nanmax(size(measured(filmed(face, (), NO_NUISANCE)))) < 0.15


def test_a_head_that_drifts_is_no_movement(face: AnimatedFace) -> None:
    drifting = replace(NO_NUISANCE, drift=4.0, roll=1.0, zoom=0.01)
    curve = measured(filmed(face, (), drifting))
    assert np.nanmax(curve.head_speed) > 2
    assert np.nanmax(size(curve)) < 0.35


def test_flicker_is_no_movement(face: AnimatedFace) -> None:
    curve = measured(filmed(face, (), replace(NO_NUISANCE, flicker=0.05, light_drift=0.05)))
    assert np.nanmax(size(curve)) < 0.15


def test_what_happens_at_the_edges_is_measured_too(smile: MovementCurve) -> None:
    assert np.isfinite(size(smile)).all()
    assert smile.positions[0] == pytest.approx(0)


def test_where_the_face_is_gone_nothing_is_measured(face: AnimatedFace) -> None:
    frames = filmed(face, (SMILE,), NO_NUISANCE)
    frames[26:30] = [np.zeros_like(frames[0])] * 4
    curve = measured(frames)
    assert curve.gaps == [(26, 29)]
    for values in (curve.boxes, curve.positions, curve.pose_degrees, curve.head_px):
        known = np.isfinite(values.reshape(FRAMES, -1)).all(axis=1)
        assert stretches(np.asarray(~known)) == [(26, 29)]


def test_uneven_frames_are_compared_by_time(face: AnimatedFace) -> None:
    kept = [
        frame for frame in numbered(filmed(face, (SMILE,), NO_NUISANCE)) if frame.index % 5 != 3
    ]
    again = [Frame(place, frame.time, frame.image) for place, frame in enumerate(kept)]
    curve = measure_movement(iter(again), FaceTracker())
    corner = size(curve)[:, NAMES.index("mouth corner left")]
    assert abs(curve.times[np.nanargmax(corner)] - SMILE.apex / RATE) < 0.11


def test_a_film_without_a_face_gives_an_empty_curve() -> None:
    curve = measured([np.zeros((120, 160, 3), np.uint8)] * 5)
    assert not curve.face.any()
    assert curve.gaps == [(0, 4)]
    assert not spot(curve).intervals


def test_who_stops_it_finds_no_frame_being_read_any_more(face: AnimatedFace) -> None:
    reading = []

    def frames() -> Iterator[Frame]:
        reading.append("on")
        for index, image in enumerate(filmed(face, (), NO_NUISANCE)):
            yield Frame(index, index / RATE, image)

    def stop(done: int) -> None:
        if done == 3:
            raise InterruptedError

    before = threading.active_count()
    with pytest.raises(InterruptedError) as stopped:
        measure_movement(frames(), FaceTracker(), on_frame=stop)
    assert reading
    assert threading.active_count() == before
    assert stopped.tb is not None  # what is still held by the error must not keep a thread


def test_no_frames_give_no_curve() -> None:
    curve = measured([])
    assert len(curve.times) == 0
    assert curve.gaps == []


def test_a_span_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"span is 0.01 s; wanted 0.05 to 2 s"):
        CurveConfig(span=0.01)


def test_a_region_that_is_lost_stays_where_it_was(
    face: AnimatedFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    corner = NAMES.index("mouth corner left")

    def losing(earlier: Seen, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved, turned = movement_to(earlier, found)
        moved[corner] = np.nan
        return moved, turned

    frames = filmed(face, (SMILE,), Nuisance(blinks=0.0, gaze_shifts=0.0))
    monkeypatch.setattr(meter_module, "movement_to", losing)
    found = measured(frames)
    assert np.ptp(found.positions[:, corner], axis=0).max() == 0
    assert np.ptp(found.positions[:, NAMES.index("mouth corner right")], axis=0).max() > 0.5


def cut_to_another(frames: list[np.ndarray]) -> list[np.ndarray]:
    """The film, and from its middle on another person."""
    other = upright(photograph("grace_hopper"), (320, 240), 110.0, (190.0, 126.0)).image
    return frames[:30] + [other] * 30


def shifted(frames: list[np.ndarray]) -> list[np.ndarray]:
    """The film, whose picture jumps aside by 80 pixels in its middle."""
    return frames[:30] + [np.roll(frame, 80, axis=1) for frame in frames[30:]]


@pytest.mark.parametrize("changed", [cut_to_another, shifted])
def test_a_cut_or_a_jump_of_the_picture_bounds_what_is_compared(
    face: AnimatedFace, changed: Callable[[list[np.ndarray]], list[np.ndarray]]
) -> None:
    curve = measured(changed(filmed(face, (), NO_NUISANCE)))
    found = spot(curve)
    assert not any(one.onset < 30 <= one.offset for one in found.intervals)
    gaps = [first for first, _ in curve.gaps]
    assert gaps, "what lies before the cut and after it is one view"
    assert all(28 <= first <= 34 for first in gaps)


def test_fewer_points_than_a_head_needs_are_a_gap(
    face: AnimatedFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(earlier: Seen, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = found.copy()
        found[1:] = np.nan
        return movement_to(earlier, found)

    monkeypatch.setattr(meter_module, "movement_to", losing)
    curve = measured(filmed(face, (), NO_NUISANCE))
    assert (~curve.face).sum() >= 20
    assert not spot(curve).intervals


def test_of_large_frames_few_are_held_at_a_time() -> None:
    """Threads are ahead of one another by bytes: four frames of a usual film, none of a large."""
    held, most = 0, 0

    class Counted(np.ndarray):
        def __del__(self) -> None:
            nonlocal held
            held -= self.base is None

    def frames(count: int, side: int) -> Iterator[Frame]:
        nonlocal held, most
        for index in range(count):
            image = Counted((side, side, 3), np.uint8)
            image[:] = 0
            held += 1
            most = max(most, held)
            yield Frame(index, index / 30, image)

    measure_movement(frames(24, 64), FaceTracker())
    usual, held, most = most, 0, 0
    measure_movement(frames(12, 2400), FaceTracker())
    assert most <= 7 < usual


def test_blendshapes_are_predicted_some_times_a_second_and_interpolated_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    portrait = photograph("astronaut").image
    asked: list[int] = []

    class Counting(FaceBlendshapes):
        def __call__(self, image: np.ndarray, face: Face) -> np.ndarray:
            asked.append(len(asked))
            self.landmarks, self.presence = np.zeros((478, 2), np.float32), 20.0
            return np.full(len(BLENDSHAPES), len(asked) / 10, np.float32)

    monkeypatch.setattr("smastn.spotting.meter.FaceBlendshapes", Counting)
    frames = [Frame(at, at / 60, portrait) for at in range(30)]
    curve = measure_movement(frames, FaceTracker(), CurveConfig(unit_rate=10.0))
    assert 5 <= len(asked) <= 6
    steps = np.diff(curve.blendshapes[:, 0])
    assert steps.min() >= 0
    assert steps[:20].max() < 0.05  # a tenth in six frames, not at once


@pytest.mark.parametrize("rate", [15.0, 30.0, 60.0])
def test_the_eyes_are_compared_in_each_frame_at_any_rate(face: AnimatedFace, rate: float) -> None:
    still = [face.portrait.image] * round(1.2 * rate)
    # Times in whole milliseconds, as in Matroska files.
    frames = (Frame(index, round(index / rate, 3), one) for index, one in enumerate(still))
    curve = measure_movement(frames, FaceTracker())
    inside = (curve.times > 0.4) & (curve.times < 0.8)
    assert np.isfinite(curve.eye_change[inside]).all()
