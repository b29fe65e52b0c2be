"""The first reading of the records: which ids there are, what comes twice, what refers to other articles."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from khabar.assembly.survey import others_of, slug_of
from khabar.records.heads import line_kind
from khabar.spark.rows import Block, End, Place, Seals, Shape, runs

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, Row

_SCHEMA: Final = (
    "id string, file string, start bigint, number bigint, owners array<string>, head binary, "
    "count bigint, check bigint, articles bigint"
)
_AT_A_TIME: Final = 4096


class Extent(NamedTuple):
    """A block as a whole: how many rows, a checksum of them, the number of the first that is no head.

    So many ``articles`` are among them, if what may be a head is one.
    """

    rows: int
    checksum: int
    first: int
    articles: int


class Special(NamedTuple):
    """All that is not just one article by itself: the blocks, the lines that may be heads, and who refers to whom.

    ``links`` has, for the place of each record with references to other articles, its id and theirs.
    """

    blocks: dict[Block, Extent]
    heads: dict[Place, bytes]
    links: dict[Place, tuple[str, frozenset[str]]]

    def seals(self) -> Seals:
        """What every later reading must find again."""
        return {block: (extent.rows, extent.checksum) for block, extent in self.blocks.items()}


class Survey:
    """The records as they were read the first time; the cluster holds what was found."""

    def __init__(self, seen: DataFrame) -> None:
        self._seen = seen
        self._ids = seen.filter("id IS NOT NULL").select("id", "file", "start", "number")

    def special(self) -> Special:
        """What is not just one article by itself."""
        found = Special({}, {}, {})
        for row in self._seen.filter("owners IS NOT NULL OR head IS NOT NULL OR count IS NOT NULL").collect():
            if row["count"] is not None:
                found.blocks[row.file, row.start] = Extent(row["count"], row.check, row.number, row.articles)
            elif row["head"] is not None:
                found.heads[_place(row)] = bytes(row["head"])
            else:
                found.links[_place(row)] = row.id, frozenset(row.owners)
        return found

    def twins(self) -> dict[str, list[Place]]:
        """The places of every id that comes more than once."""
        again = self._ids.groupBy("id").count().filter("count > 1").select("id")
        return _by_id(self._ids.join(again, "id", "left_semi"))

    def places(self, ids: Collection[str]) -> dict[str, list[Place]]:
        """The places of these ids, where they are."""
        if not ids:
            return {}
        from pyspark.sql.functions import broadcast

        wanted = self._seen.sparkSession.createDataFrame([(each,) for each in sorted(ids)], "id string")
        return _by_id(self._ids.join(broadcast(wanted), "id", "left_semi"))


@contextlib.contextmanager
def surveyed(frame: DataFrame, shape: Shape) -> Iterator[Survey]:
    """Read all rows once, when the first of it is asked for; what was found is let go of with the block."""
    from pyspark import StorageLevel

    seen = frame.mapInArrow(Surveyor(shape), _SCHEMA).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        yield Survey(seen)
    finally:
        # A session that was lost has nothing to let go of.
        with contextlib.suppress(Exception):
            seen.unpersist()


def _by_id(rows: DataFrame) -> dict[str, list[Place]]:
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for row in rows.collect():
        found[row.id].append(_place(row))
    return dict(found)


def _place(row: Row) -> Place:
    return Place((row.file, row.start), row.number)


class Surveyor:
    """What a worker does with the rows of a partition: a row for every id, head and block."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows of the survey."""
        rows: list[tuple[Any, ...]] = []
        first: int | None = None
        articles = 0
        for run in runs(batches, self._shape):
            if isinstance(run, End):
                number = run.rows if first is None else first
                rows.append((None, *run.block, number, None, None, run.rows, run.checksum, articles))
                first, articles = None, 0
                continue
            for number, line in enumerate(run.lines, run.first):
                if not line:
                    continue
                slug = slug_of(line)
                if not slug and first is None and line_kind(line) in ("header", "entities"):
                    rows.append((None, *run.block, number, None, line, None, None, None))
                    continue
                first = number if first is None else first
                articles += 1
                if slug:
                    others = sorted(others_of(line)) or None
                    rows.append((slug.decode(), *run.block, number, others, None, None, None, None))
            if len(rows) >= _AT_A_TIME:
                yield _batch(rows)
                rows = []
        yield _batch(rows)


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    import pyarrow as pa

    schema = pa.schema(
        {
            "id": pa.string(),
            "file": pa.string(),
            "start": pa.int64(),
            "number": pa.int64(),
            "owners": pa.list_(pa.string()),
            "head": pa.binary(),
            "count": pa.int64(),
            "check": pa.int64(),
            "articles": pa.int64(),
        }
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
