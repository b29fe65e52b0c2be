"""A corpus as one file: JSON Lines, compressed or not, or Parquet."""

from __future__ import annotations

import contextlib
import gzip
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Literal, TypeAlias

from khabar.checks import check_corpus
from khabar.errors import Fault, FaultyData, Severity
from khabar.files import replaced
from khabar.frame import Frame
from khabar.model import ArticleRecord
from khabar.reading import read_article, survey
from khabar.records.heads import head_lines
from khabar.records.json_lines import encode, examine
from khabar.records.parquet import write_parquet
from khabar.records.parts import Part, numbered_lines
from khabar.records.sources import is_written_by_hand, open_source
from khabar.records.streams import zstandard_for

ExportForm: TypeAlias = Literal["jsonl", "parquet"]
Compression: TypeAlias = Literal["none", "gzip", "zstd"]

_COMPRESSIONS: Final[dict[str, Compression]] = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_GZIP_LEVEL: Final = 6
_MOST_FAULTS: Final = 1000


def export(
    source: Path | str,
    target: Path | str | BinaryIO,
    form: ExportForm = "jsonl",
    *,
    compression: Compression | None = None,
    corpus: Path | None = None,
    stdin: BinaryIO | None = None,
) -> int:
    """Write a corpus as one file that `open_source` reads, and give the number of its articles.

    ``source`` is what `open_source` takes, ``corpus`` and ``stdin`` too. ``target`` is a path, which is replaced whole
    or left as it was, or a stream. JSON Lines are compressed by ``compression``, or as the suffix of the path says.
    The articles of a folder of YAML come by id, others as they came; records are checked as they are read, and those
    of a folder with one another too. The same records give the same bytes.

    Raises `FaultyData` where records have faults (of those in bulk, the first thousand), and `FileFailed`.
    """
    if not isinstance(target, Path | str):
        return _export(source, target, form, compression or "none", corpus, stdin)
    # What cannot be read leaves no trace, not even a file that was emptied.
    packing = compression or _COMPRESSIONS.get(Path(target).suffix, "none")
    with replaced(target) as file:
        return _export(source, file, form, packing, corpus, stdin)


def _export(
    source: Path | str,
    file: BinaryIO,
    form: ExportForm,
    compression: Compression,
    corpus: Path | None,
    stdin: BinaryIO | None,
) -> int:
    with _read(source, corpus, stdin) as (frame, articles):
        if form == "parquet":
            return write_parquet(file, frame, articles)
        with _packed(file, compression) as stream:
            return write_lines(stream, frame, articles)


def write_lines(file: BinaryIO, frame: Frame, articles: Iterable[ArticleRecord]) -> int:
    """Write a corpus as JSON Lines: the header, the entities, then each article; the number of articles."""
    # Streams of zstandard have no `writelines`.
    file.write(b"".join(line + b"\n" for line in head_lines(frame)))
    count = 0
    for article in articles:
        file.write(encode(article) + b"\n")
        count += 1
    return count


@contextlib.contextmanager
def _packed(file: BinaryIO, compression: Compression) -> Iterator[BinaryIO]:
    match compression:
        case "none":
            yield file
        case "gzip":
            # No name and no time: the same records are the same bytes.
            with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as packed:
                yield packed  # type: ignore[misc] # a GzipFile is written to as any file is
        case "zstd":
            zstandard = zstandard_for("a file in zstd")
            with zstandard.ZstdCompressor(write_checksum=True).stream_writer(file, closefd=False) as stream:
                yield stream


@contextlib.contextmanager
def _read(
    source: Path | str, corpus: Path | None, stdin: BinaryIO | None
) -> Iterator[tuple[Frame, Iterable[ArticleRecord]]]:
    if corpus is None and is_written_by_hand(source):
        yield _by_hand(Path(source))
        return
    with open_source(source, corpus=corpus, stdin=stdin) as found:
        yield found.frame, itertools.chain(_of_files(found.files), _of_parts(found.parts))


def _by_hand(folder: Path) -> tuple[Frame, list[ArticleRecord]]:
    corpus, faults, gaps = survey(folder)
    if corpus is not None:
        faults = [*faults, *check_corpus(corpus, gaps=gaps)]
    if corpus is None or any(fault.severity == Severity.ERROR.value for fault in faults):
        raise FaultyData(faults)
    return Frame(corpus.header, corpus.entities), sorted(corpus.articles, key=_id)


def _id(record: ArticleRecord) -> str:
    return record.article.id


def _of_files(files: Iterable[Path]) -> list[ArticleRecord]:
    articles: list[ArticleRecord] = []
    faults: list[Fault] = []
    for path in files:
        record, own = read_article(path)
        faults += own
        if record is not None:
            articles.append(record)
    if faults:
        raise FaultyData(faults)
    return sorted(articles, key=_id)


def _of_parts(parts: Iterable[Part]) -> Iterator[ArticleRecord]:
    faults: list[Fault] = []
    for name, line, data in numbered_lines(parts):
        record, own = examine(data, name, line)
        faults += own
        if record is not None and not faults:
            yield record
        if len(faults) >= _MOST_FAULTS:
            raise FaultyData(faults[:_MOST_FAULTS])
    if faults:
        raise FaultyData(faults)
