"""Tasks and replies as bytes on a pipe: each with its length before it."""

from __future__ import annotations

import struct
from io import FileIO
from typing import Final, TypeVar

import msgspec

LENGTH: Final = struct.Struct("!Q")
"""What stands before each message: its number of bytes."""

_encode: Final = msgspec.msgpack.Encoder().encode

T = TypeVar("T")


def send(pipe: FileIO, message: msgspec.Struct) -> None:
    """Write one message whole. Raises `OSError` where no one reads."""
    data = _encode(message)
    left = memoryview(LENGTH.pack(len(data)) + data)
    while left:
        left = left[pipe.write(left) :]


def receive(pipe: FileIO, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """Wait for one message and read it. Raises `EOFError` where the other end is closed."""
    return decoder.decode(_exactly(pipe, LENGTH.unpack(_exactly(pipe, LENGTH.size))[0]))


def _exactly(pipe: FileIO, size: int) -> bytearray:
    # Not through a buffered reader: its lock would hold up the end of a process that leaves a thread at it.
    data = bytearray(size)
    left = memoryview(data)
    while left:
        count = pipe.readinto(left)
        if not count:
            raise EOFError
        left = left[count:]
    return data
