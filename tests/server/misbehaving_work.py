"""Work for bounded processes that ends, hangs, crashes or takes too much."""

import os
import signal
import time
from typing import Any


def add(task: tuple[int, int], notify: Any) -> int:
    notify(first=task[0])
    return task[0] + task[1]


def process_id(task: Any, notify: Any) -> int:
    return os.getpid()


def hang(task: Any, notify: Any) -> None:
    notify(step="tracking", done=1, total=2)
    while True:
        time.sleep(60)


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
