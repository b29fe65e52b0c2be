"""A checked corpus to one where everything has its IRI: ids, dates and chains of transmission written out."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from khabar.iris import ENTITIES_GRAPH
from khabar.model import Corpus
from khabar.resolve.articles import nodes_of_article
from khabar.resolve.scope import Scope
from khabar.resolved import Node, Resolved, ResolvedGraph


def resolve(corpus: Corpus) -> Resolved:
    """Give every record of a corpus its IRI, and write out what its author could leave unsaid.

    The result depends on the content alone: graphs and nodes stand in the order of their IRIs, whatever the order
    of files and keys. The corpus must have passed `khabar.check`; a dangling reference raises KeyError.
    """
    scope = Scope(corpus)
    shared = [*scope.event_types(), *scope.entities(None, corpus.entities)]
    records = sorted(corpus.articles, key=lambda record: record.article.id)
    return Resolved(
        corpus.header,
        (
            _graph(scope.iris.graph(ENTITIES_GRAPH), shared),
            *(_graph(scope.iris.graph(record.article.id), nodes_of_article(scope, record)) for record in records),
        ),
    )


def _graph(iri: str, nodes: Iterable[Node]) -> ResolvedGraph:
    return ResolvedGraph(iri, tuple(sorted(nodes, key=attrgetter("iri"))))
