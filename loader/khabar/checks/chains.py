"""Statements that say not exactly one thing (KH041), hops from a source to itself (KH040), endless chains (KH004)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from khabar.checks.scope import Scope, fault
from khabar.errors import Fault, Keys
from khabar.model import Hop, Statement
from khabar.names import AGENT, OUTLET, STATEMENT, Found

Node: TypeAlias = tuple[str, str]

MAX_LINKS: Final = 100
"""How often a statement can be passed on: whoever follows a chain from each of its links takes the square of it."""


def faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with single statements and with their chains of transmission."""
    for record in scope.corpus.articles:
        article = record.article.id
        for slug, statement in record.statements.items():
            path, keys = scope.article(article), ("statements", slug)
            yield from _content(path, keys, statement)
            yield from _hops(scope, article, path, keys, statement)
    yield from _lengths(scope)


def _content(path: str, keys: Keys, statement: Statement) -> Iterator[Fault]:
    given = [field for field in ("claim", "event", "relays") if getattr(statement, field) is not None]
    if len(given) != 1:
        found = " and ".join(given) if given else "none of them"
        yield fault(path, keys, "KH041", expected="exactly one of claim, event and relays", found=found)
    if statement.stance is None and given and given != ["relays"]:
        yield fault(
            path,
            keys,
            "KH041",
            expected=f"a stance toward the {given[0]}",
            found="none",
            remedy="add stance: asserts, reports, alleges, confirms, denies, disputes, declines-comment or retracts",
        )
    if statement.stance is None and given == ["relays"] and statement.certainty != "unstated":
        yield _certainty(path, (*keys, "certainty"), statement.certainty)
    for number, hop in enumerate(statement.via):
        if isinstance(hop, Hop) and hop.stance is None and hop.certainty is not None:
            yield _certainty(path, (*keys, "via", number, "certainty"), hop.certainty)


def _certainty(path: str, keys: Keys, certainty: str) -> Fault:
    return fault(
        path,
        keys,
        "KH041",
        expected="a certainty only beside a stance",
        found=f"{certainty!r} without one",
        remedy="what is only passed on has none; add a stance, or remove the certainty",
    )


def _hops(scope: Scope, article: str, path: str, keys: Keys, statement: Statement) -> Iterator[Fault]:
    before = scope.names.find(article, statement.source, AGENT)
    if before and statement.relays is not None and _source_of(scope, article, statement.relays) == before:
        yield _itself(path, (*keys, "relays"), before)
    for number, hop in enumerate(statement.via):
        outlet = scope.names.find(article, hop.outlet if isinstance(hop, Hop) else hop, OUTLET)
        if outlet and outlet == before:
            yield _itself(path, (*keys, "via", number), outlet)
        before = outlet


def _source_of(scope: Scope, article: str, reference: str) -> Found | None:
    found = scope.names.find(article, reference, STATEMENT)
    if found is None or not isinstance(found.record, Statement):
        return None
    return scope.names.find(found.article, found.record.source, AGENT)


def _lengths(scope: Scope) -> Iterator[Fault]:
    links: dict[Node, int] = {}
    for record in scope.corpus.articles:
        for slug, statement in record.statements.items():
            way = _way(scope, (record.article.id, slug), statement, links)
            before = links.get(way[-1][2], 0) if way else 0
            for node, one, _ in reversed(way):
                links[node] = before + len(one.via) + 1
                if before <= MAX_LINKS < links[node]:
                    yield fault(
                        scope.article(node[0]),
                        ("statements", node[1], "via" if one.via else "relays"),
                        "KH004",
                        expected=f"a chain of at most {MAX_LINKS} links",
                        found=f"{links[node]} up to here",
                    )
                before = links[node]


def _way(scope: Scope, node: Node, statement: Statement, links: dict[Node, int]) -> list[tuple[Node, Statement, Node]]:
    # From a statement back to one whose links are counted, or that relays nothing; a cycle is told by its own check.
    way: dict[Node, tuple[Node, Statement, Node]] = {}
    while node not in links and node not in way:
        relayed = scope.names.find(node[0], statement.relays, STATEMENT) if statement.relays else None
        if relayed is None or relayed.article is None or not isinstance(relayed.record, Statement):
            way[node] = node, statement, node
            break
        way[node] = node, statement, (relayed.article, relayed.slug)
        node, statement = way[node][2], relayed.record
    return list(way.values())


def _itself(path: str, keys: Keys, found: Found) -> Fault:
    return fault(
        path,
        keys,
        "KH040",
        expected="a hop from one source to another",
        found=f"{found.name!r} passing on what it said itself",
        remedy="leave it out",
    )
