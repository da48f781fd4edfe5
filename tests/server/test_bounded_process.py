"""Whatever happens inside, the one outside gets an answer or a sentence, in time."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import hard_work
import pytest

from smastn.errors import InputError
from smastn.server.bounded_process import BoundedWork, Bounds, Stopped, warm_up

ROOMY = Bounds(seconds=60.0, memory_bytes=2**30)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up()


def outcome(work: Callable[..., Any], bounds: Bounds = ROOMY) -> str:
    with pytest.raises(InputError) as refused:
        BoundedWork(work, None, bounds).run()
    return str(refused.value)


def test_what_is_done_inside_comes_back_and_what_is_told_meanwhile() -> None:
    told: list[dict[str, Any]] = []
    assert BoundedWork(hard_work.add, (2, 3), ROOMY).run(lambda **kept: told.append(kept)) == 5
    assert told == [{"first": 2}]


def test_every_work_has_a_process_of_its_own() -> None:
    first, second = (BoundedWork(hard_work.say_process, None, ROOMY).run() for _ in range(2))
    assert len({first, second, os.getpid()}) == 3


def test_work_that_hangs_is_ended_in_time() -> None:
    began = time.monotonic()
    for work in (hard_work.hang, hard_work.spin):
        assert "more than 1 s" in outcome(work, Bounds(1.0, 2**30))
    assert time.monotonic() - began < 30


def test_work_that_crashes_is_a_sentence() -> None:
    assert "signal 11" in outcome(hard_work.crash)
    assert "exit code 3" in outcome(hard_work.leave)
    assert "exit code 1" in outcome(hard_work.raise_unforeseen)


def test_work_that_eats_memory_ends_and_takes_none_of_ours() -> None:
    assert "more memory than is allowed" in outcome(hard_work.eat_memory, Bounds(60.0, 2**28))


def test_a_message_too_long_to_be_meant_is_not_read() -> None:
    assert "ended by itself" in outcome(hard_work.babble)


def test_work_can_be_stopped_before_and_while_it_goes_on() -> None:
    early = BoundedWork(hard_work.hang, None, ROOMY)
    early.stop()
    with pytest.raises(Stopped):
        early.run()
    work = BoundedWork(hard_work.hang, None, ROOMY)
    begun = threading.Event()
    threading.Thread(target=lambda: begun.wait(30) and work.stop(), daemon=True).start()
    with pytest.raises(Stopped):
        work.run(lambda **told: begun.set())
