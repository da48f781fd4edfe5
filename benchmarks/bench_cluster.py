"""Overhead per task: a fold that takes no time, run thousands of times.

On a real Ray cluster of two nodes with one core each (both on this machine), in two local
processes with the same function, and in a plain loop over `ProcessPoolExecutor.map`. Workers
are started before the clock, except for the local processes. Target: a few milliseconds a task,
little compared with a fold's minute. Processor time is that of the submitting process alone.
"""

import logging
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from smastn.workers import Cluster, Executor, Processes, run_tasks

TASKS = 3000
NODE: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 80 << 20}

Task = tuple[int, int]
"""As small as that of an evaluation: a fold's place, and a seed."""


def result_of(shared: bytes, task: Task) -> int:
    """A task that takes no time; `shared` stands for a list of clips."""
    return len(shared) + sum(task)


@contextmanager
def two_machines() -> Iterator[Cluster]:
    """A cluster of two nodes on this machine, connected inside the block."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # Ray's way to the loopback
    import ray
    from ray.cluster_utils import Cluster as Machines

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.environ["RAY_TMPDIR"] = folder  # Ray also notes the cluster's address there
        head = {**NODE, "include_dashboard": False}
        machines = Machines(initialize_head=True, head_node_args=head)
        try:
            options: dict[str, Any] = NODE
            machines.add_node(**options)
            ray.init(address=machines.address, log_to_driver=False, logging_level=logging.ERROR)
            yield Cluster(str(machines.address))
        finally:
            ray.shutdown()
            machines.shutdown()


def report(name: str, run: Callable[[], Iterable[int]], tasks: list[Task]) -> None:
    """Time one way, and check that every result is there."""
    wall, own = time.perf_counter(), time.process_time()
    results = sorted(run())
    wall, own = time.perf_counter() - wall, time.process_time() - own
    assert results == sorted(result_of(SHARED, task) for task in tasks)
    each = 1000 / len(tasks)
    print(
        f"{name:<34}{wall * each:7.2f} ms a task, of which {own * each:5.2f} ms processor time here"
    )


SHARED = bytes(100_000)


def main() -> None:
    tasks = [(fold, seed) for seed in range(3) for fold in range(TASKS // 3)]
    work = partial(result_of, SHARED)

    def run_on(executor: Executor) -> list[int]:
        return [result for _, result in run_tasks(work, tasks, executor)]

    print(f"{len(tasks)} tasks that take no time")
    with two_machines() as cluster:
        dict(run_tasks(work, tasks[:20], cluster))  # starts the workers
        report("Ray, two machines of one core", lambda: run_on(cluster), tasks)
    report("two processes, and their start", lambda: run_on(Processes(2)), tasks)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:
        list(pool.map(work, tasks[:20]))
        report("a plain loop over two processes", lambda: pool.map(work, tasks), tasks)


if __name__ == "__main__":
    main()
