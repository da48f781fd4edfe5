"""What threads free is shared: glibc's own account of its places says so."""

import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys, threading
from smastn.workers.memory import share_freed_memory
if sys.argv[1] == "shared":
    share_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(6)
def take():
    together.wait()
    for _ in range(100):
        libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(6)]
[one.start() for one in threads]
[one.join() for one in threads]
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def places(mode: str) -> int:
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT, mode], check=True, capture_output=True, text=True
    )
    return made.stdout.count("<heap nr=")


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_info"), reason="the C library is not glibc"
)
def test_threads_take_memory_from_one_place_where_it_is_shared() -> None:
    assert places("shared") == 1 < places("apart")
