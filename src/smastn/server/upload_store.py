"""Where uploads and results lie: one folder a film, under a name that nobody can guess.

Nothing a user sends is ever part of a path. What he calls his film is a line in a file.
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

from smastn.files import write_atomic

State = Literal["waiting", "working", "done", "failed", "cancelled"]

_RECORD = "job.json"
_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Job:
    """One film and how far it is.

    Attributes:
        id: 128 bits of chance, the name of its folder.
        name: what the user calls it; for people alone.
        state: how far it is.
        made: when it came, seconds since 1970.
        used: when it was last of use to somebody.
        sensitivity: 0 to 1, see `SpottingConfig`.
        film: what is known about it: frames, seconds, rate, size.
        reason: why it failed.
    """

    id: str
    name: str
    state: State = "waiting"
    made: float = 0.0
    used: float = 0.0
    sensitivity: float = 0.5
    film: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


class Store:
    """The folders of all jobs under one root.

    Args:
        root: of this server alone; made with access for its user alone.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._root = root

    def new(self, name: str, sensitivity: float) -> Job:
        """A job with an empty folder."""
        now = time.time()
        job = Job(secrets.token_hex(16), shown_name(name), "waiting", now, now, sensitivity)
        self.folder(job.id).mkdir(mode=0o700)
        return job

    def folder(self, job_id: str) -> Path:
        """The folder of a job whose id is known to be one."""
        if not _ID.fullmatch(job_id):
            raise ValueError("no id of a job")
        return self._root / job_id

    def upload(self, job_id: str) -> Path:
        """The film as it came."""
        return self.folder(job_id) / "film"

    def result(self, job_id: str) -> Path:
        """What the analysis wrote."""
        return self.folder(job_id) / "result"

    def coding(self, job_id: str) -> Path:
        """The intervals as the user has corrected them."""
        return self.folder(job_id) / "coding.json"

    def curves(self, job_id: str) -> Path:
        """The movement curves, for the page."""
        return self.folder(job_id) / "curves.npz"

    def save(self, job: Job) -> None:
        """Write down how far it is."""
        write_atomic(self.folder(job.id) / _RECORD, json.dumps(asdict(job)))

    def saved(self) -> list[Job]:
        """Jobs that an earlier server finished here; leftovers of unfinished ones are deleted."""
        jobs = []
        for folder in sorted(self._root.iterdir()):
            if not _ID.fullmatch(folder.name) or not folder.is_dir():
                continue
            job = _read(folder / _RECORD)
            if job is not None and job.id == folder.name and job.state == "done":
                jobs.append(job)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        return jobs

    def delete(self, job_id: str) -> None:
        """Take away the film and everything made of it."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def delete_films(self, job_id: str) -> None:
        """Take away the film and what was made of it, but not the record of what happened."""
        self.upload(job_id).unlink(missing_ok=True)
        shutil.rmtree(self.result(job_id), ignore_errors=True)


def shown_name(name: str) -> str:
    """A name as people may see it: one line, no control characters, not too long."""
    kept = "".join(
        " " if unicodedata.category(one)[0] in "CZ" or one in "/\\" else one for one in name
    )
    kept = " ".join(kept.split())
    if len(kept) > _LONGEST_NAME:
        kept = f"{kept[: _LONGEST_NAME - 12]}…{kept[-11:]}"
    return kept.strip(". ") or "film"


def _read(path: Path) -> Job | None:
    try:
        return Job(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
