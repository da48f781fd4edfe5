"""Memory that a step has freed is used again by the next, rather than fetched anew."""

import ctypes
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of mallopt(3)
_KEPT, _LARGEST = 1 << 30, 32 << 20


@cache
def keep_freed_memory() -> None:
    """Let this process keep up to 1 GiB that it frees, instead of giving it back at once.

    By default glibc returns every step's largest tensors to the system, which hands
    them out again page by page, each cleared first: that was a third of a step's time.
    Without effect where the C library has no such setting.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if hasattr(ctypes, "CDLL") else None
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_MMAP_THRESHOLD, _LARGEST)
