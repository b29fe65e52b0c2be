"""Tasks and replies as bytes on a pipe: each with its length before it."""

from __future__ import annotations

import struct
from typing import IO, Final, TypeVar

import msgspec

_LENGTH: Final = struct.Struct("!Q")

T = TypeVar("T")

encode: Final = msgspec.msgpack.Encoder().encode


def send(pipe: IO[bytes], message: msgspec.Struct) -> None:
    """Write one message whole. Raises `OSError` where no one reads."""
    data = encode(message)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes], decoder: msgspec.msgpack.Decoder[T]) -> T:
    """Wait for one message and read it. Raises `EOFError` where the other end is closed."""
    return decoder.decode(_exactly(pipe, _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0]))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
