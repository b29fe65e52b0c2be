"""A proxy on loopback that does to chosen requests what networks and servers do to them, and keeps the record."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Self
from urllib.parse import urlsplit

from fault_answers import Answer, own_answer
from fault_exchanges import Exchange, GoneError, carry, read_request
from fault_kinds import FORWARDED, LASTING, OF_WRITES, STATUSES, Kind

PACE: Final = 0.05
"""Seconds between the bytes of an answer that drips."""

LATE: Final = 1.0
"""Seconds that a late deed waits at most for what the client asks meanwhile."""

PATIENCE: Final = 30.0
"""Seconds after which a line that hangs is cut by the proxy: a client without a deadline must not hang a test."""

NOWHERE: Final = "http://127.0.0.2:9"


class Proxy:
    """A proxy in front of ``upstream`` (``http://HOST:PORT``), on a port of its own for as long as it lives.

    `arm` gives the plan: which request, counted from 1, suffers which fault. A fault that strikes writes alone waits
    for the next one. While a REFUSED lasts nobody listens, and who asks the same again after one of LASTING has the
    same answer: `mend` ends both. ``kill`` is called to end the client.
    """

    def __init__(
        self,
        upstream: str,
        *,
        elsewhere: str = NOWHERE,
        pace: float = PACE,
        kill: Callable[[Exchange], None] | None = None,
    ) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._elsewhere = elsewhere
        self._pace = pace
        self._kill = kill
        self._lock = threading.RLock()
        self._ended = threading.Condition(self._lock)
        self._closing = False
        self._lines: set[socket.socket] = set()
        self._idle: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._plan: dict[int, Kind] = {}
        self._waiting: list[Kind] = []
        self._lasting: dict[tuple[str, str, bytes], Kind] = {}
        self._number = self._order = self._under_way = 0
        self._listener: socket.socket | None = None
        self.exchanges: list[Exchange] = []
        # Bound and not listening: connections are refused while the listener is closed, and no one takes the port.
        self._keeper = _bound(0)
        self.port: int = self._keeper.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def arm(self, plan: Mapping[int, Kind]) -> None:
        """Start a new count of requests and a new record; what still hangs from before is cut."""
        with self._lock:
            self._cut(self._lines)
            self.quiet()
            self._plan, self._waiting, self._number, self.exchanges = dict(plan), [], 0, []
            self._lasting.clear()
            if self._listener is None:
                self._listen()
            self._shut_if_refused()

    def quiet(self) -> None:
        """Wait until no request is under way: what the client gave up is done by then, or never will be."""
        with self._ended:
            self._ended.wait_for(lambda: not self._under_way)

    def mend(self) -> None:
        """Listen again, and let what lasts end."""
        with self._lock:
            self._lasting.clear()
            self.reopen()

    def drop(self) -> None:
        """Let what is left of the plan strike no one."""
        with self._lock:
            self._plan, self._waiting = {}, []
            self.mend()

    def reopen(self) -> None:
        """Listen again after a REFUSED, unless the next request is to be refused too."""
        with self._lock:
            if self._listener is None and not self._shut_if_refused():
                self._listen()

    @property
    def refusing(self) -> bool:
        """Whether nobody listens now."""
        return self._listener is None

    @property
    def pending(self) -> Mapping[int, Kind]:
        """What of the plan has not struck yet."""
        with self._lock:
            return {**self._plan, **dict(enumerate(self._waiting, self._number + 1))}

    def close(self) -> None:
        """Stop listening, cut every line and wait for the threads to end."""
        with self._lock:
            self._closing = True
            self._plan = {}
            self._shut()
            self._cut(self._lines)
            threads = list(self._threads)
        self._keeper.close()
        for thread in threads:
            thread.join()

    def _listen(self) -> None:
        self._listener = listener = _bound(self.port)
        listener.listen(64)
        self._start(lambda: self._accept(listener))

    def _shut(self) -> None:
        if self._listener is not None:
            # close() alone does not wake the thread that waits in accept().
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
            self._cut(self._idle)

    def _shut_if_refused(self) -> bool:
        if self._plan.get(self._number + 1) is not Kind.REFUSED:
            return False
        self._number += 1
        del self._plan[self._number]
        self._order += 1
        self.exchanges.append(Exchange(self._number, Kind.REFUSED, begun=self._order, ended=self._order))
        self._shut()
        return True

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self._closing or listener is not self._listener:
                    _reset(line)
                    return
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._lines.add(line)
                self._start(lambda line=line: self._serve(line))  # type: ignore[misc]

    def _start(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, daemon=True)
        self._threads.add(thread)
        thread.start()

    @staticmethod
    def _cut(lines: set[socket.socket]) -> None:
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _serve(self, line: socket.socket) -> None:
        store = http.client.HTTPConnection(self._upstream, timeout=PATIENCE)
        try:
            with contextlib.suppress(OSError, GoneError):
                while self._exchange(line, store):
                    pass
        finally:
            store.close()
            with self._lock:
                self._lines.discard(line)
            with contextlib.suppress(OSError):
                line.close()

    def _exchange(self, line: socket.socket, store: http.client.HTTPConnection) -> bool:
        """Whether the connection stays for another request."""
        with self._lock:
            if self._listener is None:
                return False
            self._idle.add(line)
        try:
            is_over = not line.recv(1, socket.MSG_PEEK)
        finally:
            with self._lock:
                self._idle.discard(line)
        # What a client gave up before the proxy, which may be slow, looked at it is never done.
        if is_over or self.refusing or self._left(line, 0):
            return False
        found = self._begin()
        try:
            return self._suffer(line, store, found)
        finally:
            with self._ended:
                self._under_way -= 1
                self._end(found)

    def _end(self, found: Exchange) -> None:
        with self._ended:
            if not found.ended:
                self._order += 1
                found.ended = self._order
            self._ended.notify_all()

    def _begin(self) -> Exchange:
        with self._lock:
            self._number += 1
            self._order += 1
            self._under_way += 1
            found = Exchange(self._number, self._plan.pop(self._number, None), begun=self._order)
            self.exchanges.append(found)
            self._shut_if_refused()
            return found

    def _suffer(self, line: socket.socket, store: http.client.HTTPConnection, found: Exchange) -> bool:
        if found.fault is Kind.RESET_UNREAD:
            return _reset(line)
        if found.fault is Kind.HANG_UNREAD:
            return self._hang(line)
        read_request(line, found)
        if found.fault is Kind.RESET_MID_BODY:
            return _reset(line)
        self._settle(found)
        if found.fault is Kind.KILLED_BEFORE:
            return self._end_client(line, found)
        if found.fault in FORWARDED or found.fault is None:
            if found.fault is Kind.DONE_LATE:
                self._hang(line)
                self._end(found)
                self._let_another_end()
            answer = self._forward(store, found)
            return self._answer_after(line, found, answer)
        return self._answer_instead(line, found)

    def _settle(self, found: Exchange) -> None:
        """A fault of writes waits for a write; a write takes the one that has waited longest; what lasts goes on."""
        asked = (found.method, found.target, found.body)
        with self._lock:
            if asked in self._lasting:
                found.fault, found.again = self._lasting[asked], True
            elif found.fault in LASTING:
                self._lasting[asked] = found.fault
            if found.fault in OF_WRITES and not found.writes:
                self._waiting.append(found.fault)
                found.fault = None
            elif found.fault is None and found.writes and self._waiting:
                found.fault = self._waiting.pop(0)

    def _forward(self, store: http.client.HTTPConnection, found: Exchange) -> Answer:
        answer = carry(store, found)
        with self._lock:
            if found.status is not None and found.status < 300:
                self._order += 1
                found.done = self._order
        return answer

    def _answer_instead(self, line: socket.socket, found: Exchange) -> bool:
        fault = found.fault
        if fault is Kind.RESET_AFTER_BODY:
            return _reset(line)
        if fault is Kind.CLOSED_AFTER_BODY:
            return False
        if fault is Kind.HANG_BEFORE_STATUS:
            return self._hang(line)
        return self._send(line, found, self._own_answer(fault, found))

    def _own_answer(self, fault: Kind | None, found: Exchange) -> Answer:
        if fault is None:
            raise AssertionError("an answer of its own to a request without a fault")
        return own_answer(fault, found.target, here=self.address, elsewhere=self._elsewhere)

    def _answer_after(self, line: socket.socket, found: Exchange, answer: Answer) -> bool:
        fault = found.fault
        if fault in STATUSES:
            return self._send(line, found, self._own_answer(fault, found))
        if fault in {Kind.DONE_DROPPED, Kind.DONE_LATE}:
            return _reset(line)
        if fault is Kind.KILLED_DONE:
            return self._end_client(line, found)
        if fault is Kind.KILLED_TOLD:
            self._send(line, found, answer)
            return self._end_client(line, found)
        if fault is Kind.WRONG_TYPE:
            answer.kind, answer.status, answer.body = "image/png", 200, answer.body or b"\x89PNG"
            return self._send(line, found, answer)
        if fault is None:
            return self._send(line, found, answer)
        return self._answer_in_part(line, fault, answer)

    def _answer_in_part(self, line: socket.socket, fault: Kind, answer: Answer) -> bool:
        if not answer.body:
            # An answer to a write may have no body: one is given to it, so that it can be cut.
            answer = Answer(200, b"done, and this says so at some length\n" * 4)
        length = ("Content-Length", str(len(answer.body)))
        half = answer.body[: len(answer.body) // 2]
        if fault is Kind.HANG_IN_HEADERS:
            line.sendall(answer.head(length)[:-6])
            return self._hang(line)
        if fault is Kind.HANG_IN_BODY:
            line.sendall(answer.head(length) + half)
            return self._hang(line)
        if fault is Kind.DRIP:
            return self._drip(line, answer.head(length) + answer.body)
        if fault is Kind.TRUNCATED:
            line.sendall(answer.head(length) + half)
        elif fault is Kind.CHUNKS_CUT_OFF:
            chunk = f"{len(half):x}\r\n".encode() + half + b"\r\n"
            line.sendall(answer.head(("Transfer-Encoding", "chunked")) + chunk)
        elif fault is Kind.GARBAGE:
            line.sendall(b"\x16\x03\x01 this is no status line\r\n\r\n")
        else:
            raise AssertionError(fault)
        return False

    def _send(self, line: socket.socket, found: Exchange, answer: Answer) -> bool:
        stays = not self.refusing and found.headers.get("connection", "").lower() != "close"
        framing = [] if stays else [("Connection", "close")]
        if answer.status != http.HTTPStatus.NO_CONTENT:
            framing.append(("Content-Length", str(len(answer.body))))
        # Noted before it is sent: whoever has the answer finds it in the record.
        found.told = answer.status
        self._end(found)
        try:
            line.sendall(answer.head(*framing) + (b"" if found.method == "HEAD" else answer.body))
        except OSError:
            found.told = None
            raise
        return stays

    def _drip(self, line: socket.socket, data: bytes) -> bool:
        until = time.monotonic() + PATIENCE
        for index in range(len(data)):
            line.sendall(data[index : index + 1])
            if self._left(line, min(self._pace, until - time.monotonic())) or time.monotonic() > until:
                break
        return False

    def _hang(self, line: socket.socket) -> bool:
        self._left(line, PATIENCE)
        return False

    @staticmethod
    def _left(line: socket.socket, seconds: float) -> bool:
        """Whether the client went away, or the proxy was closed or armed anew, within ``seconds``."""
        poll = select.poll()
        poll.register(line, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        return bool(poll.poll(max(0.0, seconds) * 1000))

    def _let_another_end(self) -> None:
        with self._ended:
            before = self._order
            self._ended.wait_for(lambda: self._order > before or self._closing, LATE)

    def _end_client(self, line: socket.socket, found: Exchange) -> bool:
        if self._kill is None:
            raise AssertionError("no client to kill")
        self._kill(found)
        return _reset(line)


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def _reset(line: socket.socket) -> bool:
    """Close so that the other side gets a reset, and False."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
    return False
