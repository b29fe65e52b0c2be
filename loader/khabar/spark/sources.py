"""Where the records are: files that Spark can reach, or rows of the caller's own; and the head that goes with them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from khabar.errors import FileFailed
from khabar.records.heads import Head, metadata_head, read_head
from khabar.records.parquet import CORPUS_KEY, ENTITIES_KEY
from khabar.records.row_lines import demand_fit
from khabar.records.suffixes import TABLES, is_of_records
from khabar.spark.files import Files, literally
from khabar.spark.rows import Shape

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import DataFrame, SparkSession

_MORE: Final = frozenset({".bz2"})
"""What Spark decompresses too."""


class Source(NamedTuple):
    """Rows with records, in a shape. ``names`` are what people call the files, in order, by their full address.

    ``heads`` are those of Parquet files; those of JSON Lines are among the rows.
    """

    name: str
    rows: DataFrame
    shape: Shape
    names: dict[str, str]
    heads: dict[str, Head]


def open_source(spark: SparkSession, path: str) -> Source:
    """The records at ``path``: a file, a pattern or a folder of JSON Lines or Parquet, wherever Spark reads from.

    A folder is one of such files, or a corpus with such files in ``articles/``. Raises `FileFailed`.
    """
    from pyspark.sql.pandas.types import to_arrow_schema

    files = Files(spark)
    found = _found(files, path)
    tables = [name for name in found if posixpath.splitext(name)[1] in TABLES]
    if tables and len(tables) < len(found):
        raise FileFailed(where=path, expected="files of one form", found="JSON Lines and Parquet", remedy="give one")
    some = [literally(name) for name in found]
    if tables:
        rows = spark.read.option("mergeSchema", "true").parquet(*some)
        demand_fit(to_arrow_schema(rows.schema), path)
        rows = rows.select("*", "_metadata.file_path", "_metadata.row_index")
        heads = {name: _table_head(files, name) for name in found}
        return Source(path, rows, Shape("columns", "numbers"), _names(files, found), heads)
    rows = spark.read.text(some, lineSep="\n").select("value", "_metadata.file_path", "_metadata.file_block_start")
    return Source(path, rows, Shape("lines", "blocks"), _names(files, found), {})


def _names(files: Files, found: Sequence[str]) -> dict[str, str]:
    """What people call the files, by their full addresses as rows have them."""
    names: dict[str, str] = {}
    for name in found:
        address = files.address(name)
        names[address] = name
        # Of this machine's files Spark spells some addresses so and some so.
        if address.startswith("file:"):
            names[re.sub("^file:/+", "file:///", address)] = names[re.sub("^file:/+", "file:/", address)] = name
    return names


def own_rows(spark: SparkSession, rows: DataFrame | RDD[str] | RDD[bytes]) -> Source:
    """Rows of the caller's: lines of JSON, or the columns of records. They must be the same whenever they are read."""
    from pyspark import RDD

    if isinstance(rows, RDD):
        table = spark.createDataFrame(rows.map(_packed), "value binary", verifySchema=False)
        return Source("the records", table, Shape("lines", "order"), {}, {})
    from pyspark.sql.pandas.types import to_arrow_schema

    shape = Shape("columns", "order") if "article" in rows.columns else Shape("lines", "order")
    if shape.records == "lines" and len(rows.columns) != 1:
        raise FileFailed(
            where="the records",
            expected="one column of JSON, or the columns of article records",
            found=", ".join(rows.columns) or "no column",
        )
    if shape.records == "columns":
        demand_fit(to_arrow_schema(rows.schema), "the records")
    return Source("the records", rows, shape, {}, {})


def _packed(line: str | bytes) -> tuple[bytes]:
    # Half a surrogate pair is no UTF-8: told as such later on.
    return (line.encode("utf-8", "surrogatepass") if isinstance(line, str) else bytes(line),)


def _found(files: Files, path: str) -> list[str]:
    kind = files.kind(path)
    loose = True
    if kind == "folder":
        names = files.names(path)
        folder = path
        if "corpus.yaml" in names:
            folder, loose = posixpath.join(path, "articles"), False
            names = files.names(folder) if "articles" in names else {}
            if any(name.endswith(".yaml") for name in names):
                raise FileFailed(
                    where=folder,
                    expected="records as JSON Lines or Parquet",
                    found="YAML",
                    remedy="khabar export --to jsonl makes them of it",
                )
        taken = [name for name, is_folder in names.items() if not is_folder and _is_bulk(name, loose=loose)]
        found = [posixpath.join(folder, name) for name in taken]
    elif kind == "file":
        found = [path] if _is_bulk(posixpath.basename(path), loose=loose) else []
    else:
        found = [name for name in files.matching(path) if _is_bulk(posixpath.basename(name), loose=loose)]
        if not found and not kind:
            raise FileFailed(where=path, expected="a file or folder of records", found="nothing of that name")
    if not found:
        raise FileFailed(
            where=path,
            expected="records as JSON Lines or Parquet",
            found="no file that is called so",
            remedy="JSON Lines are .jsonl, .ndjson, .json or the same with .gz, Parquet is .parquet",
        )
    return found


def _is_bulk(name: str, *, loose: bool) -> bool:
    return is_of_records(name, loose=loose, more=_MORE)


def _table_head(files: Files, name: str) -> Head:
    metadata = files.parquet_metadata(name)
    corpus, entities = (metadata.get(key.decode()) for key in (CORPUS_KEY, ENTITIES_KEY))
    return metadata_head(
        None if corpus is None else corpus.encode(), None if entities is None else entities.encode(), name
    )


def heads_of(source: Source, lines: Mapping[str, Sequence[tuple[int, bytes]]]) -> dict[str, Head]:
    """The head of every file that has one; ``lines`` are those of heads, by file. Raises `FaultyData`."""
    found = dict(source.heads)
    for file in (*source.names, ""):
        if file in lines:
            name = source.names.get(file, source.name)
            found[name] = read_head(((number, data, 0) for number, data in lines[file]), name)
    return found
