"""The HTTP that is the same for every stand-in: read a request, ask for credentials, answer, write it down."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from fakes.guards import Guard, without_secrets


class Asked(NamedTuple):
    """A request as a stand-in sees it; ``query`` and ``form`` hold pairs, decoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type of the body, without parameters; empty where none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The fields of a body that is a form."""
        return tuple(parse_qsl(self.body.decode(), keep_blank_values=True)) if self.kind == FORM else ()

    def value(self, name: str) -> str | None:
        """The value of a parameter of the address, None where it is missing or there twice."""
        found = [value for key, value in self.query if key == name]
        return found[0] if len(found) == 1 else None


class Given(NamedTuple):
    """An answer."""

    status: int
    body: bytes = b""
    kind: str = "text/plain;charset=UTF-8"
    headers: Mapping[str, str] = {}


class Request(NamedTuple):
    """What is written down of one request: nothing of a credential but its scheme."""

    method: str
    target: str
    headers: Mapping[str, str]
    size: int
    status: int


Front = Callable[[Asked], Given]
FORM: Final = "application/x-www-form-urlencoded"


class Traffic:
    """The address of a server that runs, and what it was asked in order."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.requests: list[Request] = []


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # closing waits for every thread
    request_queue_size = 64

    def __init__(self, front: Front, guard: Guard, common: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.front, self.guard, self.common = front, guard, common
        self.traffic = Traffic(f"http://127.0.0.1:{self.server_port}")
        self.connections: set[socket.socket] = set()

    def hang_up(self) -> None:
        """End the connections that clients keep, and with them their threads."""
        for connection in tuple(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle()

    def __getattr__(self, name: str) -> Callable[[], None]:
        # Whatever the method: a stand-in sees it, and refuses what its store refuses.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        body = self._body()
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        authorization = headers.get("authorization", "")
        if self.server.guard.admits(self.command, self.path, authorization):
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            given = self.server.front(Asked(self.command, unquote(parts.path), query, headers, body))
        else:
            given = Given(401, b"Unauthorized", headers={"WWW-Authenticate": self.server.guard.challenge()})
        if authorization:
            headers["authorization"] = without_secrets(authorization)
        self.server.traffic.requests.append(Request(self.command, self.path, headers, len(body), given.status))
        self._give(given)

    def _give(self, given: Given) -> None:
        self.send_response_only(given.status)
        for name, value in {**self.server.common, **given.headers}.items():
            self.send_header(name, value)
        if given.body:
            self.send_header("Content-Type", given.kind)
        if given.status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given.body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextlib.contextmanager
def serving(front: Front, guard: Guard, common: Mapping[str, str]) -> Iterator[Traffic]:
    """A server on loopback that answers as ``front`` does, with the headers ``common``, to whom ``guard`` admits."""
    server = _Server(front, guard, common)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.traffic
    finally:
        server.shutdown()
        server.hang_up()
        server.server_close()
        thread.join()
