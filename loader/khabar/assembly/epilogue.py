"""What stands after all articles: the graph of the entities, and the description of the dataset as a whole."""

from __future__ import annotations

from typing import NamedTuple

from khabar.description import VOID, Subset, describe
from khabar.formats.nquads import ntriples_lines
from khabar.graphs import NamedGraph
from khabar.iris import DATASET_GRAPH, DERIVED_GRAPH, ENTITIES_GRAPH, Iris
from khabar.model import CorpusHeader
from khabar.terms import XSD, Literal, Quad


class Epilogue(NamedTuple):
    """The entities' graph, and of the dataset's graph all that is not about the graph of one article."""

    entities: NamedGraph
    description: NamedGraph


def epilogue(header: CorpusHeader, entities: bytes, triples: int, derived: int) -> Epilogue:
    """The end of a corpus whose articles' graphs have so many ``triples``, and so many of which follow from them.

    ``entities`` is the document of the entities' graph.
    """
    iris = Iris(header.base)
    graph = NamedGraph(iris.graph(ENTITIES_GRAPH), entities)
    subsets = [Subset(graph.iri, graph.count, graph.digest)] if entities else []
    if derived:
        subsets.append(Subset(iris.graph(DERIVED_GRAPH), derived, ""))
    total = Literal(str(triples + graph.count + derived), XSD + "integer")
    # `describe` adds up the graphs that it is given.
    lines = (
        Quad(quad.subject, quad.predicate, total, quad.graph)
        if (quad.subject, quad.predicate) == (header.base, VOID + "triples")
        else quad
        for quad in describe(header, subsets)
    )
    return Epilogue(graph, NamedGraph(iris.graph(DATASET_GRAPH), "".join(ntriples_lines(lines)).encode()))
