"""Work over the machines of a Ray cluster, any of which may be lost on the way.

What all tasks share goes into the cluster's object store once: a machine fetches it
once, and a worker process unpacks it once, its arrays mapped rather than copied.
Twice as many tasks are under way as there are places, so that no place waits and ten
thousand tasks do not flood the cluster. Ray could do a lost task again by itself, but
would tell nobody; so it is told not to, and the task is sent out again from here.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from smastn.errors import InputError, SmastnError
from smastn.workers.executors import Cluster
from smastn.workers.ray_connection import (
    check_versions,
    connected,
    fitting_nodes,
    require_places,
    versions,
)

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 2  # tasks under way for each place
_LOOK_AROUND = 5.0  # s after which places are counted anew: machines come and go
_PATIENCE = 120.0  # s for a machine's answer; its first process has to start
_TRIES = 3


class _LostError(Exception):
    """A task came to nothing with its worker; the message says how."""


def on_cluster(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    cluster: Cluster,
    begin: Callable[[], object] | None,
    tell: Callable[[int, str], object] | None,
) -> Iterator[tuple[int, Result]]:
    """Do `work` on every task on the cluster; see `smastn.workers.spread`."""
    if not tasks:
        return
    with connected(cluster):
        send = _sender(work, begin, cluster)
        sent = _Sent(lambda index: send(tasks[index]), len(tasks), cluster, tell)
        try:
            yield from sent.results()
        finally:
            sent.cancel()


class _Sent:
    """The tasks of one call: which wait, which are under way, and which may be lost.

    Ray says at once when a worker ends, but of a machine that fell silent only that it is
    gone, and its tasks stay under way for ever. Where they ran is not known; so all that
    were under way then are suspect, and those of them that have not come back when nothing
    else is left to send are sent once more. Whichever copy is done first counts.
    """

    def __init__(
        self,
        send: Callable[[int], Any],
        count: int,
        cluster: Cluster,
        tell: Callable[[int, str], object] | None,
    ) -> None:
        self._send, self._count, self._cluster, self._tell = send, count, cluster, tell
        self._waiting = deque(range(count))
        self._under_way: dict[Any, int] = {}
        self._suspect: set[int] = set()
        self._losses: Counter[int] = Counter()
        self._machines: set[str] = set()
        self._look_around()

    def results(self) -> Iterator[tuple[int, Any]]:
        """Send, wait, and hand out, until every task is done."""
        import ray

        while self._waiting or self._under_way:
            self._fill()
            done, _ = ray.wait(list(self._under_way), timeout=_LOOK_AROUND)
            for reference in done:
                index = self._under_way.pop(reference)
                try:
                    result = _result(reference)
                except _LostError as lost:
                    self._again(index, str(lost))
                else:
                    self._forget(index)
                    yield index, result
            if monotonic() - self._looked > _LOOK_AROUND:
                self._look_around()

    def cancel(self) -> None:
        """Leave no orphans, even where the connection is not ours to end."""
        import ray

        for reference in self._under_way:
            with suppress(Exception):  # it may be gone, or the cluster
                ray.cancel(reference, force=True)
        self._under_way.clear()

    def _fill(self) -> None:
        if not self._waiting and self._suspect:
            for index in sorted(self._suspect):
                self._again(index, "its machine was lost")
        while self._waiting and len(self._under_way) - len(self._suspect) < self._limit:
            index = self._waiting.popleft()
            self._under_way[self._send(index)] = index

    def _again(self, index: int, how: str) -> None:
        self._losses[index] += 1
        if self._losses[index] >= _TRIES:
            raise InputError(
                f"task {index + 1} of {self._count} was lost {_TRIES} times, at last because "
                f"{how}; wanted a machine that can do it: where memory is short start Ray with "
                "fewer cores there (ray start --num-cpus), and start again"
            )
        if self._tell is not None:
            self._tell(index, how)
        self._suspect.discard(index)
        self._waiting.appendleft(index)

    def _forget(self, index: int) -> None:
        """A task is done; drop what else is known of it."""
        self._suspect.discard(index)
        if self._losses[index]:
            self._waiting = deque(other for other in self._waiting if other != index)
            copies = {copy: at for copy, at in self._under_way.items() if at != index}
            self._under_way = copies

    def _look_around(self) -> None:
        """Count the places, and see whether a machine is gone."""
        self._limit, self._looked = _AHEAD * require_places(self._cluster), monotonic()
        machines = set(fitting_nodes(self._cluster))
        if self._machines - machines:
            self._suspect.update(self._under_way.values())
        self._machines = machines


def on_each_node(ask: Callable[[], Result], cluster: Cluster) -> list[Result]:
    """What `ask` gives on each machine that has room for a task and answers in time."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as Only

    with connected(cluster):
        send = _sender(partial(_ask, ask), None, cluster)
        asked = [send(None, Only(node, soft=False)) for node in fitting_nodes(cluster)]
        answered, _ = ray.wait(asked, num_returns=len(asked), timeout=_PATIENCE)
        answers = []
        for one in answered:
            with suppress(_LostError):  # a machine that is gone has nothing to say
                answers.append(_result(one))
        return answers


def _sender(
    work: Callable[[Any], Any], begin: Callable[[], object] | None, cluster: Cluster
) -> Callable[..., Any]:
    """Puts what is shared into the store; gives a function that sends one task out."""
    import ray

    shared = [ray.put((work, begin))]  # in a list, since Ray would unpack it for every task
    there = ray.remote(_do)
    terms = (versions(), cluster.gpus > 0)

    def send(task: Any, strategy: Any = "DEFAULT") -> Any:
        # A question to one machine takes no place, so that it need not wait for one.
        asks = strategy != "DEFAULT"
        options = there.options(
            num_cpus=0 if asks else 1,
            num_gpus=0 if asks else cluster.gpus,
            max_retries=0,
            scheduling_strategy=strategy,
        )
        return options.remote(shared, terms, task)

    return send


_WORK: dict[str, Callable[[Any], Any]] = {}
"""In a worker: what it does, by the name under which it lies in the store."""


def _do(shared: list[Any], terms: tuple[dict[str, str], bool], task: Any) -> Any:
    """In a worker: one task. The first of a kind unpacks what all of them share."""
    import ray

    name = shared[0].hex()
    if name not in _WORK:
        wanted, may_use_gpu = terms
        check_versions(wanted)
        if not may_use_gpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""  # Ray leaves it open to those who ask for none
        work, begin = ray.get(shared[0])
        if begin is not None:
            begin()
        _WORK.clear()
        _WORK[name] = work
    return _WORK[name](task)


def _ask(ask: Callable[[], Result], task: None) -> Result:
    del task
    return ask()


def _result(reference: Any) -> Any:
    """The result of a finished task; what went wrong with it as the error it was."""
    import ray
    from ray import exceptions

    try:
        return ray.get(reference)
    except exceptions.RayTaskError as error:
        if isinstance(error.cause, SmastnError):
            raise error.cause from None
        if not isinstance(error.cause, exceptions.RayError) and "import" not in str(error.cause):
            raise  # a mistake of the work itself
        failure = error.cause
    except exceptions.RayError as error:
        failure = error
    raise _LostError(_how(failure)) from failure


def _how(failure: Exception) -> str:
    """How a task was lost, in half a sentence.

    Raises:
        InputError: that will not go away by doing it again.
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
            f"a machine of the cluster cannot import what it is to do ({reason[:200]}); wanted "
            f"smastn {versions()['smastn']} on every one: install it there, and start again"
        ) from failure
    raise InputError(
        f"the Ray cluster failed: {reason[:300] or type(failure).__name__}; mend it (ray status "
        "says how it is), and start again"
    ) from failure
