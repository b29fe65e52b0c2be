"""What follows from a graph by the rules of `ontology/`: CONSTRUCT queries that any SPARQL 1.1 store can run."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final

from khabar import resources, vocabulary
from khabar.conversion import from_oxigraph, to_oxigraph
from khabar.terms import RDF_TYPE, Object, Quad

RULES: Final = ("standing", "uncontested", "annotations")
"""The rules: each is a file of `ontology/` with the suffix ``.rq``."""


def derive(quads: Iterable[Quad], graph: str) -> tuple[Quad, ...]:
    """The standing of every claim and event, as quads in ``graph``, sorted.

    The policy is written in `ontology/standing.rq`. The result depends on the union of all graphs alone, and is the
    same when ``quads`` already hold an earlier one: what was derived never counts as evidence.
    """
    return construct("standing", (quad for quad in quads if is_weighed(quad.predicate, quad.object)), graph)


def standings(document: bytes) -> bytes:
    """The same for triples as N-Triples: the standings as canonical N-Triples, sorted.

    It is enough that ``document`` holds the triples that `is_weighed` tells.
    """
    from pyoxigraph import QueryTriples, RdfFormat, Store

    store = Store()
    store.load(input=document, format=RdfFormat.N_TRIPLES)
    triples = store.query(_query("standing"))
    if not isinstance(triples, QueryTriples):
        raise TypeError("standing.rq is no CONSTRUCT query")
    # Subject, predicate and object are IRIs: Oxigraph writes such a triple in the canonical form.
    found = triples.serialize(format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(set(found.splitlines(keepends=True))))


def is_weighed(predicate: str, value: Object) -> bool:
    """Tell whether the rule of standing looks at triples with this predicate and object."""
    return predicate in weighed() or (predicate == RDF_TYPE and value in weighed())


@functools.cache
def weighed() -> frozenset[str]:
    """The predicates and the classes of the triples that the rule of standing looks at, and more terms of khabar's."""
    # The rule asks for khabar's own terms by their names, and no predicate in it is a variable.
    query = re.sub("^ *#.*", "", _query("standing"), flags=re.MULTILINE)
    return frozenset(vocabulary.term(name) for name in re.findall(r"\bkhb:([\w-]+)", query))


@functools.cache
def _query(rule: str) -> str:
    return (resources.ontology() / f"{rule}.rq").read_text("utf-8")


def construct(rule: str, quads: Iterable[Quad], graph: str) -> tuple[Quad, ...]:
    """What ``rule`` (one of `RULES`) constructs from the union of all graphs, as quads in ``graph``, sorted.

    ``uncontested`` needs the standings among ``quads``; ``annotations`` gives passages as Web Annotations.
    """
    from pyoxigraph import QueryTriples, Store

    store = Store()
    store.extend(to_oxigraph(quads))
    triples = store.query(_query(rule), use_default_graph_as_union=True)
    if not isinstance(triples, QueryTriples):
        raise TypeError(f"{rule}.rq is no CONSTRUCT query")
    found = {
        Quad(str(from_oxigraph(triple.subject)), triple.predicate.value, from_oxigraph(triple.object), graph)
        for triple in triples
    }
    return tuple(sorted(found, key=_order))


def _order(quad: Quad) -> tuple[str, ...]:
    return quad.subject, quad.predicate, *((quad.object,) if isinstance(quad.object, str) else quad.object)
