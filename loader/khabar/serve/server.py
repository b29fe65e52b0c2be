"""The server: a socket, an application, and connections that do not wait for ever."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from khabar.errors import StoreFailed

if TYPE_CHECKING:
    from starlette.applications import Starlette

_HEAD_BYTES: Final = 24 * 1024
_BACKLOG: Final = 512
_FILES: Final = 4096
_END_SECONDS: Final = 3


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at ``host`` and ``port``, 0 for any that is free; raises StoreFailed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Of a socket that is not called one of TCP, asyncio would hold small answers back for 40 ms (Nagle's algorithm).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        found = error.strerror or str(error)
        raise StoreFailed(
            where=f"{host}:{port}", expected="a place to listen at", found=found, remedy="name another --port"
        ) from None
    return listening


def address_of(listening: socket.socket) -> str:
    """The address at which a socket is reached from this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what is listened at, not bound here
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def run(
    app: Starlette,
    listening: socket.socket,
    ready: Callable[[], None],
    *,
    root_path: str = "",
    access_log: bool = False,
) -> None:
    """Serve ``app`` until the process is told to end; ``ready`` is called when it can be asked.

    Raises StoreFailed where it cannot begin.
    """
    import uvicorn

    from khabar.serve.connections import Connection

    class Server(uvicorn.Server):
        """One that says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Begin to listen."""
            if hasattr(signal, "SIGHUP"):
                # A terminal that closes ends it as Ctrl-C does.
                asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.handle_exit, signal.SIGHUP, None)
            await super().startup(sockets)
            if self.started:
                ready()

    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        root_path=root_path,
        lifespan="on",
        log_level="info" if access_log else "error",
        access_log=access_log,
        server_header=False,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_END_SECONDS,
    )
    _have_files()
    server = Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise StoreFailed(where="server", expected="a store that opens", found="none", remedy="see what it said above")


def _have_files() -> None:
    """Let this process have a file for each connection, and one for the long answer that it gets."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
