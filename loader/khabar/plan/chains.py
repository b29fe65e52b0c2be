"""What the statements of an article say of one another: chains, their dates, and the circles that none may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from khabar.checks.chains import MAX_LINKS
from khabar.dates import Bounds
from khabar.model import Statement, each
from khabar.plan.octets import Unsure
from khabar.plan.stock import Dated

Link: TypeAlias = tuple[str, str, tuple[str | None, str | None, str | None]]
"""A hop: the outlet's IRI and id; the date, the stance and the certainty that the author gave it."""


def origin(statements: Mapping[str, Statement], slug: str) -> Statement:
    """The statement that ``slug`` passes on in the end, or itself."""
    for _ in range(MAX_LINKS):
        found = statements[slug]
        if found.relays is None:
            return found
        slug = found.relays
    raise Unsure


def acyclic(edges: Mapping[str, Sequence[str]]) -> None:
    """Raise Unsure where following ``edges`` leads back to where one began."""
    if len(edges) == 1:
        ((start, targets),) = edges.items()
        if start in targets:
            raise Unsure
        return
    left = dict(edges)
    while left:
        # What leads to nothing that is left is in no circle.
        done = [start for start, targets in left.items() if not any(target in left for target in targets)]
        if not done:
            raise Unsure
        for start in done:
            del left[start]


def answers(statement: Statement, statements: Mapping[str, Statement], dates: Mapping[str, Dated]) -> None:
    """Raise Unsure where a dated statement was said before one that it answers or passes on."""
    latest = dates[statement.date or ""].latest
    if latest is None:
        return
    for reference in (*each(statement.responds_to), *((statement.relays,) if statement.relays else ())):
        earlier = statements[reference].date
        earliest = dates[earlier].earliest if earlier is not None else None
        if earliest and latest < earliest:
            raise Unsure


def chain_of(  # noqa: C901 - one function, which is called for every chain
    dates: Mapping[str, Dated], extent: Callable[[Bounds], Dated]
) -> Callable[[Statement, Sequence[Link], Dated], list[Dated]]:
    """The function that dates the links of a chain, from the statement to the publisher's.

    It does what `khabar.resolve.transmission` does, and raises Unsure where `khabar.checks.chronology` has a fault.
    """

    def chain(statement: Statement, hops: Sequence[Link], published: Dated) -> list[Dated]:
        written = [statement.date, *(hop[2][0] for hop in hops)]
        last = published.latest
        earliest: date | None = None
        for text in written:
            if text is None:
                continue
            found = dates[text]
            if found.earliest and last and found.earliest > last:
                raise Unsure
            if found.latest and earliest and found.latest < earliest:
                raise Unsure
            if found.earliest and (earliest is None or found.earliest > earliest):
                earliest = found.earliest
        days: list[Dated] = []
        for text in reversed(written):
            if text is not None:
                day = dates[text]
            elif days:
                day = extent(Bounds(None, last))
            else:
                day = published
            if day.latest and (last is None or day.latest < last):
                last = day.latest
            days.append(day)
        return days[::-1]

    return chain
