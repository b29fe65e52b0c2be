"""The few requests of SPARQL 1.1 Update, and the one query, that stand in for a Graph Store Protocol."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Final

from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph, has_blank_nodes
from khabar.queries.spelling import spell

MEDIA_TYPE: Final = "application/sparql-update"

_REMOVALS: Final = 100
# An escape of N-Triples, from left to right; the letter u after an escaped backslash is told apart.
_ESCAPE: Final = re.compile(rb"\\(?:\\([uU])?|.)")


def replacement(graph: NamedGraph, *, triples: int, size: int | None) -> list[bytes]:
    """The updates that put ``graph`` in the place of what its name holds, to be sent one after the other.

    One where the graph has no more than ``triples`` triples and the update no more than ``size`` bytes; otherwise the
    graph is built under another name and moved by the last of them. Each may be sent again, the last one only after
    all before it. Raises StoreFailed for a graph with blank nodes that does not go into one.
    """
    name, aside = spell(graph.iri), spell(staging(graph.iri))
    if not graph.document:
        return [_text(f"DROP SILENT GRAPH {name}")]
    whole = _insertion(f"DROP SILENT GRAPH {name} ;\n", name, [graph.document])
    if graph.count <= triples and (size is None or len(whole) <= size):
        return [whole]
    if has_blank_nodes(graph.document):
        raise StoreFailed(
            where=f"graph {graph.iri}",
            expected=f"at most {triples:,} triples where there are blank nodes, which only one update can name",
            found=f"{graph.count:,} triples",
            remedy="give them IRIs, or name the address of the store's Graph Store Protocol",
        )
    # Room for the framing around the lines.
    room = None if size is None else max(size - len(_insertion("", aside, [])), 1)
    parts = [_insertion("", aside, part) for part in _parts(graph.document, triples, room)]
    return [_text(f"DROP SILENT GRAPH {aside}"), *parts, _text(f"MOVE GRAPH {aside} TO GRAPH {name}")]


def addition(graph: NamedGraph) -> bytes:
    """The update that adds the triples of ``graph``, few and without blank nodes."""
    return _insertion("", spell(graph.iri), [graph.document])


def removal(graphs: Sequence[str]) -> list[bytes]:
    """The updates that remove ``graphs``, and what an interrupted load left of them under other names."""
    texts = []
    for start in range(0, len(graphs), _REMOVALS):
        names = [name for graph in graphs[start : start + _REMOVALS] for name in (graph, staging(graph))]
        texts.append(_text(" ;\n".join(f"DROP SILENT GRAPH {spell(name)}" for name in names)))
    return texts


def reading(graph: str, start: bytes = b"", limit: int | None = None) -> str:
    """The query that gives the triples of ``graph``; with ``limit`` so many, in order of subjects, from ``start`` on.

    ``start`` is an IRI in angle brackets as N-Triples has it.
    """
    text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {spell(graph)} {{ ?s ?p ?o }}"
    if start:
        text += f" FILTER(STR(?s) >= STR({start.decode()}))"
    return f"{text} }}" if limit is None else f"{text} }} ORDER BY STR(?s) LIMIT {limit}"


def staging(graph: str) -> str:
    """The name under which a large graph is built before it is moved into its place."""
    return f"urn:khabar:staging:{hashlib.sha256(graph.encode()).hexdigest()}"


def _insertion(before: str, name: str, lines: Sequence[bytes]) -> bytes:
    return b"".join([f"{before}INSERT DATA {{ GRAPH {name} {{\n".encode(), *map(_escaped, lines), b"} }\n"])


def _escaped(lines: bytes) -> bytes:
    # SPARQL has \u escapes expanded before the text is read, and some engines do it while they read: after an escaped
    # backslash the letter u itself is escaped, so that both read the same string.
    return _ESCAPE.sub(lambda found: rb"\\\U%08X" % ord(found[1]) if found[1] else found[0], lines)


def _parts(document: bytes, triples: int, room: int | None) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for line in document.splitlines(keepends=True):
        length = len(_escaped(line))
        if part and (len(part) >= triples or (room is not None and size + length > room)):
            yield part
            part, size = [], 0
        part.append(line)
        size += length
    yield part


def _text(update: str) -> bytes:
    return update.encode()
