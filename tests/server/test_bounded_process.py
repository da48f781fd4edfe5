"""Whatever happens in the process, the caller gets a result or a sentence, in time."""

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import misbehaving_work
import pytest

from smastn.errors import InputError
from smastn.server.bounded_process import BoundedWork, Stopped, Work, warm_up


def bounded(work: Work, seconds: float = 60.0, memory_bytes: int = 2**30) -> BoundedWork:
    return BoundedWork(work, seconds, memory_bytes)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    warm_up()


def outcome(work: Callable[..., Any], **limits: Any) -> str:
    with pytest.raises(InputError) as refused:
        bounded(partial(work, None), **limits).run()
    return str(refused.value)


def test_the_result_comes_back_and_so_do_values_sent_before_it() -> None:
    sent: list[dict[str, Any]] = []
    work = bounded(partial(misbehaving_work.add, (2, 3)))
    assert work.run(lambda **values: sent.append(values)) == 5
    assert sent == [{"first": 2}]


def test_each_call_has_its_own_process() -> None:
    first, second = (bounded(partial(misbehaving_work.process_id, None)).run() for _ in range(2))
    assert len({first, second, os.getpid()}) == 3


def test_work_that_hangs_is_stopped_in_time() -> None:
    began = time.monotonic()
    for work in (misbehaving_work.hang, misbehaving_work.spin):
        assert "more than 1 s" in outcome(work, seconds=1.0)
    assert time.monotonic() - began < 30


def test_work_that_crashes_is_a_sentence() -> None:
    assert "signal 11" in outcome(misbehaving_work.crash)
    assert "exit code 3" in outcome(misbehaving_work.leave)
    assert "exit code 1" in outcome(misbehaving_work.raise_unforeseen)


def test_work_that_exhausts_its_memory_is_a_sentence() -> None:
    assert "more memory than is allowed" in outcome(
        misbehaving_work.exhaust_memory, memory_bytes=2**28
    )


def test_a_message_that_is_too_long_is_not_read() -> None:
    assert "crashed" in outcome(misbehaving_work.send_too_much)


def test_work_can_be_stopped_before_its_start_and_while_it_runs() -> None:
    early = bounded(partial(misbehaving_work.hang, None))
    early.stop()
    with pytest.raises(Stopped):
        early.run()
    work = bounded(partial(misbehaving_work.hang, None))
    begun = threading.Event()
    threading.Thread(target=lambda: begun.wait(30) and work.stop(), daemon=True).start()
    with pytest.raises(Stopped):
        work.run(lambda **values: begun.set())
