"""Who does the tasks: this process, or several worker processes at once; the replies are the same."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

import msgspec

from khabar.crew.bench import Bench, address_of
from khabar.crew.messages import receive, send
from khabar.crew.processes import raw, started
from khabar.crew.rounds import Follow, Round, Ticket
from khabar.crew.worker import Broken, Failed, Finished
from khabar.errors import FileFailed

_AHEAD: Final = 2
_HELD: Final = 2
_PROGRAM: Final = "import sys; from khabar.crew.worker import main; main(sys.argv[1])"


class Crew(Protocol):
    """Does tasks, one round of them at a time. What fails is raised where the replies are asked for."""

    def replies(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """The replies to all tasks, in the order of the tasks. Raises `FileFailed` where a worker dies."""
        ...

    def exchanges(self, tasks: Iterable[Any]) -> Iterator[tuple[Any, Follow]]:
        """The same for tasks of one reply each, with the way to go on with it: used once, before the next reply.

        A worker has a few tasks at once that wait to be gone on with; it goes on with them in their order.
        """
        ...

    def close(self) -> None:
        """End all that was started."""
        ...


class Alone:
    """This process does the tasks, each when its replies are asked for."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def replies(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """The replies to all tasks, in the order of the tasks."""
        for task in tasks:
            yield from self._bench.done(task)

    def exchanges(self, tasks: Iterable[Any]) -> Iterator[tuple[Any, Follow]]:
        """The same, with the way to go on with each."""
        for reply in self.replies(tasks):
            yield reply, self._follow

    def _follow(self, task: Any) -> None:
        for _ in self._bench.done(task):
            pass

    def close(self) -> None:
        """Nothing was started."""


class Workers:
    """Worker processes do the tasks, each with a thread here that keeps it busy.

    There is one for each of ``openings``, which may name the open ``files`` by their numbers. They work ahead by so
    many tasks that the replies that wait hold a few MiB for each, and no more. A worker ends when its pipe is closed,
    and so does not outlive this process, however that ends.
    """

    def __init__(self, bench: type[Bench], openings: Sequence[Any], where: str, files: Sequence[int] = ()) -> None:
        self._answers = bench.answers | Finished | Broken | Failed
        self._where = where
        self._rounds: list[Round] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        try:
            for _ in openings:
                self._processes.append(_started(address_of(bench), where, files))
            for process, opening in zip(self._processes, openings, strict=True):
                self._give(process, opening)
        except BaseException:
            self.close()
            raise

    def replies(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """The replies to all tasks, in the order of the tasks. Raises `FileFailed` where a worker dies."""
        for reply, _ in self._round(tasks, follows=False):
            yield reply

    def exchanges(self, tasks: Iterable[Any]) -> Iterator[tuple[Any, Follow]]:
        """The same for tasks of one reply each, with the way to go on with that task, which must be gone once."""
        return self._round(tasks, follows=True)

    def _round(self, tasks: Iterable[Any], *, follows: bool) -> Iterator[tuple[Any, Follow]]:
        if self._rounds:
            raise RuntimeError("the replies of the round before were not all taken")
        one = Round(iter(tasks), len(self._processes) * (1 + _AHEAD), follows=follows)
        self._rounds.append(one)
        for process in self._processes:
            thread = threading.Thread(target=self._keep_busy, args=(process, one), daemon=True)
            one.threads.append(thread)
            thread.start()
        yield from one.replies()
        for thread in one.threads:
            thread.join()
        self._rounds.remove(one)
        if one.failure is not None:
            raise one.failure

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        for process in self._processes:
            process.kill()
        for one in self._rounds:
            one.give_up()
        for process in self._processes:
            process.wait()
            raw(process.stdin).close()
            raw(process.stdout).close()
        self._processes = []

    def _keep_busy(self, process: subprocess.Popen[bytes], one: Round) -> None:
        decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(self._answers)
        held: deque[Ticket] = deque()
        try:
            while True:
                while held and (len(held) >= _HELD or held[0].is_settled()):
                    self._go_on(process, decoder, held.popleft())
                ticket = one.next()
                if ticket is None:
                    break
                self._do(process, decoder, ticket)
                if one.follows:
                    held.append(ticket)
            for ticket in held:
                self._go_on(process, decoder, ticket)
        except BaseException as error:  # noqa: BLE001 - raised where the replies are asked for
            one.fail(error)

    def _do(self, process: subprocess.Popen[bytes], decoder: msgspec.msgpack.Decoder[Any], ticket: Ticket) -> None:
        try:
            self._give(process, ticket.task)
            while not isinstance(answer := self._take(process, decoder), Finished):
                ticket.put(_error(answer) or answer)
        except BaseException as error:
            ticket.put(error)
            raise
        ticket.put(None)

    def _go_on(self, process: subprocess.Popen[bytes], decoder: msgspec.msgpack.Decoder[Any], ticket: Ticket) -> None:
        task = ticket.follow_up()
        if task is None:
            return
        self._give(process, task)
        while not isinstance(answer := self._take(process, decoder), Finished):
            error = _error(answer)
            if error is not None:
                raise error

    def _give(self, process: subprocess.Popen[bytes], message: Any) -> None:
        try:
            send(raw(process.stdin), message)
        except OSError as error:
            raise _ended(self._where, process) from error

    def _take(self, process: subprocess.Popen[bytes], decoder: msgspec.msgpack.Decoder[Any]) -> Any:
        try:
            return receive(raw(process.stdout), decoder)
        except (EOFError, OSError) as error:
            raise _ended(self._where, process) from error


def cores() -> int:
    """How many processes the system lets run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _error(answer: Any) -> BaseException | None:
    match answer:
        case Broken(told=told):
            return RuntimeError(told)
        case Failed(where=where, expected=expected, found=found, remedy=remedy):
            return FileFailed(where=where, expected=expected, found=found, remedy=remedy)
    return None


def _started(address: str, where: str, files: Sequence[int]) -> subprocess.Popen[bytes]:
    try:
        return started(_PROGRAM, address, files=files)
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
