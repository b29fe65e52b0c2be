"""Processes that evaluate, and who waits for them: one task a process, ended when its time is over."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Final, Literal, TypeAlias

import msgspec

from khabar.crew.messages import LENGTH
from khabar.crew.processes import started
from khabar.errors import KhabarError
from khabar.evaluation.answers import left_by
from khabar.evaluation.line import Line, LineFull
from khabar.evaluation.tasks import Done, NotDone, Progress, Ready, Reason, Report, Task
from khabar.evaluation.worker import Charge

Trouble: TypeAlias = Reason | Literal["timed-out", "exhausted", "busy", "too-many"]
"""Why a task has no answer; beside its own reasons its time was over, its process ended, too many others were waiting,
or too many of the same client."""

# Its priority is lowered before it does anything: those that start must not hold up those that are at work.
_PROGRAM: Final = "import os; getattr(os, 'nice', int)({nice}); from khabar.evaluation.worker import main; main()"
_START_SECONDS: Final = 60.0


class Unanswered(KhabarError):
    """A task was not answered; ``reason`` tells why, in one word."""

    def __init__(self, reason: Trouble, *, where: str, expected: str, found: str, remedy: str = "") -> None:
        super().__init__(where=where, expected=expected, found=found, remedy=remedy)
        self.reason = reason


class Worker:
    """One process with the store open; ``ready`` is what it said when it had opened it."""

    ready: Ready

    def __init__(self, process: Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._decoder = msgspec.msgpack.Decoder(Report)

    @classmethod
    async def start(cls, charge: Charge) -> Worker:
        """A new process that has opened its store; raises Unanswered when it cannot."""
        process, here = _begun(charge)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        worker = cls(process, *await asyncio.open_connection(sock=here))
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker._send(msgspec.msgpack.encode(charge))
                report = await worker._report()
        except BaseException as error:
            worker.kill()
            if isinstance(error, TimeoutError | EOFError | OSError):
                raise _ended("a process that opens the store") from None
            raise
        if not isinstance(report, Ready):
            worker.kill()
            raise _unlike(report, "a process that opens the store")
        worker.ready = report
        return worker

    async def do(self, task: Task, seconds: float | None, tell: Callable[[int, int], None] | None = None) -> Done:
        """Do one task; raises Unanswered. After one that timed out, or that is cancelled, the process must be ended."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._send(msgspec.msgpack.encode(task))
                while isinstance(report := await self._report(), Progress):
                    if tell is not None:
                        tell(report.done, report.total)
        except TimeoutError:
            raise _too_late(seconds) from None
        except (EOFError, OSError):
            if seconds is not None and time.monotonic() - began >= seconds:
                # It ended itself, before this process came to end it.
                raise _too_late(seconds) from None
            raise Unanswered(
                "exhausted",
                where="query",
                expected="an answer within the memory that a query may take",
                found="more, or a query that the engine does not survive",
                remedy="ask for less at once",
            ) from None
        if isinstance(report, Done):
            return report
        raise _unlike(report, "an answer")

    @property
    def has_ended(self) -> bool:
        """Tell whether the process is known to have ended, though nobody ended it."""
        return self._reader.at_eof()

    @property
    def number(self) -> int:
        """The number of the process."""
        return self._process.pid

    def kill(self) -> asyncio.Future[float]:
        """End the process at once, whatever it does; the future has the moment of its death (`time.monotonic`)."""
        self._process.kill()
        self._writer.close()
        return asyncio.get_running_loop().run_in_executor(None, self._dead_at)

    def _dead_at(self) -> float:
        self._process.wait()
        return time.monotonic()

    async def _send(self, message: bytes) -> None:
        self._writer.write(LENGTH.pack(len(message)) + message)
        await self._writer.drain()

    async def _report(self) -> Report:
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        report: Report = self._decoder.decode(await self._reader.readexactly(length))
        return report


class Pool:
    """So many processes with one store, and a line before them.

    Every task has its own process while it lasts. A process whose task did not end in time is killed, and another takes
    its place. ``share`` is how many of them one client may have at work. ``killed`` counts those that were ended, and
    ``longest`` is the most seconds that a process was at one task, from its beginning until it was done or dead.
    """

    def __init__(self, charge: Charge, size: int, *, share: int | None = None) -> None:
        self._charge = charge
        self._size = size
        limits = charge.limits
        self._line = Line(
            size, share=share or size, waiting=limits.waiting, own=limits.own_waiting, patience=limits.patience
        )
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._generation = 0
        self._starting: set[asyncio.Task[None]] = set()
        self._closed = False
        self.killed = 0
        self.longest = 0.0

    async def open(self) -> Ready:
        """Start one process, and the others while it may already be asked; raises Unanswered."""
        worker = await Worker.start(self._charge)
        self._idle.append(worker)
        for _ in range(self._size - 1):
            self._start_soon()
        return worker.ready

    async def do(self, task: Task, client: str = "", tell: Callable[[int, int], None] | None = None) -> Done:
        """Do one task of a client when its turn comes; raises Unanswered. Cancelled, it ends the process at it."""
        try:
            await self._line.enter(client)
        except LineFull as error:
            raise Unanswered(
                "too-many" if error.by_itself else "busy",
                where=error.where,
                expected=error.expected,
                found=error.found,
                remedy=error.remedy,
            ) from None
        generation = self._generation
        try:
            worker = self._rested() or await Worker.start(self._charge)
            self._busy.add(worker)
            began = time.monotonic()
            sound = False
            try:
                seconds = self._charge.limits.seconds if self._charge.bounded else None
                done = await worker.do(task, seconds, tell)
                sound = True
            except Unanswered as error:
                sound = error.reason not in ("timed-out", "exhausted")
                raise
            else:
                return done
            finally:
                self._busy.discard(worker)
                if sound and generation == self._generation:
                    self._took(time.monotonic() - began)
                    self._rest(worker)
                else:
                    self._end(worker, began, sound=sound)
        finally:
            self._line.leave(client)

    def _rested(self) -> Worker | None:
        """A process that waits for work; the system may have ended one meanwhile."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.has_ended:
                return worker
            worker.kill()
        return None

    def _rest(self, worker: Worker) -> None:
        # One that a task started for itself may be one more than there are to be.
        if self._closed or len(self._idle) + len(self._busy) >= self._size:
            worker.kill()
        else:
            self._idle.append(worker)

    def _end(self, worker: Worker, began: float, *, sound: bool) -> None:
        def dead(at: asyncio.Future[float]) -> None:
            self._took(at.result() - began)
            if not sound:
                for path in left_by(worker.number, Path(self._charge.folder)):
                    path.unlink(missing_ok=True)

        worker.kill().add_done_callback(dead)
        self.killed += 1
        self._start_soon()

    def _took(self, seconds: float) -> None:
        self.longest = max(self.longest, seconds)

    def renew(self) -> None:
        """Let every process open the store anew: those at work when they are done."""
        self._generation += 1
        for worker in self._idle:
            worker.kill()
        self._idle.clear()
        for _ in range(self._size - len(self._busy)):
            self._start_soon()

    async def close(self) -> None:
        """End every process."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        for worker in (*self._idle, *self._busy):
            worker.kill()
        self._idle.clear()

    def _start_soon(self) -> None:
        if not self._closed:
            task = asyncio.get_running_loop().create_task(self._start(self._generation))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self, generation: int) -> None:
        # What fails here fails again, and is told, when a query needs the process.
        with contextlib.suppress(Unanswered):
            worker = await Worker.start(self._charge)
            if generation != self._generation:
                worker.kill()
            else:
                self._rest(worker)


def _begun(charge: Charge) -> tuple[Popen[bytes], socket.socket]:
    with contextlib.ExitStack() as opened:
        try:
            here, there = map(opened.enter_context, socket.socketpair())
            process = started(_PROGRAM.format(nice=charge.nice), str(there.fileno()), files=(there.fileno(),))
        except OSError:
            # The system has no more processes, or files, to give.
            raise _ended("a process that opens the store") from None
        there.close()
        opened.pop_all()
        return process, here


def _unlike(report: Report, expected: str) -> Unanswered:
    """The error that a report tells, or is, where another was expected."""
    if not isinstance(report, NotDone):
        return _ended(expected)
    return Unanswered(
        report.reason,
        where=report.where,
        expected=report.expected,
        found=report.found,
        remedy=report.remedy,
    )


def _too_late(seconds: float | None) -> Unanswered:
    return Unanswered(
        "timed-out",
        where="query",
        expected=f"an answer within {seconds or 0:g} seconds",
        found="none",
        remedy="ask for less, or ask khabar query on the store itself, which has no such limit",
    )


def _ended(expected: str) -> Unanswered:
    return Unanswered("failed", where="store", expected=expected, found="one that ended", remedy="try again")
