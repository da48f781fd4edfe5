"""Uploads that are too large, too long, malformed or many; the server keeps running."""

import contextlib
import http.server
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import httpx
import numpy as np
import pytest
from malformed import malformed_files
from server_fixtures import AWKWARD_NAME, Server

from smastn.errors import InputError
from smastn.media.encoding import write_video
from smastn.methods.predictor import Predictor
from smastn.server.film_process import FilmTask, analyse_film, check_film
from smastn.server.job_store import UPLOAD, Job
from smastn.server.limits import Limits


def upload(client: httpx.Client, content: Any, name: str = "film.mp4") -> httpx.Response:
    return client.post("/api/jobs", params={"name": name}, content=content)


def folders(server: Server) -> set[str]:
    return {path.name for path in server.kept.iterdir()}


def test_an_upload_is_stopped_as_soon_as_it_is_too_large(
    client: httpx.Client, server: Server
) -> None:
    before = folders(server)
    assert upload(client, bytes(2**22 + 1)).status_code == 413
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(4096):
            sent += 2**16
            yield bytes(2**16)

    with contextlib.suppress(httpx.WriteError):  # the server may have closed the connection
        assert upload(client, endless()).status_code == 413
    assert sent < 64 * 2**20
    assert folders(server) == before


def test_longer_and_larger_films_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_video(path, np.zeros((30, 48, 64, 3), np.uint8), 2.0)
    with pytest.raises(InputError, match=r"lasts 15 s; wanted at most 10 s"):
        check_film(path, Limits(film_seconds=10.0), print)
    with pytest.raises(InputError, match="64x48 pixels"):
        check_film(path, Limits(film_pixels=64 * 47), print)
    assert check_film(path, Limits(), print)["frames"] == 30


def test_a_film_longer_than_its_header_says_is_aborted(tmp_path: Path, film: Path) -> None:
    path = tmp_path / UPLOAD
    path.write_bytes(film.read_bytes())
    task = FilmTask(tmp_path, Job("0" * 32, "film"), Limits(film_seconds=1.0), Predictor.bundled)
    with pytest.raises(InputError, match="is longer than 1 s"):
        analyse_film(task, lambda **values: None)
    assert list(tmp_path.iterdir()) == [path]


class _Canary(http.server.BaseHTTPRequestHandler):
    requested: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.requested.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_the_server_survives_two_hundred_malformed_files(
    client: httpx.Client, server: Server, film: Path, tmp_path: Path
) -> None:
    before = folders(server)
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of this machine\n" * 50)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary) as canary:
        threading.Thread(target=canary.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{canary.server_port}"
        files = malformed_files(film, secret, address)

        def send(named: tuple[str, bytes]) -> httpx.Response:
            answer = upload(client, named[1], named[0])
            if answer.status_code == 201:  # damaged, but readable
                client.delete(f"/api/jobs/{answer.json()['id']}")
            return answer

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, files))
        canary.shutdown()
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 422}
    assert statuses.count(422) >= 120
    for (name, _), answer in zip(files, answers, strict=True):
        if name.startswith(("list.", "film.")) or name.endswith(("m3u8.mp4", "concat.mp4")):
            assert answer.status_code == 422, name
        assert "secret of this machine" not in answer.text
        assert str(server.kept) not in answer.text
    assert not _Canary.requested
    assert folders(server) == before
    good = upload(client, film.read_bytes())
    assert good.status_code == 201
    client.delete(f"/api/jobs/{good.json()['id']}")


def test_twenty_simultaneous_uploads_succeed_while_the_server_responds(
    client: httpx.Client, film: Path
) -> None:
    content = film.read_bytes()
    with ThreadPoolExecutor(20) as pool:
        coming = [pool.submit(upload, client, content, f"film {n}.mp4") for n in range(20)]
        waited = []
        while not all(one.done() for one in coming):
            began = time.monotonic()
            assert client.get("/api/info").is_success
            waited.append(time.monotonic() - began)
        answers = [one.result() for one in coming]
    assert [answer.status_code for answer in answers] == [201] * 20
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == 20
    assert waited
    for job_id in ids:
        client.delete(f"/api/jobs/{job_id}")
    assert not ids & {job["id"] for job in client.get("/api/jobs").json()}


def test_a_finished_film_is_played_in_ranges(client: httpx.Client, uploaded: str) -> None:
    assert client.get(uploaded).json()["name"] == AWKWARD_NAME
    seen = client.get(f"{uploaded}/films/original.mp4", headers={"Range": "bytes=0-99"})
    assert seen.status_code == 206 and len(seen.content) == 100
    assert client.get(f"{uploaded}/films/analysis.json").status_code == 404


def test_nothing_of_a_deleted_film_is_left(
    client: httpx.Client, film: Path, server: Server
) -> None:
    job = upload(client, film.read_bytes()).json()["id"]
    assert job in folders(server)
    assert client.delete(f"/api/jobs/{job}").status_code == 204
    for part in ("", "/analysis", "/curves", "/coding", "/films/original.mp4", "/export/csv"):
        assert client.get(f"/api/jobs/{job}{part}").status_code == 404
    assert job not in folders(server)
