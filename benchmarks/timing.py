"""The method of timing: warm-up, repetitions, median, in one process."""

import statistics
import time
from collections.abc import Callable


def milliseconds(work: Callable[[], object], repeats: int = 15, warm_up: int = 2) -> float:
    """The median duration of `work`, milliseconds."""
    for _ in range(warm_up):
        work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)
