"""The interface between pages and server, under /api."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.requests import ClientDisconnect

from smastn.apps.serving.guard import COOKIE, SESSION, Access
from smastn.apps.serving.jobs import Busy, Jobs
from smastn.apps.serving.store import Job
from smastn.errors import InputError

_CHUNK_SECONDS = 30.0
"""An upload of which nothing comes for so long is given up."""

_FILES = {"original.mp4": "video/mp4", "magnified.mp4": "video/mp4"}
"""What of a result is shown in a page."""


def api(jobs: Jobs, access: Access, about: dict[str, Any]) -> APIRouter:
    """All questions about films.

    Args:
        jobs: the films.
        access: who may ask.
        about: what the pages say about this server and its weights.
    """
    router = APIRouter(prefix="/api")
    found = _finder(jobs)

    @router.post(SESSION.removeprefix("/api"), status_code=204)
    async def session(request: Request) -> Response:
        body = await _small_body(request)
        if not access.knows_token(str(body.get("token", ""))):
            raise HTTPException(401, "that is not the token that smastn serve printed")
        response = Response(status_code=204)
        response.set_cookie(
            COOKIE, str(body.get("token", "")), httponly=True, samesite="strict", path="/"
        )
        return response

    @router.get("/about")
    def about_this() -> dict[str, Any]:
        return about

    @router.get("/jobs")
    def listed() -> list[dict[str, Any]]:
        return [jobs.described(job) for job in jobs.listed()]

    @router.post("/jobs", status_code=201)
    async def upload(
        request: Request,
        name: Annotated[str, Query(max_length=2000)] = "film",
        sensitivity: Annotated[float, Query(ge=0, le=1)] = 0.5,
    ) -> dict[str, Any]:
        _refuse_if_announced_too_large(request, jobs.limits.upload_bytes)
        job = jobs.arrive(unquote(name), sensitivity)
        try:
            await _save_body(request, jobs.store.upload(job.id), jobs.limits.upload_bytes)
            job = await asyncio.to_thread(jobs.take, job)
        except BaseException:
            await asyncio.to_thread(jobs.give_up, job)
            raise
        return jobs.described(job)

    @router.get("/jobs/{job_id}")
    def described(job: Annotated[Job, Depends(found)]) -> dict[str, Any]:
        return jobs.described(job)

    @router.post("/jobs/{job_id}/cancel", status_code=204)
    def cancel(job: Annotated[Job, Depends(found)]) -> None:
        jobs.cancel(job)

    @router.delete("/jobs/{job_id}", status_code=204)
    def delete(job: Annotated[Job, Depends(found)]) -> None:
        jobs.delete(job)

    @router.get("/jobs/{job_id}/films/{name}")
    def film(job: Annotated[Job, Depends(found)], name: str) -> FileResponse:
        path = jobs.store.result(job.id) / name
        if name not in _FILES or not path.is_file():
            raise HTTPException(404, "there is no such film")
        return FileResponse(path, media_type=_FILES[name])

    return router


def answer_errors(app: Any) -> None:
    """What users can put right is said in one sentence, with a fitting status."""

    def bad(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 422)

    def busy(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 429, {"Retry-After": "5"})

    app.add_exception_handler(InputError, bad)
    app.add_exception_handler(Busy, busy)


def _finder(jobs: Jobs) -> Callable[[str], Job]:
    def found(job_id: str) -> Job:
        job = jobs.job(job_id)
        if job is None:
            raise HTTPException(404, "there is no such film here; it may have been deleted")
        return job

    return found


def _refuse_if_announced_too_large(request: Request, most: int) -> None:
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)


async def _save_body(request: Request, path: Path, most: int) -> None:
    """Write what comes in, as it comes in; stop as soon as it is too much."""
    taken = 0
    chunks = request.stream().__aiter__()
    with path.open("xb") as file:
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks, None), _CHUNK_SECONDS)
            except TimeoutError:
                raise HTTPException(408, "the upload stopped halfway; start it again") from None
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
        413, f"the file is larger than the {most / 2**20:.0f} MiB that are taken; cut it into parts"
    )


async def _small_body(request: Request, most: int = 4096) -> dict[str, Any]:
    """A JSON object of few bytes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, "that is more than was asked for")
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HTTPException(422, "wanted a JSON object")
    return value
