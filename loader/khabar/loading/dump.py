"""The named graphs of a store, one after another, each in canonical form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.loading import plan
from khabar.queries.catalogue import find
from khabar.stores.store import asked, number
from khabar.vocabulary import prefixes

if TYPE_CHECKING:
    from khabar.stores.store import GraphReader, Store

# A blank node begins the line, or stands where a literal would end in a quotation mark, a tag or a datatype.
_BLANK: Final = re.compile(rb"^_:|(?<= )_:(?=[0-9A-Za-z]+ \.$)", re.MULTILINE)


def dump(store: GraphReader, graphs: Iterable[str] | None = None) -> Iterator[NamedGraph]:
    """The named graphs of ``store``, or those of them that ``graphs`` names, in the order of their IRIs.

    Two stores that hold the same give the same. A graph that comes with fewer triples than the store counts is a
    failure. What stands in no named graph is left out: `outside` counts it. Raises StoreFailed, also for a name that
    the store does not have.
    """
    counts = plan.counts(store, None)
    for name in sorted(counts if graphs is None else set(graphs)):
        if name not in counts:
            raise StoreFailed(where=store.name, expected=f"a graph {name}", found="none of that name")
        graph = canonical(name, store.read(name))
        if graph.count < counts[name]:
            raise StoreFailed(
                where=f"{store.name}, graph {name}",
                expected=f"{counts[name]:,} triples, as many as the store counts",
                found=f"{graph.count:,}",
                remedy="someone may have written meanwhile: run it again",
            )
        yield graph


def outside(store: Store) -> int:
    """The number of triples in ``store`` that stand in no named graph. Raises StoreFailed."""
    return sum(number(store, count) for (count,) in asked(store, find("triples-outside-graphs")))


def apart(graph: NamedGraph) -> NamedGraph:
    """The same graph, its blank nodes labelled so that no other graph of one file has the labels."""
    if b"_:" not in graph.document:
        return graph
    prefix = f"_:g{hashlib.sha256(graph.iri.encode()).hexdigest()[:16]}".encode()
    return NamedGraph(graph.iri, _BLANK.sub(prefix, graph.document))


def _written(graph: NamedGraph, form: str, name: str | None) -> bytes:
    import pyoxigraph

    syntax = pyoxigraph.RdfFormat.from_extension(form)
    home = pyoxigraph.DefaultGraph() if name is None else pyoxigraph.NamedNode(name)
    quads = (
        pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, home)
        for quad in pyoxigraph.parse(graph.document, format=pyoxigraph.RdfFormat.N_TRIPLES)
    )
    return pyoxigraph.serialize(quads, format=syntax, prefixes=dict(prefixes())) or b""


FORMS: Final[Mapping[str, Callable[[NamedGraph], bytes]]] = {
    "nquads": lambda graph: apart(graph).nquads(),
    "ntriples": lambda graph: apart(graph).document,
    "trig": lambda graph: _written(apart(graph), "trig", graph.iri),
    "turtle": lambda graph: _written(apart(graph), "ttl", None),
}
"""How one graph is written after another: the name of a syntax, and the bytes of a graph in it."""
