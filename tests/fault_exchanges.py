"""One request as it reached the proxy of the faults, and what became of it."""

from __future__ import annotations

import dataclasses
import http.client
import re
import socket
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from fault_answers import Answer
from fault_kinds import Kind

_PIECE: Final = 65536
_OF_ONE_CONNECTION: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade", "expect", "host"}
)


class GoneError(Exception):
    """The client closed its side."""


@dataclasses.dataclass
class Exchange:
    """One request as it reached the proxy, and what became of it."""

    number: int
    fault: Kind | None = None
    again: bool = False
    """The fault is the one before, which lasts."""
    method: str = ""
    target: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    whole: bool = False
    """The request was read to its end."""
    status: int | None = None
    """The store's own answer; None for a request that was not forwarded."""
    answer: bytes = b""
    told: int | None = None
    """The status of the answer that was given whole to the client; None if none was."""
    begun: int = 0
    """The place of its first byte in the order of all that happened."""
    done: int | None = None
    """The place at which the store did what it was asked; None if it did not."""
    ended: int = 0
    """The place at which it was answered or broken off."""

    @property
    def writes(self) -> bool:
        """Whether the request asks for a change: not GET or HEAD, and not a query that is posted."""
        path = urlsplit(self.target).path
        return self.method not in {"GET", "HEAD", ""} and not (self.method == "POST" and path.endswith("/query"))

    @property
    def forwarded(self) -> bool:
        """Whether the store got the request."""
        return self.status is not None


def read_request(line: socket.socket, found: Exchange) -> None:
    """Read a request from ``line`` into ``found``: half of its body where it is to be cut in the middle."""
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += _piece(line)
    head, _, rest = bytes(data).partition(b"\r\n\r\n")
    request, *fields = head.decode("latin-1").split("\r\n")
    found.method, found.target, _ = request.split(" ", 2)
    found.headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    if found.headers.get("expect", "").lower() == "100-continue":
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "chunked" in found.headers.get("transfer-encoding", "").lower():
        found.body = _chunks(line, bytearray(rest), stop=found.fault is Kind.RESET_MID_BODY)
    else:
        length = int(found.headers.get("content-length", 0))
        body = bytearray(rest)
        while len(body) < (length // 2 if found.fault is Kind.RESET_MID_BODY else length):
            body += _piece(line)
        found.body = bytes(body)
    found.whole = found.fault is not Kind.RESET_MID_BODY


def carry(store: http.client.HTTPConnection, found: Exchange) -> Answer:
    """The answer of the ``store`` to the request, which is noted in ``found``."""
    headers = {name: value for name, value in found.headers.items() if name not in _OF_ONE_CONNECTION}
    for again in (True, False):
        try:
            store.request(found.method, found.target, body=found.body or None, headers=headers)
            with store.getresponse() as response:
                found.answer = response.read()
            break
        except (ConnectionError, http.client.RemoteDisconnected):
            # A connection kept alive that the store has closed since: nothing was done.
            store.close()
            if not again:
                raise
    found.status = response.status
    passed = {"date", "content-type", *_OF_ONE_CONNECTION}
    more = tuple((name, value) for name, value in response.getheaders() if name.lower() not in passed)
    return Answer(response.status, found.answer, response.getheader("Content-Type") or "", more)


def _piece(line: socket.socket) -> bytes:
    if piece := line.recv(_PIECE):
        return piece
    raise GoneError


def _chunks(line: socket.socket, data: bytearray, *, stop: bool) -> bytes:
    body = bytearray()
    while True:
        while (size := re.match(rb"([0-9a-fA-F]+)[^\r\n]*\r\n", data)) is None:
            data += _piece(line)
        length, start = int(size[1], 16), size.end()
        if stop and body:
            return bytes(body)
        while len(data) < start + length + 2:
            data += _piece(line)
        body += data[start : start + length]
        del data[: start + length + 2]
        if not length:
            return bytes(body)
