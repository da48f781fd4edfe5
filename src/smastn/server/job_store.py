"""The files of uploads and results: one folder a job, with an unguessable name.

Nothing that a user sends becomes part of a path. The name of a film is stored as data.
"""

import json
import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from smastn.analysis.export import MARKER
from smastn.files import write_atomic

UPLOAD, RESULT, CODING, CURVES = "film", "result", "coding.json", "curves.npz"
"""In the folder of a job: film, folder of the analysis, corrected intervals, movement curves."""

ORIGINAL, MAGNIFIED = "original.mp4", "magnified.mp4"
"""The films that the viewer plays, in the folder of a job."""

State = Literal["waiting", "working", "done", "failed", "cancelled"]

_RECORD = "job.json"
_ID = re.compile(r"[0-9a-f]{32}")
_MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Job:
    """One film and the state of its analysis.

    Attributes:
        id: 128 random bits in hexadecimal; name of the job's folder.
        name: name of the film, for display only.
        state: state of its analysis.
        made: time of upload, seconds since 1970.
        used: time of the last use, seconds since 1970.
        sensitivity: 0 to 1, see `SpottingConfig`.
        film: frames, seconds, rate, width and height, as far as known.
        reason: why the analysis, or the drawing of the magnified film, failed.
    """

    id: str
    name: str
    state: State = "waiting"
    made: float = 0.0
    used: float = 0.0
    sensitivity: float = 0.5
    film: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


class JobStore:
    """The folders of all jobs.

    Args:
        root: folder of this server; created with access for its user only.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._root = root

    def new(self, name: str, sensitivity: float) -> Job:
        """A job with an empty folder."""
        now = time.time()
        job = Job(secrets.token_hex(16), display_name(name), "waiting", now, now, sensitivity)
        self.folder(job.id).mkdir(mode=0o700)
        return job

    def folder(self, job_id: str) -> Path:
        """The folder of a job.

        Raises:
            ValueError: `job_id` does not have the form of an id.
        """
        if not _ID.fullmatch(job_id):
            raise ValueError("not the id of a job")
        return self._root / job_id

    def save(self, job: Job) -> None:
        """Write the record of a job."""
        write_atomic(self.folder(job.id) / _RECORD, json.dumps(asdict(job)))

    def load_finished(self) -> list[Job]:
        """Jobs that an earlier server finished; folders of unfinished ones are deleted."""
        jobs = []
        for folder in sorted(self._root.iterdir()):
            if not _ID.fullmatch(folder.name) or not folder.is_dir():
                continue
            job = _read(folder / _RECORD)
            if job is not None and job.id == folder.name and job.state == "done":
                jobs.append(job)
            else:
                self.delete(folder.name)
        return jobs

    def has_result(self, job_id: str) -> bool:
        """Whether the results are there; the magnified film may still be missing."""
        return (self.folder(job_id) / RESULT / MARKER).is_file()

    def delete(self, job_id: str) -> None:
        """Delete the film and all results."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def delete_films(self, job_id: str) -> None:
        """Delete the film and its results, but keep the record of the job."""
        for name in (UPLOAD, ORIGINAL, MAGNIFIED):
            (self.folder(job_id) / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder(job_id) / RESULT, ignore_errors=True)


def display_name(name: str) -> str:
    """A name without control characters and slashes, in one line of at most 80 characters."""
    kept = "".join(
        " " if unicodedata.category(one)[0] in "CZ" or one in "/\\" else one for one in name
    )
    kept = " ".join(kept.split())
    if len(kept) > _MAX_NAME:
        kept = f"{kept[: _MAX_NAME - 12]}…{kept[-11:]}"
    return kept.strip(". ") or "film"


def _read(path: Path) -> Job | None:
    try:
        return Job(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
