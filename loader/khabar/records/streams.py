"""The bytes of a file as they come, decompressed; what is cut short or damaged is never taken for the end."""

from __future__ import annotations

import contextlib
import io
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any, BinaryIO, Final, Literal, TypeAlias

from khabar.errors import FileFailed

Form: TypeAlias = Literal["jsonl", "gzip", "zstd", "parquet"]

CHUNK: Final = 128 * 1024
"""How much is read at a time: larger pieces fall out of the caches, smaller ones take more calls."""

_MAGIC: Final[tuple[tuple[bytes, Form], ...]] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "parquet"),
)
# Frames of zstd that hold no data, as parallel compressors write them.
_SKIPPABLE: Final = (0x184D2A50, 0x184D2A5F)
# A block of four bytes can stand for 128 KiB: what comes out of one call stays below 64 MiB.
_ZSTD_INPUT: Final = 2048


def form_of(start: bytes) -> Form:
    """The form of a file that begins with ``start``, four bytes or more: by its magic bytes, else JSON Lines."""
    for magic, form in _MAGIC:
        if start.startswith(magic):
            return form
    return "zstd" if _SKIPPABLE[0] <= int.from_bytes(start[:4], "little") <= _SKIPPABLE[1] else "jsonl"


@contextlib.contextmanager
def opened(path: str, name: str) -> Iterator[io.FileIO]:
    """The file at ``path``, without a buffer; what the system says of it is a `FileFailed` about ``name``."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path of bytes that are no text is one too
            yield file
    except OSError as error:
        raise FileFailed.from_os(name, error, "a file that can be read") from error
    except ValueError as error:
        raise FileFailed(where=name, expected="a file", found="a path that no file can have") from error


def decompressed(file: BinaryIO | io.FileIO, form: Form, name: str) -> Iterator[tuple[bytes, int]]:
    """The bytes of a file in pieces of about `CHUNK`, each with how many bytes of the file were read by then.

    All members of gzip and all frames of zstd are read. Raises `FileFailed` where the file ends within one, or holds
    something else.
    """
    match form:
        case "gzip":
            return _gunzipped(file, name)
        case "zstd":
            return _unzstd(file, name)
        case _:
            return _plain(file)


def _plain(file: BinaryIO | io.FileIO) -> Iterator[tuple[bytes, int]]:
    read = 0
    while chunk := file.read(CHUNK):
        read += len(chunk)
        yield chunk, read


def _gunzipped(file: BinaryIO | io.FileIO, name: str) -> Iterator[tuple[bytes, int]]:
    read = 0
    member: Any = None
    while chunk := file.read(CHUNK):
        read += len(chunk)
        while chunk:
            if member is None:
                # Tapes and the like fill up with zeros after the last member.
                chunk = chunk.lstrip(b"\0") if read > len(chunk) or chunk[:1] != b"\0" else chunk
                if not chunk:
                    break
                member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            try:
                data = member.decompress(chunk, CHUNK)
            except zlib.error as error:
                raise _damaged(name, "gzip", error) from error
            chunk = member.unconsumed_tail
            if member.eof:
                chunk, member = member.unused_data, None
            if data:
                yield data, read
    if member is not None or not read:
        raise _cut_short(name, "gzip")


def _unzstd(file: BinaryIO | io.FileIO, name: str) -> Iterator[tuple[bytes, int]]:
    zstandard = zstandard_for(name)
    decompressor = zstandard.ZstdDecompressor()
    read = 0
    frame: Any = None
    while chunk := file.read(CHUNK):
        start = read
        read += len(chunk)
        position = 0
        pieces: list[bytes] = []
        size = 0
        while position < len(chunk):
            if frame is None:
                frame = decompressor.decompressobj()
            piece = chunk[position : position + _ZSTD_INPUT]
            try:
                data = frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise _damaged(name, "zstd", error) from error
            position += len(piece)
            if frame.eof:
                position -= len(frame.unused_data)
                frame = None
            pieces.append(data)
            size += len(data)
            if size >= CHUNK:
                yield b"".join(pieces), start + position
                pieces, size = [], 0
        if size:
            yield b"".join(pieces), read
    if frame is not None or not read:
        raise _cut_short(name, "zstd")


def zstandard_for(name: str) -> ModuleType:
    """The library that reads and writes zstd; a `FileFailed` about ``name`` where it is missing."""
    try:
        import zstandard
    except ImportError as error:
        raise FileFailed(
            where=name,
            expected="zstandard, which reads and writes .zst",
            found="no such package",
            remedy="pip install zstandard",
        ) from error
    return zstandard


def _damaged(name: str, what: str, error: Exception) -> FileFailed:
    return FileFailed(where=name, expected=f"a whole {what} file", found=" ".join(str(error).split()))


def _cut_short(name: str, what: str) -> FileFailed:
    return FileFailed(where=name, expected=f"a whole {what} file", found="one that ends too early")
