"""Work for bounded processes that ends, hangs, crashes or takes too much."""

import os
import signal
import time
from typing import Any

from smastn.errors import InputError
from smastn.server import film_process


def add(task: tuple[int, int], notify: Any) -> int:
    notify(first=task[0])
    return task[0] + task[1]


def process_id(task: Any, notify: Any) -> int:
    return os.getpid()


def hang(task: Any, notify: Any) -> None:
    notify(step="tracking", done=1, total=2)
    while True:
        time.sleep(60)


def draw_for_ever(task: Any, notify: Any) -> None:
    """The whole analysis, but for the magnified film."""

    def hang_drawing(analysis: Any, path: Any, progress: Any) -> None:
        progress(10, 100)
        time.sleep(600)

    film_process.write_magnified = hang_drawing
    film_process.analyse_film(task, notify)


def fail_to_draw(task: Any, notify: Any) -> None:
    """The whole analysis, and a magnified film that cannot be drawn."""

    def full(analysis: Any, path: Any, progress: Any) -> None:
        raise InputError("the disk is full")

    film_process.write_magnified = full
    film_process.analyse_film(task, notify)


def spin(task: Any, notify: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def crash(task: Any, notify: Any) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(task: Any, notify: Any) -> None:
    os._exit(3)


def raise_unforeseen(task: Any, notify: Any) -> None:
    raise ZeroDivisionError("a defect of the program")


def exhaust_memory(task: Any, notify: Any) -> None:
    kept = []
    while True:
        kept.append(bytearray(64 * 2**20))


def send_too_much(task: Any, notify: Any) -> None:
    notify(text="x" * 2**22)
