from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from benchmarks.interviews import InterviewConfig, interview_film

from smastn.errors import ConfigError

SHORT = InterviewConfig(seconds=20.0, micro=2, macro=1)


def test_expressions_have_the_configured_number_and_strength() -> None:
    film = interview_film(1, SHORT)
    seconds = [(event.offset - event.onset) / film.rate for event in film.events]
    assert sorted(length <= 0.5 for length in seconds) == [False, True, True]
    for event, length in zip(film.events, seconds, strict=True):
        assert event.amplitude == 1.5 if length <= 0.5 else 3 <= event.amplitude <= 7
    assert all(after.onset - one.offset > 0.4 * film.rate for one, after in pairwise(film.events))


def test_the_same_seed_is_the_same_film_and_another_is_not() -> None:
    first, again, other = (next(iter(interview_film(seed, SHORT))) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_another_frame_rate_keeps_times_and_units() -> None:
    slow, fast = interview_film(3, SHORT), interview_film(3, replace(SHORT, rate=100.0))
    for one, two in zip(slow.events, fast.events, strict=True):
        assert one.onset / 30 == pytest.approx(two.onset / 100, abs=0.05)
        assert one.action_units == two.action_units


def test_too_many_expressions_for_the_length_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"do not fit into 10.0 s"):
        InterviewConfig(seconds=10.0)
