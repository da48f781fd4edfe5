from collections.abc import Iterator

import numpy as np
import pytest
from numpy import ndarray
from spoken_sound import silent, spoken

from smastn.media.sound import SOUND_RATE, Sound
from smastn.spotting.voice import VoiceMeter

TIMES = np.arange(0, 5, 0.04)


def pieces(samples: ndarray, start: float = 0.0, size: int = 700) -> Sound:
    """The samples as a decoder hands them out."""
    for first in range(0, len(samples), size):
        yield start + first / SOUND_RATE, samples[first : first + size]


def voice_at(times: ndarray, sound: Sound) -> ndarray:
    return VoiceMeter(sound).voice(times)


def stretch(voice: ndarray) -> tuple[float, float]:
    where = TIMES[voice >= 0.5]
    return float(where[0]), float(where[-1])


def between(before: float, talk: float, after: float) -> ndarray:
    return np.concatenate([silent(before), spoken(talk), silent(after)])


def test_a_voice_is_heard_when_somebody_speaks() -> None:
    voice = voice_at(TIMES, pieces(between(1.5, 2.0, 1.6)))
    assert stretch(voice) == pytest.approx((1.5, 3.5), abs=0.25)
    assert (voice[(TIMES > 1.8) & (TIMES < 3.3)] >= 0.5).mean() > 0.9


@pytest.mark.parametrize("start", [0.7, -0.5])
def test_the_time_stamps_of_the_sound_count(start: float) -> None:
    voice = voice_at(TIMES, pieces(between(1.5, 1.5, 2.6), start))
    assert stretch(voice) == pytest.approx((1.5 + start, 3.0 + start), abs=0.25)


def test_noise_a_tone_and_a_still_room_are_no_voice() -> None:
    times = np.arange(5 * SOUND_RATE) / SOUND_RATE
    tone = (9000 * np.sin(2 * np.pi * 220 * times)).astype(np.int16)
    noise = np.random.default_rng(0).normal(0, 4000, len(times)).astype(np.int16)
    for sound in (tone, noise, silent(5.0)):
        voice = voice_at(TIMES, pieces(sound))
        assert np.isfinite(voice[2:]).all()
        assert np.nanmax(voice) < 0.5


def test_nothing_is_known_where_there_is_no_sound() -> None:
    assert np.isnan(voice_at(TIMES, iter(()))).all()
    assert np.isnan(voice_at(TIMES, pieces(np.zeros(5 * SOUND_RATE, np.int16)))).all()
    assert np.isnan(voice_at(np.zeros(0), pieces(silent(1.0)))).all()
    known = TIMES[np.isfinite(voice_at(TIMES, pieces(silent(1.0), start=2.0)))]
    assert (known[0], known[-1]) == pytest.approx((2.0, 3.0), abs=0.081)


def test_a_gap_in_the_sound_moves_nothing() -> None:
    def with_a_gap() -> Iterator[tuple[float, ndarray]]:
        yield from pieces(silent(0.5))
        yield from pieces(between(0.5, 1.5, 0.5), 2.0)

    voice = voice_at(TIMES, with_a_gap())
    assert stretch(voice) == pytest.approx((2.5, 4.0), abs=0.25)
    assert np.isnan(voice[(TIMES > 0.7) & (TIMES < 1.9)]).all()


def test_sound_that_was_listened_to_before_gives_the_same() -> None:
    sound = between(1.0, 2.0, 2.5)
    meter = VoiceMeter(pieces(sound))
    for time in TIMES:
        meter.listen(float(time))
    assert np.array_equal(meter.voice(TIMES), voice_at(TIMES, pieces(sound)), equal_nan=True)


def test_no_more_of_the_sound_is_read_than_there_are_frames() -> None:
    sound = pieces(silent(60.0))
    voice_at(TIMES, sound)
    assert next(sound)[0] < TIMES[-1] + 0.1
