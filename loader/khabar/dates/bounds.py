"""From a date to the days that it can mean: two inclusive bounds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from khabar.dates.edtf import Choice, Edtf, Interval, Moment, Precision, Qualifier, Span, days, days_in, parse, write

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTHS_OF: Final = {
    Precision.MONTH: 1,
    Precision.SEASON: 3,
    Precision.TEN_MONTHS: 10,
    Precision.YEAR: 12,
    Precision.DECADE: 120,
    Precision.CENTURY: 1_200,
    Precision.MILLENNIUM: 12_000,
}


class Bounds(NamedTuple):
    """The first and the last day that something can fall on, both inclusive; None where that is not known."""

    earliest: date | None
    latest: date | None

    def contain(self, other: Bounds) -> bool:
        """Tell whether no day of ``other`` lies outside."""
        return (self.earliest is None or (other.earliest is not None and self.earliest <= other.earliest)) and (
            self.latest is None or (other.latest is not None and other.latest <= self.latest)
        )


UNKNOWN: Final = Bounds(None, None)


@lru_cache(maxsize=4_096)
def bounds(text: str) -> Bounds:
    """The days that an EDTF ``text`` can mean, as inclusive bounds.

    - A year, month or season reaches from its first day to its last; ``X`` takes every digit that makes a real day.
      A year of which no digit is known (``XXXX``) bounds nothing. A date-time is its day, in its own time zone.
    - A qualifier (``?``, ``~`` or ``%``) widens the extent on each side by one unit of what the date is exact to:
      ``2023-09-14~`` by a day, ``2023-09~`` by a month, ``2023-21~`` by a season (three months), ``2023~`` by a year,
      ``2023-09-2X~`` by ten days, ``202X~`` by ten years. It is khabar's policy; ISO 8601-2 leaves it open.
    - An interval ``A/B`` and the sets ``[A..B]`` and ``{A,B}`` have the bounds of their hull. An open or unknown side
      has None; so has one that would leave the years 0001 to 9999.

    Raises DateRefused.

    >>> bounds("2023-09-2X")
    Bounds(earliest=datetime.date(2023, 9, 20), latest=datetime.date(2023, 9, 29))
    """
    if _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            pass  # parse tells what is wrong with it
        else:
            return Bounds(day, day)
    return bounds_of(parse(text))


def bounds_of(value: Edtf) -> Bounds:
    """The days that a parsed date can mean; see ``bounds``."""
    match value:
        case Moment():
            return _of_moment(value)
        case Interval(start, end):
            return Bounds(
                _of_moment(start).earliest if isinstance(start, Moment) else None,
                _of_moment(end).latest if isinstance(end, Moment) else None,
            )
        case Choice(members, _):
            return hull([_of_member(member) for member in members])


def hull(several: list[Bounds]) -> Bounds:
    """The bounds that contain all of ``several``; at least one must be given."""
    earliest = [each.earliest for each in several]
    latest = [each.latest for each in several]
    return Bounds(
        None if None in earliest else min(day for day in earliest if day),
        None if None in latest else max(day for day in latest if day),
    )


def edtf_of(extent: Bounds) -> str:
    """EDTF that says no more than ``extent``: a day, "some day between", or "" where nothing is known.

    >>> edtf_of(bounds("2023-09"))
    '[2023-09-01..2023-09-30]'
    """
    first, last = extent
    if first and first == last:
        return write(_moment(first))
    if not first and not last:
        return ""
    span = Span(_moment(first) if first else None, _moment(last) if last else None)
    return write(Choice((span,), every=False))


def add_months(day: date, months: int) -> date | None:
    """``day`` moved by whole months, pinned to the last day of a shorter one; None outside the years 0001 to 9999.

    It is the addition of XSD 1.1 Part 2, appendix E.3.3.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, days_in(year, month + 1)))


def add_days(day: date, count: int) -> date | None:
    """``day`` moved by ``count`` days; None outside the years 0001 to 9999."""
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=days_in(day.year, day.month))


def _of_member(member: Moment | Span) -> Bounds:
    if isinstance(member, Moment):
        return _of_moment(member)
    return Bounds(
        _of_moment(member.first).earliest if member.first else None,
        _of_moment(member.last).latest if member.last else None,
    )


def _of_moment(moment: Moment) -> Bounds:
    first, last = days(moment)
    if moment.year == "XXXX":
        return UNKNOWN
    if moment.qualifier is Qualifier.NONE:
        return Bounds(first, last)
    match moment.precision:
        case Precision.DAY:
            return Bounds(add_days(first, -1), add_days(last, 1))
        case Precision.TEN_DAYS:
            return Bounds(add_days(first, -10), add_days(last, 10))
        case unit:
            after = add_months(last, _MONTHS_OF[unit])
            return Bounds(add_months(first, -_MONTHS_OF[unit]), month_end(after) if after else None)


def _moment(day: date) -> Moment:
    return Moment(f"{day.year:04}", f"{day.month:02}", f"{day.day:02}")
