"""Routes for the results of a film and their correction. All paths start with /api/jobs."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse

from smastn.analysis.coding import (
    CodedInterval,
    Coding,
    intervals_from_plain,
    intervals_to_plain,
)
from smastn.analysis.export import MARKER, REPORT
from smastn.analysis.formats import export_formats
from smastn.errors import InputError
from smastn.files import write_atomic
from smastn.server.curve_data import Curves, read_curves, thinned
from smastn.server.film_routes import FILMS, AllJobs, FoundJob, small_body
from smastn.server.job_store import CODING, CURVES, RESULT, Job
from smastn.server.jobs import Jobs

_MOST_INTERVALS, _MOST_BYTES = 20_000, 16 * 2**20

router = APIRouter(prefix="/api/jobs/{job_id}")


@router.get("/analysis")
def analysis(job: FoundJob, jobs: AllJobs) -> dict[str, Any]:
    """The analysis, and the frame times that a viewer needs."""
    result, folder = _result(jobs, job), jobs.store.folder(job.id)
    found = json.loads((result / MARKER).read_text(encoding="utf-8"))
    curves = _curves(jobs, job)
    return found | {
        "name": job.name,
        "times_seconds": curves.variable_times,
        "playback_frames_per_second": curves.rate,
        "films": [name for name in FILMS if (folder / name).is_file()],
    }


@router.get("/curves")
def curves(
    job: FoundJob,
    jobs: AllJobs,
    first: Annotated[int, Query(ge=0)] = 0,
    last: Annotated[int, Query(ge=0)] = 2**40,
    points: Annotated[int, Query(ge=2, le=8000)] = 4000,
) -> dict[str, Any]:
    """The movement curves of a span of frames, reduced to some points."""
    return thinned(_curves(jobs, job), first, last, points)


@router.get("/coding")
def coding(job: FoundJob, jobs: AllJobs) -> dict[str, Any]:
    """The intervals in their current revision."""
    _result(jobs, job)
    return _saved(jobs, job)


@router.put("/coding")
async def save_coding(job: FoundJob, jobs: AllJobs, request: Request) -> dict[str, Any]:
    """Replace the coding whose revision the body states.

    Raises:
        HTTPException: the revision is not the current one.
        InputError: the coding is not valid.
    """
    body = await small_body(request, _MOST_BYTES)
    frames = len(_curves(jobs, job).times)
    intervals = intervals_from_plain(body.get("intervals"))
    _require_within(intervals, frames)
    with jobs.coding_lock:
        revision = _saved(jobs, job)["revision"]
        if body.get("revision") != revision:
            raise HTTPException(409, "this coding was changed in another window; reload the page")
        changed = {"revision": revision + 1, "intervals": intervals_to_plain(intervals)}
        write_atomic(jobs.store.folder(job.id) / CODING, json.dumps(changed))
    return {"revision": revision + 1}


@router.get("/export/{name}")
def export(job: FoundJob, jobs: AllJobs, name: str) -> Response:
    """The coding in one of the export formats, as a download."""
    formats = export_formats()
    if name not in formats:
        raise HTTPException(
            404, f"there is no export format {name[:20]}; known are {', '.join(formats)}"
        )
    one = formats[name]
    intervals = intervals_from_plain(_saved(jobs, job)["intervals"])
    found = json.loads((_result(jobs, job) / MARKER).read_text(encoding="utf-8"))
    uncodable = tuple((first, last, why) for first, last, why in found["uncodable_frames"])
    times = _curves(jobs, job).times
    content = one.content(Coding(intervals, times, Path(job.name), uncodable=uncodable))
    file_name = quote(f"{_stem(job)}-coding{one.suffix}")
    disposition = f"attachment; filename*=UTF-8''{file_name}"
    return Response(
        content, media_type=one.media_type, headers={"Content-Disposition": disposition}
    )


@router.get("/report")
def report(job: FoundJob, jobs: AllJobs) -> FileResponse:
    """The HTML report of the analysis, without corrections, as a file to download."""
    path = _result(jobs, job) / REPORT
    return FileResponse(path, filename=f"{_stem(job)}-report.html", media_type="text/html")


def _stem(job: Job) -> str:
    return job.name.rsplit(".", 1)[0] or "film"


def _result(jobs: Jobs, job: Job) -> Path:
    if not jobs.store.has_result(job.id):
        raise HTTPException(409, "this film has not been analysed")
    return jobs.store.folder(job.id) / RESULT


def _curves(jobs: Jobs, job: Job) -> Curves:
    _result(jobs, job)
    return read_curves(jobs.store.folder(job.id) / CURVES)


def _saved(jobs: Jobs, job: Job) -> dict[str, Any]:
    return json.loads((jobs.store.folder(job.id) / CODING).read_text(encoding="utf-8"))


def _require_within(intervals: tuple[CodedInterval, ...], frames: int) -> None:
    if len(intervals) > _MOST_INTERVALS:
        raise InputError(
            f"the coding has {len(intervals)} intervals; wanted at most {_MOST_INTERVALS}"
        )
    for one in intervals:
        if one.offset >= frames:
            raise InputError(
                f"an interval ends in frame {one.offset}; wanted at most {frames - 1}, the last "
                "of the film; correct the coding"
            )
