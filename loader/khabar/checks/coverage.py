"""Claims that nobody makes (KH042) and events of which nobody speaks (KH043)."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.checks.scope import Scope, fault
from khabar.errors import Fault
from khabar.model import each
from khabar.names import CLAIM, EVENT, STATEMENT, Kinds

_Ids = set[tuple[str | None, str]]


def faults(scope: Scope) -> Iterator[Fault]:
    """Every claim that no statement of the corpus makes, and every event that no claim of the corpus is about."""
    claims, events = _spoken_of(scope)
    for record in scope.corpus.articles:
        article = record.article.id
        path = scope.article(article)
        for slug in record.claims:
            if (article, slug) not in claims:
                yield fault(
                    path,
                    ("claims", slug),
                    "KH042",
                    expected="a claim that some statement makes",
                    found="none that does",
                    remedy=f"add a statement with claim: {slug}, or remove the claim",
                )
        for slug in record.events:
            if (article, slug) not in events:
                yield fault(
                    path,
                    ("events", slug),
                    "KH043",
                    expected="an event that some claim is about",
                    found="none that is",
                    remedy=f"add a claim about it, a statement with event: {slug}, or evidence to the event",
                )


def _spoken_of(scope: Scope) -> tuple[_Ids, _Ids]:
    claims: _Ids = set()
    events: _Ids = set()
    for record in scope.corpus.articles:
        article = record.article.id
        events |= {(article, slug) for slug, event in record.events.items() if event.evidence}
        for claim in record.claims.values():
            for reference in each(claim.about):
                _add(scope, events, article, reference, EVENT | STATEMENT)
        for statement in record.statements.values():
            if statement.claim is not None:
                _add(scope, claims, article, statement.claim, CLAIM)
            if statement.event is not None:
                _add(scope, events, article, statement.event, EVENT)
    return claims, events


def _add(scope: Scope, ids: _Ids, article: str, reference: str, kinds: Kinds) -> None:
    found = scope.names.find(article, reference, kinds)
    if found:
        ids.add((found.article, found.slug))
