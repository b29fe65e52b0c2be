"""What waits for its turn, on disk: nothing of it is left when the process ends, however it ends."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final, NamedTuple

from khabar.errors import FileFailed

_IN_MEMORY: Final = 8 * 1024 * 1024
_BLOCK: Final = 64 * 1024


class Slot(NamedTuple):
    """Where something lies in a spool."""

    start: int
    size: int


class Spool:
    """A temporary file without a name, in which bytes are put one after the other; what is small stays in memory.

    Several threads may use it at once. Raises `FileFailed` where there is no room.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._lock = threading.Lock()
        self._end = 0

    def add(self, data: bytes) -> Slot:
        """Put ``data`` at the end."""
        with self._lock:
            slot = Slot(self._end, len(data))
            try:
                self._file.seek(self._end)
                self._file.write(data)
            except OSError as error:
                raise FileFailed.from_os(_folder(), error, "room for a temporary file") from error
            self._end += len(data)
            return slot

    def read(self, slot: Slot) -> bytes:
        """What was put there."""
        with self._lock:
            try:
                self._file.seek(slot.start)
                return self._file.read(slot.size)
            except OSError as error:
                raise FileFailed.from_os(_folder(), error, "a temporary file that can be read") from error

    def merged(self, slots: Iterable[Slot]) -> Iterator[bytes]:
        """The lines of several slots, each of them sorted, in one order."""
        return merge(*map(self._lines, slots))

    def _lines(self, slot: Slot) -> Iterator[bytes]:
        rest = b""
        for start in range(slot.start, slot.start + slot.size, _BLOCK):
            block = rest + self.read(Slot(start, min(_BLOCK, slot.start + slot.size - start)))
            *lines, rest = block.split(b"\n")
            for line in lines:
                yield line + b"\n"

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


def _folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "."
