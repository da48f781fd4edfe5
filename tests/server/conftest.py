"""A server as its user starts it, a short synthetic film, and a browser."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from camera import write_camera
from server_fixtures import AWKWARD_NAME, EVENTS, FRAMES, RATE, Server

from smastn.media.encoding import write_video
from smastn.synthesis.animated_face import AnimatedFace
from smastn.synthesis.nuisance import Nuisance
from smastn.synthesis.photographs import photograph, upright
from smastn.synthesis.synthetic_film import Film

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic film of a photograph with two movements, 320 by 240 pixels."""
    photo = upright(photograph("astronaut"), (320, 240), 130.0, (160.0, 112.0))
    face = AnimatedFace(photo)
    path = tmp_path_factory.mktemp("film") / "an interview.mp4"
    write_video(
        path,
        Film(face, EVENTS, (RATE, FRAMES), Nuisance(blinks=0.0, gaze_shifts=0.0), seed=2),
        RATE,
    )
    return path


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start `smastn serve` with further options; all servers are stopped at the end."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: object, keep: bool = True) -> Server:
        log = tmp_path_factory.mktemp("server") / "stderr.txt"
        kept = log.parent / "kept"
        kept.mkdir()
        words = [sys.executable, "-m", "smastn", "serve", "--port", "0"]
        words += ["--keep", str(kept)] if keep else []
        environment = os.environ | {"TMPDIR": str(kept)}
        with log.open("w") as errors:
            process = subprocess.Popen(
                [*words, *map(str, options)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
            )
        started.append(process)
        address = _first_line(process)
        assert address.startswith("http://"), log.read_text()
        return Server(address.partition("#")[0].rstrip("/"), address, process, log, kept)

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    for process in started:
        with process:  # waits, and closes its output
            pass


def _first_line(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()
    output = process.stdout
    assert output is not None
    threading.Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
    return lines.get(timeout=120).strip()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """A server that many tests share."""
    return start_server("--upload", 4)


@pytest.fixture(scope="session")
def uploaded(server: Server, film: Path) -> str:
    """The path of a film that was uploaded without a browser and is analysed."""
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        name = {"name": f"../{AWKWARD_NAME}"}
        job = client.post("/api/jobs", params=name, content=film.read_bytes()).json()
        for _ in range(900):
            state = client.get(f"/api/jobs/{job['id']}").json()["state"]
            if state == "done":
                return f"/api/jobs/{job['id']}"
            assert state in ("waiting", "working")
            time.sleep(0.1)
    raise AssertionError("the film was not analysed in time")


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client without a browser."""
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as http:
        yield http


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory, film: Path) -> Iterator[Any]:
    """A real browser, whose webcam shows the film; without it tests skip, but not in CI."""
    if CHROMIUM is None:
        reason = "needs Chromium, which is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    camera = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    write_camera(film, camera)
    words = [*_QUIET, f"--use-file-for-fake-video-capture={camera}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        yield browser
        browser.close()
