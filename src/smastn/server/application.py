"""The web application and its server."""

import asyncio
import importlib.resources
import os
import secrets
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from smastn.errors import ConfigError, InputError
from smastn.files import exclusive
from smastn.html_templates import templates
from smastn.methods.predictor import load_predictor
from smastn.server import coding_routes, film_routes, webcam
from smastn.server.access import Access, AccessMiddleware, is_loopback
from smastn.server.bounded_process import warm_up
from smastn.server.job_store import JobStore
from smastn.server.jobs import Busy, Jobs
from smastn.server.limits import Limits
from smastn.server.server_info import server_info

STATIC = Path(__file__).resolve().parent / "static"
"""Style sheets and scripts; served unchanged."""

_PAGES = {"films": "/", "live": "/live", "view": "/view"}
_LINKS = (("films", "/", "Films"), ("live", "/live", "Webcam"))
_EXPIRY_SECONDS = 30.0
_CONNECTIONS = 256
_TEMPORARY = "smastn-serve-"
_STARTING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """Settings of the server.

    Attributes:
        host: address to listen on; any but a loopback address requires a token.
        port: 0 for any free port.
        checkpoint: folder of weights, or None for those that come with smastn.
        trust: code from outside smastn that the checkpoint may run, see `Predictor.load`.
        keep: folder in which films and results stay when the server ends, or None.
        with_token: require a token on this machine, too.
        limits: bounds on uploads and work.
    """

    host: str = "127.0.0.1"
    port: int = 8642
    checkpoint: Path | None = None
    keep: Path | None = None
    with_token: bool = False
    limits: Limits = field(default_factory=Limits)
    trust: tuple[str, ...] = ()


def serve(config: ServeConfig, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is called before with the first page's address and token.

    Raises:
        SmastnError: the weights cannot be used, or the address cannot be listened on.
    """
    warming = threading.Thread(target=warm_up, daemon=True)
    warming.start()
    load = partial(load_predictor, config.checkpoint, config.trust)
    info = server_info(load(), config.limits, config.keep is not None)
    access = access_for(config)
    with _listening(config) as listener, _data_folder(config.keep) as folder:
        jobs = Jobs(JobStore(folder), config.limits, load)
        settings = uvicorn.Config(
            AccessMiddleware(application(jobs, access, info), access),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=2,
            ws_max_size=2**20,
        )
        warming.join()  # otherwise the time limit of the first films would include it
        ready(_address(config.host, listener.getsockname()[1], access.token))
        try:
            uvicorn.Server(settings).run(sockets=[listener])
        finally:
            jobs.close()


def access_for(config: ServeConfig) -> Access:
    """Access with a new token, if the settings require one."""
    required = config.with_token or not is_loopback(config.host)
    return Access(config.host, secrets.token_urlsafe(32) if required else None)


def application(jobs: Jobs, access: Access, info: dict[str, Any]) -> FastAPI:
    """Pages and API, without access checks."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        expiring = asyncio.create_task(_expire(jobs))
        yield
        expiring.cancel()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.jobs, app.state.access, app.state.info = jobs, access, info
    app.state.webcam_slots = asyncio.Semaphore(jobs.limits.webcams)
    for routes in (film_routes, coding_routes, webcam):
        app.include_router(routes.router)
    app.add_exception_handler(InputError, _invalid)
    app.add_exception_handler(Busy, _busy)
    for name, path in _PAGES.items():
        app.add_api_route(path, _page(name), methods=["GET", "HEAD"])
    app.add_api_route("/static/plotly.min.js", _plotly, methods=["GET", "HEAD"])
    app.mount("/static", StaticFiles(directory=STATIC))
    return app


def _invalid(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 422)


def _busy(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 429, {"Retry-After": "5"})


def _page(name: str) -> Callable[[], Coroutine[Any, Any, HTMLResponse]]:
    """A page without data; its script requests the data from the API."""
    template = templates("server").get_template(f"{name}.html")
    text = template.render(page=name, links=_LINKS, chart=name != "films")

    async def page() -> HTMLResponse:
        return HTMLResponse(text)

    return page


async def _plotly() -> FileResponse:
    return FileResponse(str(importlib.resources.files("plotly") / "package_data/plotly.min.js"))


async def _expire(jobs: Jobs) -> None:
    while True:
        await asyncio.sleep(_EXPIRY_SECONDS)
        await asyncio.to_thread(jobs.expire, time.time())


@contextmanager
def _data_folder(keep: Path | None) -> Iterator[Path]:
    """The folder for all jobs; deleted at the end unless `keep` is given."""
    if keep is not None:
        yield keep
        return
    _delete_leftovers(Path(tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=_TEMPORARY, ignore_cleanup_errors=True) as name,
        exclusive(Path(name)),
    ):
        yield Path(name)


def _delete_leftovers(temporary: Path) -> None:
    """Delete folders of this user's servers that were killed; a running server locks its own."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    for folder in temporary.glob(f"{_TEMPORARY}*"):
        facts = folder.lstat()
        starting = time.time() - facts.st_mtime < _STARTING_SECONDS  # it may not be locked yet
        if facts.st_uid == user and not starting:
            with suppress(InputError), exclusive(folder):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _listening(config: ServeConfig) -> Iterator[socket.socket]:
    try:
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        listener = socket.create_server((config.host, config.port), family=family)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {config.host}, port {config.port} ({error.strerror}); "
            "wanted an address of this machine and a free port; try --port 0"
        ) from error
    with listener:
        yield listener


def _address(host: str, port: int, token: str | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    after = f"#token={token}" if token else ""  # browsers do not send what follows #
    return f"http://{shown}:{port}/{after}"
