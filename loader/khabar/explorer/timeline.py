"""Events in a window of time: how many in each year, month or day, and a page of them in their order."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from khabar.dates.bounds import bounds, month_end
from khabar.explorer.reader import Reader
from khabar.explorer.values import Bucket, Extent, Page, Timeline

Unit: TypeAlias = Literal["year", "month", "day"]

_MOST: Final = 62
"""Buckets beyond which a longer unit is chosen: two months of days, five years of months."""
_SHOWN: Final = 400
"""Buckets beyond which the empty ones are left out."""

_COUNTED: Final = "SELECT first, last, open, sum(number) FROM extents WHERE {} GROUP BY first, last, open"
_COUNTED_OF: Final = (
    "SELECT first, last, open, count(*) FROM events"
    " WHERE thing IN (SELECT event FROM edges WHERE agent = :agent) AND {} GROUP BY first, last, open"
)
_LISTED: Final = (
    "SELECT thing, certain_from, certain_to FROM events WHERE first <= :last AND last >= :first AND {}"
    " ORDER BY place LIMIT :limit OFFSET :offset"
)
_OF: Final = "thing IN (SELECT event FROM edges WHERE agent = :agent)"


class Filter(NamedTuple):
    """Which events are wanted: of some types or classes below them, of one agent, with one standing; all if empty."""

    types: tuple[str, ...] = ()
    agent: str = ""
    standing: str = ""


class _Count(NamedTuple):
    """How many events have the same days."""

    first: int
    last: int
    open: bool
    number: int


def timeline(
    reader: Reader, language: str, wanted: Filter, window: tuple[str, str], limit: int, offset: int
) -> Timeline:
    """The events of a window that a filter lets through; those without any day are on no timeline.

    ``window`` is two dates in EDTF, each of which may be empty: from the first day of one to the last day of the
    other. An event is in the window if it may have been on one of its days; where only one side of it is known, if
    that day is in it. Raises DateRefused.
    """
    conditions, values = _conditions(reader, wanted)
    condition = " AND ".join(conditions) or "1"
    sql = _COUNTED_OF if wanted.agent else _COUNTED
    counts = [_Count(*row) for row in reader.rows(sql.format(condition), values)]
    ends = _ends(window, counts)
    if ends is None:
        empty = Page[Extent](items=(), total=0, offset=offset, limit=limit)
        return Timeline(first="", last="", unit="day", buckets=(), events=empty)
    first, last = ends
    counts = [one for one in counts if one.first <= last and one.last >= first]
    unit = _unit(first, last)
    listed = " AND ".join((*conditions, *((_OF,) if wanted.agent else ()))) or "1"
    bound = values | {"first": first, "last": last, "limit": limit, "offset": offset}
    return Timeline(
        first=_day(first),
        last=_day(last),
        unit=unit,
        buckets=_buckets(counts, _edges(first, last, unit), last),
        events=Page(
            items=_extents(reader, language, reader.rows(_LISTED.format(listed), bound)),
            total=sum(one.number for one in counts),
            offset=offset,
            limit=limit,
        ),
    )


def _extents(reader: Reader, language: str, rows: Sequence[Any]) -> tuple[Extent, ...]:
    things = reader.things([thing for thing, _, _ in rows], language)
    return tuple(
        Extent(thing=thing, certain_from=first, certain_to=last)
        for thing, (_, first, last) in zip(things, rows, strict=True)
    )


def _conditions(reader: Reader, wanted: Filter) -> tuple[list[str], dict[str, object]]:
    """The filter as conditions of SQL, and the values that they name."""
    conditions: list[str] = []
    values: dict[str, object] = {}
    if wanted.types:
        # There are few sets of classes, and they are numbers: no text of a request gets into the query.
        sets = {row for one in wanted.types for (row,) in reader.rows("SELECT types FROM types WHERE type = ?", (one,))}
        conditions.append(f"types IN ({', '.join(map(str, sorted(sets)))})")
    if wanted.standing:
        conditions.append("standing = :standing")
        values["standing"] = wanted.standing
    if wanted.agent:
        values["agent"] = reader.number(wanted.agent)
    return conditions, values


def _ends(window: tuple[str, str], counts: Iterable[_Count]) -> tuple[int, int] | None:
    """The first and the last day of the window; None where it has no days, or nothing is dated."""
    counts = list(counts)
    first = bounds(window[0]).earliest if window[0] else None
    last = bounds(window[1]).latest if window[1] else None
    days = [day for one in counts for day in (one.first, one.last)]
    begin = first.toordinal() if first else min(days, default=0)
    end = last.toordinal() if last else max(days, default=0)
    return (begin, end) if 0 < begin <= end else None


def _unit(first: int, last: int) -> Unit:
    begin, end = date.fromordinal(first), date.fromordinal(last)
    if last - first < _MOST:
        return "day"
    return "month" if (end.year - begin.year) * 12 + end.month - begin.month < _MOST else "year"


def _edges(first: int, last: int, unit: Unit) -> list[int]:
    """The first day of each bucket, of which the first begins with the window."""
    if unit == "day":
        return list(range(first, last + 1))
    edges = [first]
    while True:
        day = date.fromordinal(edges[-1])
        end = month_end(day) if unit == "month" else date(day.year, 12, 31)
        if end.toordinal() >= last:
            return edges
        edges.append(end.toordinal() + 1)


def _buckets(counts: Sequence[_Count], edges: list[int], last: int) -> tuple[Bucket, ...]:
    certain: Counter[int] = Counter()
    steps = [0] * (len(edges) + 1)
    for one in counts:
        begin = max(0, bisect_right(edges, one.first) - 1)
        end = bisect_right(edges, one.last) - 1
        inside = begin == end and one.first >= edges[0] and one.last <= last
        if inside and not one.open:
            certain[begin] += one.number
        else:
            steps[begin] += one.number
            steps[end + 1] -= one.number
    ends = [*(edge - 1 for edge in edges[1:]), last]
    possible = 0
    found = []
    for place, (start, end) in enumerate(zip(edges, ends, strict=True)):
        possible += steps[place]
        if len(edges) <= _SHOWN or certain[place] or possible:
            found.append(Bucket(start=_day(start), end=_day(end), certain=certain[place], possible=possible))
    return tuple(found)


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
