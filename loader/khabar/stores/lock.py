"""One writer at a time: a lock that says who holds it, and that ends with its holder."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import random
import re
import socket
import sys
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

import msgspec

from khabar.errors import FileFailed, StoreFailed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_EXPECTED: Final = "to be the only writer"
_TAKEN: Final = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_LONGEST_PAUSE: Final = 0.05
_LONGEST_RECORD: Final = 4096
# Windows keeps others from reading what is locked: the byte that is locked lies beyond what is written.
_BYTE: Final = 1 << 30


class Held(Protocol):
    """An open file that stands for a lock."""

    def forget(self) -> None:
        """Close the file in a process that was forked from the lock's holder, which goes on holding it."""


held: Final[weakref.WeakSet[Held]] = weakref.WeakSet()
"""The locks of this process. A fork has the same open files, and would hold them after its parent was killed."""


def _forget() -> None:
    for lock in list(held):
        lock.forget()
    held.clear()


class Holder(msgspec.Struct, frozen=True):
    """The process that holds a lock; ``command`` is the program and what it does, without arguments."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        place = "" if self.host == socket.gethostname() else f" on {self.host}"
        return f"process {self.pid}{place} ({self.command}, since {self.since})"

    @classmethod
    def this(cls) -> Holder:
        """This process, from now on."""
        now = dt.datetime.now(dt.UTC)
        return cls(os.getpid(), socket.gethostname(), _command(sys.argv), f"{now:%Y-%m-%dT%H:%M:%SZ}")


class Lock:
    """A lock in a file of its own, held by one thread of one process at a time; a context manager.

    The system takes it from a process that ends, however it ends. The file holds a `Holder` in JSON and is removed with
    the lock. ``what`` is the thing that is guarded, as messages call it. ``wait`` is how long, in seconds, another
    holder is waited for. Entering raises StoreFailed, which names the holder, and FileFailed.
    """

    def __init__(self, path: Path, what: str, *, wait: float = 0.0) -> None:
        self._path = path
        self._what = what
        self._wait = wait
        self._file: int | None = None

    def __enter__(self) -> Self:
        deadline = time.monotonic() + self._wait
        pause = 0.002
        while not self._take():
            left = deadline - time.monotonic()
            if not left > 0:  # as is what is no number
                raise StoreFailed(
                    where=self._what,
                    expected=_EXPECTED,
                    found=str(self.holder() or "another process"),
                    remedy="wait for its end",
                )
            # No two that wait keep step with each other.
            time.sleep(min(left, pause * random.uniform(0.5, 1.5)))  # noqa: S311 - not a secret
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        file, self._file = self._file, None
        held.discard(self)
        if file is not None:
            # Still held: whoever waits for it finds that its name is gone, and makes a new one.
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(file)

    def holder(self) -> Holder | None:
        """Who holds the lock, as far as the file says."""
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(_LONGEST_RECORD), type=Holder)
        except (OSError, msgspec.MsgspecError):
            return None

    def _take(self) -> bool:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise self._failure(error) from None
        taken = False
        try:
            # The file may have been removed, by a holder who is done, between opening it and locking it.
            taken = _hold(file) and _is(file, self._path)
            if taken:
                os.truncate(file, 0)
                os.write(file, msgspec.json.encode(Holder.this()))
                self._file = file
                held.add(self)
        except OSError as error:
            taken = False
            raise self._failure(error) from None
        finally:
            if not taken:
                os.close(file)
        return taken

    def _failure(self, error: OSError) -> FileFailed:
        return FileFailed.from_os(self._what, error, f"a lock in {self._path} that can be written")

    def forget(self) -> None:
        """Close the lock in a process that was forked from its holder, which goes on holding it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _command(arguments: list[str]) -> str:
    program = Path(arguments[0]).name if arguments and arguments[0] else "python"
    if program == "__main__.py":
        program = Path(arguments[0]).parent.name
    # What follows may hold a secret; the word that says what khabar does cannot.
    known = program == "khabar" and len(arguments) > 1 and re.fullmatch("[a-z]{1,12}", arguments[1])
    return f"{program} {arguments[1]}" if known else program


def _is(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _hold(file: int) -> bool:
        os.lseek(file, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    os.register_at_fork(after_in_child=_forget)

    def _hold(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise
        return True
