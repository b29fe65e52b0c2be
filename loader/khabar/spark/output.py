"""The files of an output: parts, the description of the dataset, what was left out, and that it is whole."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

import msgspec

from khabar.assembly.epilogue import epilogue
from khabar.assembly.progress import BuildProgress, Report, unheard
from khabar.errors import Fault, FaultyData, FileFailed
from khabar.spark.conversion import Refuser
from khabar.spark.files import Files
from khabar.spark.preparation import Prepared
from khabar.spark.session import changed
from khabar.spark.tally import Count, Tally

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Compression: TypeAlias = Literal["none", "gzip", "zstd", "bzip2", "lz4", "snappy"]
"""How parts are compressed; for zstd, Hadoop's own library must be on the machines."""

DESCRIPTION: Final = "dataset.nq"
"""The file of an output that holds the entities' graph, and what the dataset says of itself as a whole."""

REJECTS: Final = "rejects"
"""The folder of an output with the records that were left out."""

SUCCESS: Final = "_SUCCESS"
"""The file of an output that tells that it is whole."""

_PART: Final = re.compile(r"(part-\d+)-[^.]*\.txt(.*)")
_OWN: Final = re.compile(
    r"\.?(?:part-[\w.-]*|dataset\.nq|rejects|_SUCCESS)(?:\.crc)?|_temporary|\.spark-staging.*|__magic.*"
)
_SECONDS: Final = 1.0


class Wishes(TypedDict, total=False):
    """How a corpus is written.

    ``compression`` is that of the parts, whose names then end in ``.gz`` and the like. An output that is there already
    is replaced with ``overwrite``. With ``fail_fast`` a record with faults is an error, and there is no output.
    ``report`` hears now and then how far it is.
    """

    compression: Compression
    overwrite: bool
    fail_fast: bool
    report: Report


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What an output holds: so many ``articles`` and ``quads``; ``rejected`` records were left out.

    ``faults`` are those of some of these, in the order of their places.
    """

    articles: int
    quads: int
    rejected: int
    faults: tuple[Fault, ...]
    seconds: float


def demand_room(files: Files, output: str, *, overwrite: bool) -> None:
    """Raise `FileFailed` where something is that must not be replaced."""
    kind = files.kind(output)
    if not kind:
        return
    if kind == "file":
        raise FileFailed(where=output, expected="a new folder", found="a file")
    names = files.names(output)
    if names and not overwrite:
        raise FileFailed(
            where=output,
            expected="a new folder",
            found="an output" if SUCCESS in names else "something in it",
            remedy="name another, or use --overwrite",
        )
    strange = [name for name in names if not _OWN.fullmatch(name)]
    if strange:
        raise FileFailed(
            where=output,
            expected="the output of another build, to be replaced",
            found=f"{strange[0]} in it",
            remedy="name another folder",
        )


def clear(files: Files, output: str) -> None:
    """Remove what is to be replaced."""
    if files.kind(output):
        # Whoever looks meanwhile must not take the rest for a whole output.
        files.remove(f"{output}/{SUCCESS}")
        files.remove(output)


class Output:
    """Writes an output. Raises what Spark raises, and `FaultyData` for records that are wished to be without faults."""

    def __init__(self, made: Prepared, files: Files, output: str, wishes: Wishes, start: float) -> None:
        self._made = made
        self._files = files
        self._output = output
        self._wishes = wishes
        self._start = start

    def write(self) -> Built:
        """Write everything, and last that it is whole."""
        made = self._made
        tally = Tally.of(made.context)
        with _reported(tally, made, self._wishes.get("report", unheard)):
            self._save(made.units(tally), self._output, "nq")
        count = tally.sum()
        if count.rows != made.rows:
            raise changed(made.source.name)
        faults = (*count.faults, *(fault for one in made.shared.refused for fault in one.faults))
        if faults and self._wishes.get("fail_fast"):
            raise FaultyData(_first(faults))
        tail = self._tail(count)
        self._files.write(f"{self._output}/{DESCRIPTION}", tail)
        self._reject(count)
        self._files.write(f"{self._output}/{SUCCESS}", b"")
        return Built(
            articles=count.articles + made.shared.sums.articles,
            quads=count.quads + tail.count(b"\n"),
            rejected=count.rejected + len(made.shared.refused),
            faults=tuple(sorted(faults)),
            seconds=time.monotonic() - self._start,
        )

    def _tail(self, count: Count) -> bytes:
        shared, header = self._made.shared, self._made.frame.header
        triples, derived = count.triples + shared.sums.triples, count.derived + shared.sums.derived
        end = epilogue(header, shared.entities, triples, derived)
        return b"".join((shared.nquads, end.entities.nquads(), end.description.nquads()))

    def _reject(self, count: Count) -> None:
        made = self._made
        told: list[DataFrame] = []
        alone = {block: frozenset(numbers) for block, numbers in count.refused.items() if block[1] >= 0}
        if alone:
            told.append(made.source.rows.mapInArrow(Refuser(made.job, made.context.broadcast(alone)), "value string"))
        if len(alone) < len(count.refused):
            told.append(made.woven(None, refused=True))
        if made.shared.refused:
            lines = [(one.json().decode().rstrip("\n"),) for one in made.shared.refused]
            told.append(made.source.rows.sparkSession.createDataFrame(lines, "value string").coalesce(1))
        if told:
            rows = told[0]
            for more in told[1:]:
                rows = rows.union(more)
            self._save(rows, f"{self._output}/{REJECTS}", "jsonl")

    def _save(self, rows: DataFrame, folder: str, suffix: str) -> None:
        """Write rows of text, a part for each partition with anything in it, under names that tell what they are."""
        writer: Any = rows.write.mode("errorifexists").option("maxRecordsPerFile", 0)
        # Algorithm 2 lets attempts write into the output itself, and what is cut off there stays.
        writer = writer.option("mapreduce.fileoutputcommitter.algorithm.version", 1)
        # Spark's own mark would come before the description.
        writer = writer.option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        writer.text(folder, compression=self._wishes.get("compression", "none"), lineSep="\n")
        if not self._files.is_renaming_cheap(folder):
            return
        for name in self._files.names(folder):
            match = _PART.fullmatch(name)
            if match:
                self._files.rename(f"{folder}/{name}", f"{match[1]}.{suffix}{match[2]}")


def _first(faults: tuple[Fault, ...]) -> list[Fault]:
    first = min(faults)
    return [fault for fault in faults if (fault.path, fault.line) == (first.path, first.line)]


@contextlib.contextmanager
def _reported(tally: Tally, made: Prepared, report: Report) -> Iterator[None]:
    """Tell now and then how far the tasks of the block are, which make all articles that are not made before."""
    ended = threading.Event()
    start = time.monotonic()

    def tell() -> None:
        count = tally.sum()
        rejected = count.rejected + len(made.shared.refused)
        seconds = time.monotonic() - start
        report(
            BuildProgress(
                stage="writing",
                done=count.articles + made.shared.sums.articles + rejected,
                total=made.articles,
                read=0,
                size=None,
                rejected=rejected,
                seconds=seconds,
            )
        )

    def watch() -> None:
        while not ended.wait(_SECONDS):
            tell()

    watcher = threading.Thread(target=watch, daemon=True)
    if report is not unheard:
        watcher.start()
    try:
        yield
    finally:
        ended.set()
        if watcher.ident is not None:
            watcher.join()
    tell()
