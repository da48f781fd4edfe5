from dataclasses import fields, replace

import numpy as np
import pytest

from smastn.errors import ConfigError
from smastn.synthesis.nuisance import (
    NO_NUISANCE,
    Blink,
    Drift,
    Gaze,
    Nuisance,
    Sensor,
    draw_blinks,
    draw_gazes,
    gaze_at,
    moved,
)

GREY = np.full((40, 50, 3), 128, np.uint8)
STRONG = {field.name for field in fields(Nuisance) if field.type is float}


@pytest.mark.parametrize("value", [-0.1, float("nan")])
@pytest.mark.parametrize("name", sorted(STRONG))
def test_a_negative_disturbance_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"{name} is {value}; wanted 0 or more"):
        replace(Nuisance(), **{name: value})


@pytest.mark.parametrize("quality", [0, 101])
def test_jpeg_has_qualities_from_1_to_100(quality: int) -> None:
    with pytest.raises(ConfigError, match="1 to 100"):
        Nuisance(jpeg_quality=quality)


def test_speech_cannot_fill_the_whole_time() -> None:
    with pytest.raises(ConfigError, match="speech is 1.5; wanted a share below 1"):
        Nuisance(speech=1.5)


def test_a_blink_is_open_at_both_ends_and_closed_between() -> None:
    blink = Blink(10, 14, 24, 0.9)
    closures = np.array([blink.closure(frame) for frame in range(40)])
    assert (closures[:11] == 0).all()
    assert (closures[24:] < 1e-12).all()
    assert closures.argmax() == 14
    assert closures.max() == pytest.approx(0.9)


@pytest.mark.parametrize("rate", [30.0, 200.0])
def test_blinks_lie_inside_the_film_one_after_another(rate: float) -> None:
    length = int(20 * rate)
    blinks = draw_blinks(np.random.default_rng(0), Nuisance(blinks=0.5), length, rate)
    assert 3 <= len(blinks) <= 20
    for one, following in zip(blinks, (*blinks[1:], None), strict=True):
        assert 0 <= one.first < one.closed < one.last < length
        assert 0.15 < (one.last - one.first) / rate < 0.5
        assert following is None or one.last < following.first


def test_gaze_reaches_its_position_and_stays() -> None:
    gazes = (Gaze(1.0, (2.0, -1.0)), Gaze(3.0, (0.5, 0.0)))
    assert gaze_at(gazes, 0.99) == (0.0, 0.0)
    assert gaze_at(gazes, 1.1) == gaze_at(gazes, 2.9) == (2.0, -1.0)
    assert gaze_at(gazes, 4.0) == (0.5, 0.0)
    assert 0 < gaze_at(gazes, 1.015)[0] < 2


def test_gazes_are_drawn_inside_the_film() -> None:
    gazes = draw_gazes(np.random.default_rng(0), Nuisance(gaze_shifts=2.0), 10.0)
    times = [gaze.time for gaze in gazes]
    assert len(times) > 5
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= 10


def test_the_head_starts_at_rest_and_drifts_smoothly_by_its_standard_deviation() -> None:
    ways = []
    for seed in range(30):
        drift = Drift(np.random.default_rng(seed), Nuisance(drift=2.0, roll=0.0, zoom=0.0))
        np.testing.assert_allclose(drift.head(0.0, (5.0, 5.0), 1.0), np.eye(2, 3), atol=1e-12)
        path = np.array([drift.head(time, (5.0, 5.0), 1.0)[:, 2] for time in np.arange(0, 20, 0.1)])
        assert np.abs(np.diff(path, axis=0)).max() < 1.5
        ways.append(path.std(0).mean())
    assert np.mean(ways) == pytest.approx(2.0, rel=0.25)


def test_the_head_turns_about_its_middle() -> None:
    drift = Drift(np.random.default_rng(1), Nuisance(drift=0.0, roll=3.0, zoom=0.01))
    centre = (20.0, 30.0)
    matrix = drift.head(1.7, centre, 1.0)
    np.testing.assert_allclose(matrix @ [*centre, 1.0], centre)
    assert not np.allclose(matrix[:, :2], np.eye(2))


def test_light_flickers_about_one_by_its_amplitude() -> None:
    drift = Drift(np.random.default_rng(0), replace(NO_NUISANCE, flicker=0.02))
    light = np.array([drift.light(time) for time in np.arange(0, 3, 1 / 997)])
    assert light.mean() == pytest.approx(1, abs=1e-3)
    assert np.abs(light - 1).max() == pytest.approx(0.02, rel=0.02)


def test_noise_has_no_bias_and_grows_with_brightness() -> None:
    scene = np.concatenate([np.full((60, 40, 3), level, np.uint8) for level in (20, 220)], axis=1)
    generator = np.random.default_rng(0)
    sensor = Sensor(scene, replace(NO_NUISANCE, shot_noise=4.0, read_noise=1.0), generator)
    frames = np.stack([sensor(scene, 1.0, generator) for _ in range(30)]).astype(float)
    dark, bright = frames[:, :, :40], frames[:, :, 40:]
    assert dark.mean() == pytest.approx(20, abs=0.3)
    assert bright.mean() == pytest.approx(220, abs=0.3)
    assert dark.std() == pytest.approx(np.sqrt(16 * 20 / 255 + 1), rel=0.15)
    assert bright.std() == pytest.approx(np.sqrt(16 * 220 / 255 + 1), rel=0.15)


def test_noise_of_two_frames_differs() -> None:
    generator = np.random.default_rng(0)
    sensor = Sensor(GREY, Nuisance(), generator)
    one, other = (sensor(GREY, 1.0, generator).astype(float) - 128 for _ in range(2))
    correlation = (one * other).mean() / (one.std() * other.std())
    assert abs(correlation) < 0.15


def test_a_perfect_sensor_under_steady_light_records_the_scene() -> None:
    generator = np.random.default_rng(0)
    assert np.array_equal(Sensor(GREY, NO_NUISANCE, generator)(GREY, 1.0, generator), GREY)


def test_a_picture_is_moved_to_where_the_matrix_says() -> None:
    image = np.zeros((20, 20, 3), np.uint8)
    image[5, 6] = 255
    shifted = moved(image, np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 2.0]]))
    assert np.unravel_index(shifted[..., 0].argmax(), (20, 20)) == (7, 9)
    assert moved(image, np.eye(2, 3)) is image
