"""References that lead back to where they began (KH023)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from khabar.checks.scope import Scope, fault
from khabar.errors import Fault, Keys
from khabar.model import RelativeDate
from khabar.names import ALLOWED, EVENT, Found, Kinds, each_use

RELATIONS: Final = (
    ("events", "part_of"),
    ("claims", "entails"),
    ("statements", "relays"),
    ("statements", "responds_to"),
    ("entities", "member_of"),
    ("entities", "within"),
)
"""What can have no cycle: no whole is part of its part, and nobody answers what answers him."""

IRREFLEXIVE: Final = (
    ("events", "in_exchange_for"),
    ("events", "same_event_as"),
    ("claims", "conflicts_with"),
    ("statements", "same_as"),
)
"""What may go both ways, but not from a thing to itself."""

Node: TypeAlias = tuple[str | None, str]


class Edge(NamedTuple):
    """A reference from one thing to another, and where it is written."""

    target: Node
    path: str
    keys: Keys


Graph: TypeAlias = Mapping[Node, Sequence[Edge]]


def faults(scope: Scope) -> Iterator[Fault]:
    """Every cycle once, at the reference that closes it."""
    for section, field in RELATIONS:
        yield from _cycles(_graph(scope, section, field), f"{field} that leads to no cycle")
    yield from _cycles(_relative_dates(scope), "dates that do not hang on each other in a circle")
    yield from _cycles(_types(scope), "subclass_of that leads to no cycle")
    for section, field in IRREFLEXIVE:
        for node, edges in _graph(scope, section, field).items():
            for edge in edges:
                if edge.target == node:
                    yield fault(
                        edge.path, edge.keys, "KH023", expected=f"{field} another one", found=f"{node[1]!r} itself"
                    )


def _graph(scope: Scope, section: str, field: str) -> Graph:
    graph: dict[Node, list[Edge]] = {}
    kinds = ALLOWED[section][field]
    for found in scope.names:
        value = getattr(found.record, field, ())
        if value and _section(found) == section:
            graph[found.article, found.slug] = list(_edges(scope, found, (section, found.slug, field), value, kinds))
    return graph


def _section(found: Found) -> str:
    return {"source": "sources", "event": "events", "claim": "claims", "statement": "statements"}.get(
        found.kind, "entities"
    )


def _edges(scope: Scope, found: Found, keys: Keys, value: str | tuple[str, ...], kinds: Kinds) -> Iterator[Edge]:
    for use in each_use(keys, value, kinds):
        target = scope.names.find(found.article, use.reference, kinds)
        if target:
            yield Edge((target.article, target.slug), scope.path(found), use.keys)


def _relative_dates(scope: Scope) -> Graph:
    graph: dict[Node, list[Edge]] = {}
    for record in scope.corpus.articles:
        article = record.article.id
        for slug, event in record.events.items():
            if not isinstance(event.date, RelativeDate):
                continue
            for field in ("before", "after"):
                reference = getattr(event.date, field)
                target = scope.names.find(article, reference, EVENT) if reference else None
                if target:
                    edge = Edge((target.article, target.slug), scope.article(article), ("events", slug, "date", field))
                    graph.setdefault((article, slug), []).append(edge)
    return graph


def _types(scope: Scope) -> Graph:
    declared = scope.corpus.header.event_types
    return {
        (None, name): [Edge((None, kind.subclass_of), scope.header, ("event_types", name, "subclass_of"))]
        for name, kind in declared.items()
        if kind.subclass_of in declared
    }


def _cycles(graph: Graph, expected: str) -> Iterator[Fault]:
    # Depth first with a stack of its own: a chain can be as long as the corpus.
    done: set[Node] = set()
    for root in graph:
        if root in done:
            continue
        way: dict[Node, Iterator[Edge]] = {root: iter(graph[root])}
        while way:
            node = next(reversed(way))
            edge = next(way[node], None)
            if edge is None:
                done.add(node)
                del way[node]
            elif edge.target in way:
                yield _cycle(way, edge, expected)
            elif edge.target not in done and edge.target in graph:
                way[edge.target] = iter(graph[edge.target])


def _cycle(way: Iterable[Node], edge: Edge, expected: str) -> Fault:
    nodes = list(way)
    around = [*nodes[nodes.index(edge.target) :], edge.target]
    several = len({article for article, _ in around}) > 1
    names = [f"{article}.{slug}" if several and article else slug for article, slug in around]
    if len(names) > 9:  # noqa: PLR2004 - as many as a line holds
        names = [*names[:5], "…", *names[-3:]]
    return fault(edge.path, edge.keys, "KH023", expected=expected, found=" → ".join(names))
