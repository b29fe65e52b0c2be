"""Connections that do not wait for ever for a client that says nothing, or takes nothing of what it is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from khabar.serve.manners import added
from khabar.serve.problems import RequestRefused, problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

CONNECTIONS: Final = 512
"""Connections that may be open at once; a further one is told 503."""

HEAD_SECONDS: Final = 15.0
"""How long the head of a request may take to come."""

TAKING_SECONDS: Final = 60.0
"""How long a client may take for what waits for it: a piece of an answer, of a quarter of a mebibyte."""


class Connection(H11Protocol):
    """A connection whose client must send the head of each request in time, and take the answer."""

    _head: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            self.app = _full
        # Whatever the system does not take from here at once is waited for.
        transport.set_write_buffer_limits(high=0)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait on where no request is complete."""
        super().data_received(data)
        if self._is_answering():
            self._leave_off()
        elif self._head is None:
            self._wait()

    def pause_writing(self) -> None:
        """Wait for the client to take what it is told."""
        super().pause_writing()
        self._taking = self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._taken()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._leave_off()
        self._taken()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Tell what is no HTTP that it is none, unless it is being answered already."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = problem(RequestRefused(400, "request", "HTTP/1.1", msg, headers={"Connection": "close"}))
            headers = [*answer.raw_headers, *added(answer.raw_headers)]
            for event in (
                h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self._end)

    def _end(self) -> None:
        self._head = None
        if not self._is_answering():
            self.transport.close()

    def _leave_off(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None


async def _full(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(
        RequestRefused(503, "server", "a free connection", f"{CONNECTIONS} of others", headers={"Connection": "close"})
    )
    answer.raw_headers += added(answer.raw_headers)
    await answer(scope, receive, send)
