"""A connection whose every step ends by one point in time: looking up, connecting, sending, reading."""

from __future__ import annotations

import contextlib
import io
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BUFFER: Final = 256 * 1024
# Seconds of one step: a socket takes no endless number of them.
_LONGEST: Final = 86_400.0
_IGNORE_CUT: Final[int] = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
_Place: TypeAlias = tuple[Any, ...]


class Deadline:
    """A point in time, ``seconds`` from now."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """The seconds that are left, more than none and a day at most; raises TimeoutError when it has passed."""
        left = self._end - self._clock()
        if not left > 0:  # as is what is no number
            raise TimeoutError
        return min(left, _LONGEST)


class Stream:
    """A connected socket, as `http.client` uses one, that obeys the deadline of the request that it serves."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self.deadline = deadline
        self.written = False
        """Whether any part of the request left this machine."""
        self.ended = False
        """Whether the server has said that nothing more comes."""
        self._socket = connected
        self._encrypted = isinstance(connected, ssl.SSLSocket)

    def sendall(self, data: ReadableBuffer) -> None:
        """Send all of ``data``; raises BrokenPipeError when the server answers or ends before it took everything."""
        rest = memoryview(data).cast("B")
        while rest:
            if self.written and not self._encrypted:
                self._wait_for_room()
            self._socket.settimeout(self.deadline.left())
            sent = self._socket.send(rest)
            self.written = True
            rest = rest[sent:]

    def makefile(self, mode: str, *_: object) -> io.BufferedReader:
        """What the server sends, to be read."""
        del mode
        return io.BufferedReader(_Reader(self._socket, self), _BUFFER)

    def close(self) -> None:
        """Close the connection, once everything that reads from it is closed."""
        self._socket.close()

    def hang_up(self) -> None:
        """End the connection under whoever waits for it."""
        with contextlib.suppress(OSError):
            # Of a connection in cipher too the socket itself: a last word would have to wait for the other side.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def is_stale(self) -> bool:
        """Tell whether the server ended the connection, or sent something, while nothing was asked."""
        try:
            return _ready(self._socket, 0, writing=False)[0]
        except (OSError, ValueError):
            return True

    def _wait_for_room(self) -> None:
        answered, has_room = _ready(self._socket, self.deadline.left())
        if not answered and not has_room:
            raise TimeoutError
        if answered:
            # A server that refuses a request need not read it to its end.
            raise BrokenPipeError


class _Reader(io.RawIOBase):
    def __init__(self, connected: socket.socket, stream: Stream) -> None:
        self._socket = connected
        self._stream = stream
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._socket.settimeout(self._stream.deadline.left())
        count = self._raw.readinto(buffer)
        self._stream.ended = count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def connect(host: str, port: int, deadline: Deadline, tls: ssl.SSLContext | None) -> Stream:
    """A stream to ``host``, encrypted and the host's certificate checked where ``tls`` is given.

    Raises OSError: TimeoutError, socket.gaierror, ssl.SSLError among them.
    """
    connected = _connected(host, port, deadline)
    try:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            connected.settimeout(deadline.left())
            # Some Pythons take a connection that is cut for one that was closed.
            tls.options &= ~_IGNORE_CUT
            connected = tls.wrap_socket(connected, server_hostname=host, suppress_ragged_eofs=False)
    except BaseException:
        connected.close()
        raise
    return Stream(connected, deadline)


def _connected(host: str, port: int, deadline: Deadline) -> socket.socket:
    places = _resolved(host, port, deadline)
    failure: OSError = TimeoutError()
    for number, (family, kind, protocol, _, place) in enumerate(places):
        attempt = socket.socket(family, kind, protocol)
        try:
            # A host of several addresses, of which the first is silent, is reached by another.
            attempt.settimeout(deadline.left() / (len(places) - number))
            attempt.connect(place)
        except OSError as error:
            attempt.close()
            failure = error
        except BaseException:
            attempt.close()
            raise
        else:
            return attempt
    raise failure


def _resolved(host: str, port: int, deadline: Deadline) -> Sequence[_Place]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    # The system takes its own time to look a name up and cannot be told to hurry.
    answers: queue.SimpleQueue[Sequence[_Place] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _ready(connected: socket.socket, seconds: float, *, writing: bool = True) -> tuple[bool, bool]:
    """Whether something can be read from a socket, and written to it, waiting ``seconds`` at most for either."""
    if not hasattr(select, "poll"):  # Windows, where select() takes a socket of any number
        readable, writable, _ = select.select([connected], [connected] if writing else [], [], seconds)
        return bool(readable), bool(writable)
    poll = select.poll()
    poll.register(connected, select.POLLIN | (select.POLLOUT if writing else 0))
    events = sum(event for _, event in poll.poll(seconds * 1000))
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)
