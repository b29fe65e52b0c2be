"""The IRIs that khabar mints for what a corpus holds, and the way back from an IRI to its record."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

Place: TypeAlias = tuple[str, tuple[str | int, ...]]
"""Where a node was written: the key of ``Corpus.paths``, and the path inside that record."""

AGENTS: Final = "agents"
PLACES: Final = "places"
SOURCES: Final = "sources"
ARTICLES: Final = "articles"
EVENTS: Final = "events"
CLAIMS: Final = "claims"
STATEMENTS: Final = "statements"
PASSAGES: Final = "passages"
TYPES: Final = "types"
GRAPHS: Final = "graphs"

KINDS: Final = (ARTICLES, AGENTS, SOURCES, PLACES, EVENTS, CLAIMS, STATEMENTS, PASSAGES, TYPES, GRAPHS)
"""One prefix a kind, plural so that none equals a term of the JSON-LD context, in the order of a Turtle file."""

ENTITIES_GRAPH: Final = "entities"
DERIVED_GRAPH: Final = "derived"
DATASET_GRAPH: Final = "dataset"
RESERVED_ARTICLE_IDS: Final = frozenset({ENTITIES_GRAPH, DERIVED_GRAPH, DATASET_GRAPH})
"""Ids that no article has: other graphs of a dataset are named so."""

DESCRIBED: Final = "described"
"""The last part of what is generated for an event: the claim "as described", and the publisher's statement of it."""


def local_name(iri: str) -> str:
    """What an IRI ends in, after its last ``#`` or ``/``; all of it where that is nothing.

    >>> local_name("https://example.org/news/agents/nadia"), local_name("https://example.org/news/")
    ('nadia', 'news')
    """
    return iri.rstrip("#/").replace("#", "/").rpartition("/")[2] or iri


class Iris(msgspec.Struct, frozen=True):
    """The IRIs of one corpus: flat local names under its base, ASCII by construction.

    No two records share an IRI: ids hold no dot, so ``ARTICLE.ID`` splits in one way only, and what is generated
    has a third part.

    >>> iris = Iris("https://example.org/eastport/")
    >>> iris.event("eastport-ferry", "minister-visit")
    'https://example.org/eastport/events/eastport-ferry.minister-visit'
    >>> iris.place_of(iris.event("eastport-ferry", "minister-visit"))
    ('articles.eastport-ferry', ('events', 'minister-visit'))
    """

    base: str

    def namespace(self, kind: str) -> str:
        """The IRI that all nodes of ``kind`` begin with."""
        return f"{self.base}{kind}/"

    def prefixes(self) -> dict[str, str]:
        """Prefix to namespace, for each kind."""
        return {kind: self.namespace(kind) for kind in KINDS}

    def article(self, article: str) -> str:
        """The article itself."""
        return f"{self.base}{ARTICLES}/{article}"

    def graph(self, name: str) -> str:
        """The named graph of an article, or of the entities, the derived triples, the dataset's description."""
        return f"{self.base}{GRAPHS}/{name}"

    def entity(self, article: str | None, slug: str, *, is_place: bool) -> str:
        """An entity that all articles share, or one that ``article`` defines for itself."""
        local = slug if article is None else f"{article}.{slug}"
        return f"{self.base}{PLACES if is_place else AGENTS}/{local}"

    def source(self, article: str, slug: str) -> str:
        """An unnamed source, which belongs to its article."""
        return f"{self.base}{SOURCES}/{article}.{slug}"

    def event(self, article: str, slug: str) -> str:
        """An event as one article describes it."""
        return f"{self.base}{EVENTS}/{article}.{slug}"

    def claim(self, article: str, slug: str) -> str:
        """A claim that an author wrote."""
        return f"{self.base}{CLAIMS}/{article}.{slug}"

    def described_claim(self, article: str, event: str) -> str:
        """The generated claim that an event took place as it is described."""
        return f"{self.base}{CLAIMS}/{article}.{event}.{DESCRIBED}"

    def statement(self, article: str, slug: str) -> str:
        """A statement that an author wrote."""
        return f"{self.base}{STATEMENTS}/{article}.{slug}"

    def described_statement(self, article: str, event: str) -> str:
        """The generated statement of the publisher about an event that stands in its own voice."""
        return f"{self.base}{STATEMENTS}/{article}.{event}.{DESCRIBED}"

    def hop(self, statement: str, number: int, outlet: str) -> str:
        """The ``number``-th link, from 1, of the chain that begins with the IRI ``statement``."""
        return f"{statement}.{number}-{outlet}"

    def passage(self, article: str, paragraph: int, start: int, end: int) -> str:
        """A passage of an article; statements that rest on the same words share it."""
        return f"{self.base}{PASSAGES}/{article}.{paragraph}-{start}-{end}"

    def event_type(self, name: str) -> str:
        """A type of event that the corpus declares."""
        return f"{self.base}{TYPES}/{name}"

    def place_of(self, iri: str) -> Place | None:
        """Where the node ``iri`` was written, or ``None`` for what no author wrote.

        A hop, a generated claim or statement lead to the statement or event that they come from; a passage leads to
        its article.
        """
        if not iri.startswith(self.base):
            return None
        kind, _, local = iri[len(self.base) :].partition("/")
        owner, *rest = local.split(".")
        if kind == ARTICLES:
            return f"articles.{owner}", ("article",)
        if kind == PASSAGES:
            return f"articles.{owner}", ()
        if kind == TYPES:
            return "corpus", ("event_types", owner)
        if kind in (AGENTS, PLACES):
            return (f"articles.{owner}", ("entities", rest[0])) if rest else (f"entities.{owner}", ("entities", owner))
        if kind in (SOURCES, EVENTS, CLAIMS, STATEMENTS) and rest:
            section = EVENTS if rest[-1] == DESCRIBED and len(rest) > 1 else kind
            return f"articles.{owner}", (section, rest[0])
        return None
