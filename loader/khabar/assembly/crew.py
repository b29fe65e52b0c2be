"""Who does the tasks: this process, or several worker processes at once; the replies are the same."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import IO, Any, Final, Protocol

import msgspec

from khabar.assembly.messages import receive, send
from khabar.assembly.work import Bench, Reply, Task
from khabar.assembly.worker import Answer, Broken, Finished
from khabar.errors import FileFailed
from khabar.frame import Frame

_AHEAD: Final = 2
_REPLIES_AHEAD: Final = 8
# Modules are found where this process finds them, and never in a folder only because it is the current one.
_OPTIONS: Final = ("-P", *(("-X", "utf8") if sys.flags.utf8_mode else ()))
_PROGRAM: Final = "from khabar.assembly.worker import main; main()"


class Crew(Protocol):
    """Does tasks, one round of them at a time."""

    def replies(self, tasks: Iterable[Task]) -> Iterator[Reply]:
        """The replies to all tasks, in the order of the tasks. Raises `FileFailed` where a worker dies."""
        ...

    def close(self) -> None:
        """End all that was started."""
        ...


class Alone:
    """This process does the tasks, each when its replies are asked for."""

    def __init__(self, frame: Frame) -> None:
        self._bench = Bench(frame)

    def replies(self, tasks: Iterable[Task]) -> Iterator[Reply]:
        """The replies to all tasks, in the order of the tasks."""
        for task in tasks:
            yield from self._bench.done(task)

    def close(self) -> None:
        """Nothing was started."""


class Workers:
    """Worker processes do the tasks, each with a thread here that keeps it busy.

    They work ahead by so many tasks that the replies that wait hold a few MiB for each, and no more. A worker ends
    when its pipe is closed, and so does not outlive this process, however that ends.
    """

    def __init__(self, frame: Frame, count: int, where: str) -> None:
        self._where = where
        self._rounds: list[_Round] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        try:
            for _ in range(count):
                self._processes.append(_started(where))
            for process in self._processes:
                self._give(process, frame)
        except BaseException:
            self.close()
            raise

    def replies(self, tasks: Iterable[Task]) -> Iterator[Reply]:
        """The replies to all tasks, in the order of the tasks. Raises `FileFailed` where a worker dies."""
        one = _Round(iter(tasks), len(self._processes) * (1 + _AHEAD))
        self._rounds.append(one)
        for process in self._processes:
            thread = threading.Thread(target=self._keep_busy, args=(process, one), daemon=True)
            one.threads.append(thread)
            thread.start()
        yield from one.replies()
        for thread in one.threads:
            thread.join()
        self._rounds.remove(one)

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        for process in self._processes:
            process.kill()
        for one in self._rounds:
            one.give_up()
        for process in self._processes:
            process.wait()
            _raw(process.stdin).close()
            _raw(process.stdout).close()
        self._processes = []

    def _keep_busy(self, process: subprocess.Popen[bytes], one: _Round) -> None:
        decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
        while True:
            ticket = one.next()
            if ticket is None:
                return
            try:
                self._give(process, ticket.task)
                while not isinstance(answer := self._take(process, decoder), Finished):
                    ticket.put(RuntimeError(answer.told) if isinstance(answer, Broken) else answer)
            except BaseException as error:  # noqa: BLE001 - raised where the replies are asked for
                ticket.put(error)
                return
            ticket.put(None)

    def _give(self, process: subprocess.Popen[bytes], message: Frame | Task) -> None:
        try:
            send(_raw(process.stdin), message)
        except OSError as error:
            raise _ended(self._where, process) from error

    def _take(self, process: subprocess.Popen[bytes], decoder: msgspec.msgpack.Decoder[Answer]) -> Answer:
        try:
            return receive(_raw(process.stdout), decoder)
        except (EOFError, OSError) as error:
            raise _ended(self._where, process) from error


class _Ticket:
    """A task that some worker has taken, and its replies so far: None is the end, an error the failure of it."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._replies: queue.Queue[Any] = queue.Queue(_REPLIES_AHEAD)
        self.put = self._replies.put

    def replies(self) -> Iterator[Reply]:
        while (reply := self._replies.get()) is not None:
            if isinstance(reply, BaseException):
                raise reply
            yield reply

    def drain(self) -> None:
        while not self._replies.empty():
            self._replies.get_nowait()


class _Round:
    """Tasks in their order, of which ``ahead`` at most are taken before their replies are asked for."""

    def __init__(self, tasks: Iterator[Task], ahead: int) -> None:
        self.threads: list[threading.Thread] = []
        self._tasks = tasks
        self._lock = threading.Lock()
        self._room = threading.Semaphore(ahead)
        self._taken: queue.SimpleQueue[_Ticket | BaseException | None] = queue.SimpleQueue()
        self._open: set[_Ticket] = set()
        self._ended = False

    def next(self) -> _Ticket | None:
        """The next task, as soon as there is room for it; None where no task is left."""
        self._room.acquire()
        with self._lock:
            ticket = None if self._ended else self._take()
            if ticket is None:
                self._ended = True
                self._room.release()
            return ticket

    def _take(self) -> _Ticket | None:
        try:
            task = next(self._tasks, None)
        except BaseException as error:  # noqa: BLE001 - raised where the replies are asked for
            self._taken.put(error)
            return None
        ticket = None if task is None else _Ticket(task)
        if ticket is not None:
            self._open.add(ticket)
        self._taken.put(ticket)
        return ticket

    def replies(self) -> Iterator[Reply]:
        while (ticket := self._taken.get()) is not None:
            if isinstance(ticket, BaseException):
                raise ticket
            yield from ticket.replies()
            self._open.discard(ticket)
            self._room.release()

    def give_up(self) -> None:
        """Let go of every thread that waits for room here; whom it waits for otherwise has ended."""
        self._ended = True
        while any(thread.is_alive() for thread in self.threads):
            self._room.release()
            for ticket in tuple(self._open):
                ticket.drain()
            for thread in self.threads:
                thread.join(0.01)


def _started(where: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    try:
        return subprocess.Popen(  # noqa: S603 - this program again
            [sys.executable, *_OPTIONS, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            # Ctrl-C is for this process, which then ends the others.
            process_group=0 if os.name == "posix" else None,
        )
    except OSError as error:
        raise FileFailed.from_os(where, error, "worker processes that can be started") from error


def _ended(where: str, process: subprocess.Popen[bytes]) -> FileFailed:
    code = process.wait()
    try:
        how = f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        how = f"ended with exit code {code}"
    return FileFailed(
        where=where,
        expected="worker processes that run to their end",
        found=f"one that {how}",
        remedy="run it again; a system that is short of memory ends what takes most of it",
    )


def _raw(pipe: IO[bytes] | None) -> FileIO:
    if not isinstance(pipe, FileIO):
        raise TypeError(type(pipe).__name__)
    return pipe
