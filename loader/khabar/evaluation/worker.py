"""The process that evaluates queries: one task after another, from a socket, until it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from khabar.crew.messages import receive, send
from khabar.errors import KhabarError, QueryRefused
from khabar.evaluation import wall
from khabar.evaluation.answers import TooLarge
from khabar.evaluation.engine import Engine, NotAcceptable, NotFound
from khabar.evaluation.limits import Limits
from khabar.evaluation.tasks import NotDone, Progress, Ready, Reason, Report, Task
from khabar.queries.guard import ServiceRefused

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
    # Whoever started this process closes the other end where it has no more to be done.
    with FileIO(int(sys.argv[-1]), "r+") as connection, contextlib.suppress(EOFError):
        charge = receive(connection, msgspec.msgpack.Decoder(Charge))
        try:
            engine, ready = _opened(charge)
        except KhabarError as error:
            send(connection, _not_done(error, "failed"))
            return
        send(connection, ready)
        decoder = msgspec.msgpack.Decoder(Task)
        seconds = charge.limits.seconds + _GRACE if charge.bounded else 0.0
        while True:
            task = receive(connection, decoder)
            with wall.ending_after(seconds):
                report = _done(engine, task, connection)
            send(connection, report)


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


def _done(engine: Engine, task: Task, connection: FileIO) -> Report:
    def tell(done: int, total: int) -> None:
        send(connection, Progress(done=done, total=total))

    try:
        return engine.do(task, tell)
    except KhabarError as error:
        return _not_done(error, next(reason for kind, reason in _REASONS if isinstance(error, kind)))
    except MemoryError:
        # The system will not give more: as much as the end of the process, which Oxigraph would have come to.
        os.abort()


def _not_done(error: KhabarError, reason: Reason) -> NotDone:
    return NotDone(reason=reason, where=error.where, expected=error.expected, found=error.found, remedy=error.remedy)
