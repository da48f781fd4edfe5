"""Run tasks in parallel: in processes of this machine, or on the machines of a Ray cluster."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from smastn.workers.executors import ONE_PROCESS, Cluster, Executor, Processes
from smastn.workers.processes import in_processes

Task = TypeVar("Task")
Result = TypeVar("Result")


def run_tasks(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    executor: Executor,
    on_lost: Callable[[int, str], object] | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """Call `work` on every task and yield results as they finish.

    With one process, or with one task and no cluster, tasks run in this process and in order.
    Otherwise new processes import what they need, so a script must guard its start by
    ``if __name__ == "__main__"``. Torch and OpenCV have one thread there.

    Args:
        work: sent to each machine once and unpacked once per process, so it may carry data that
            all tasks share; a task should be small.
        tasks: the argument of one call each. On a cluster a task whose worker was lost is run
            again, so `work` must give the same result twice.
        executor: processes or cluster that run the tasks.
        on_lost: called with a task's index and the reason when its worker was lost and the task
            is sent to another one.

    Yields:
        A task's index in `tasks`, and its result.

    Raises:
        ConfigError: Ray is not installed.
        InputError: a process ended before its task was done; or the cluster cannot be reached,
            has no suitable machine, or lost one task too often.
    """
    if isinstance(executor, Processes):
        yield from in_processes(work, tasks, executor.count)
        return
    from smastn.workers.cluster import on_cluster  # imported only where Ray is used

    yield from on_cluster(work, tasks, executor, on_lost)


def on_each_machine(function: Callable[[], Result], executor: Executor) -> list[Result]:
    """The results of `function` on each machine, for example which files can be read there.

    Raises:
        ConfigError: Ray is not installed.
        InputError: the cluster cannot be reached, or has no suitable machine.
    """
    if isinstance(executor, Processes):
        return [function()]
    from smastn.workers.cluster import on_each_node

    return on_each_node(function, executor)


@contextmanager
def keep_connected(executor: Executor) -> Iterator[None]:
    """Keep one connection to a cluster inside; each call would else connect anew, for seconds.

    Raises:
        ConfigError: Ray is not installed.
        InputError: the cluster cannot be reached, or has no suitable machine.
    """
    if isinstance(executor, Processes):
        yield
        return
    from smastn.workers.ray_connection import connected

    with connected(executor):
        yield


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit torch to one thread inside.

    The order of a sum decides its last digits. And where another program uses a core, threads
    that wait for each other at every short step take a hundred times as long as one thread.
    """
    import torch  # imported here: processes that only render frames do without it

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


__all__ = [
    "ONE_PROCESS",
    "Cluster",
    "Executor",
    "Processes",
    "keep_connected",
    "on_each_machine",
    "one_thread",
    "run_tasks",
]
