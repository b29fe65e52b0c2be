"""Servers on loopback that do with each connection what a test says, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Act = Callable[[socket.socket], None]


class Scripted:
    """A running server: its port, and how many connections it took."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.address = f"{scheme}://127.0.0.1:{port}/sparql"
        self.connections = 0


@contextlib.contextmanager
def scripted(act: Act, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """A server that calls ``act`` with each connection, in a thread of its own, and then closes it."""
    listener = socket.create_server(("127.0.0.1", 0))
    found = Scripted(listener.getsockname()[1], "http" if tls is None else "https")
    threads: list[threading.Thread] = []
    taken: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        # The client may be gone by now, or refuse to speak in cipher: that is what some tests are about.
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if tls is None:
                act(connection)
                return
            with tls.wrap_socket(connection, server_side=True) as secret:
                act(secret)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            found.connections += 1
            taken.append(connection)
            threads.append(threading.Thread(target=serve, args=(connection,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield found
    finally:
        # Closing alone would leave the threads where they wait.
        for waiting in (listener, *taken):
            with contextlib.suppress(OSError):
                waiting.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()
        for connection in taken:
            connection.close()


def asked(connection: socket.socket) -> bytes:
    """One whole request, head and body; empty where the client asks no more."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def head(connection: socket.socket) -> bytes:
    """The head of a request, as far as it came at once; the body is left where it is."""
    return connection.recv(4096)


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An answer of HTTP 1.1 with this body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def saying(*answers: bytes) -> Act:
    """Reads a request and gives the next of ``answers``, on one connection after the other, the last one for ever."""
    left = list(answers)
    lock = threading.Lock()

    def act(connection: socket.socket) -> None:
        while asked(connection):
            with lock:
                said = left.pop(0) if len(left) > 1 else left[0]
            connection.sendall(said)

    return act
