"""Linked data for one IRI: the triples that name it, as a document in any of RDF's syntaxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from khabar import vocabulary
from khabar.iris import Iris
from khabar.terms import RDFS

if TYPE_CHECKING:
    import pyoxigraph

LIMIT: Final = 2000
"""How many triples with an IRI as subject, and how many with it as object, are told unless it is told otherwise."""

_LABELS: Final = 16


def describe(store: pyoxigraph.Store, iri: str, limit: int = LIMIT) -> tuple[pyoxigraph.Triple, ...]:
    """What a store says of an IRI: the triples of all graphs with it as subject or as object, in order, each once.

    Blank nodes that it leads to are told with it, as a Concise Bounded Description has them, and the nodes next to it
    with their ``rdfs:label``. There are at most ``limit`` triples of each sort: with the IRI as subject or below it, as
    object, and labels. None of an IRI of which nothing is said, and of what is no IRI.
    """
    from pyoxigraph import NamedNode

    try:
        node = NamedNode(iri)
    except ValueError:
        return ()
    told = dict.fromkeys(islice(_below(store, node), limit))
    told.update(dict.fromkeys(quad.triple for quad in islice(store.quads_for_pattern(None, None, node, None), limit)))
    told.update(dict.fromkeys(islice(_labels(store, tuple(told), node), limit)))
    return tuple(sorted(told, key=str))


def document(triples: Iterable[pyoxigraph.Triple], format: pyoxigraph.RdfFormat, base: str = "") -> bytes:
    """The triples in one of RDF's syntaxes, with those prefixes of khabar and of the corpus ``base`` that they need."""
    import pyoxigraph

    listed = tuple(triples)
    return pyoxigraph.serialize(listed, format=format, prefixes=_needed(listed, base)) or b""


def prefixes(base: str = "") -> Mapping[str, str]:
    """The prefixes of the corpus whose IRIs begin with ``base``, if there is one, and those of khabar."""
    return {**(Iris(base).prefixes() if base else {}), **vocabulary.prefixes()}


def _below(store: pyoxigraph.Store, node: pyoxigraph.NamedNode) -> Iterator[pyoxigraph.Triple]:
    from pyoxigraph import BlankNode

    waiting: list[pyoxigraph.NamedNode | pyoxigraph.BlankNode] = [node]
    seen = set(waiting)
    while waiting:
        for quad in store.quads_for_pattern(waiting.pop(), None, None, None):
            yield quad.triple
            if isinstance(quad.object, BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)


def _labels(
    store: pyoxigraph.Store, triples: tuple[pyoxigraph.Triple, ...], node: pyoxigraph.NamedNode
) -> Iterator[pyoxigraph.Triple]:
    from pyoxigraph import NamedNode

    label = NamedNode(RDFS + "label")
    beside = {part for triple in triples for part in triple if isinstance(part, NamedNode) and part != node}
    for one in sorted(beside, key=str):
        for quad in islice(store.quads_for_pattern(one, label, None, None), _LABELS):
            yield quad.triple


def _needed(triples: tuple[pyoxigraph.Triple, ...], base: str) -> dict[str, str]:
    from pyoxigraph import Literal, NamedNode

    parts = [part for triple in triples for part in triple]
    iris = {part.value for part in parts if isinstance(part, NamedNode)}
    iris |= {part.datatype.value for part in parts if isinstance(part, Literal)}
    return {
        prefix: namespace
        for prefix, namespace in prefixes(base).items()
        if any(iri.startswith(namespace) for iri in iris)
    }
