"""Dates that are none (KH030), that no day fits (KH031), or that contradict each other (KH032)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from khabar.checks.scope import Scope, fault
from khabar.chronology import published_bounds
from khabar.dates import UNKNOWN, Bounds, DateRefused, bounds
from khabar.errors import Fault, Keys
from khabar.model import ArticleRecord, Hop, RelativeDate, Statement, each
from khabar.names import STATEMENT


def faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with single dates, and which of them cannot all be true."""
    for record in scope.corpus.articles:
        path = scope.article(record.article.id)
        yield from _published(path, record.article.published)
        yield from _events(scope, path, record)
        published = published_bounds(record.article.published)
        for slug, statement in record.statements.items():
            yield from _statement(path, ("statements", slug), statement, published)
            yield from _answers(scope, path, record.article.id, slug, statement)


def _published(path: str, text: str) -> Iterator[Fault]:
    keys: Keys = ("article", "published")
    try:
        first, last = bounds(text)
    except DateRefused as refused:
        yield _refused(path, keys, refused)
        return
    if first is None or last is None:
        yield fault(path, keys, "KH016", expected="a date with a first and a last day", found=repr(text))


def _events(scope: Scope, path: str, record: ArticleRecord) -> Iterator[Fault]:
    for slug, event in record.events.items():
        refused = scope.chronology.refused.get((record.article.id, slug))
        keys: Keys = ("events", slug, "date")
        if isinstance(event.date, RelativeDate):
            given = [field for field in ("before", "after") if getattr(event.date, field) is not None]
            if len(given) != 1:
                found = "both" if given else "neither"
                code = "KH032" if given else "KH011"
                yield fault(path, keys, code, expected="exactly one of before and after", found=found)
            elif refused:
                yield _refused(path, (*keys, "by"), refused)
        elif refused:
            yield _refused(path, keys, refused)


def _statement(path: str, keys: Keys, statement: Statement, published: Bounds) -> Iterator[Fault]:
    # From the source outwards: whatever a link can have been said on, the next was not said before.
    earliest: date | None = None
    links: list[tuple[Keys, str | None]] = [((*keys, "date"), statement.date)]
    links += [
        ((*keys, "via", number, "date"), hop.date) for number, hop in enumerate(statement.via) if isinstance(hop, Hop)
    ]
    for where, text in links:
        if text is None:
            continue
        try:
            first, last = bounds(text)
        except DateRefused as refused:
            yield _refused(path, where, refused)
            continue
        if first and published.latest and first > published.latest:
            expected = f"a date up to the publication of the article ({published.latest})"
            yield fault(path, where, "KH032", expected=expected, found=repr(text))
        elif last and earliest and last < earliest:
            expected = f"a date from {earliest} on, when the link before it was said at the earliest"
            yield fault(path, where, "KH032", expected=expected, found=repr(text))
        earliest = max(filter(None, (earliest, first)), default=None)


def _answers(scope: Scope, path: str, article: str, slug: str, statement: Statement) -> Iterator[Fault]:
    # What answers or relays a statement was not said before it.
    latest = _said(statement).latest
    if latest is None:
        return
    for field, references in (("responds_to", statement.responds_to), ("relays", statement.relays or ())):
        for reference in each(references):
            found = scope.names.find(article, reference, STATEMENT)
            earlier = found.record if found else None
            earliest = _said(earlier).earliest if isinstance(earlier, Statement) else None
            if earliest and latest < earliest:
                yield fault(
                    path,
                    ("statements", slug, "date"),
                    "KH032",
                    expected=f"a date from {earliest} on, when {reference} was said, which it {_VERBS[field]}",
                    found=repr(statement.date),
                )


_VERBS = {"responds_to": "responds to", "relays": "relays"}


def _said(statement: Statement) -> Bounds:
    try:
        return bounds(statement.date) if statement.date else UNKNOWN
    except DateRefused:
        return UNKNOWN


def _refused(path: str, keys: Keys, refused: DateRefused) -> Fault:
    return fault(path, keys, refused.code, expected=refused.expected, found=refused.found, remedy=refused.remedy)
