"""A piece of work in a process of its own, forked from one that is warm: it can be killed at any moment."""

from __future__ import annotations

import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any, Final, NoReturn

LONGEST: Final = 600.0
"""Seconds after which a child counts as hanging."""


class ChildFailed(Exception):
    """The work raised what it should not have; holds the traceback of the child."""


class Child:
    """A child that does ``work``; its parent must hold no open store, since RocksDB's threads are not forked."""

    def __init__(self, work: Callable[[], object]) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(reading)
            _do(work, writing)
        os.close(writing)
        self._pipe = os.fdopen(reading, "rb")
        if self._pipe.read(1) != b"!":
            raise ChildFailed("it did not start")

    def strike(self, after: float) -> bool:
        """Kill the child ``after`` so many seconds; tell whether it was still at work."""
        ended, deadline = 0, time.monotonic() + after
        while not ended and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.002))
            ended, _ = os.waitpid(self.pid, os.WNOHANG)
        if ended:
            return False
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        return os.WIFSIGNALED(status)

    def result(self) -> Any:
        """What the work returned, after its end."""
        outcome = self._pipe.read()
        self._pipe.close()
        if not outcome:
            raise ChildFailed(f"process {self.pid} ended without a word")
        value, failure = pickle.loads(outcome)  # noqa: S301 - from a child of this process
        if failure:
            raise ChildFailed(failure)
        return value


def in_memory() -> str | None:
    """A folder in memory, where there is one: a process ends there as on a disk, and nothing waits for the disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - names in it are made by tempfile


def done(work: Callable[[], object]) -> Any:
    """What ``work`` returns, done by a child."""
    child = Child(work)
    try:
        return child.result()
    finally:
        os.waitpid(child.pid, 0)


def _do(work: Callable[[], object], writing: int) -> NoReturn:
    signal.alarm(int(LONGEST))
    os.write(writing, b"!")
    try:
        outcome: tuple[object, str] = work(), ""
    except BaseException:  # noqa: BLE001 - the parent tells it
        outcome = None, traceback.format_exc()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(pickle.dumps(outcome))
    os._exit(0)
