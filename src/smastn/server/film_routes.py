"""Questions about films: bring, list, cancel, delete, watch. All under /api."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.requests import ClientDisconnect, HTTPConnection

from smastn.errors import InputError
from smastn.server.access import COOKIE, SESSION, Access
from smastn.server.jobs import Busy, Jobs
from smastn.server.upload_store import Job

_CHUNK_SECONDS = 30.0
"""An upload of which nothing comes for so long is given up."""

_LAST = {"Connection": "close"}  # or the rest of the upload would be read, for nothing

FILMS = ("original.mp4", "magnified.mp4")
"""What of a result is shown in a page."""

router = APIRouter()


def jobs_of(connection: HTTPConnection) -> Jobs:
    """The films of the server that was asked."""
    return connection.app.state.jobs


AllJobs = Annotated[Jobs, Depends(jobs_of)]


def _found(job_id: str, jobs: AllJobs) -> Job:
    job = jobs.job(job_id)
    if job is None:
        raise HTTPException(404, "there is no such film here; it may have been deleted")
    return job


FoundJob = Annotated[Job, Depends(_found)]
"""The film whose id is in the path; 404 where there is none."""


@router.post(SESSION, status_code=204)
async def open_session(request: Request) -> Response:
    """Show the token once, and be known by a cookie from then on."""
    access: Access = request.app.state.access
    token = str((await small_body(request, 4096)).get("token", ""))
    if not access.knows_token(token):
        raise HTTPException(401, "that is not the token that smastn serve printed")
    response = Response(status_code=204)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/")
    return response


@router.get("/api/about")
def about(request: Request) -> dict[str, Any]:
    """What the pages say about the program, its weights and its limits."""
    return request.app.state.about


@router.get("/api/jobs")
def listed(jobs: AllJobs) -> list[dict[str, Any]]:
    """All films, the newest first."""
    return [jobs.described(job) for job in jobs.listed()]


@router.post("/api/jobs", status_code=201)
async def upload(
    request: Request,
    jobs: AllJobs,
    name: Annotated[str, Query(max_length=2000)] = "film",
    sensitivity: Annotated[float, Query(ge=0, le=1)] = 0.5,
) -> dict[str, Any]:
    """Take the body of the request as a film; it is checked before this answers."""
    most = jobs.limits.upload_bytes
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    job = jobs.arrive(unquote(name), sensitivity)
    try:
        await _save_body(request, jobs.store.upload(job.id), most)
        job = await asyncio.to_thread(jobs.take, job)
    except BaseException:
        jobs.give_up(job)
        raise
    return jobs.described(job)


@router.get("/api/jobs/{job_id}")
def described(job: FoundJob, jobs: AllJobs) -> dict[str, Any]:
    """How far a film is."""
    return jobs.described(job)


@router.post("/api/jobs/{job_id}/cancel", status_code=204)
def cancel(job: FoundJob, jobs: AllJobs) -> None:
    """Stop the work on a film; it is deleted."""
    jobs.cancel(job)


@router.delete("/api/jobs/{job_id}", status_code=204)
def delete(job: FoundJob, jobs: AllJobs) -> None:
    """Take away a film and all that was made of it."""
    jobs.delete(job)


@router.get("/api/jobs/{job_id}/films/{name}")
def film(job: FoundJob, jobs: AllJobs, name: str) -> FileResponse:
    """One of the films that were made for the page; parts of it can be asked for."""
    path = jobs.store.result(job.id) / name
    if name not in FILMS or not path.is_file():
        raise HTTPException(404, "there is no such film")
    return FileResponse(path, media_type="video/mp4")


def answer_errors(app: FastAPI) -> None:
    """What users can put right is said in one sentence, with a fitting status."""

    def bad(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 422)

    def busy(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 429, {"Retry-After": "5"})

    app.add_exception_handler(InputError, bad)
    app.add_exception_handler(Busy, busy)


async def small_body(request: Request, most: int) -> dict[str, Any]:
    """A JSON object of at most so many bytes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"that is more than the {most} bytes that are taken")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise HTTPException(422, "wanted a JSON object")
    return value


async def _save_body(request: Request, path: Path, most: int) -> None:
    """Write what comes in, as it comes in; stop as soon as it is too much."""
    taken = 0
    chunks = request.stream().__aiter__()
    with path.open("xb") as file:
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks, None), _CHUNK_SECONDS)
            except TimeoutError:
                raise HTTPException(
                    408, "the upload stopped halfway; start it again", _LAST
                ) from None
            except ClientDisconnect:
                raise HTTPException(400, "the upload was broken off") from None
            if chunk is None:
                return
            taken += len(chunk)
            if taken > most:
                raise _too_large(most)
            await asyncio.to_thread(file.write, chunk)


def _too_large(most: int) -> HTTPException:
    return HTTPException(
        413,
        f"the file is larger than the {most / 2**20:.0f} MiB that are taken; cut it into parts",
        _LAST,
    )
