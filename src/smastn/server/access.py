"""Which requests the server answers; checked before any route runs.

A page of another site must not use a server on this machine through the user's browser:
neither by a domain name that resolves to this machine (DNS rebinding), nor by a form or
script of its own (cross-site requests), nor in a frame. Clients on other machines need
the token.
"""

import ipaddress
import secrets
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

COOKIE = "smastn_token"
SESSION = "/api/session"
"""The only path of the API that is answered without the token: it checks a token."""

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
    """The address of the server and its token.

    Attributes:
        host: address that the server listens on.
        token: required with each request to the API, or None if no token is required.
    """

    host: str = "127.0.0.1"
    token: str | None = None

    def accepts_host(self, header: str) -> bool:
        """Whether a Host header names this server by an IP address or by its own name.

        Starlette's `TrustedHostMiddleware` knows names only. An attacker can make a name
        resolve to this machine, but not an IP address, so addresses are accepted.
        """
        name = _without_port(header)
        if name in ("localhost", self.host.lower()):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not is_loopback(self.host)

    def accepts_token(self, sent: str) -> bool:
        """Whether this is the token; the comparison takes equally long for every input."""
        return self.token is None or secrets.compare_digest(sent.encode(), self.token.encode())


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach that address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class AccessMiddleware:
    """Rejects requests that are not allowed; adds security headers to all responses.

    Args:
        application: the application to protect.
        access: address and token of the server.
    """

    def __init__(self, application: ASGIApp, access: Access) -> None:
        self._application, self._access = application, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or one web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault(
                    "cache-control", "no-store" if "/api/" in scope["path"] else "no-cache"
                )
            await send(message)

        rejection = self._rejection(HTTPConnection(scope))
        if rejection is None:
            await self._application(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008)(scope, receive, send)
        else:
            status, reason = rejection
            await JSONResponse({"detail": reason}, status)(scope, receive, send_with_headers)

    def _rejection(self, request: HTTPConnection) -> tuple[int, str] | None:
        """Status and reason if the request is not allowed."""
        path = request.scope["path"]
        protected = path.startswith("/api/") or request.scope["type"] == "websocket"
        if not self._access.accepts_host(request.headers.get("host", "")):
            return 421, "this server does not have that name; use the address that it printed"
        if protected and not _from_own_page(request):
            return 403, "the request came from a page of another site; use a page of this server"
        open_to_all = path == SESSION or not protected  # pages and scripts hold no data
        if open_to_all or self._access.accepts_token(_sent_token(request)):
            return None
        return 401, "the token is missing or wrong; open the address that smastn serve printed"


def _from_own_page(request: HTTPConnection) -> bool:
    """Whether a request comes from a page of this server, or from no page at all.

    Browsers send `Origin` with all web sockets and with all requests that change something;
    current ones send `Sec-Fetch-Site` with every request.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    if origin is None:
        return request.scope["type"] == "http"
    return origin in (f"http://{host}", f"https://{host}")


def _sent_token(request: HTTPConnection) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else request.cookies.get(COOKIE, "")


def _without_port(header: str) -> str:
    """The name in a Host header; `urlsplit` would also accept ``user@name``."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()
