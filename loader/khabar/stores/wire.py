"""One HTTP exchange: a request, and the whole answer by a deadline, or a failure that says which.

The standard library speaks HTTP here, over a connection that khabar keeps the time of: an answer that comes drop by
drop ends with the deadline too, and a request costs a quarter of what the larger clients spend on one. No proxy is
taken from the environment.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import weakref
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import msgspec

from khabar import __version__
from khabar.stores.endpoint import TIMEOUT, quoted_address
from khabar.stores.refusals import REDIRECTED, Unanswered, quoted, unanswered
from khabar.stores.streams import Deadline, Stream, connect

if TYPE_CHECKING:
    from types import TracebackType

    from khabar.stores.authorization import Authorization

SIZE_LIMIT: Final = 256 * 1024 * 1024
"""Bytes that an answer may have, unless said otherwise."""

AGENT: Final = f"khabar/{__version__} (+https://w3id.org/khabar)"
"""How khabar names itself; Wikidata refuses clients without a name and a contact."""

REDIRECTS: Final = 5
"""Redirects that one request follows."""

_PORTS: Final = {"http": 80, "https": 443}
_PIECE: Final = 1024 * 1024
_ALWAYS: Final = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a store; ``where`` and ``expected`` begin the sentence of a failure."""

    method: str
    address: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    where: str
    expected: str = "an answer"


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; the names of ``headers`` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    challenges: tuple[str, ...] = ()
    """What the server wants to see before it answers, one scheme each."""
    signed: bool = False
    """Whether the request had credentials."""

    @property
    def media_type(self) -> str:
        """The type of the body without its parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of success."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Wire:
    """Connections that are kept and used again, by several threads at a time.

    Each `send` has ``timeout`` seconds for everything. What ``authorization`` has to say is said to the host of
    ``address`` alone.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float = TIMEOUT,
        authorization: Authorization | None = None,
        size_limit: int = SIZE_LIMIT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host = urlsplit(address).hostname
        self._timeout = timeout
        self._authorization = authorization
        self._size_limit = size_limit
        self._tls = tls
        self._idle: dict[tuple[str, str], list[_Connection]] = {}
        self._busy: set[_Connection] = set()
        self._lock = threading.Lock()
        # Whoever asks one question has nothing to close.
        self._end = weakref.finalize(self, _close_all, self._idle)
        self.met = False
        """Whether any answer came yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; what is under way on one fails."""
        with self._lock:
            _close_all(self._idle)
            for connection in self._busy:
                connection.hang_up()

    def send(self, request: Request) -> Answer:
        """The answer to ``request``, whatever its status.

        A redirect on the same host is followed, by the same request: for 307 and 308 any, for 301, 302 and 303 one
        that only reads. Raises Unanswered.
        """
        deadline = Deadline(self._timeout)
        address = request.address
        answer = self._authorised(request, address, deadline)
        for _ in range(REDIRECTS):
            location = answer.headers.get("location", "")
            if answer.status not in REDIRECTED or not location:
                break
            there = _same_host(request, address, location)
            if answer.status not in _ALWAYS and request.method != "GET":
                break
            address = there
            answer = self._authorised(request, address, deadline)
        return answer

    def _authorised(self, request: Request, address: str, deadline: Deadline) -> Answer:
        parts = urlsplit(address)
        authorization = self._authorization if parts.hostname == self._host else None
        if authorization is None:
            return self._exchange(request, parts, "", deadline)
        said = authorization.unasked(request.method, address)
        answer = self._exchange(request, parts, said, deadline)
        if answer.status == HTTPStatus.UNAUTHORIZED and answer.challenges:
            reply = authorization.reply(request.method, address, answer.challenges, said)
            if reply:
                answer = self._exchange(request, parts, reply, deadline)
        return answer

    def _exchange(self, request: Request, parts: SplitResult, said: str, deadline: Deadline) -> Answer:
        connection = self._taken(parts)
        connection.begin(deadline)
        whole = False
        try:
            answer, whole = self._conversation(connection, request, parts, said)
        except (OSError, http.client.HTTPException) as error:
            raise self._unanswered(request, connection, error) from None
        finally:
            self._give_back(parts, connection, usable=whole)
        return answer

    def _conversation(
        self, connection: _Connection, request: Request, parts: SplitResult, said: str
    ) -> tuple[Answer, bool]:
        headers: dict[str, str | bytes] = {"User-Agent": AGENT, **dict(request.headers)}
        if said:
            headers["Authorization"] = said.encode()
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        whole = True
        try:
            connection.request(request.method, target, body=request.body, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a request may say so before it has read all of it, and close.
            if not connection.written:
                raise
            whole = False
        response = connection.getresponse()
        with contextlib.closing(response):
            if connection.ended:
                # The library takes the end of a connection for the end of the head.
                raise unanswered(request, "broken", "an answer cut off before its body")
            body = self._body(request, response)
        answer = Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=body,
            challenges=tuple(response.headers.get_all("WWW-Authenticate") or ()),
            signed=bool(said),
        )
        encoding = answer.headers.get("content-encoding", "identity").lower()
        if encoding != "identity" and body:
            raise unanswered(request, "malformed", f"an answer in the encoding {quoted(encoding.encode())}")
        self.met = True
        return answer, whole and not response.will_close

    def _body(self, request: Request, response: http.client.HTTPResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        try:
            while piece := response.read(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > self._size_limit:
                    found = f"more than {self._size_limit:,} bytes"
                    raise unanswered(request, "large", found, remedy="narrow the query by a parameter")
            if not response.length:
                return b"".join(pieces)
        except http.client.IncompleteRead as error:
            size += len(error.partial)
        raise unanswered(request, "broken", f"an answer cut off after {size:,} bytes")

    def _unanswered(
        self, request: Request, connection: _Connection, error: OSError | http.client.HTTPException
    ) -> Unanswered:
        sent = connection.written
        if isinstance(error, TimeoutError):
            return unanswered(request, "late", f"no whole answer within {self._timeout:g} seconds", sent=sent)
        if isinstance(error, ssl.SSLCertVerificationError):
            found = f"a certificate that is not trusted: {error.verify_message}"
            return unanswered(request, "untrusted", found, sent=sent)
        if isinstance(error, socket.gaierror):
            kind = "unreachable" if error.errno == socket.EAI_AGAIN else "unresolved"
            return unanswered(request, kind, error.strerror or "no such host", sent=sent)
        found = (error.strerror if isinstance(error, OSError) else "") or " ".join(str(error).split())
        kind = "broken" if sent else "unreachable"
        return unanswered(request, kind, quoted(found.encode()) or type(error).__name__, sent=sent)

    def _taken(self, parts: SplitResult) -> _Connection:
        with self._lock:
            idle = self._idle.get((parts.scheme, parts.netloc), [])
            while idle:
                connection = idle.pop()
                if not connection.is_stale():
                    self._busy.add(connection)
                    return connection
                connection.close()
            if parts.scheme == "https" and self._tls is None:
                self._tls = ssl.create_default_context()
            tls = self._tls if parts.scheme == "https" else None
            connection = _Connection(parts.hostname or "", parts.port, tls)
            self._busy.add(connection)
            return connection

    def _give_back(self, parts: SplitResult, connection: _Connection, *, usable: bool) -> None:
        with self._lock:
            self._busy.discard(connection)
            if usable:
                self._idle.setdefault((parts.scheme, parts.netloc), []).append(connection)
        if not usable:
            connection.close()


def _close_all(idle: dict[tuple[str, str], list[_Connection]]) -> None:
    for connections in idle.values():
        while connections:
            connections.pop().close()


class _Connection(http.client.HTTPConnection):
    def __init__(self, host: str, port: int | None, tls: ssl.SSLContext | None) -> None:
        self.default_port = http.client.HTTP_PORT if tls is None else http.client.HTTPS_PORT
        super().__init__(host, port or self.default_port)
        self._tls = tls
        self._stream: Stream | None = None
        self._deadline = Deadline(TIMEOUT)

    def begin(self, deadline: Deadline) -> None:
        self._deadline = deadline
        if self._stream is not None:
            self._stream.deadline = deadline
            self._stream.written = False

    def connect(self) -> None:
        self._stream = connect(self.host, self.port, self._deadline, self._tls)
        self.sock = self._stream

    def hang_up(self) -> None:
        if self._stream is not None:
            self._stream.hang_up()

    @property
    def written(self) -> bool:
        return self._stream is not None and self._stream.written

    @property
    def ended(self) -> bool:
        return self._stream is not None and self._stream.ended

    def is_stale(self) -> bool:
        return self._stream is None or self.sock is None or self._stream.is_stale()


def _same_host(request: Request, address: str, location: str) -> str:
    here = urlsplit(address)
    try:
        # A header is read as Latin-1; an address in it may be in UTF-8.
        there = urlsplit(urljoin(address, location.encode("latin-1", "replace").decode("utf-8", "replace")))
        same = there.username is None and _is_same(here, there)
        host = there.hostname or ""
    except ValueError:
        raise unanswered(request, "malformed", "a redirect to no address") from None
    if not same:
        raise Unanswered(
            where=request.where,
            expected="an answer from this host",
            found=quoted(f"a redirect to {there.scheme}://{host}".encode()),
            remedy="if you trust it, give its address",
            kind="redirected",
            sent=True,
        )
    return quoted_address(there, there.netloc)


def _is_same(here: SplitResult, there: SplitResult) -> bool:
    if there.hostname != here.hostname or there.scheme not in (here.scheme, "https"):
        return False
    ports = here.port or _PORTS[here.scheme], there.port or _PORTS[there.scheme]
    return ports[0] == ports[1] or (ports == (80, 443) and here.scheme != there.scheme)
