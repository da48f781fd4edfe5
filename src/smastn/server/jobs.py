"""The films of one server: waiting, analysed in turn, finished; deleted on request or by age."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from smastn.errors import InputError
from smastn.methods.predictor import Predictor
from smastn.server.bounded_process import BoundedWork, Stopped
from smastn.server.film_process import FilmTask, analyse_film, check_film
from smastn.server.job_store import UPLOAD, Job, JobStore, State
from smastn.server.limits import Limits
from smastn.terminal.progress import Pace

_CHECK_SECONDS, _CHECKS = 20.0, 4
"""Time limit for the check of an upload, and how many are checked at one time."""

_START_SECONDS, _FRAME_SECONDS = 180.0, 0.25
"""Time limit for an analysis: a fixed part, and a part for each frame."""

_ASSUMED_RATE = 240.0  # frames per second, if a film does not state its number of frames


class Busy(Exception):
    """The server accepts no further film at present; the message says what to do."""


@dataclass(slots=True)
class _Running:
    """An analysis in progress."""

    work: BoundedWork
    step: str = "starting"
    done: int = 0
    total: int = 0
    pace: Pace = field(default_factory=Pace)

    def advance(self, step: str, done: int, total: int) -> None:
        """Take over the progress that the process has sent."""
        if step != self.step:
            self.step, self.pace = step, Pace()
        self.done, self.total = int(done), int(total)
        self.pace.note(self.done)

    def describe(self) -> dict[str, Any]:
        """Progress as plain values."""
        left = self.pace.left(self.total) if self.total else None
        return {"step": self.step, "done": self.done, "total": self.total, "seconds_left": left}


class Jobs:
    """All films of one server, and the threads that start their analyses.

    Args:
        store: their files.
        limits: bounds on their number, length and size.
        load: loads the weights, in a separate process for each film.
        analyse: called for each film in a separate process.
    """

    def __init__(
        self,
        store: JobStore,
        limits: Limits,
        load: Callable[[], Predictor] = Predictor.bundled,
        analyse: Callable[..., Any] = analyse_film,
    ) -> None:
        self.store, self.limits = store, limits
        self.coding_lock = threading.Lock()
        """Held while a coding is read and written back."""
        self._load, self._analyse = load, analyse
        self._jobs: dict[str, Job] = {job.id: job for job in store.load_finished()}
        self._uploads: set[str] = set()
        self._running: dict[str, _Running] = {}
        self._queue: queue.Queue[str] = queue.Queue()
        self._lock = threading.RLock()
        self._checks = threading.BoundedSemaphore(_CHECKS)
        for _ in range(limits.workers):
            threading.Thread(target=self._work, daemon=True).start()

    def reserve(self, name: str, sensitivity: float) -> Job:
        """A job for a film that is about to be uploaded.

        Raises:
            Busy: too many films are stored or being uploaded.
        """
        with self._lock:
            if len(self._uploads) >= self.limits.uploads:
                raise Busy(f"{len(self._uploads)} films are being uploaded; try again in a moment")
            if len(self._jobs) + len(self._uploads) >= self.limits.jobs:
                raise Busy(f"{self.limits.jobs} films are stored; delete some, then try again")
            job = self.store.new(name, sensitivity)
            self._uploads.add(job.id)
            return job

    def discard(self, job: Job) -> None:
        """Delete an upload that is incomplete or was rejected."""
        with self._lock:
            self._uploads.discard(job.id)
        self.store.delete(job.id)

    def submit(self, job: Job) -> Job:
        """Check a film whose upload is complete, and queue its analysis.

        Raises:
            InputError: the file is not a video, or exceeds a limit.
        """
        check = partial(check_film, self._path(job), self.limits)
        work = BoundedWork(check, _CHECK_SECONDS, self.limits.memory_bytes)
        with self._checks:
            job = replace(job, film=self._run(job, work))
        with self._lock:
            self._uploads.discard(job.id)
            self._save(job)
            self._queue.put(job.id)
        return job

    def find(self, job_id: str) -> Job | None:
        """The job with that id; this counts as use of it."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            job = self._jobs[job_id] = replace(job, used=time.time())
            return job

    def all(self) -> list[Job]:
        """All jobs, the newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.made)

    def describe(self, job: Job) -> dict[str, Any]:
        """What the pages show of a job."""
        with self._lock:
            job = self._jobs.get(job.id, job)
            ready = self.store.has_result(job.id)
            shown = asdict(job) | {"deleted_at": self._expiry(job), "ready": ready}
            if job.state == "working" and job.id in self._running:
                shown["progress"] = self._running[job.id].describe()
            if job.state == "waiting":
                waiting = [one.id for one in reversed(self.all()) if one.state == "waiting"]
                shown["films_before"] = waiting.index(job.id) + len(self._running)
            return shown

    def cancel(self, job: Job) -> None:
        """Stop the analysis and delete the film; the record of the job stays."""
        with self._lock:
            if job.id not in self._jobs or job.state not in ("waiting", "working"):
                return
            self._save(replace(job, state="cancelled"))
        self._stop(job)
        self.store.delete_films(job.id)

    def delete(self, job: Job) -> None:
        """Stop the analysis and delete everything about the film."""
        with self._lock:
            self._jobs.pop(job.id, None)
        self._stop(job)
        self.store.delete(job.id)

    def expire(self, now: float) -> None:
        """Delete finished jobs that have not been used for `Limits.keep_hours`."""
        for job in self.all():
            if job.state not in ("waiting", "working") and now > self._expiry(job):
                self.delete(job)

    def close(self) -> None:
        """Stop all analyses and delete unfinished jobs; one that has results is kept."""
        for job in self.all():
            if job.state == "working" and self.store.has_result(job.id):
                reason = "The server ended before the magnified film was drawn."
                with self._lock:
                    self._save(replace(job, state="done", reason=reason))
                self._stop(job)
                self._path(job).unlink(missing_ok=True)
            elif job.state in ("waiting", "working"):
                self.delete(job)
            else:
                self.store.save(job)

    def _path(self, job: Job) -> Path:
        return self.store.folder(job.id) / UPLOAD

    def _expiry(self, job: Job) -> float:
        return job.used + 3600 * self.limits.keep_hours

    def _save(self, job: Job) -> None:
        self._jobs[job.id] = job
        self.store.save(job)

    def _stop(self, job: Job) -> None:
        with self._lock:
            running = self._running.get(job.id)
        if running is not None:
            running.work.stop()

    def _work(self) -> None:
        """Analyse queued films one after the other, without end; run in threads."""
        while True:
            job_id = self._queue.get()
            with self._lock:
                job = self._jobs.get(job_id)
                if job is None or job.state != "waiting":
                    continue
                running = self._running[job_id] = _Running(self._analysis(job))
                self._save(replace(job, state="working"))
            state, reason = self._outcome(job, running)
            with self._lock:
                del self._running[job_id]
                job = self._jobs.get(job_id)
                if job is not None and job.state == "working":
                    self._save(replace(job, state=state, reason=reason, used=time.time()))
            if job is None:
                self.store.delete(job_id)
            elif job.state == "cancelled" or state == "failed":
                self.store.delete_films(job_id)
            else:
                self._path(job).unlink(missing_ok=True)

    def _analysis(self, job: Job) -> BoundedWork:
        task = FilmTask(self.store.folder(job.id), job, self.limits, self._load)
        frames = job.film.get("frames") or self.limits.film_seconds * _ASSUMED_RATE
        seconds = _START_SECONDS + _FRAME_SECONDS * frames
        return BoundedWork(partial(self._analyse, task), seconds, self.limits.memory_bytes)

    def _outcome(self, job: Job, running: _Running) -> tuple[State, str]:
        try:
            self._run(job, running.work, running.advance)
        except InputError as error:
            if self.store.has_result(job.id):
                return "done", f"The magnified film could not be drawn: {error}."
            return "failed", str(error)
        except Stopped:
            return "cancelled", ""
        return "done", ""

    def _run(self, job: Job, work: BoundedWork, notify: Callable[..., None] | None = None) -> Any:
        """Run it; errors name the film as its user does, and not by a path of this machine."""
        try:
            return work.run(notify)
        except InputError as error:
            raise InputError(str(error).replace(str(self._path(job)), job.name)) from error
