"""The graph in which a dataset of tests describes itself: its named graphs, their numbers of triples, their digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khabar.description import VOID
from khabar.graphs import NamedGraph
from khabar.loading.plan import description_of
from khabar.terms import XSD
from khabar.vocabulary import property_of


def description(base: str, graphs: Iterable[NamedGraph], *more: bytes) -> NamedGraph:
    """The description of the dataset ``base``, which consists of ``graphs``; ``more`` lines stand in it too."""
    return NamedGraph.of(description_of(base), [*more, *(line for graph in graphs for line in _entry(base, graph))])


def _entry(base: str, graph: NamedGraph) -> Iterator[bytes]:
    if graph.count:
        yield f"<{base}> <{VOID}subset> <{graph.iri}> .\n".encode()
        yield f'<{graph.iri}> <{VOID}triples> "{graph.count}"^^<{XSD}integer> .\n'.encode()
        yield f'<{graph.iri}> <{property_of("graph_digest")}> "{graph.digest}" .\n'.encode()
