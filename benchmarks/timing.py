"""The method of timing: warm-up, repetitions, median, in one process; and what a part takes."""

import resource
import statistics
import time
from collections.abc import Callable


def processor_seconds() -> float:
    """Processor time of this process so far, all threads together.

    On a machine that does other things, too, it says more than the clock.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """The most memory that this process had so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
