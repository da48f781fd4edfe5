"""Which requests a real server answers."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_fixtures import Server
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from smastn.server.access import Access, is_loopback
from smastn.server.application import ServeConfig, access_for


@pytest.fixture(scope="module")
def guarded(start_server: Callable[..., Server]) -> Server:
    """A server that other machines could reach."""
    return start_server("--host", "0.0.0.0", keep=False)


@pytest.fixture
def outsider(guarded: Server) -> Any:
    url = guarded.url.replace("0.0.0.0", "127.0.0.1")
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        yield http


def token_of(server: Server) -> str:
    return server.address.partition("#token=")[2]


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:80"]
)
def test_a_foreign_name_that_resolves_to_the_server_is_rejected(
    client: httpx.Client, name: str
) -> None:
    for path in ("/", "/api/jobs", "/static/films.js"):
        assert client.get(path, headers={"Host": name}).status_code == 421


def test_the_names_of_this_machine_are_accepted(client: httpx.Client) -> None:
    for name in ("127.0.0.1:1234", "localhost", "[::1]:80"):
        assert client.get("/api/jobs", headers={"Host": name}).status_code == 200


FOREIGN = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_requests_of_pages_of_another_site_are_rejected(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    for method, path in (("GET", "/api/jobs"), ("POST", "/api/jobs"), ("DELETE", "/api/jobs/x")):
        assert client.request(method, path, headers=headers).status_code == 403
    assert client.get("/api/jobs", headers={"Origin": str(client.base_url).rstrip("/")}).is_success


def test_a_web_socket_opens_only_for_a_page_of_the_server(server: Server) -> None:
    url = server.url.replace("http", "ws") + "/api/live"
    for origin in (Origin("http://evil.example"), None):
        with pytest.raises(InvalidStatus, match="403"):
            connect(url, origin=origin, proxy=None)
    with connect(url, origin=Origin(server.url), proxy=None):
        pass


@pytest.mark.parametrize("path", ["/", "/view", "/live", "/static/view.js", "/api/info", "/none"])
def test_every_response_has_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../access.py",
        "/static/%2e%2e/access.py",
        "/static/..%2faccess.py",
        "/static//etc/passwd",
        "/api/jobs/..%2f..%2fetc/analysis",
        "/api/jobs/%2e%2e/films/original.mp4",
        "/docs",
        "/openapi.json",
    ],
)
def test_no_path_leads_out_of_what_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code in (404, 405)


def test_other_machines_get_no_data_without_the_token(outsider: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "smastn_token=wrong"}):
        for path in ("/api/info", "/api/jobs", "/api/jobs/x/films/original.mp4"):
            assert outsider.get(path, headers=headers).status_code == 401
        assert outsider.post("/api/jobs", content=b"x", headers=headers).status_code == 401
    assert outsider.get("/").is_success  # the page that requests the token


def test_the_token_is_accepted_as_header_and_opens_a_session(
    guarded: Server, outsider: httpx.Client
) -> None:
    token = token_of(guarded)
    assert len(token) >= 40
    known = {"Authorization": f"Bearer {token}"}
    assert outsider.get("/api/jobs", headers=known).is_success
    assert outsider.post("/api/session", json={"token": "wrong"}).status_code == 401
    cookie = outsider.post("/api/session", json={"token": token}).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert outsider.get("/api/jobs").is_success


def test_a_web_socket_from_the_network_needs_the_token(guarded: Server) -> None:
    url = guarded.url.replace("0.0.0.0", "127.0.0.1")
    live = url.replace("http", "ws") + "/api/live"
    with pytest.raises(InvalidStatus, match="403"):
        connect(live, origin=Origin(url), proxy=None)
    known = {"Authorization": f"Bearer {token_of(guarded)}"}
    with connect(live, origin=Origin(url), additional_headers=known, proxy=None):
        pass


def test_the_token_is_printed_once_and_is_in_no_log(
    guarded: Server, outsider: httpx.Client
) -> None:
    outsider.get("/", params={"token": token_of(guarded)})
    assert token_of(guarded) not in guarded.log.read_text()


def test_a_local_server_has_no_token_by_default(server: Server) -> None:
    assert "#" not in server.address
    assert access_for(ServeConfig()).token is None
    tokens = {access_for(ServeConfig(with_token=True)).token for _ in range(9)}
    tokens |= {access_for(ServeConfig(host="192.168.0.7")).token for _ in range(9)}
    assert None not in tokens and len(tokens) == 18


def test_loopback_addresses_are_recognised() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.3.2.1", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.168.0.7", "lab.example"))


def test_a_local_server_does_not_accept_other_addresses() -> None:
    assert not Access("127.0.0.1").accepts_host("192.168.0.7:8642")
    assert Access("0.0.0.0").accepts_host("192.168.0.7:8642")
    assert Access("lab.example").accepts_host("lab.example:8642")
    assert not Access("lab.example").accepts_host("evil.example:8642")


def test_it_ends_on_ctrl_c_and_leaves_no_film(
    guarded: Server, outsider: httpx.Client, film: Path
) -> None:
    assert len(list(guarded.kept.glob("smastn-serve-*"))) == 1
    known = {"Authorization": f"Bearer {token_of(guarded)}"}
    uploaded = outsider.post("/api/jobs", content=film.read_bytes(), headers=known)
    assert uploaded.status_code == 201
    assert list(guarded.kept.glob("smastn-serve-*/*/film"))
    guarded.process.send_signal(signal.SIGINT)
    assert guarded.process.wait(60) == 0
    said = guarded.log.read_text()
    assert "all films were deleted" in said
    assert "Traceback" not in said
    assert not list(guarded.kept.glob("smastn-serve-*"))
