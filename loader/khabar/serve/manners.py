"""Who may ask: hosts, origins, sizes, and what every answer tells a browser that it may do."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from khabar.serve.problems import RequestRefused, problem
from khabar.serve.requests import path

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
"""The names by which this machine calls itself."""

TARGET_LIMIT: Final = 12 * 1024
"""Bytes that the target of a request may have, path and query; a longer query is sent by POST."""

OPENREFINE: Final = frozenset({"http://127.0.0.1:3333", "http://localhost:3333"})
"""The origins of OpenRefine on this machine, whose pages may ask the reconciliation service."""

HEAD_LIMIT: Final = 16 * 1024
"""Bytes that the headers of a request may have, and their number is at most `HEADERS`."""

HEADERS: Final = 64

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every page: nothing of another host, no script or style inside a page."""

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class Visitors(msgspec.Struct, frozen=True):
    """The hosts by whose name the endpoint may be called, without port, and the origins whose pages may ask it.

    An origin is scheme, host and port as a browser writes it; ``*`` lets every page ask.
    """

    hosts: frozenset[str] = frozenset(LOOPBACK)
    origins: frozenset[str] = frozenset()


class Manners:
    """Every request is looked at before anything else sees it, and every answer gets its headers.

    A request for another host is refused (403), against names that were made to lead here (DNS rebinding). So is what a
    page of another origin sends, unless that origin was allowed: neither form nor script nor image reaches the data.
    Pages of the same site, at another port or below another name, may load scripts of the reconciliation service, as
    older OpenRefines do. People may follow a link from anywhere.
    """

    def __init__(self, app: ASGIApp, visitors: Visitors) -> None:
        self._app = app
        self._visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = _headers(scope["headers"])
        origin = headers.get("origin", "")
        allowed = bool(origin) and self._is_allowed(origin, scope)

        async def polite(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added(message["headers"], origin if allowed else "")]
            await send(message)

        refusal = self._refusal(scope, headers, is_allowed=allowed)
        if refusal is not None:
            await problem(refusal)(scope, receive, polite)
        elif scope["method"] == "OPTIONS":
            from starlette.responses import Response

            methods = ", ".join(_methods(path(scope)))
            options = {"Allow": methods}
            if allowed:
                options |= {
                    "Access-Control-Allow-Methods": methods,
                    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type",
                    "Access-Control-Max-Age": "3600",
                }
            await Response(status_code=204, headers=options)(scope, receive, polite)
        else:
            from starlette.requests import ClientDisconnect

            # Nobody is left to be told, and it is no fault of this program.
            with contextlib.suppress(ClientDisconnect):
                await self._app(scope, receive, polite)

    def _is_allowed(self, origin: str, scope: Scope) -> bool:
        if {origin, "*"} & self._visitors.origins:
            return True
        return origin in OPENREFINE and path(scope).startswith("/reconcile")

    def _refusal(self, scope: Scope, headers: Mapping[str, str], *, is_allowed: bool) -> RequestRefused | None:
        host = headers.get("host", "")
        if "," in host or _name(host) not in self._visitors.hosts:
            expected = f"one of the hosts {', '.join(sorted(self._visitors.hosts))}"
            return RequestRefused(403, "Host", expected, host[:100] or "none", "name it with --host-name")
        if len(scope["raw_path"]) + len(scope["query_string"]) > TARGET_LIMIT:
            return RequestRefused(414, "address", f"at most {TARGET_LIMIT:,} bytes", "more", "send the query by POST")
        if scope["http_version"] not in ("1.0", "1.1"):
            return RequestRefused(505, "protocol", "HTTP/1.1", f"HTTP/{scope['http_version']}"[:20])
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size > HEAD_LIMIT or len(scope["headers"]) > HEADERS:
            return RequestRefused(431, "headers", f"at most {HEADERS}, of {HEAD_LIMIT:,} bytes", "more")
        if "content-length" in headers and "transfer-encoding" in headers:
            # Servers on the way may read one, and others the other (RFC 9112, section 6.3).
            return RequestRefused(400, "body", "its length, or pieces", "both", headers={"Connection": "close"})
        if scope["method"] not in METHODS:
            return RequestRefused(
                405, "method", ", ".join(METHODS), scope["method"][:20], headers={"Allow": ", ".join(METHODS)}
            )
        return None if is_allowed else _stranger(scope, headers, host)


def _methods(place: str) -> tuple[str, ...]:
    """What may be done with what is at ``place``: only queries, and whole tables to reconcile, are sent."""
    takes_bodies = place == "/sparql" or place.startswith("/reconcile")
    return METHODS if takes_bodies else tuple(method for method in METHODS if method != "POST")


def _stranger(scope: Scope, headers: Mapping[str, str], host: str) -> RequestRefused | None:
    origin = headers.get("origin")
    if origin is not None and not _is_same(origin, host):
        return RequestRefused(403, "Origin", "a page of this host", origin[:100], "allow it: --allow-origin")
    # Older browsers send neither header, and the others no Origin with an image, a script or a plain form.
    is_visit = headers.get("sec-fetch-mode") == "navigate" and scope["method"] in ("GET", "HEAD")
    site = headers.get("sec-fetch-site")
    is_near = site == "same-site" and path(scope).startswith("/reconcile")
    if site in ("cross-site", "same-site") and not (is_visit or is_near):
        return RequestRefused(
            403, "Sec-Fetch-Site", "a page of this host", "a page of another", "allow it: --allow-origin"
        )
    return None


def _headers(pairs: Collection[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name; those that come twice are joined, so that a second Host is not overlooked."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _name(host: str) -> str:
    """The name in a Host header, without its port, in small letters."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower().rstrip(".")


def _is_same(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def added(present: Collection[tuple[bytes, bytes]], origin: str = "") -> list[tuple[bytes, bytes]]:
    """The headers that an answer is still to get; ``origin`` is that of a page that may read it."""
    names = {name.lower() for name, _ in present}
    added = [pair for pair in _HEADERS if pair[0] not in names]
    if b"content-security-policy" not in names:
        added.append((b"content-security-policy", POLICY.encode()))
    if origin:
        if b"access-control-allow-origin" not in names:
            added.append((b"access-control-allow-origin", origin.encode("latin-1")))
        added.append((b"vary", b"Origin"))
    return added
