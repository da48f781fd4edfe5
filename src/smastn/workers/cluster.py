"""Tasks on the machines of a Ray cluster, any of which may be lost during the run.

Data that all tasks share are put into the cluster's object store once: each machine fetches
them once and each worker process unpacks them once, with arrays mapped rather than copied.
Twice as many tasks are submitted as can run at once, so that no core waits and ten thousand
tasks do not flood the cluster. Ray's own retries are switched off, since it reports none;
a lost task is submitted again from here.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar

from smastn.errors import InputError, SmastnError
from smastn.workers.executors import Cluster
from smastn.workers.processes import limit_threads
from smastn.workers.ray_connection import (
    check_versions,
    connected,
    suitable_machines,
    versions,
)

Task = TypeVar("Task")
Result = TypeVar("Result")
OnLost = Callable[[int, str], object] | None

_AHEAD = 2  # tasks submitted for each that can run
_CHECK_SECONDS = 5.0  # between looks at the cluster's machines, which come and go
_ANSWER_SECONDS = 120.0  # for a machine's answer; its first process has to start
_TRIES = 3


class _LostError(Exception):
    """A task was lost with its worker; the message says how."""


def on_cluster(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    cluster: Cluster,
    on_lost: OnLost,
) -> Iterator[tuple[int, Result]]:
    """Call `work` on every task on the cluster; see `smastn.workers.run_tasks`."""
    if not tasks:
        return
    with connected(cluster):
        submit = _submitter(work, cluster)
        run = _Run(lambda index: submit(tasks[index]), len(tasks), cluster, on_lost)
        try:
            yield from run.results()
        finally:
            run.cancel()


class _Run:
    """The tasks of one call: waiting, submitted, or possibly lost.

    Ray reports at once that a worker ended, but of a silent machine only that it is gone; its
    tasks stay submitted for ever. Where they ran is unknown, so all tasks submitted at that
    time are suspect, and those that have not finished when nothing else is left to submit are
    submitted once more. The copy that finishes first counts.
    """

    def __init__(
        self, submit: Callable[[int], Any], count: int, cluster: Cluster, on_lost: OnLost
    ) -> None:
        self._submit, self._count, self._cluster, self._on_lost = submit, count, cluster, on_lost
        self._waiting = deque(range(count))
        self._submitted: dict[Any, int] = {}
        self._suspect: set[int] = set()
        self._losses: Counter[int] = Counter()
        self._machines: set[str] = set()
        self._check_machines()

    def results(self) -> Iterator[tuple[int, Any]]:
        """Submit tasks and yield their results until all are done."""
        import ray

        while self._waiting or self._submitted:
            self._fill()
            done, _ = ray.wait(list(self._submitted), timeout=_CHECK_SECONDS)
            for reference in done:
                index = self._submitted.pop(reference)
                try:
                    result = _result(reference)
                except _LostError as lost:
                    self._retry(index, str(lost))
                else:
                    self._forget(index)
                    yield index, result
            if monotonic() - self._checked > _CHECK_SECONDS:
                self._check_machines()

    def cancel(self) -> None:
        """Cancel what still runs, even where the connection is not ours to close."""
        import ray

        for reference in self._submitted:
            with suppress(Exception):  # the task or the cluster may be gone
                ray.cancel(reference, force=True)
        self._submitted.clear()

    def _fill(self) -> None:
        if not self._waiting:
            for index in sorted(self._suspect):
                self._retry(index, "its machine was lost")
        while self._waiting and len(self._submitted) - len(self._suspect) < self._limit:
            index = self._waiting.popleft()
            self._submitted[self._submit(index)] = index

    def _retry(self, index: int, how: str) -> None:
        self._losses[index] += 1
        if self._losses[index] >= _TRIES:
            raise InputError(
                f"task {index + 1} of {self._count} was lost {_TRIES} times, at last because "
                f"{how}; wanted a machine that can do it: where memory is short start Ray with "
                "fewer cores there (ray start --num-cpus), and start again"
            )
        if self._on_lost is not None:
            self._on_lost(index, how)
        self._suspect.discard(index)
        self._waiting.appendleft(index)

    def _forget(self, index: int) -> None:
        """Drop other copies of a finished task."""
        self._suspect.discard(index)
        if self._losses[index]:
            self._waiting = deque(other for other in self._waiting if other != index)
            copies = {copy: at for copy, at in self._submitted.items() if at != index}
            self._submitted = copies

    def _check_machines(self) -> None:
        """Update the number of tasks to submit; mark tasks as suspect if a machine is gone."""
        machines = suitable_machines(self._cluster)
        self._limit, self._checked = _AHEAD * sum(machines.values()), monotonic()
        if self._machines - machines.keys():
            self._suspect.update(self._submitted.values())
        self._machines = set(machines)


def on_each_node(function: Callable[[], Result], cluster: Cluster) -> list[Result]:
    """The results of `function` on each suitable machine that answers in time."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as Only

    with connected(cluster):
        submit = _submitter(lambda _: function(), cluster)
        calls = [submit(None, Only(node, soft=False)) for node in suitable_machines(cluster)]
        answered, _ = ray.wait(calls, num_returns=len(calls), timeout=_ANSWER_SECONDS)
        answers = []
        for one in answered:
            with suppress(_LostError):  # a machine that is gone has no answer
                answers.append(_result(one))
        return answers


def _submitter(work: Callable[[Any], Any], cluster: Cluster) -> Callable[..., Any]:
    """Put what is shared into the store; the returned function submits one task."""
    import ray

    shared = [ray.put(work)]  # in a list, since Ray would unpack it for every task
    remote = ray.remote(_run_task)
    terms = (versions(), cluster.gpus > 0)

    def submit(task: Any, strategy: Any = "DEFAULT") -> Any:
        # A call to one given machine takes no core, so that it need not wait for one.
        addressed = strategy != "DEFAULT"
        options = remote.options(
            num_cpus=0 if addressed else 1,
            num_gpus=0 if addressed else cluster.gpus,
            max_retries=0,
            scheduling_strategy=strategy,
        )
        return options.remote(shared, terms, task)

    return submit


_WORK: dict[str, Callable[[Any], Any]] = {}
"""In a worker: the function that it calls on tasks, by its name in the store."""


def _run_task(shared: list[Any], terms: tuple[dict[str, str], bool], task: Any) -> Any:
    """In a worker: run one task. The first one of a call unpacks what all of them share."""
    import ray

    name = shared[0].hex()
    if name not in _WORK:
        wanted, may_use_gpu = terms
        check_versions(wanted)
        if not may_use_gpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""  # Ray hides no GPU from tasks that take none
        work: Any = ray.get(shared[0])
        limit_threads()
        _WORK.clear()
        _WORK[name] = work
    return _WORK[name](task)


def _result(reference: Any) -> Any:
    """The result of a finished task; an error of the task is raised as it was."""
    import ray
    from ray import exceptions

    try:
        return ray.get(reference)
    except exceptions.RayTaskError as error:
        if isinstance(error.cause, SmastnError):
            raise error.cause from None
        if not isinstance(error.cause, exceptions.RayError) and "import" not in str(error.cause):
            raise  # a defect of the task itself
        failure = error.cause
    except exceptions.RayError as error:
        failure = error
    raise _LostError(_cause(failure)) from failure


def _cause(failure: Exception) -> str:
    """Why a task was lost, in half a sentence.

    Raises:
        InputError: running the task again cannot help.
    """
    from ray import exceptions

    kinds = {
        exceptions.OutOfMemoryError: "its machine ran out of memory",
        exceptions.WorkerCrashedError: "its process ended",
        exceptions.LocalRayletDiedError: "its machine was lost",
        exceptions.NodeDiedError: "its machine was lost",
        exceptions.TaskUnschedulableError: "its machine was lost",
        exceptions.ObjectLostError: "its machine was lost with the result",
    }
    for kind, how in kinds.items():
        if isinstance(failure, kind):
            return how
    reason = " ".join(str(failure).split())
    if "No module named" in reason or "failed to import" in reason:
        raise InputError(
            f"a machine of the cluster cannot import the task ({reason[:200]}); wanted smastn "
            f"{versions()['smastn']} on every machine: install it there, and start again"
        ) from failure
    raise InputError(
        f"the Ray cluster failed: {reason[:300] or type(failure).__name__}; repair it (see "
        "ray status), and start again"
    ) from failure
