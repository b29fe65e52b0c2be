"""What waits for its turn, on disk: nothing of it is left when the processes end, however they end."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import Final, NamedTuple

from khabar.errors import FileFailed

_IN_MEMORY: Final = 1024 * 1024
_BLOCK: Final = 64 * 1024
_MERGED: Final = 16 * 1024 * 1024
_LEAST: Final = 4 * 1024
# No system takes fewer at once that takes several at all.
_AT_ONCE: Final = 256


class Slot(NamedTuple):
    """Where something lies in a spool: in which of its files, from where on, how many bytes."""

    file: int
    start: int
    size: int


class Spool(ABC):
    """Temporary files without a name, in which bytes are put one after the other.

    Several threads may use it at once. Raises `FileFailed` where there is no room.
    """

    @abstractmethod
    def add(self, data: bytes) -> Slot:
        """Put ``data`` at the end."""

    @abstractmethod
    def read(self, slot: Slot) -> bytes:
        """What was put there."""

    @abstractmethod
    def close(self) -> None:
        """Give the room back."""

    def merged(self, slots: Iterable[Slot]) -> Iterator[bytes]:
        """The lines of several slots, each of them sorted, in one order."""
        many = list(slots)
        block = max(_LEAST, min(_BLOCK, _MERGED // max(len(many), 1)))
        return merge(*(self._lines(slot, block) for slot in many))

    def pieces(self, slot: Slot, size: int) -> Iterator[bytes]:
        """What was put there, in pieces of ``size`` bytes and a last one."""
        file, first, whole = slot
        for start in range(first, first + whole, size):
            yield self.read(Slot(file, start, min(size, first + whole - start)))

    def _lines(self, slot: Slot, size: int) -> Iterator[bytes]:
        rest = b""
        for piece in self.pieces(slot, size):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line + b"\n"


class OwnSpool(Spool):
    """The spool of one process; what is small stays in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._lock = threading.Lock()
        self._end = 0

    def add(self, data: bytes) -> Slot:
        """Put ``data`` at the end."""
        with self._lock:
            slot = Slot(0, self._end, len(data))
            with _room():
                self._file.seek(self._end)
                self._file.write(data)
            self._end += len(data)
            return slot

    def read(self, slot: Slot) -> bytes:
        """What was put there."""
        with self._lock, _reading():
            self._file.seek(slot.start)
            return self._file.read(slot.size)

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


class SharedSpool(Spool):
    """A spool that several processes share: each reads all of its ``files`` and puts what it has into its ``own``."""

    def __init__(self, files: Sequence[int], own: int) -> None:
        self._files = files
        self._own = own
        self._lock = threading.Lock()
        self._end = 0

    def add(self, data: bytes) -> Slot:
        """Put ``data`` at the end of the own file."""
        with self._lock:
            slot = Slot(self._own, self._end, len(data))
            with _room():
                write_at(self._files[self._own], data, self._end)
            self._end += len(data)
            return slot

    def read(self, slot: Slot) -> bytes:
        """What was put there, by whichever process."""
        with _reading():
            data = os.pread(self._files[slot.file], slot.size, slot.start)
            while len(data) < slot.size:
                more = os.pread(self._files[slot.file], slot.size - len(data), slot.start + len(data))
                if not more:
                    raise OSError(f"it ends at {slot.start + len(data)}")
                data += more
            return data

    def close(self) -> None:
        """Whoever made the files closes them."""


def write_at(file: int, data: bytes, start: int) -> None:
    """Write all of ``data`` to an open file from ``start`` on. Raises OSError."""
    left = memoryview(data)
    while left:
        count = os.pwrite(file, left, start)
        left, start = left[count:], start + count


def write_all_at(file: int, pieces: Sequence[bytes], start: int) -> None:
    """Write pieces one after the other, as `write_at` does."""
    if not hasattr(os, "pwritev"):
        write_at(file, b"".join(pieces), start)
        return
    for first in range(0, len(pieces), _AT_ONCE):
        some = pieces[first : first + _AT_ONCE]
        size = sum(map(len, some))
        count = os.pwritev(file, some, start)
        if count < size:
            write_at(file, b"".join(some)[count:], start + count)
        start += size


def unnamed() -> int:
    """A new temporary file that has no name, by its number. Raises `FileFailed`."""
    with _room(), tempfile.TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileFailed.from_os(_folder(), error, "room for a temporary file") from error


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileFailed.from_os(_folder(), error, "a temporary file that can be read") from error


def _folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "."
