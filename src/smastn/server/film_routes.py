"""Routes for films: upload, list, cancel, delete, play. All paths start with /api."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.requests import ClientDisconnect, HTTPConnection

from smastn.server.access import COOKIE, SESSION, Access
from smastn.server.job_store import MAGNIFIED, ORIGINAL, UPLOAD, Job
from smastn.server.jobs import Jobs

_CHUNK_SECONDS = 30.0
"""An upload is aborted if nothing arrives for so long."""

_CLOSE = {"Connection": "close"}  # otherwise the rest of the upload would still be read

FILMS = ORIGINAL, MAGNIFIED
"""Films that the viewer plays; the second is there some time after the results."""

router = APIRouter()


def jobs_of(connection: HTTPConnection) -> Jobs:
    """The films of the server that received the request."""
    return connection.app.state.jobs


AllJobs = Annotated[Jobs, Depends(jobs_of)]


def _job(job_id: str, jobs: AllJobs) -> Job:
    job = jobs.find(job_id)
    if job is None:
        raise HTTPException(404, "there is no film with this id; it may have been deleted")
    return job


FoundJob = Annotated[Job, Depends(_job)]
"""The job whose id is in the path; 404 if there is none."""


@router.post(SESSION, status_code=204)
async def open_session(request: Request) -> Response:
    """Check the token and set a cookie that replaces it in later requests."""
    access: Access = request.app.state.access
    token = str((await small_body(request, 4096)).get("token", ""))
    if not access.accepts_token(token):
        raise HTTPException(401, "this is not the token that smastn serve printed")
    response = Response(status_code=204)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/")
    return response


@router.get("/api/info")
def info(request: Request) -> dict[str, Any]:
    """What the pages show about the program, its network and its limits."""
    return request.app.state.info


@router.get("/api/jobs")
def list_jobs(jobs: AllJobs) -> list[dict[str, Any]]:
    """All films, the newest first."""
    return [jobs.describe(job) for job in jobs.all()]


@router.post("/api/jobs", status_code=201)
async def upload(
    request: Request,
    jobs: AllJobs,
    name: Annotated[str, Query(max_length=2000)] = "film",
    sensitivity: Annotated[float, Query(ge=0, le=1)] = 0.5,
) -> dict[str, Any]:
    """Store the body of the request as a film, check it, and queue its analysis."""
    most = jobs.limits.upload_bytes
    stated = request.headers.get("content-length", "0")
    if stated.isdigit() and int(stated) > most:
        raise _too_large(most)
    job = jobs.reserve(unquote(name), sensitivity)
    try:
        await _save_body(request, jobs.store.folder(job.id) / UPLOAD, most)
        job = await asyncio.to_thread(jobs.submit, job)
    except BaseException:
        jobs.discard(job)
        raise
    return jobs.describe(job)


@router.get("/api/jobs/{job_id}")
def describe(job: FoundJob, jobs: AllJobs) -> dict[str, Any]:
    """State and progress of a film."""
    return jobs.describe(job)


@router.post("/api/jobs/{job_id}/cancel", status_code=204)
def cancel(job: FoundJob, jobs: AllJobs) -> None:
    """Stop the analysis of a film and delete the film."""
    jobs.cancel(job)


@router.delete("/api/jobs/{job_id}", status_code=204)
def delete(job: FoundJob, jobs: AllJobs) -> None:
    """Delete a film and all its results."""
    jobs.delete(job)


@router.get("/api/jobs/{job_id}/films/{name}")
def film(job: FoundJob, jobs: AllJobs, name: str) -> FileResponse:
    """One of the films for the viewer; range requests are supported."""
    path = jobs.store.folder(job.id) / name
    if name not in FILMS or not path.is_file():
        raise HTTPException(404, "there is no such film")
    return FileResponse(path, media_type="video/mp4")


async def small_body(request: Request, most: int) -> dict[str, Any]:
    """A JSON object of at most `most` bytes; FastAPI itself reads bodies of any size."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"the body is larger than {most} bytes")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HTTPException(422, "the body is not a JSON object")
    return value


async def _save_body(request: Request, path: Path, most: int) -> None:
    """Write the body to a file as it arrives.

    FastAPI's `UploadFile` would receive all of it before its size can be checked.
    """
    size = 0
    chunks = request.stream().__aiter__()
    with path.open("xb") as file:
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks, None), _CHUNK_SECONDS)
            except TimeoutError:
                raise HTTPException(408, "the upload stalled; start it again", _CLOSE) from None
            except ClientDisconnect:
                raise HTTPException(400, "the upload was interrupted") from None
            if chunk is None:
                return
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            await asyncio.to_thread(file.write, chunk)


def _too_large(most: int) -> HTTPException:
    sentence = f"the file is larger than {most / 2**20:.0f} MiB; cut the film into parts"
    return HTTPException(413, sentence, _CLOSE)
