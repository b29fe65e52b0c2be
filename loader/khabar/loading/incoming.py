"""Files of RDF that anyone wrote, as named graphs: parsed strictly, and nothing fetched that they name."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import itertools
import re
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from khabar.canonical import SECONDS, labelled
from khabar.errors import FileFailed, StoreFailed
from khabar.loading import plan

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.graphs import NamedGraph

SUFFIXES: Final = (".ttl", ".trig", ".nt", ".nq")
"""The files that are read, each also with ``.gz``. RDF/XML and JSON-LD can name what lies elsewhere."""

MEMORY: Final = 64 * 1024 * 1024
"""Bytes of triples that are held before they go to temporary files."""

_CHUNK: Final = 64 * 1024
_PARTS: Final = 64
_EXPECTED: Final = "RDF as the file's suffix says"
# What RDF 1.2 has beyond 1.1, and few stores hold: looked for closely only where it may be.
_NEW: Final = re.compile(rb"<<\(|--(?:ltr|rtl)\b")


def read_file(
    path: Path | str, graph: str | None = None, *, memory: int = MEMORY, seconds: float = SECONDS
) -> Iterator[NamedGraph]:
    """The named graphs of a Turtle, TriG, N-Triples or N-Quads file, each whole; descriptions of corpora last.

    Triples that stand in no graph go to ``graph``. Blank nodes get canonical labels: two readings give the same.
    A file with more than ``memory`` bytes of triples is divided among temporary files on the way; the labels of one
    graph may take ``seconds``.

    Raises FileFailed, with line and column for what is not RDF: for a file that cannot be read, triples without a
    graph, a blank node in two graphs or as the name of one, blank nodes that cannot be told apart, what RDF 1.1 does
    not have, and a description whose digests are not those of the graphs beside it.
    """
    path = Path(path)
    with contextlib.ExitStack() as stack:
        try:
            parts = _Parts(path, memory, seconds, stack)
            for chunk in _chunks(path, graph):
                parts.add(chunk)
            _check_descriptions(path, parts)
            yield from parts.graphs()
        except OSError as error:
            raise FileFailed.from_os(path, error, "a temporary file beside the others") from None


def _chunks(path: Path, graph: str | None) -> Iterator[dict[str, bytes]]:
    """The lines of each graph, in the order and the portions in which the file has them."""
    import pyoxigraph

    default = _named(path, graph)
    homes: dict[str, str] = {}
    try:
        with _open(path) as file:
            quads = iter(pyoxigraph.parse(file, format=pyoxigraph.RdfFormat.from_extension(_suffix(path)[1:])))
            while chunk := list(itertools.islice(quads, _CHUNK)):
                yield {
                    name: _lines(path, name, triples, homes) for name, triples in _grouped(path, chunk, default).items()
                }
    except SyntaxError as error:
        where = f"{path}:{error.lineno or 1}:{error.offset or 1}"
        raise FileFailed(where=where, expected=_EXPECTED, found=" ".join(str(error.msg).split())) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileFailed(where=str(path), expected="a whole gzip file", found=" ".join(str(error).split())) from None
    except OSError as error:
        raise FileFailed.from_os(path, error, _EXPECTED) from None
    except (ValueError, MemoryError) as error:
        # MemoryError: a term of more than 16 MiB, which Oxigraph does not read.
        raise FileFailed(where=str(path), expected=_EXPECTED, found=str(error)) from None


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    last = suffixes[-2:-1] if suffixes[-1:] == [".gz"] else suffixes[-1:]
    if not last or last[0] not in SUFFIXES:
        raise FileFailed(
            where=str(path),
            expected=f"a file that ends in {', '.join(SUFFIXES)}, or one of these and .gz",
            found=path.suffix or "no suffix",
        )
    return last[0]


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _named(path: Path, graph: str | None) -> pyoxigraph.NamedNode | None:
    import pyoxigraph

    _suffix(path)
    try:
        return None if graph is None else pyoxigraph.NamedNode(graph)
    except ValueError:
        raise FileFailed(where="the name of the graph", expected="an absolute IRI", found=ascii(graph)) from None


def _grouped(
    path: Path, quads: Iterable[pyoxigraph.Quad], default: pyoxigraph.NamedNode | None
) -> Mapping[str, list[pyoxigraph.Triple]]:
    import pyoxigraph

    groups: dict[object, list[pyoxigraph.Triple]] = defaultdict(list)
    for quad in quads:
        groups[quad.graph_name].append(quad.triple)
    named: dict[str, list[pyoxigraph.Triple]] = defaultdict(list)
    for name, triples in groups.items():
        home = default if isinstance(name, pyoxigraph.DefaultGraph) else name
        if home is None:
            raise FileFailed(
                where=str(path),
                expected="each triple in a named graph",
                found="triples in none",
                remedy="say which graph they go to: --graph IRI",
            )
        if not isinstance(home, pyoxigraph.NamedNode):
            raise FileFailed(where=str(path), expected="an IRI as the name of each graph", found="a blank node")
        named[home.value] += triples
    return named


def _lines(path: Path, graph: str, triples: list[pyoxigraph.Triple], homes: dict[str, str]) -> bytes:
    import pyoxigraph

    document = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    if _NEW.search(document):
        _refuse_new(path, triples)
    if b"_:" in document:
        for triple in triples:
            for term in (triple.subject, triple.object):
                if isinstance(term, pyoxigraph.BlankNode) and homes.setdefault(term.value, graph) != graph:
                    raise FileFailed(
                        where=str(path),
                        expected="each blank node in one graph",
                        found=f"one in {homes[term.value]} and {graph}",
                        remedy="give it an IRI",
                    )
    return document


def _refuse_new(path: Path, triples: Iterable[pyoxigraph.Triple]) -> None:
    import pyoxigraph

    for triple in triples:
        value = triple.object
        found = ""
        if isinstance(value, pyoxigraph.Triple):
            found = "a triple in a triple"
        elif isinstance(value, pyoxigraph.Literal) and value.direction is not None:
            found = f"a literal with a direction, {value}"
        if found:
            raise FileFailed(where=str(path), expected="RDF 1.1", found=found)


class _Parts:
    """What a file holds, by graph: in memory, or divided among temporary files when it is much."""

    def __init__(self, path: Path, memory: int, seconds: float, stack: contextlib.ExitStack) -> None:
        self._path, self._memory, self._seconds, self._stack = path, memory, seconds, stack
        self._held: dict[str, list[bytes]] = defaultdict(list)
        self._size = 0
        self._files: list[IO[bytes]] = []

    def add(self, chunk: Mapping[str, bytes]) -> None:
        for graph, lines in chunk.items():
            self._held[graph].append(lines)
            self._size += len(lines)
        if self._size > self._memory:
            self._spill()

    def _spill(self) -> None:
        if not self._files:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="khabar-")))
            self._files = [self._stack.enter_context((folder / str(number)).open("w+b")) for number in range(_PARTS)]
        for graph, documents in self._held.items():
            digest = hashlib.sha256(graph.encode()).digest()
            file = self._files[digest[0] % _PARTS]
            for document in documents:
                file.write(f"{len(document)} {graph}\n".encode())
                file.write(document)
        self._held.clear()
        self._size = 0

    def graphs(self) -> Iterator[NamedGraph]:
        """Each graph whole, in an order that the file's content decides; descriptions of corpora last."""
        if self._files:
            self._spill()
        last: list[NamedGraph] = []
        for part in map(_read_back, self._files) if self._files else iter([self._held]):
            for name in sorted(part):
                graph = self._whole(name, part[name])
                if plan.is_description(name):
                    last.append(graph)
                else:
                    yield graph
        yield from sorted(last, key=lambda graph: graph.iri)

    def descriptions(self) -> Iterator[str]:
        """The names of the graphs that may describe a corpus."""
        parts = map(_read_back, self._files) if self._files else iter([self._held])
        yield from (name for part in parts for name in part if plan.is_description(name))

    def _whole(self, name: str, documents: Iterable[bytes]) -> NamedGraph:
        try:
            return labelled(name, b"".join(documents), seconds=self._seconds)
        except StoreFailed as failure:
            raise FileFailed(
                where=f"{self._path}, {failure.where}",
                expected=failure.expected,
                found=failure.found,
                remedy=failure.remedy,
            ) from None


def _read_back(file: IO[bytes]) -> Mapping[str, list[bytes]]:
    held: dict[str, list[bytes]] = defaultdict(list)
    file.seek(0)
    while head := file.readline():
        length, _, graph = head.decode().rstrip("\n").partition(" ")
        held[graph].append(file.read(int(length)))
    return held


def _check_descriptions(path: Path, parts: _Parts) -> None:
    if not any(parts.descriptions()):
        return
    digests: dict[str, str] = {}
    for graph in parts.graphs():
        digests[graph.iri] = graph.digest
        if not plan.is_description(graph.iri):
            continue
        for name, digest in sorted(plan.described(graph).items()):
            if digests.get(name) != digest:
                raise FileFailed(
                    where=f"{path}, graph {graph.iri}",
                    expected=f"the digest of {name} as the file has it",
                    found=digest if name in digests else "the digest of a graph that the file does not have",
                    remedy="leave the description out, or take the whole of the corpus",
                )
