"""The process that evaluates queries: one task after another, from a socket, until it is ended."""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from khabar.errors import KhabarError, QueryRefused
from khabar.evaluation import wall
from khabar.evaluation.answers import TooLarge
from khabar.evaluation.engine import Engine, NotAcceptable, NotFound
from khabar.evaluation.limits import Limits
from khabar.evaluation.tasks import NotDone, Progress, Ready, Reason, Report, Task
from khabar.queries.guard import ServiceRefused

LENGTH: Final = struct.Struct("!Q")
"""What stands before each message: its number of bytes."""

_GRACE: Final = 0.25
"""Seconds after its limit at which a process ends itself, where the one that started it has not come to it."""

_REASONS: Final[tuple[tuple[type[KhabarError], Reason], ...]] = (
    (ServiceRefused, "forbidden"),
    (QueryRefused, "refused"),
    (NotFound, "not-found"),
    (NotAcceptable, "not-acceptable"),
    (TooLarge, "too-large"),
    (KhabarError, "failed"),
)
_Answer = TypeVar("_Answer")


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told when it starts: the store, its limits, and the rest of what an `Engine` has.

    ``folder`` takes long answers. ``nice`` is what its priority number is raised by; ``bounded`` is false for the one
    that makes the index, which is khabar's own work and takes what it needs.
    """

    store: str
    folder: str
    about: str
    limits: Limits
    services: dict[str, str] = {}
    texts: dict[str, str] = {}
    nice: int = 0
    bounded: bool = True


def main() -> None:
    """Serve the process at the other end of the socket whose number is the last word of the command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wall.not_alone()
    with socket.socket(fileno=int(sys.argv[-1])) as connection:
        charge = msgspec.msgpack.decode(_received(connection), type=Charge)
        try:
            engine, ready = _opened(charge)
        except KhabarError as error:
            _send(connection, _not_done(error, "failed"))
            return
        _send(connection, ready)
        decoder = msgspec.msgpack.Decoder(Task)
        seconds = charge.limits.seconds + _GRACE if charge.bounded else 0.0
        while message := _received(connection):
            task = decoder.decode(message)
            with wall.ending_after(seconds):
                report = _done(engine, task, connection)
            _send(connection, report)


def _opened(charge: Charge) -> tuple[Engine, Ready]:
    from khabar.stores import embedded
    from khabar.stores.store import OxigraphStore

    place, inner = embedded.opened(Path(charge.store))
    within: Callable[[Callable[[], Any]], Any] = _here
    if charge.services:
        # khabar asks the services that were allowed; the engine, in a thread of its own, reaches nothing.
        thread = ThreadPoolExecutor(1)
        walled = thread.submit(wall.without_network).result()
        within = _In(thread)
    else:
        walled = wall.without_network()
    bounded = charge.bounded and wall.with_memory(charge.limits.memory)
    engine = Engine(
        OxigraphStore(charge.store, inner),
        charge.limits,
        Path(charge.folder),
        within=within,
        services=charge.services,
        about=Path(charge.about),
        texts=charge.texts,
    )
    return engine, Ready(walled=walled, bounded=bounded, place=place or (0, 0, 0))


def _here(evaluate: Callable[[], _Answer]) -> _Answer:
    return evaluate()


class _In:
    """Runs what it is given in one thread."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread

    def __call__(self, evaluate: Callable[[], _Answer]) -> _Answer:
        return self._thread.submit(evaluate).result()


def _done(engine: Engine, task: Task, connection: socket.socket) -> Report:
    def tell(done: int, total: int) -> None:
        _send(connection, Progress(done=done, total=total))

    try:
        return engine.do(task, tell)
    except KhabarError as error:
        return _not_done(error, next(reason for kind, reason in _REASONS if isinstance(error, kind)))
    except MemoryError:
        # The system will not give more: as much as the end of the process, which Oxigraph would have come to.
        os.abort()


def _not_done(error: KhabarError, reason: Reason) -> NotDone:
    return NotDone(reason=reason, where=error.where, expected=error.expected, found=error.found, remedy=error.remedy)


def _send(connection: socket.socket, report: Report) -> None:
    message = msgspec.msgpack.encode(report)
    connection.sendall(LENGTH.pack(len(message)) + message)


def _received(connection: socket.socket) -> bytes:
    """The next message; none where the other end has closed."""
    head = _exactly(connection, LENGTH.size)
    return _exactly(connection, LENGTH.unpack(head)[0]) if head else b""


def _exactly(connection: socket.socket, size: int) -> bytes:
    pieces: list[bytes] = []
    while size:
        piece = connection.recv(min(size, 1 << 20))
        if not piece:
            return b""
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
