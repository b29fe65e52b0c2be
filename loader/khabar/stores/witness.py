"""Another process that reads graphs back from the files of a store while this one writes to it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import queue
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.resources import files
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from khabar.crew.messages import receive, send
from khabar.crew.processes import raw, started

if TYPE_CHECKING:
    import pyoxigraph

_PROGRAM: Final = "from khabar.stores.witness import main; main()"
_TRIES: Final = 10
_PAUSE: Final = 0.02
_PIECE: Final = 1 << 20
# What is written bare in a table of results: numbers and truth values. A search for the one sign before it is fast.
_BARE: Final = re.compile(rb"\t([0-9.+tf-][^\t\n]*)\n")
_XSD: Final = b"http://www.w3.org/2001/XMLSchema#"


Sum: TypeAlias = tuple[int, str]
"""What there is of a graph: its number of triples, and the digest of its canonical N-Triples."""


class _Request(msgspec.Struct, frozen=True):
    folder: str
    graphs: list[str]


class _Reply(msgspec.Struct, frozen=True):
    sums: list[Sum] | None


_request: Final = msgspec.msgpack.Decoder(_Request)
_reply: Final = msgspec.msgpack.Decoder(_Reply)


class Witnesses:
    """Up to ``limit`` processes, each started when it is first wanted, that tell what is in the files of a store.

    They open the store for reading each time that they are asked, as any other process would, and so tell what has
    reached the files. A witness that fails tells nothing, and never holds up a load: who asks reads for himself.
    """

    def __init__(self, limit: int) -> None:
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes] | None] = queue.SimpleQueue()
        self._started: list[subprocess.Popen[bytes]] = []
        for _ in range(limit):
            self._idle.put(None)

    def sums(self, folder: Path, graphs: Sequence[str]) -> Mapping[str, Sum]:
        """What there is of each of ``graphs``, none with a blank node, in the store in ``folder``; of some, or none."""
        process = self._idle.get()
        try:
            if process is None:
                process = self._start()
            # The system may give a path in bytes that are no text.
            send(raw(process.stdin), _Request(os.fsdecode(folder), list(graphs)))
            found = receive(raw(process.stdout), _reply).sums
        except (OSError, EOFError, ValueError):
            if process is not None:
                _end(process)
            process = None
            return {}
        finally:
            self._idle.put(process)
        return {} if found is None else dict(zip(graphs, found, strict=True))

    def close(self) -> None:
        """End them, whatever they are doing; the next question starts them again."""
        for process in self._started:
            _end(process)
        count = 0
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait()
                count += 1
        for _ in range(count):
            self._idle.put(None)
        self._started.clear()

    def _start(self) -> subprocess.Popen[bytes]:
        process = started(_PROGRAM)
        self._started.append(process)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def main() -> None:
    """Answer every question until no more come, or until no one wants the answers."""
    # The pipe ends when the process at its other end does, and then nothing is left to do.
    questions, answers = FileIO(sys.stdin.fileno()), FileIO(sys.stdout.fileno(), "wb")
    with contextlib.suppress(EOFError, OSError):
        while True:
            send(answers, _Reply(_seen(receive(questions, _request))))


def _seen(request: _Request) -> list[Sum] | None:
    import pyoxigraph

    found: list[Sum] = []
    for _ in range(_TRIES):
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            # A table that the writer merged with another while this process looks is gone: what is there now has it.
            store = pyoxigraph.Store.read_only(request.folder)
            while len(found) < len(request.graphs):
                found.append(_sum(store, request.graphs[len(found)]))
            return found
        time.sleep(_PAUSE)
    return None


def _sum(store: pyoxigraph.Store, graph: str) -> Sum:
    digest = hashlib.sha256()
    lines = triples(store, graph)
    for line in lines:
        digest.update(line)
    return len(lines), digest.hexdigest()


def triples(store: pyoxigraph.Store, graph: str) -> list[bytes]:
    """The triples of a named graph, lines of canonical N-Triples in order; control characters are not escaped.

    The engine looks up the name of each term, and for a dump that of the graph too with each triple: the rows of a
    query spare that, which is a fifth of the whole.
    """
    import pyoxigraph

    rows = store.query(_query(), default_graph=pyoxigraph.NamedNode(graph))
    if not isinstance(rows, pyoxigraph.QuerySolutions):
        raise TypeError(type(rows).__name__)
    table = rows.serialize(format=pyoxigraph.QueryResultsFormat.TSV) or b""
    lines: list[bytes] = []
    start = table.find(b"\n") + 1
    while start < len(table):
        end = table.find(b"\n", start + _PIECE) + 1 or len(table)
        piece = _BARE.sub(_spelled, table[start:end])
        lines += piece.replace(b"\t", b" ").replace(b"\n", b" .\n").splitlines(keepends=True)
        start = end
    lines.sort()
    return lines


@functools.cache
def _query() -> str:
    return files(__package__).joinpath("triples.rq").read_text(encoding="utf-8")


def _spelled(bare: re.Match[bytes]) -> bytes:
    value = bare[1]
    kind = b"boolean" if value in (b"true", b"false") else b"decimal" if b"." in value else b"integer"
    return b'\t"%s"^^<%s%s>\n' % (value, _XSD, kind)
