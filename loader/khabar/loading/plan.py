"""What a store holds of a corpus, and what is to be done with each graph that is wanted there."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from khabar.graphs import NamedGraph
from khabar.iris import DATASET_GRAPH, GRAPHS, Iris
from khabar.loading.proof import rewritten
from khabar.queries import paging
from khabar.queries.binding import bind
from khabar.queries.catalogue import find
from khabar.queries.results import plain
from khabar.scalars import SLUG_PATTERN
from khabar.stores.store import asked, number
from khabar.vocabulary import property_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khabar.loading.journal import Journal
    from khabar.queries.catalogue import Query
    from khabar.queries.spelling import Term
    from khabar.stores.store import Rewrite, Store

_PAGE: Final = 5_000
_SLUG: Final = re.compile(SLUG_PATTERN)
_DATASET: Final = f"{GRAPHS}/{DATASET_GRAPH}"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a store before a load.

    ``digests`` are those in the descriptions of corpora, by graph. ``counts`` are the triples that are really there,
    by graph; ``None`` where no one counted. ``loads`` names, by base, the loads that began and are not yet proved.
    ``confirmed`` holds the digests of the journal that still stand; ``doubtful`` are graphs that it saw begun and never
    confirmed.
    """

    digests: Mapping[str, str] = MappingProxyType({})
    counts: Mapping[str, int] | None = None
    loads: Mapping[str, frozenset[str]] = MappingProxyType({})
    confirmed: Mapping[str, str] = MappingProxyType({})
    doubtful: frozenset[str] = frozenset()


class Decision(enum.Enum):
    """What is done with a graph: nothing, a look at what is there, or sending it."""

    KEEP = "keep"
    COMPARE = "compare"
    SEND = "send"


def held(store: Store, base: str | None, journal: Journal) -> Held:
    """What ``store`` holds of the corpus with this ``base``; without one, what all corpora in it say of themselves.

    What the ``journal`` confirmed still stands where its own load is the only one under way: another may have put
    something else there. Raises StoreFailed.
    """
    given = {"corpus": base} if base is not None else {}
    under_way = loads(store, base)
    own = {corpus for corpus, names in under_way.items() if names == {journal.load}}
    return Held(
        digests={plain(graph): plain(digest).lower() for _, graph, _, digest in _pages(store, "graphs", given)},
        counts=None if base is None else counts(store, base),
        loads=under_way,
        confirmed={graph: digest for graph, digest in journal.confirmed.items() if base_of(graph) in own},
        doubtful=journal.begun - journal.confirmed.keys(),
    )


def counts(store: Store, base: str | None) -> Mapping[str, int]:
    """How many triples each graph of a corpus holds, the description of the corpus included; or each graph at all."""
    given = {"corpus": base} if base is not None else {}
    rows = _pages(store, "triples-per-graph", given)
    found = {plain(graph): number(store, count) for graph, count in rows}
    return {graph: count for graph, count in found.items() if base is None or base_of(graph) == base}


def loads(store: Store, base: str | None) -> Mapping[str, frozenset[str]]:
    """The loads that began and are not yet proved, by the base of their corpus."""
    query = find("loads-under-way")
    found: dict[str, frozenset[str]] = {}
    for corpus, load in asked(store, query, {"corpus": base} if base is not None else {}):
        found[plain(corpus)] = found.get(plain(corpus), frozenset()) | {plain(load)}
    return found


def _pages(store: Store, query: str, given: Mapping[str, str]) -> Iterator[tuple[Term | None, ...]]:
    chosen = find(query)
    if getattr(store, "gives_every_row", False):
        # Each page costs as much as the whole.
        yield from asked(store, chosen, given, limited=False)
        return
    # A store may give fewer rows than the query allows, without a word: only an empty page is the end.
    graph = chosen.columns.index("graph")
    rows = asked(store, chosen, given)
    while rows:
        yield from rows
        after = {**given, "after": plain(rows[-1][graph])}
        # A list that goes on is sorted in parts.
        rows = asked(store, chosen, after) if len(rows) < _PAGE else _part(store, chosen, after)


def _part(store: Store, query: Query, given: Mapping[str, str]) -> tuple[tuple[Term | None, ...], ...]:
    try:
        found = paging.page(query, bind(query, given), store.select, limit=_PAGE)
    except (IndexError, ValueError):  # a store that cannot tell how many there are
        return asked(store, query, given)
    return found.rows if found.columns == query.columns else asked(store, query, given)


def base_of(graph: str) -> str | None:
    """The base of the corpus that a graph of this name would belong to, or ``None`` for any other name.

    The bases of two corpora may begin alike; what stands after ``graphs/`` tells them apart: the id of an article, or
    one of the words that no article has for an id.

    >>> base_of("https://example.org/a/graphs/eastport-ferry"), base_of("https://example.org/a/graphs/b/c")
    ('https://example.org/a/', None)
    """
    base, _, name = graph.rpartition(f"{GRAPHS}/")
    return base if base.endswith(("/", "#")) and _SLUG.fullmatch(name) else None


def description_of(base: str) -> str:
    """The name of the graph in which the corpus with this ``base`` describes itself."""
    return Iris(base).graph(DATASET_GRAPH)


def is_description(graph: str) -> bool:
    """Whether a graph of this name is one in which a corpus describes itself."""
    return base_of(graph) is not None and graph.endswith(_DATASET)


def described(description: NamedGraph) -> Mapping[str, str]:
    """The digests that the ``description`` of a corpus gives, by graph."""
    predicate = property_of("graph_digest")
    pattern = re.compile(rf'^<([^>]*)> <{re.escape(predicate)}> "([^"]*)" \.$'.encode(), re.MULTILINE)
    return {match[1].decode(): match[2].decode() for match in pattern.finditer(description.document)}


def marker(base: str, load: str) -> NamedGraph:
    """The triple that says, in the description of a corpus, that ``load`` is under way."""
    line = f'<{base}> <{property_of("being_loaded")}> "{load}" .\n'
    return NamedGraph(description_of(base), line.encode())


def decide(graph: NamedGraph, found: Held, rewrites: Sequence[Rewrite] = (), *, read_all: bool = False) -> Decision:
    """What is to be done with a ``graph`` that is wanted in a store of which this was ``found``.

    A digest is trusted only beside the right number of triples: that of the journal, or that of the description where
    no load is under way. Everything else is looked at.
    """
    if found.counts is not None:
        count = found.counts.get(graph.iri, 0)
        if count != graph.count and count not in _possible(graph, rewrites, count):
            return Decision.SEND
        if count == 0 and not read_all:
            return Decision.KEEP
    known = _known(graph.iri, found)
    if read_all or known is None or found.counts is None:
        return Decision.COMPARE
    return Decision.KEEP if known == graph.digest else Decision.SEND


def _possible(graph: NamedGraph, rewrites: Sequence[Rewrite], count: int) -> tuple[int, ...]:
    # Two triples that the store writes alike are one there.
    if not rewrites or not 0 < count < graph.count:
        return ()
    return (len(rewritten(graph.document.splitlines(keepends=True), rewrites)),)


def _known(graph: str, found: Held) -> str | None:
    """The digest of what the store holds under the name ``graph``, where that is beyond doubt."""
    if graph in found.doubtful:
        return None
    if graph in found.confirmed:
        return found.confirmed[graph]
    return None if found.loads.get(base_of(graph) or "") else found.digests.get(graph)
