"""The application as a whole, and how it is served."""

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
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from smastn.errors import ConfigError
from smastn.files import process_runs
from smastn.html_templates import templates
from smastn.methods.predictor import load_predictor
from smastn.server import coding_routes, film_routes, webcam
from smastn.server.about import about_server
from smastn.server.access import Access, Guard, is_loopback
from smastn.server.bounded_process import warm_up
from smastn.server.jobs import Jobs
from smastn.server.limits import Limits
from smastn.server.upload_store import Store

STATIC = Path(__file__).resolve().parent / "static"
"""Styles and scripts; served as they are."""

_PAGES = {"films": "/", "live": "/live", "view": "/view"}
_LINKS = (("films", "/", "Films"), ("live", "/live", "Webcam"))
_EXPIRY_SECONDS = 30.0
_CONNECTIONS = 256
_TEMPORARY = "smastn-serve-"


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """How the server is reached, and what it works with.

    Attributes:
        host: address to listen on; any but this machine's own needs a token.
        port: 0 for any that is free.
        checkpoint: folder of weights, or None for those that come with smastn.
        keep: folder in which films and results stay when the server ends, or None.
        with_token: ask for a token on this machine, too.
        limits: what is taken on.
    """

    host: str = "127.0.0.1"
    port: int = 8642
    checkpoint: Path | None = None
    keep: Path | None = None
    with_token: bool = False
    limits: Limits = field(default_factory=Limits)


def serve(config: ServeConfig, ready: Callable[[str], None]) -> None:
    """Serve until told to end.

    Args:
        config: how.
        ready: called with the address to open, token included, once it can be opened.

    Raises:
        SmastnError: the weights cannot be used, or nothing can listen there.
    """
    warming = threading.Thread(target=warm_up, daemon=True)
    warming.start()
    about = about_server(load_predictor(config.checkpoint), config.limits, config.keep is not None)
    access = access_to(config)
    with _listening(config) as listener, _root(config.keep) as root:
        jobs = Jobs(Store(root), config.limits, config.checkpoint)
        settings = uvicorn.Config(
            Guard(application(jobs, access, about), access),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=2,
            ws_max_size=2**20,
        )
        warming.join()  # else the first films would wait for it, and it counts as their time
        ready(_address(config.host, listener.getsockname()[1], access.token))
        try:
            uvicorn.Server(settings).run(sockets=[listener])
        finally:
            jobs.close()


def access_to(config: ServeConfig) -> Access:
    """Who may ask: on this machine anybody, from elsewhere who has the token, made anew here."""
    asks = config.with_token or not is_loopback(config.host)
    return Access(config.host, secrets.token_urlsafe(32) if asks else None)


def application(jobs: Jobs, access: Access, about: dict[str, Any]) -> FastAPI:
    """Pages and interface, not yet guarded."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        expiring = asyncio.create_task(_expire(jobs))
        yield
        expiring.cancel()
        with suppress(asyncio.CancelledError):
            await expiring

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.jobs, app.state.access, app.state.about = jobs, access, about
    app.state.cameras = webcam.Places(jobs.limits.live)
    app.include_router(film_routes.router)
    app.include_router(coding_routes.router)
    app.include_router(webcam.router)
    film_routes.answer_errors(app)
    for name, path in _PAGES.items():
        app.add_api_route(path, _page(name), methods=["GET", "HEAD"])
    app.add_api_route("/static/plotly.min.js", _plotly, methods=["GET", "HEAD"])
    app.mount("/static", StaticFiles(directory=STATIC))
    return app


def _page(name: str) -> Callable[[], Coroutine[Any, Any, HTMLResponse]]:
    """An empty page, the same for everybody; its script asks for what stands in it."""
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
def _root(keep: Path | None) -> Iterator[Path]:
    """The folder of all jobs; gone in the end unless it was asked for."""
    if keep is not None:
        yield keep
        return
    _sweep(Path(tempfile.gettempdir()))
    root = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-"))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Delete what servers of this user left there that were killed and could not tidy up."""
    if not hasattr(os, "getuid"):  # Windows cannot ask whether a process lives
        return
    for left in folder.glob(f"{_TEMPORARY}*-*"):
        number = left.name.removeprefix(_TEMPORARY).partition("-")[0]
        if (
            number.isdigit()
            and left.lstat().st_uid == os.getuid()
            and not process_runs(int(number))
        ):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _listening(config: ServeConfig) -> Iterator[socket.socket]:
    try:
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        listener = socket.create_server((config.host, config.port), family=family)
    except OSError as error:
        raise ConfigError(
            f"nothing can listen on {config.host}, port {config.port} ({error.strerror}); "
            "wanted an address of this machine and a free port; try --port 0"
        ) from error
    with listener:
        yield listener


def _address(host: str, port: int, token: str | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    after = f"#token={token}" if token else ""  # what follows # is never sent, so never logged
    return f"http://{shown}:{port}/{after}"
