"""Tasks in processes of this machine, which end quietly on Ctrl-C and with their parent."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import Any, TypeVar

from smastn.errors import InputError

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_processes(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int,
) -> Iterator[tuple[int, Result]]:
    """Call `work` on every task in this many processes; see `smastn.workers.run_tasks`."""
    if workers <= 1 or len(tasks) < 2:
        for index, task in enumerate(tasks):
            yield index, work(task)
        return
    # A fork would inherit the threads of torch and OpenCV, and can hang on them.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(tasks)), context, _start_worker, (work,))
    try:
        with _interrupts_held():
            waiting = {pool.submit(_run_task, task): index for index, task in enumerate(tasks)}
        for done in as_completed(waiting):
            yield waiting.pop(done), done.result()
    except BrokenProcessPool as error:
        raise InputError(
            f"one of {workers} processes ended before its task was done (too little memory?); "
            "start again with fewer workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


_WORK: list[Callable[[Any], Any]] = []
"""In a worker: the function that it calls on tasks."""


def _run_task(task: Any) -> Any:
    return _WORK[0](task)


def _start_worker(work: Callable[[Any], Any]) -> None:
    _WORK[:] = [work]
    limit_threads()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a worker without a traceback
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=end_with_parent, daemon=True).start()


def limit_threads() -> None:
    """Limit the libraries that are loaded here to one thread: the processes are the parallelism.

    Called after the work is unpacked, so that those it needs are loaded and no others.
    """
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Block Ctrl-C in processes started inside until they are ready; they inherit the block.

    They would print a traceback from the middle of an import.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # its start unblocks Ctrl-C, so it must come first
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def end_with_parent() -> None:
    """Wait for the parent process to end, then end this one; for a thread of its own.

    A worker whose parent was killed would wait for tasks for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
