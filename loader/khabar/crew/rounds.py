"""A round of tasks: each is taken by whoever is free, and its replies come in the order of the tasks."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

Follow: TypeAlias = Callable[[Any], None]
"""Gives a task that follows on another to the same worker; its replies are dropped."""

_REPLIES_AHEAD: Final = 8


class Ticket:
    """A task that some worker has taken, and its replies so far: None is the end, an error the failure of it."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self._replies: queue.Queue[Any] = queue.Queue(_REPLIES_AHEAD)
        self.put = self._replies.put
        self._next: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.follow: Follow = self._next.put
        self.follow_up = self._next.get

    def replies(self) -> Iterator[Any]:
        """The replies as they come. Raises what the task failed with."""
        while (reply := self._replies.get()) is not None:
            if isinstance(reply, BaseException):
                raise reply
            yield reply

    def is_settled(self) -> bool:
        """Tell whether it is known how to go on."""
        return not self._next.empty()

    def drain(self) -> None:
        """Let go of a worker that waits for room for its replies, or to be told how to go on."""
        self.follow(None)
        while not self._replies.empty():
            self._replies.get_nowait()


class Round:
    """Tasks in their order, of which ``ahead`` at most are taken before their replies are asked for."""

    def __init__(self, tasks: Iterator[Any], ahead: int, *, follows: bool) -> None:
        self.threads: list[threading.Thread] = []
        self.follows = follows
        self.failure: BaseException | None = None
        self._tasks = tasks
        self._lock = threading.Lock()
        self._room = threading.Semaphore(ahead)
        self._taken: queue.SimpleQueue[Ticket | BaseException | None] = queue.SimpleQueue()
        self._open: set[Ticket] = set()
        self._ended = False

    def next(self) -> Ticket | None:
        """The next task, as soon as there is room for it; None where no task is left."""
        self._room.acquire()
        with self._lock:
            ticket = None if self._ended else self._take()
            if ticket is None:
                self._ended = True
                self._room.release()
            return ticket

    def _take(self) -> Ticket | None:
        try:
            task = next(self._tasks, None)
        except BaseException as error:  # noqa: BLE001 - raised where the replies are asked for
            self._taken.put(error)
            return None
        ticket = None if task is None else Ticket(task)
        if ticket is not None:
            self._open.add(ticket)
        self._taken.put(ticket)
        return ticket

    def fail(self, error: BaseException) -> None:
        """Take no more tasks, and raise ``error`` after the replies to those that are taken."""
        with self._lock:
            self._ended = True
            self.failure = self.failure or error
        self._taken.put(error)
        # Whoever waits for room learns that it is over.
        self._room.release()

    def replies(self) -> Iterator[tuple[Any, Follow]]:
        """The replies to all tasks in the order of the tasks, each with the way to go on.

        Raises what one of them failed with.
        """
        while (ticket := self._taken.get()) is not None:
            if isinstance(ticket, BaseException):
                raise ticket
            for reply in ticket.replies():
                yield reply, ticket.follow
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
