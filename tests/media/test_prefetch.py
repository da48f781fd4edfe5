import threading
from collections.abc import Iterator

import pytest

from smastn.errors import InputError
from smastn.media.prefetch import read_ahead


def test_items_come_whole_and_in_order() -> None:
    assert list(read_ahead(range(100))) == list(range(100))
    assert list(read_ahead([])) == []


def test_no_more_is_made_ahead_than_was_allowed() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    for number in read_ahead(items(), most=3):
        assert len(made) <= number + 6  # taken, waiting, and one at either end


def test_an_error_is_raised_at_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise InputError("the film is damaged")

    taken = []
    with pytest.raises(InputError, match="the film is damaged"):
        for item in read_ahead(items()):
            taken.append(item)
    assert taken == [1]


def test_who_stops_early_stops_the_thread() -> None:
    before = threading.active_count()
    ahead = read_ahead(iter(int, 1))
    assert next(ahead) == 0
    ahead.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
