"""What follows from a graph by the rules of `ontology/`: CONSTRUCT queries that any SPARQL 1.1 store can run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from khabar import resources
from khabar.conversion import from_oxigraph, to_oxigraph
from khabar.terms import Quad

RULES: Final = ("standing", "uncontested", "annotations")
"""The rules: each is a file of `ontology/` with the suffix ``.rq``."""


def derive(quads: Iterable[Quad], graph: str) -> tuple[Quad, ...]:
    """The standing of every claim and event, as quads in ``graph``, sorted.

    The policy is written in `ontology/standing.rq`. The result depends on the union of all graphs alone, and is the
    same when ``quads`` already hold an earlier one: what was derived never counts as evidence.
    """
    return construct("standing", quads, graph)


def construct(rule: str, quads: Iterable[Quad], graph: str) -> tuple[Quad, ...]:
    """What ``rule`` (one of `RULES`) constructs from the union of all graphs, as quads in ``graph``, sorted.

    ``uncontested`` needs the standings among ``quads``; ``annotations`` gives passages as Web Annotations.
    """
    from pyoxigraph import QueryTriples, Store

    store = Store()
    store.extend(to_oxigraph(quads))
    query = (resources.ontology() / f"{rule}.rq").read_text("utf-8")
    triples = store.query(query, use_default_graph_as_union=True)
    if not isinstance(triples, QueryTriples):
        raise TypeError(f"{rule}.rq is no CONSTRUCT query")
    found = {
        Quad(str(from_oxigraph(triple.subject)), triple.predicate.value, from_oxigraph(triple.object), graph)
        for triple in triples
    }
    return tuple(sorted(found, key=_order))


def _order(quad: Quad) -> tuple[str, ...]:
    return quad.subject, quad.predicate, *((quad.object,) if isinstance(quad.object, str) else quad.object)
