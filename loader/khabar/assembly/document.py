"""A corpus as one N-Quads document, which workers write together: no byte of it passes through this process."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from khabar.assembly.epilogue import epilogue
from khabar.assembly.progress import Meter, Report, unheard
from khabar.assembly.rejects import Rejected
from khabar.assembly.road import Road
from khabar.assembly.sources import opened
from khabar.assembly.tasks import Converted, Put
from khabar.crew import write_at
from khabar.errors import FaultyData, FileFailed
from khabar.files import replaced
from khabar.records.cache import Cache
from khabar.records.sources import Source


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What a document holds: so many ``articles``, ``quads`` and ``bytes``; ``rejected`` records were left out."""

    articles: int
    quads: int
    rejected: int
    bytes: int
    seconds: float


def write_nquads(
    source: Source | Path | str,
    target: Path | str | BinaryIO,
    *,
    workers: int | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    fail_fast: bool = False,
    report: Report = unheard,
    cache: Cache | None = None,
) -> Built:
    """Write the N-Quads document of a corpus to a file, or to a stream: article by article, see decision 20.

    Articles in YAML come by id, then those in bulk as they stand in their files; the bytes are the same for any
    number of ``workers`` (processes; else one a core). A file is replaced when the whole is written, or not at all;
    memory does not grow with articles in bulk that refer to no others.

    Records in bulk that have faults go to ``rejects``, in order, and the rest goes on; with ``fail_fast``, or where
    no one takes them, the first of them ends it. Raises `FaultyData` for that, and for any fault of the header, the
    shared entities or an article in YAML; `FileFailed`. ``cache`` is what was read of YAML before.
    """
    start = time.monotonic()
    with opened(source) as found, _opened(target) as (stream, name):
        output = stream.fileno() if _is_regular(stream, target) else -1
        with Road(found, workers=workers, report=report, cache=cache, output=output, target=name) as road:
            writer = _Writer(road, stream, output, name)
            writer.write(None if fail_fast else rejects, report)
            return writer.built(time.monotonic() - start)


class _Writer:
    """Writes a document, and counts what is in it."""

    def __init__(self, road: Road, stream: BinaryIO, output: int, name: str) -> None:
        self._road = road
        self._stream, self._output, self._name = stream, output, name
        self._articles = self._quads = self._rejected = self._size = 0

    def built(self, seconds: float) -> Built:
        return Built(
            articles=self._articles, quads=self._quads, rejected=self._rejected, bytes=self._size, seconds=seconds
        )

    def write(self, rejects: Callable[[Rejected], None] | None, report: Report) -> None:
        road = self._road
        road.survey()
        meter = Meter("writing", report, total=road.articles)
        triples = derived = 0
        for made in self._held() if self._output >= 0 else self._told():
            for one in made.rejected:
                if rejects is None:
                    raise FaultyData(one.faults)
                if not one.line:
                    road.changed()
                rejects(one)
            triples += made.triples
            derived += made.derived
            self._articles += made.articles
            self._rejected += len(made.rejected)
            self._quads += made.quads
            self._size += made.size
            meter.add(made.articles + len(made.rejected), rejected=len(made.rejected))
        end = epilogue(road.source.frame.header, road.entities, triples, derived)
        tail = b"".join((end.entities.nquads(), end.description.nquads()))
        self._put(tail)
        self._quads += tail.count(b"\n")
        self._size += len(tail)

    def _held(self) -> Iterator[Converted]:
        for made, follow in self._road.crew.exchanges(self._road.conversions("held")):
            follow(Put(self._size))
            yield made

    def _told(self) -> Iterator[Converted]:
        for made in self._road.crew.replies(self._road.conversions("told")):
            self._put(made.data)
            yield made

    def _put(self, data: bytes) -> None:
        try:
            if self._output >= 0:
                write_at(self._output, data, self._size)
            else:
                self._stream.write(data)
        except BrokenPipeError:
            # Whoever reads it has left: no file failed.
            raise
        except OSError as error:
            raise FileFailed.from_os(self._name, error, "a file that can be written") from error


@contextlib.contextmanager
def _opened(target: Path | str | BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    if isinstance(target, Path | str):
        with replaced(target) as file:
            yield file, str(target)
    else:
        name = getattr(target, "name", "the output")
        yield target, "standard output" if name == "<stdout>" else str(name)


def _is_regular(stream: BinaryIO, target: Path | str | BinaryIO) -> bool:
    # A stream that someone else opened may append, or hold something already.
    return isinstance(target, Path | str) and hasattr(os, "pwrite") and stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
