"""The parts that records in bulk are read in, each by itself: byte ranges, whole compressed files, row groups."""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from khabar.errors import FileFailed
from khabar.records.json_lines import MAX_LINE
from khabar.records.streams import CHUNK, Form, decompressed, opened

_LEAST: Final = 256 * 1024
_MOST: Final = 1024 * 1024
_PARTS: Final = 64
SPACE: Final = b" \t\r"
"""White space of JSON within a line."""
_BEYOND: Final = 16 * 1024
MARK: Final = b"\xef\xbb\xbf"
"""A byte order mark, which some programs put before a text."""


class Part(msgspec.Struct, frozen=True, tag=True):
    """A part of a file, which one reader reads: see `blocks`.

    ``path`` is where it is read, ``name`` what faults and people call it. ``start`` and ``end`` are bytes of a plain
    file (the lines that begin between them are the part's), row groups of a Parquet file, or nothing and the size of
    a compressed file, which is one part. ``head`` is the number of lines before the articles, in the first part of a
    file. ``size`` is how many bytes of the file there are to read, for a progress display.
    """

    path: str
    form: Form
    start: int
    end: int
    name: str
    head: int = 0
    size: int = 0


class Block(NamedTuple):
    """Some whole lines of a part.

    ``first`` is the number of the first of them: lines are counted from 1 in the part (the lines of the head
    included), rows of Parquet files too. ``data`` are the lines, each with its end, blank ones among them;
    ``line_count`` is how many. ``read`` is how much of ``Part.size`` is done with.

    The number of lines of a part is ``first + line_count - 1`` of its last block, or ``Part.head`` where it has none;
    the line in the file is that of the part, and the lines of all parts before it of the same file (of one name).
    """

    first: int
    data: bytes
    line_count: int
    read: int


def lines(block: Block) -> Iterator[tuple[int, bytes]]:
    r"""The lines of a block that are not blank, by number, without their ends and without a byte order mark.

    >>> list(lines(Block(3, b'{"a": 1}\r\n\n{}\n', 3, 0)))
    [(3, b'{"a": 1}'), (5, b'{}')]
    """
    data = block.data.removeprefix(MARK) if block.first == 1 else block.data
    number = block.first
    for line in data.split(b"\n"):
        stripped = line.strip(SPACE)
        if stripped:
            yield number, stripped
        number += 1


def blocks(part: Part) -> Iterator[Block]:
    """The lines of a part in blocks of about 128 KiB, in order; rows of Parquet files as canonical lines.

    A line over `MAX_LINE` bytes comes cut off after so many and one more: `examine` refuses it. Raises `FileFailed`
    where the file cannot be read, ends before its end, or is no longer what it was.
    """
    if part.form == "parquet":
        from khabar.records.parquet import row_blocks

        yield from row_blocks(part)
        return
    with opened(part.path, part.name) as file:
        if part.form == "jsonl":
            yield from _numbered(_cut(_range(file, part)), part.head)
        else:
            whole = _cut(decompressed(file, part.form, part.name))
            yield from _numbered(_skipped(whole, part.head), part.head)


def numbered_lines(parts: Iterable[Part]) -> Iterator[tuple[str, int, bytes]]:
    """The lines of all parts that are not blank, each with the name of its file and its number there.

    Parts of one file stand beside each other, from its first on. Raises `FileFailed` as `blocks` does.
    """
    for name, of_one_file in itertools.groupby(parts, key=lambda part: part.name):
        before = 0
        for part in of_one_file:
            last = part.head
            for block in blocks(part):
                last = block.first + block.line_count - 1
                for number, data in lines(block):
                    yield name, before + number, data
            before += last


def plain_parts(path: str, name: str, start: int, end: int, head: int) -> Iterator[Part]:
    """The parts of a plain file whose articles lie between two bytes; ``head`` lines lie before them.

    >>> [(part.start, part.end, part.head) for part in plain_parts("a.jsonl", "a.jsonl", 100, 400_000, 2)]
    [(100, 262244, 2), (262244, 400000, 0)]
    """
    step = max(_LEAST, min(_MOST, (end - start) // _PARTS))
    for begin in range(start, end, step):
        stop = min(begin + step, end)
        yield Part(path, "jsonl", begin, stop, name, head, stop - begin)
        head = 0
    if start >= end:
        yield Part(path, "jsonl", start, start, name, head)


def _range(file: io.FileIO, part: Part) -> Iterator[tuple[bytes, int]]:
    """The bytes of the lines that begin in a range: what lies before the first of them belongs to another part."""
    position = _first_line(file, part)
    if position >= part.end:
        return
    file.seek(position)
    while chunk := file.read(min(CHUNK, max(part.end - position, _BEYOND))):
        start = position
        position += len(chunk)
        if position >= part.end:
            # The last line may end anywhere beyond; what is longer than any line may be is not read to its end.
            end = chunk.find(b"\n", max(part.end - 1 - start, 0)) + 1
            if end or position > part.end + MAX_LINE:
                yield chunk[: end or len(chunk)], part.size
                return
        yield chunk, min(position - part.start, part.size)
    if position < part.end:
        raise _changed(part)


def _first_line(file: io.FileIO, part: Part) -> int:
    """Where the first line begins that begins in a range; its end where there is none."""
    if part.start == 0:
        return 0
    position = part.start - 1
    file.seek(position)
    while position < part.end - 1:
        chunk = file.read(min(_BEYOND, part.end - 1 - position))
        if not chunk:
            raise _changed(part)
        end = chunk.find(b"\n") + 1
        if end:
            return position + end
        position += len(chunk)
    return part.end


def _changed(part: Part) -> FileFailed:
    return FileFailed(
        where=part.name,
        expected="a file that stays as it is while it is read",
        found="a shorter one than at first",
        remedy="run it again",
    )


def _cut(chunks: Iterable[tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    """Bytes as whole lines, each with its end; of a line that is too long only the beginning."""
    held: list[bytes] = []
    size = 0
    read = 0
    for chunk, read in chunks:
        end = chunk.rfind(b"\n") + 1
        if not end:
            if size <= MAX_LINE:
                held.append(chunk)
                size += len(chunk)
            continue
        if size <= MAX_LINE:
            held.append(chunk[:end])
        else:
            # The rest of the line that was too long is passed over.
            first = chunk.find(b"\n")
            held = [_beginning(held), chunk[first:end]]
        yield (b"".join(held) if len(held) > 1 else held[0]), read
        held = [chunk[end:]] if end < len(chunk) else []
        size = len(chunk) - end
    if size:
        yield (_beginning(held) if size > MAX_LINE else b"".join(held)) + b"\n", read


def _beginning(held: list[bytes]) -> bytes:
    return b"".join(held)[: MAX_LINE + 1]


def _numbered(pieces: Iterable[tuple[bytes, int]], head: int) -> Iterator[Block]:
    first = head + 1
    for data, read in pieces:
        count = data.count(b"\n")
        yield Block(first, data, count, read)
        first += count


def _skipped(pieces: Iterable[tuple[bytes, int]], head: int) -> Iterator[tuple[bytes, int]]:
    """All lines but the first ``head``."""
    left = head
    for data, read in pieces:
        start = 0
        while left and start < len(data):
            start = data.index(b"\n", start) + 1
            left -= 1
        if start < len(data):
            yield data[start:], read


def size_of(file: io.FileIO) -> int:
    """The size of an open file, in bytes."""
    return os.fstat(file.fileno()).st_size
