"""A checked corpus to one where everything has its IRI: ids, dates and chains of transmission written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    return Resolved(corpus.header, (_shared(scope), *_articles(scope)))


def shared_graph(corpus: Corpus) -> ResolvedGraph:
    """The graph of what all articles share: the types of event that the corpus declares, and the entities."""
    return _shared(Scope(corpus))


def article_graphs(corpus: Corpus) -> Iterator[ResolvedGraph]:
    """The graph of each article, one after the other, in the order of ids."""
    return _articles(Scope(corpus))


def _shared(scope: Scope) -> ResolvedGraph:
    return _graph(
        scope.iris.graph(ENTITIES_GRAPH), [*scope.event_types(), *scope.entities(None, scope.corpus.entities)]
    )


def _articles(scope: Scope) -> Iterator[ResolvedGraph]:
    for record in sorted(scope.corpus.articles, key=lambda record: record.article.id):
        yield _graph(scope.iris.graph(record.article.id), nodes_of_article(scope, record))


def _graph(iri: str, nodes: Iterable[Node]) -> ResolvedGraph:
    return ResolvedGraph(iri, tuple(sorted(nodes, key=attrgetter("iri"))))
