"""Short lines that several processes put into buckets by their keys, so that equal keys meet, in constant memory."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from khabar.crew.spool import unnamed
from khabar.errors import FileFailed

_BLOCK: Final = 256 * 1024


class Buckets:
    """Open ``files``, one a bucket, to which every process that has them appends.

    Raises `FileFailed` where there is no room.
    """

    def __init__(self, files: Sequence[int]) -> None:
        self.files = files

    @classmethod
    def new(cls, count: int) -> Buckets:
        """So many empty buckets, temporary files without names."""
        import fcntl

        files: list[int] = []
        try:
            for _ in range(count):
                files.append(unnamed())
                # What is appended in one call stays in one piece, whoever else appends.
                fcntl.fcntl(files[-1], fcntl.F_SETFL, fcntl.fcntl(files[-1], fcntl.F_GETFL) | os.O_APPEND)
        except BaseException:
            cls(files).close()
            raise
        return cls(files)

    def bucket(self, key: bytes) -> int:
        """Which bucket has the lines of a key."""
        return zlib.crc32(key) % len(self.files)

    def add(self, bucket: int, lines: bytes) -> None:
        """Append whole lines."""
        try:
            written = os.write(self.files[bucket], lines)
        except OSError as error:
            raise _no_room(error) from error
        if written != len(lines):
            raise _no_room(OSError("it ends before the whole is written"))

    def size(self, bucket: int) -> int:
        """How many bytes a bucket holds."""
        return os.fstat(self.files[bucket]).st_size

    def lines(self, bucket: int) -> Iterator[bytes]:
        """The lines of a bucket, without their ends, in no order."""
        rest = b""
        start = 0
        while block := os.pread(self.files[bucket], _BLOCK, start):
            start += len(block)
            *lines, rest = (rest + block).split(b"\n")
            yield from lines

    def close(self) -> None:
        """Give the room back."""
        for file in self.files:
            os.close(file)
        self.files = ()


def _no_room(error: OSError) -> FileFailed:
    return FileFailed.from_os(tempfile.gettempdir(), error, "room for a temporary file")
