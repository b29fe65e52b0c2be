"""Endpoints on loopback for tests: a real one, and one that fails as it is told."""

from __future__ import annotations

import contextlib
import http.server
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from servers import Server, free_port, installed

JSON = "application/sparql-results+json"
Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextlib.contextmanager
def oxigraph(data: str, *options: str, suffix: str = "ttl") -> Iterator[str]:
    """The address of ``oxigraph serve`` with ``data`` in its default graph (Turtle) or in its graphs (N-Quads)."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [installed("oxigraph"), "serve", "--bind", f"127.0.0.1:{port}", *options]
        server = Server(command, port, Path(folder))
        try:
            server.start()
            kind = {"ttl": "text/turtle", "nq": "application/n-quads"}[suffix]
            where = f"{server.address}/store?default" if suffix == "ttl" else f"{server.address}/store"
            request = urllib.request.Request(  # noqa: S310 - an address of this test
                where, data=data.encode(), headers={"Content-Type": kind}, method="PUT" if suffix == "ttl" else "POST"
            )
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - the same
                yield f"{server.address}/query"
        finally:
            server.kill()


class Endpoint:
    """A server that gives one answer to everything, and what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[tuple[str, dict[str, str], str]] = []


@contextlib.contextmanager
def endpoint(answer: Answer) -> Iterator[Endpoint]:
    """An endpoint that lets ``answer`` write its response, whatever it is asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the library calls
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            found.asked.append((self.path, dict(self.headers), body))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                answer(self)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # Closing waits for every answer that is still under way.
    server.daemon_threads = False
    found = Endpoint(f"http://127.0.0.1:{server.server_port}/sparql")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answering(body: str, *, kind: str = JSON, status: int = 200, **headers: str) -> Answer:
    """An answer with this body, type, status and headers (``Retry_After`` for ``Retry-After``)."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body.encode())))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


def file_of(folder: Path, name: str, text: str) -> Path:
    """A new file with ``text`` in UTF-8."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path
