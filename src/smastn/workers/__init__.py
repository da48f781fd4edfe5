"""One way to spread work, whether over processes here or over a cluster of machines."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from smastn.workers.executors import ALONE, Cluster, Crew, Processes
from smastn.workers.processes import in_processes

Task = TypeVar("Task")
Result = TypeVar("Result")


def spread(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    crew: Crew,
    begin: Callable[[], object] | None = None,
    tell: Callable[[int, str], object] | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """Do `work` on every task and hand out results as they come.

    With one process, or one task and no cluster, all is done here and in order. Otherwise
    processes import what they need anew, so a script must guard its start by
    ``if __name__ == "__main__"``.

    Args:
        work: sent to each machine once and unpacked once a process, so it may carry what
            all tasks share; a task should be small.
        tasks: one call of `work` each. On a cluster a task whose worker was lost is done
            again, so work must not mind being done twice.
        crew: who does it.
        begin: called in each process first, such as to limit its threads.
        tell: called with a task's place in `tasks` and the reason, when its worker was lost
            and the task goes to another one.

    Yields:
        A task's place in `tasks`, and its result.

    Raises:
        ConfigError: Ray is not installed.
        InputError: a process ended before its task was done; or the cluster cannot be
            reached, has no machine that fits, or lost one task too often.
    """
    if isinstance(crew, Processes):
        yield from in_processes(work, tasks, crew.count, begin)
        return
    from smastn.workers.cluster import on_cluster  # here, so that only who asks needs Ray

    yield from on_cluster(work, tasks, crew, begin, tell)


def everywhere(ask: Callable[[], Result], crew: Crew) -> list[Result]:
    """What `ask` gives on each machine of the crew, such as which files can be read there.

    Raises:
        ConfigError: Ray is not installed.
        InputError: the cluster cannot be reached, or has no machine that fits.
    """
    if isinstance(crew, Processes):
        return [ask()]
    from smastn.workers.cluster import on_each_node

    return on_each_node(ask, crew)


@contextmanager
def gathered(crew: Crew) -> Iterator[None]:
    """Stay connected to a cluster inside, which takes seconds to do anew for each call.

    Raises:
        ConfigError: Ray is not installed.
        InputError: the cluster cannot be reached, or has no machine that fits.
    """
    if isinstance(crew, Processes):
        yield
        return
    from smastn.workers.cluster import connected

    with connected(crew):
        yield


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch inside.

    Sums in another order give other last digits. And where another program holds a
    core, threads that wait for each other at every step of short work take a hundred
    times as long as one thread does.
    """
    import torch  # here, since processes that only film need none

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


__all__ = [
    "ALONE",
    "Cluster",
    "Crew",
    "Processes",
    "everywhere",
    "gathered",
    "one_thread",
    "spread",
]
