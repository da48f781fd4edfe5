"""One piece of work in a process of its own, bounded in time and memory.

Whatever a film does to its decoder, it does it there: the process may crash, hang or
eat memory, and all that comes back is a sentence. Processes are forked from one that
has imported everything and started no thread, which takes some 20 ms.
"""

import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from smastn.errors import InputError, SmastnError
from smastn.workers.processes import end_with_parent

Tell = Callable[..., None]
"""Called inside with what is to be known outside, as plain values by name."""

_PRELOADED = ["smastn.cli", "smastn.server.film_process", "smastn.server.webcam_process"]
_LONGEST_MESSAGE = 2**20  # bytes


class Stopped(Exception):
    """The work was stopped by somebody who had the right to."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one process may use.

    Attributes:
        seconds: time on the clock.
        memory_bytes: address space beyond what it starts with; kept on Linux alone.
    """

    seconds: float
    memory_bytes: int


def warm_up() -> None:
    """Start the process that others are forked from, so that the first need not wait."""
    process = _context().Process(target=_nothing)
    process.start()
    process.join()


class BoundedWork:
    """A call of `work` on `task` in a process of its own; `run` it once.

    Args:
        work: a function of a module, called with `task` and with a function that tells.
        task: whatever can be pickled.
        bounds: what it may use.
    """

    def __init__(self, work: Callable[[Any, Tell], Any], task: Any, bounds: Bounds) -> None:
        self._work, self._task, self._bounds = work, task, bounds
        self._process: Any = None
        self._end: str | None = None
        self._lock = threading.Lock()

    def run(self, tell: Tell | None = None) -> Any:
        """Start, pass on what is told, and return what `work` returned.

        Raises:
            InputError: it was refused inside, took too long, or ended by itself.
            Stopped: `stop` was called.
        """
        receiver, sender = _context().Pipe(duplex=False)
        arguments = (sender, self._work, self._task, self._bounds.memory_bytes)
        with self._lock:
            if self._end:
                raise Stopped
            self._process = _context().Process(target=_inside, args=arguments, daemon=True)
            self._process.start()
        sender.close()
        timer = threading.Timer(self._bounds.seconds, self._kill, ("time",))
        timer.daemon = True
        timer.start()
        try:
            return self._listen(receiver, tell)
        finally:
            timer.cancel()
            self._kill("done")
            self._process.join()
            receiver.close()

    def stop(self) -> None:
        """End it now, from any thread; it may not have begun."""
        self._kill("stopped")

    def _kill(self, reason: str) -> None:
        with self._lock:
            self._end = self._end or reason
            if self._process is not None:
                self._process.kill()

    def _listen(self, receiver: Connection, tell: Tell | None) -> Any:
        while True:
            try:
                # Plain values, not pickles: nothing that was read in there is run out here.
                message = json.loads(receiver.recv_bytes(_LONGEST_MESSAGE))
            except (EOFError, OSError, ValueError):
                self._process.join(1)
                raise self._ending() from None
            if "told" in message:
                if tell is not None:
                    tell(**message["told"])
            elif "refused" in message:
                raise InputError(str(message["refused"]))
            else:
                return message["done"]

    def _ending(self) -> Exception:
        if self._end == "stopped":
            return Stopped()
        if self._end == "time":
            return InputError(
                f"the work on it took more than {self._bounds.seconds:.0f} s and was ended; "
                "cut the film shorter, or convert it to H.264 (.mp4)"
            )
        code = self._process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return InputError(
            f"the process that read it ended by itself ({how}); it is damaged, made to do harm, or "
            "needs more memory than is allowed; convert it to H.264 (.mp4), or make it smaller"
        )


def _context() -> Any:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(_PRELOADED)
    return context


def _nothing() -> None:
    pass


def _inside(sender: Connection, work: Callable[[Any, Tell], Any], task: Any, memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it, in its own time
    threading.Thread(target=end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # pages stay quick while films are watched
    limit_memory(memory)

    def send(**message: Any) -> None:
        with suppress(BrokenPipeError):  # nobody listens any more
            sender.send_bytes(json.dumps(message, allow_nan=False).encode())

    try:
        send(done=work(task, lambda **told: send(told=told)))
    except SmastnError as error:
        send(refused=str(error))
    except MemoryError:
        send(refused="it needs more memory than is allowed; scale the film down, or cut it shorter")


def limit_memory(beyond: int) -> None:
    """Let this process take so many bytes of address space more than it has, on Linux."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + beyond
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold faces
