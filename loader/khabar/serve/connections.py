"""Connections that do not wait for ever for a client that says nothing, or says it a letter at a time."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 15.0
"""How long the head of a request may take to come."""


class Connection(H11Protocol):
    """A connection whose client must send the head of each request in time."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait on where no request is complete."""
        super().data_received(data)
        if self._is_answering():
            self._leave_off()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._leave_off()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._end)

    def _end(self) -> None:
        self._timer = None
        if not self._is_answering():
            self.transport.close()

    def _leave_off(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
