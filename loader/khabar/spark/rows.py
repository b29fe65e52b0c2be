"""Rows of a data frame as the lines of records that they hold, each with its place, as a worker sees them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Block: TypeAlias = tuple[str, int]
"""Rows that are read one after the other: their file, and where in it they begin; or "" and the partition."""

Seals: TypeAlias = dict[Block, tuple[int, int]]
"""The number of rows of each block, and a checksum of them."""

CHANGED: Final = "khabar: the rows are not those that were read at first"


class Shape(NamedTuple):
    """How rows come.

    ``records`` are lines of JSON in the first column, or the columns of a record. ``places`` are told by two more
    columns: the file, and where the block of it begins or the number of the row; or by nothing but the order.
    """

    records: Literal["lines", "columns"]
    places: Literal["blocks", "numbers", "order"]


class Place(NamedTuple):
    """Where a record is: its block, and its number in it, from 0."""

    block: Block
    number: int


class Run(NamedTuple):
    """Some rows of a block: the number of the first of them, from 0, and their lines, without white space around."""

    block: Block
    first: int
    lines: list[bytes]


class End(NamedTuple):
    """The end of a block: how many rows it had, and a checksum of them."""

    block: Block
    rows: int
    checksum: int


def runs(batches: Iterable[pa.RecordBatch], shape: Shape) -> Iterator[Run | End]:
    """All rows of a partition, block by block; each block has its end."""
    block: Block | None = None
    count = checksum = 0
    for batch in batches:
        lines = _lines(batch, shape)
        end = 0
        for begins, size in _blocks(batch, shape, block, count):
            if begins != block:
                if block is not None:
                    yield End(block, count, checksum)
                block, count, checksum = begins, 0, 0
            some = [line.strip() for line in lines[end : end + size]]
            yield Run(begins, count, some)
            count += size
            end += size
            # The order counts, and so does where a line ends.
            for line in some:
                checksum = zlib.crc32(line, checksum ^ len(line))
    if block is not None:
        yield End(block, count, checksum)


def sealed(batches: Iterable[pa.RecordBatch], shape: Shape, seals: Seals) -> Iterator[Run]:
    """All rows of a partition. Raises RuntimeError where they are not those that ``seals`` were made of."""
    for each in runs(batches, shape):
        if isinstance(each, Run):
            yield each
        elif seals.get(each.block) != (each.rows, each.checksum):
            raise RuntimeError(CHANGED)


def _lines(batch: pa.RecordBatch, shape: Shape) -> list[bytes]:
    if shape.records == "columns":
        from khabar.records.row_lines import row_lines

        places = 0 if shape.places == "order" else 2
        column = row_lines(batch.select(range(batch.num_columns - places)), "the rows")
    else:
        column = batch.column(0)
    import pyarrow as pa

    # As they are: Spark does not ask whether bytes are UTF-8, and the careful reading tells where they are not.
    if pa.types.is_string(column.type):
        column = column.view(pa.binary())
    elif pa.types.is_large_string(column.type):
        column = column.view(pa.large_binary())
    return [line or b"" for line in column.to_pylist()]


def _blocks(batch: pa.RecordBatch, shape: Shape, block: Block | None, count: int) -> Iterator[tuple[Block, int]]:
    """How many of the rows are of which block; ``count`` rows of ``block`` were before them."""
    rows = batch.num_rows
    if not rows:
        return
    if shape.places == "order":
        yield block or ("", _partition()), rows
        return
    files, numbers = batch.column(batch.num_columns - 2), batch.column(batch.num_columns - 1)
    if shape.places == "blocks":
        # A block comes once, and whole: where both ends of the batch are of one, all of it is.
        ends = [(files[row].as_py(), numbers[row].as_py()) for row in (0, rows - 1)]
        places = (
            ends[:1] * rows if ends[0] == ends[1] else list(zip(files.to_pylist(), numbers.to_pylist(), strict=True))
        )
        yield from _counted(places)
        return
    begun = [] if block is None else [(block[0], block[1] + count)]
    start = 0
    known = list(zip(files.to_pylist(), numbers.to_pylist(), strict=True))
    for row in range(1, rows + 1):
        if row < rows and known[row] == (known[row - 1][0], known[row - 1][1] + 1):
            continue
        goes_on = block is not None and start == 0 and known[0] in begun
        yield block if goes_on and block is not None else known[start], row - start
        start = row


def _counted(places: list[Block]) -> Iterator[tuple[Block, int]]:
    start = 0
    for row in range(1, len(places) + 1):
        if row == len(places) or places[row] != places[start]:
            yield places[start], row - start
            start = row


def _partition() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    return 0 if context is None else context.partitionId()
