"""One function call in a separate process with limits on time and memory.

A damaged or malicious film may crash its decoder, hang or exhaust memory. In a separate
process all of these become one sentence for the user. Processes are forked from a server
process that has imported everything and started no thread, which takes about 20 ms.
"""

import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from smastn.errors import InputError, SmastnError
from smastn.workers.processes import end_with_parent

Notify = Callable[..., None]
"""Called in the process with plain values by name; they are passed on to the caller."""

Work = Callable[[Notify], Any]
"""A function that can be pickled; it returns plain values."""

_PRELOADED = ["smastn.cli", "smastn.server.film_process", "smastn.server.webcam_process"]
_MAX_MESSAGE_BYTES = 2**20


class Stopped(Exception):
    """`BoundedWork.stop` was called."""


def warm_up() -> None:
    """Start the server process that others are forked from, so that the first call is quick."""
    process = _context().Process()
    process.start()
    process.join()


class BoundedWork:
    """A call of `work` in a separate process; `run` may be called once.

    Args:
        work: the function to call.
        seconds: wall-clock time after which its process is killed.
        memory_bytes: address space that it may allocate; enforced on Linux only.
    """

    def __init__(self, work: Work, seconds: float, memory_bytes: int) -> None:
        self._work, self._seconds, self._memory_bytes = work, seconds, memory_bytes
        self._process: Any = None
        self._end: str | None = None
        self._lock = threading.Lock()

    def run(self, notify: Notify | None = None) -> Any:
        """Run the process and return what `work` returned.

        Args:
            notify: called in this process with the values that `work` sends.

        Raises:
            InputError: `work` raised a `SmastnError`, exceeded its limits, or crashed.
            Stopped: `stop` was called.
        """
        receiver, sender = _context().Pipe(duplex=False)
        arguments = (sender, self._work, self._memory_bytes)
        with self._lock:
            if self._end:
                raise Stopped
            self._process = _context().Process(target=_inside, args=arguments, daemon=True)
            self._process.start()
        sender.close()
        timer = threading.Timer(self._seconds, self._kill, ("time",))
        timer.daemon = True
        timer.start()
        try:
            return self._result(receiver, notify)
        finally:
            timer.cancel()
            self._kill("done")
            self._process.join()
            receiver.close()

    def stop(self) -> None:
        """Kill the process, or prevent its start; may be called from any thread."""
        self._kill("stopped")

    def _kill(self, reason: str) -> None:
        with self._lock:
            self._end = self._end or reason
            if self._process is not None:
                self._process.kill()

    def _result(self, receiver: Connection, notify: Notify | None) -> Any:
        while True:
            try:
                # JSON, not pickle: a process that a film has taken over can run nothing here.
                message = json.loads(receiver.recv_bytes(_MAX_MESSAGE_BYTES))
            except (EOFError, OSError, ValueError):
                self._process.join(1)
                raise self._failure() from None
            if "error" in message:
                raise InputError(str(message["error"]))
            if "result" in message:
                return message["result"]
            if notify is not None:
                notify(**message["values"])

    def _failure(self) -> Exception:
        if self._end == "stopped":
            return Stopped()
        if self._end == "time":
            return InputError(
                f"the analysis took more than {self._seconds:.0f} s and was stopped; "
                "cut the film shorter, or convert it to H.264 (.mp4)"
            )
        code = self._process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return InputError(
            f"the process that read the film crashed ({how}); the film is damaged or malicious, or "
            "needs more memory than is allowed; convert it to H.264 (.mp4), or scale it down"
        )


def _context() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():  # Windows
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _inside(sender: Connection, work: Work, memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server stops this process itself
    threading.Thread(target=end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # pages stay responsive while films are analysed
    _limit_memory(memory_bytes)

    def send(**message: Any) -> None:
        with suppress(BrokenPipeError):  # the caller has stopped reading
            sender.send_bytes(json.dumps(message, allow_nan=False).encode())

    try:
        send(result=work(lambda **values: send(values=values)))
    except SmastnError as error:
        send(error=str(error))
    except MemoryError:
        send(error="the film needs more memory than is allowed; scale it down, or cut it shorter")


def _limit_memory(beyond: int) -> None:
    """Limit this process to so many bytes of address space more than it has, on Linux."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + beyond
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would contain faces
