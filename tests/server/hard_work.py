"""What films can do to the process that reads them."""

import os
import signal
import time
from typing import Any


def add(task: tuple[int, int], tell: Any) -> int:
    tell(first=task[0])
    return task[0] + task[1]


def say_process(task: Any, tell: Any) -> int:
    return os.getpid()


def hang(task: Any, tell: Any) -> None:
    tell(step="watching", done=1, total=2)
    while True:
        time.sleep(60)


def spin(task: Any, tell: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def crash(task: Any, tell: Any) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(task: Any, tell: Any) -> None:
    os._exit(3)


def raise_unforeseen(task: Any, tell: Any) -> None:
    raise ZeroDivisionError("a fault of our own")


def eat_memory(task: Any, tell: Any) -> None:
    kept = []
    while True:
        kept.append(bytearray(64 * 2**20))


def babble(task: Any, tell: Any) -> None:
    tell(words="x" * 2**22)
