"""A server that nobody may call."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Canary:
    """A server that nobody may call, at one address or ``everywhere`` on this machine: ``calls`` counts who did."""

    def __init__(self, *, everywhere: bool = False) -> None:
        if everywhere:
            # By whatever name this machine may be called.
            dual = socket.has_dualstack_ipv6()
            family = socket.AF_INET6 if dual else socket.AF_INET
            self._socket = socket.create_server(("", 0), family=family, dualstack_ipv6=dual)
        else:
            # Another host than the proxy's, on loopback too.
            self._socket = socket.create_server(("127.0.0.2", 0))
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.2:{self.port}"
        self.calls = 0
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _count(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._socket.accept()
                self.calls += 1
                line.close()
