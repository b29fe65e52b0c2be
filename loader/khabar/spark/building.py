"""A corpus as N-Quads in parts, by as many machines as there are: the same lines as one machine writes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack

from khabar.errors import SparkFailed
from khabar.frame import Frame
from khabar.records.heads import Agreed, folder_head
from khabar.spark import session as sessions
from khabar.spark.files import Files
from khabar.spark.output import Built, Output, Wishes, clear, demand_room
from khabar.spark.preparation import prepared
from khabar.spark.sources import open_source, own_rows
from khabar.spark.tally import Tally

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import DataFrame, SparkSession


_FRAME: Final = "the frame"


def build(
    source: str | DataFrame | RDD[str] | RDD[bytes],
    output: str,
    *,
    frame: Frame | None = None,
    spark: SparkSession | None = None,
    **wishes: Unpack[Wishes],
) -> Built:
    """Write a corpus as N-Quads in parts to the folder ``output``, by a job of Spark; return what was written.

    ``source`` is a file, a pattern or a folder of JSON Lines or Parquet that Spark can reach; or a data frame with one
    column of JSON or the columns of article records, or an RDD of JSON, whose rows are the same and in the same order
    each time that they are computed. ``frame`` is the head, where the source has none. ``spark`` is the session, else
    the active one. For the rest see `Wishes`.

    The lines are those of the same records on one machine, those of an article together, in ``part-*.nq``; the
    entities' graph and the description of the dataset are in ``dataset.nq``. Records with faults are left out, and
    stand in ``rejects/part-*.jsonl``. The output is whole where ``_SUCCESS`` is there, which comes last. Each part
    depends on its input alone, may be worked on by any number of attempts, and is committed once.

    Raises `FaultyData` for faults of the head, `FileFailed`, and `SparkFailed`.
    """
    sessions.require()
    given = None if frame is None else Agreed.of(_FRAME, frame)
    return _build(source, output, given, _session(source, spark), wishes)


def build_files(
    source: str,
    output: str,
    *,
    corpus: Path | None = None,
    master: str | None = None,
    settings: Mapping[str, str] | None = None,
    debug: bool = False,
    **wishes: Unpack[Wishes],
) -> Built:
    """The same for files, in a session of its own at ``master``, with the ``settings`` of Spark.

    ``corpus`` is a folder of this machine whose ``corpus.yaml`` and ``entities/`` are the head. Without ``master``
    Spark takes it from its own configuration, as under ``spark-submit``. With ``debug`` Spark's log goes to standard
    error.
    """
    given = None if corpus is None else folder_head(corpus)
    with sessions.session(master, settings or {}, debug=debug) as spark:
        return _build(source, output, given, spark, wishes)


def nquads(rows: RDD[str] | RDD[bytes] | DataFrame, frame: Frame) -> RDD[str]:
    """The lines of N-Quads of all articles: their graphs, what follows from them, what the dataset says of each.

    For a job of one's own. The records are read once at once, since articles may refer to one another, and again
    whenever the lines are computed. Records with faults are left out. Raises what `build` raises.
    """
    sessions.require()
    spark = _session(rows, None)
    with sessions.told("the records"):
        made = prepared(own_rows(spark, rows), Agreed.of(_FRAME, frame))
        lines = made.units(Tally.of(spark.sparkContext)).rdd.flatMap(lambda row: str(row[0]).split("\n"))
        shared = made.shared.nquads.decode().splitlines()
        return lines.union(spark.sparkContext.parallelize(shared, 1)) if shared else lines


def _build(
    source: str | DataFrame | RDD[str] | RDD[bytes],
    output: str,
    given: Agreed | None,
    spark: SparkSession,
    wishes: Wishes,
) -> Built:
    start = time.monotonic()
    with sessions.told(source if isinstance(source, str) else "the records"):
        files = Files(spark)
        demand_room(files, output, overwrite=wishes.get("overwrite", False))
        rows = open_source(spark, source) if isinstance(source, str) else own_rows(spark, source)
        made = prepared(rows, given)
    with sessions.told(output):
        clear(files, output)
        try:
            return Output(made, files, output, wishes, start).write()
        except BaseException:
            # A session that was lost takes no more orders.
            with contextlib.suppress(Exception):
                spark.sparkContext.cancelAllJobs()
                files.remove(output)
            raise


def _session(source: object, spark: SparkSession | None) -> SparkSession:
    from pyspark import RDD
    from pyspark.sql import DataFrame, SparkSession

    if isinstance(source, DataFrame):
        return source.sparkSession
    if isinstance(source, RDD):
        return SparkSession(source.context)
    found = spark or SparkSession.getActiveSession()
    if found is None:
        raise SparkFailed(where="spark", expected="a session", found="none", remedy="give one as spark=")
    return found
