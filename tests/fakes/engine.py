"""What is below every stand-in: Oxigraph in memory, one writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pyoxigraph

DEFAULT = pyoxigraph.DefaultGraph()
Graph = pyoxigraph.NamedNode | pyoxigraph.DefaultGraph
FORMATS = {
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
}


class Engine:
    """Graphs in memory; ``union`` tells which graphs the default graph of a query joins when it names none.

    ``alone``: only what stands in no graph. ``all``: that and every named graph.
    """

    def __init__(self, union: str) -> None:
        self._union = union
        self._store = pyoxigraph.Store()
        self._lock = threading.Lock()

    def ask(self, text: str, default: Sequence[str] | None = None, named: Sequence[str] | None = None) -> bytes:
        """The answer in JSON, or in N-Triples for CONSTRUCT; raises SyntaxError.

        ``default`` and ``named`` are a dataset as the SPARQL 1.1 Protocol, section 2.1.4, has it: what one of them
        leaves out is not there.
        """
        with self._lock:
            if default is None and named is None:
                answer = self._store.query(text, use_default_graph_as_union=self._union == "all")
            else:
                answer = self._store.query(
                    text,
                    default_graph=[pyoxigraph.NamedNode(iri) for iri in default or ()],
                    named_graphs=[pyoxigraph.NamedNode(iri) for iri in named or ()],
                )
            if isinstance(answer, pyoxigraph.QueryTriples):
                return answer.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
            return answer.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""

    def update(self, text: str) -> None:
        """Run an update whole or not at all; raises SyntaxError."""
        with self._lock:
            self._store.update(text)

    def names(self) -> list[str]:
        """The named graphs that hold a triple."""
        with self._lock:
            return [
                graph.value
                for graph in self._store.named_graphs()
                if isinstance(graph, pyoxigraph.NamedNode) and self._count(graph)
            ]

    def holds(self, graph: Graph) -> bool:
        """Tell whether a graph has a triple."""
        with self._lock:
            return self._count(graph) > 0

    def read(self, graph: Graph, kind: str) -> bytes:
        """A graph in the format of the media type ``kind``."""
        with self._lock:
            triples = (quad.triple for quad in self._store.quads_for_pattern(None, None, None, graph))
            return pyoxigraph.serialize(triples, format=FORMATS[kind])  # type: ignore[return-value]

    def write(self, graph: Graph, document: bytes, kind: str, *, replace: bool) -> None:
        """Put a document into a graph, in the place of what it holds or beside it; raises SyntaxError."""
        quads = [
            pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, graph)
            for quad in pyoxigraph.parse(document, format=FORMATS[kind])
        ]
        with self._lock:
            if replace:
                self._store.clear_graph(graph)
            self._store.extend(quads)

    def remove(self, graph: Graph) -> None:
        """Remove what a graph holds."""
        with self._lock:
            self._store.clear_graph(graph)

    def clear(self) -> None:
        """Remove everything."""
        with self._lock:
            self._store.clear()

    def _count(self, graph: Graph) -> int:
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, graph))
