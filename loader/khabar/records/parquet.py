"""Parquet: one row an article, in columns derived from the record types; the head in the metadata of the file."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from khabar.errors import FileFailed
from khabar.frame import Frame
from khabar.model import ArticleRecord
from khabar.records.heads import Head, metadata_head
from khabar.records.json_lines import encode
from khabar.records.parts import Block, Part
from khabar.records.streams import CHUNK

if TYPE_CHECKING:
    from pyarrow import parquet as pq

CORPUS_KEY: Final = b"khabar:corpus"
ENTITIES_KEY: Final = b"khabar:entities"
_ROWS_A_GROUP: Final = 2000
_ROWS_A_BATCH: Final = 512
_BYTES_A_BATCH: Final = 2 * 1024 * 1024


def write_parquet(file: BinaryIO, frame: Frame, articles: Iterable[ArticleRecord]) -> int:
    """Write a corpus as one Parquet file (zstd, 2,000 rows a row group); the number of its articles.

    The same corpus gives the same bytes with the same version of pyarrow. Memory holds one row group. Raises
    `FileFailed` where pyarrow is missing.
    """
    demand_pyarrow("a Parquet file")
    from pyarrow import parquet as pq

    from khabar.records.columns import article_columns, article_schema

    schema = article_schema().with_metadata(
        {CORPUS_KEY: encode(frame.header), ENTITIES_KEY: msgspec.json.encode(frame.entities)}
    )
    rest = iter(articles)
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while some := list(itertools.islice(rest, _ROWS_A_GROUP)):
            writer.write_table(article_columns(some).cast(schema))
            count += len(some)
    return count


def head_of(path: str, name: str) -> Head:
    """The head in the metadata of a file. Raises `FaultyData` where it has faults, and `FileFailed`."""
    with _opened(path, name) as file:
        metadata = file.schema_arrow.metadata or {}
        articles = file.metadata.num_rows > 0
    return metadata_head(metadata.get(CORPUS_KEY), metadata.get(ENTITIES_KEY), name)._replace(articles=articles)


def row_parts(path: str, name: str) -> list[Part]:
    """One part for each row group; raises `FileFailed` where a column does not fit."""
    from khabar.records.row_lines import demand_fit

    with _opened(path, name) as file:
        demand_fit(file.schema_arrow, name)
        groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        sizes = [
            sum(group.column(column).total_compressed_size for column in range(group.num_columns)) for group in groups
        ]
    return [Part(path, "parquet", number, number + 1, name, size=size) for number, size in enumerate(sizes)] or [
        Part(path, "parquet", 0, 0, name)
    ]


def row_blocks(part: Part) -> Iterator[Block]:
    """The rows of a part as canonical lines, numbered from 1, in blocks of about 128 KiB."""
    from khabar.records.row_lines import row_lines

    first = 1
    with _opened(part.path, part.name) as file:
        if part.end > file.num_row_groups:
            raise FileFailed(
                where=part.name,
                expected="a file that stays as it is while it is read",
                found="another than at first",
                remedy="run it again",
            )
        groups = [file.metadata.row_group(number) for number in range(part.start, part.end)]
        rows = sum(group.num_rows for group in groups)
        size = sum(group.total_byte_size for group in groups)
        batch_size = max(1, min(_ROWS_A_BATCH, _BYTES_A_BATCH * rows // max(size, 1)))
        # One process a core: a reader needs no threads of its own.
        for batch in file.iter_batches(batch_size, range(part.start, part.end), use_threads=False):
            for data, count in _pieces(row_lines(batch, part.name)):
                first += count
                yield Block(first - count, data, count, part.size * (first - 1) // max(rows, 1))


def _pieces(lines: Any) -> Iterator[tuple[bytes, int]]:
    """The bytes of an array of lines in pieces of whole ones, and how many each has."""
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("i")[lines.offset : lines.offset + len(lines) + 1]
    start = 0
    for end in range(1, len(ends)):
        if ends[end] - ends[start] >= CHUNK or end == len(ends) - 1:
            yield data[ends[start] : ends[end]].to_pybytes(), end - start
            start = end


def demand_pyarrow(where: str) -> None:
    """Raise `FileFailed` where pyarrow is missing."""
    if importlib.util.find_spec("pyarrow") is None:
        raise FileFailed(
            where=where,
            expected="pyarrow, which reads and writes Parquet",
            found="no such package",
            remedy="pip install 'khabar[parquet]'",
        )


@contextlib.contextmanager
def _opened(path: str, name: str) -> Iterator[pq.ParquetFile]:
    demand_pyarrow(name)
    import pyarrow as pa
    from pyarrow import parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except pa.ArrowException as error:
        raise FileFailed(where=name, expected="a Parquet file", found=" ".join(str(error).split())) from error
    except OSError as error:
        raise FileFailed.from_os(name, error, "a Parquet file that can be read") from error
