"""Films that wait, are worked on, and are done; deleted on request and after a stated time."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smastn.errors import InputError
from smastn.server.bounded_process import BoundedWork, Bounds, Stopped
from smastn.server.film_process import CHECK_SECONDS, FilmTask, analyse_film, check_film
from smastn.server.limits import Limits
from smastn.server.upload_store import Job, Store
from smastn.terminal.progress import Pace

_START_SECONDS, _FRAME_SECONDS = 180.0, 0.25
"""How long an analysis may take: so much, and so much more a frame."""

_RATE = 240.0  # frames a second, where a film does not say how many it has


class Busy(Exception):
    """There is no room for another film just now; the words say what to do."""


@dataclass(slots=True)
class _Running:
    """An analysis that goes on."""

    work: BoundedWork
    step: str = "starting"
    done: int = 0
    total: int = 0
    pace: Pace | None = None


class Jobs:
    """All films of one server, and the threads that have them worked on.

    Args:
        store: where they lie.
        limits: how many, how long, how large.
        checkpoint: folder of weights, or None for those that come with smastn.
        analyse: what is done with each in a bounded process.
    """

    def __init__(
        self,
        store: Store,
        limits: Limits,
        checkpoint: Path | None = None,
        analyse: Callable[..., Any] = analyse_film,
    ) -> None:
        self.store, self.limits = store, limits
        self.writing = threading.Lock()
        """Held while a coding is read and written back."""
        self._checkpoint, self._analyse = checkpoint, analyse
        self._jobs: dict[str, Job] = {job.id: job for job in store.saved()}
        self._arriving: set[str] = set()
        self._running: dict[str, _Running] = {}
        self._queue: queue.Queue[str] = queue.Queue()
        self._lock = threading.RLock()
        self._checks = threading.BoundedSemaphore(4)
        for _ in range(limits.workers):
            threading.Thread(target=self._work, daemon=True).start()

    def arrive(self, name: str, sensitivity: float) -> Job:
        """A place for a film that is about to come in.

        Raises:
            Busy: there are too many films, or too many come in at once.
        """
        with self._lock:
            if len(self._arriving) >= self.limits.uploads:
                raise Busy(f"{len(self._arriving)} films are coming in; try again in a moment")
            if len(self._jobs) + len(self._arriving) >= self.limits.jobs:
                raise Busy(
                    f"{self.limits.jobs} films are here already; delete some, then try again"
                )
            job = self.store.new(name, sensitivity)
            self._arriving.add(job.id)
            return job

    def give_up(self, job: Job) -> None:
        """The film did not come in whole, or is none."""
        with self._lock:
            self._arriving.discard(job.id)
        self.store.delete(job.id)

    def take(self, job: Job) -> Job:
        """Check a film that has come in, and have it analysed when its turn comes.

        Raises:
            InputError: it is no film, or more than is allowed; nothing of it is kept.
        """
        task = FilmTask(self.store.upload(job.id), job.name, self.limits)
        bounds = Bounds(CHECK_SECONDS, self.limits.memory_bytes)
        with self._checks:
            film = self._named(job, BoundedWork(check_film, task, bounds).run)
        job = replace(job, film=film)
        with self._lock:
            self._arriving.discard(job.id)
            self._keep(job)
            self._queue.put(job.id)
        return job

    def job(self, job_id: str) -> Job | None:
        """The job of that id, which counts as used now."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            job = self._jobs[job_id] = replace(job, used=time.time())
            return job

    def listed(self) -> list[Job]:
        """All jobs, the newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.made)

    def described(self, job: Job) -> dict[str, Any]:
        """What a page shows of a job."""
        with self._lock:
            job = self._jobs.get(job.id, job)
            shown: dict[str, Any] = {
                "id": job.id,
                "name": job.name,
                "state": job.state,
                "film": job.film,
                "reason": job.reason,
                "made": job.made,
                "sensitivity": job.sensitivity,
                "deleted_at": job.used + 3600 * self.limits.keep_hours,
            }
            running = self._running.get(job.id)
            if running is not None and job.state == "working":
                left = running.pace.left(running.total) if running.pace and running.total else None
                shown["progress"] = {
                    "step": running.step,
                    "done": running.done,
                    "total": running.total,
                    "seconds_left": left,
                }
            if job.state == "waiting":
                waiting = [one.id for one in reversed(self.listed()) if one.state == "waiting"]
                shown["before_it"] = waiting.index(job.id) + len(self._running)
            return shown

    def cancel(self, job: Job) -> None:
        """Stop the work on it; its film is deleted, and a line that says so is kept."""
        with self._lock:
            if self._jobs.get(job.id) is None or job.state not in ("waiting", "working"):
                return
            self._keep(replace(job, state="cancelled"))
            running = self._running.get(job.id)
        if running is not None:
            running.work.stop()
        self.store.delete_films(job.id)

    def delete(self, job: Job) -> None:
        """Forget it, and take away all that was kept of it."""
        with self._lock:
            self._jobs.pop(job.id, None)
            running = self._running.get(job.id)
        if running is not None:
            running.work.stop()
        self.store.delete(job.id)

    def expire(self, now: float) -> None:
        """Delete what has not been of use for so long."""
        for job in self.listed():
            resting = job.state not in ("waiting", "working")
            if resting and now > job.used + 3600 * self.limits.keep_hours:
                self.delete(job)

    def close(self) -> None:
        """End all work; what was not done is not kept."""
        for job in self.listed():
            if job.state in ("waiting", "working"):
                self.delete(job)
            else:
                self.store.save(job)

    def _keep(self, job: Job) -> None:
        self._jobs[job.id] = job
        self.store.save(job)

    def _work(self) -> None:
        while True:
            job_id = self._queue.get()
            with self._lock:
                job = self._jobs.get(job_id)
                if job is None or job.state != "waiting":
                    continue
                running = _Running(BoundedWork(self._analyse, self._task(job), self._bounds(job)))
                self._running[job_id] = running
                self._keep(replace(job, state="working"))
            state, reason = self._outcome(job, running)
            with self._lock:
                del self._running[job_id]
                job = self._jobs.get(job_id)
                if job is not None and job.state == "working":
                    self._keep(replace(job, state=state, reason=reason, used=time.time()))
            if job is None:
                self.store.delete(job_id)
            elif job.state == "cancelled" or state == "failed":
                self.store.delete_films(job_id)
            else:
                self.store.upload(job_id).unlink(missing_ok=True)

    def _outcome(self, job: Job, running: _Running) -> tuple[Any, str]:
        def tell(step: str, done: int, total: int) -> None:
            if step != running.step:
                running.step, running.pace = step, Pace()
            running.done, running.total = int(done), int(total)
            if running.pace is not None:
                running.pace.note(running.done)

        try:
            self._named(job, lambda: running.work.run(tell))
        except InputError as error:
            return "failed", str(error)
        except Stopped:
            return "cancelled", ""
        return "done", ""

    def _task(self, job: Job) -> FilmTask:
        return FilmTask(
            path=self.store.upload(job.id),
            name=job.name,
            limits=self.limits,
            sensitivity=job.sensitivity,
            checkpoint=self._checkpoint,
            result=self.store.result(job.id),
            coding=self.store.coding(job.id),
            curves=self.store.curves(job.id),
        )

    def _bounds(self, job: Job) -> Bounds:
        frames = job.film.get("frames") or self.limits.film_seconds * _RATE
        return Bounds(_START_SECONDS + _FRAME_SECONDS * frames, self.limits.memory_bytes)

    def _named(self, job: Job, run: Callable[[], Any]) -> Any:
        """Errors speak of the film by its user's name, not of a path on this machine."""
        try:
            return run()
        except InputError as error:
            raise InputError(
                str(error).replace(str(self.store.upload(job.id)), job.name)
            ) from error
