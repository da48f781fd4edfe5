import os
import time
from functools import partial

import cv2
import pytest
import torch

from smastn.errors import InputError
from smastn.workers import Processes, run_tasks


def square(offset: int, number: int) -> tuple[int, int]:
    return number * number + offset, os.getpid()


def threads(number: int) -> tuple[int, int]:
    del number
    return cv2.getNumThreads(), torch.get_num_threads()


def leave(number: int) -> int:
    if number == 1:
        os._exit(1)
    time.sleep(0.1)
    return number


def fail(number: int) -> int:
    raise InputError(f"task {number} cannot be done")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_done_once_and_known_by_its_place(workers: int) -> None:
    results = dict(run_tasks(partial(square, 5), range(6), Processes(workers)))
    assert {index: value for index, (value, _) in results.items()} == {
        index: index * index + 5 for index in range(6)
    }
    here = {process for _, process in results.values()} == {os.getpid()}
    assert here == (workers == 1)


def test_libraries_have_one_thread_in_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")  # inherited; tests in parallel have 1
    monkeypatch.setenv("OPENCV_FOR_THREADS_NUM", "2")
    results = run_tasks(threads, range(2), Processes(2))
    assert [counts for _, counts in results] == [(1, 1), (1, 1)]


def test_a_process_that_ends_early_is_an_error_with_what_to_do() -> None:
    with pytest.raises(InputError, match="ended before its task was done.*fewer workers"):
        dict(run_tasks(leave, range(4), Processes(2)))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_work_comes_through_as_it_is(workers: int) -> None:
    with pytest.raises(InputError, match="cannot be done"):
        dict(run_tasks(fail, range(3), Processes(workers)))
