"""Who may ask the server for what, decided before any route is.

A page of another site must not be able to use a server on this machine through the
browser that shows it: not by a name that is made to point here (DNS rebinding), not by a
form or a script of its own (cross-site requests), not by a frame. And whoever is not on
this machine needs the token.
"""

import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "smastn_token"
SESSION = "/api/session"
"""The one question of the interface that is answered without the token: is this it?"""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        host: the address that is listened on.
        token: what must be shown with each question, or None where none is asked for.
    """

    host: str = "127.0.0.1"
    token: str | None = None

    def knows_host(self, header: str) -> bool:
        """Whether a Host header names this server by an address, or by its own name.

        Only names can be made to point here by others, so an address is as good as known.
        """
        name = _without_port(header)
        if name in ("localhost", self.host.lower()):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not is_loopback(self.host)

    def knows_token(self, shown: str) -> bool:
        """Whether that is the token; takes equally long whatever is shown."""
        return self.token is None or secrets.compare_digest(shown.encode(), self.token.encode())


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach that address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Around the application: refuses, and says in every answer what a browser may do with it.

    Args:
        application: what is guarded.
        access: who may ask.
    """

    def __init__(self, application: Application, access: Access) -> None:
        self._application, self._access = application, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_our_headers(message.get("headers", []), scope["path"])
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._application(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refuse(send_with_headers, *refusal)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        host, path = headers.get("host", ""), scope["path"]
        if not self._access.knows_host(host):
            return 421, "this server is not known by that name; use the address it printed"
        if not _from_own_page(scope, headers, host):
            return 403, "a page of another site asked; only pages of this server may"
        if _is_open(path) or self._access.knows_token(_shown_token(headers)):
            return None
        return 401, "the token is missing or wrong; open the address that smastn serve printed"


def _is_open(path: str) -> bool:
    """Whether that is no secret: pages and scripts, which are the same everywhere."""
    return path == SESSION or not path.startswith("/api/")


def _from_own_page(scope: Scope, headers: dict[str, str], host: str) -> bool:
    """Whether a question comes from our page, or from no page at all.

    Browsers say where a question comes from with everything that changes something and with
    web sockets; modern ones say so with everything.
    """
    if scope["type"] == "http" and not scope["path"].startswith("/api/"):
        return True  # pages may be linked to
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return scope["type"] == "http"
    return origin in (f"http://{host}", f"https://{host}")


def _shown_token(headers: dict[str, str]) -> str:
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _without_port(header: str) -> str:
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def _with_our_headers(headers: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
    told = {name.lower() for name, _ in headers}
    ours = dict(_HEADERS) | {"cache-control": "no-store" if "/api/" in path else "no-cache"}
    more = [(name.encode(), value.encode()) for name, value in ours.items()]
    return [*headers, *((name, value) for name, value in more if name not in told)]


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"detail": sentence}).encode()
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
