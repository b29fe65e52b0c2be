"""The days of an event: those on which it may lie, and those on which it certainly was."""

from __future__ import annotations

import functools
from datetime import date
from typing import Final, NamedTuple

from khabar.dates.edtf import DateRefused, Interval, Moment, Precision, Qualifier, days, parse
from khabar.explorer.survey import Dated

_NONE: Final = ("", "")


class Days(NamedTuple):
    """The first and last day that are known, as ordinals; ``open`` where one of them is not known."""

    first: int
    last: int
    open: bool


def possible(dated: Dated) -> Days | None:
    """The days between which all of an event lies; None where no day is known.

    A side that is open is taken to be the side that is known: nobody can say how far it reaches. Days in the wrong
    order are put right.
    """
    known = sorted(date.fromisoformat(day).toordinal() for day in (dated.earliest, dated.latest) if day)
    return Days(known[0], known[-1], len(known) == 1) if known else None


def certain(dated: Dated) -> tuple[str, str]:
    """The days from which to which an event certainly was, each empty where no day is certain.

    - A day is certain, as is an extent of one day.
    - An interval of two dates is certain from the last day on which it can begin to the first on which it can end.
    - A month, a year, a set, and whatever is uncertain or approximate is certain on no day.

    >>> certain(Dated("2023-09-21/2023-09-30", "2023-09-21", "2023-09-30"))
    ('2023-09-21', '2023-09-30')
    >>> certain(Dated("2023-09", "2023-09-01", "2023-09-30"))
    ('', '')
    """
    if dated.earliest and dated.earliest == dated.latest:
        return dated.earliest, dated.latest
    first, last = _throughout(dated.edtf)
    # What is known from other sources may be narrower than the date as it was written.
    if not first or (dated.earliest and first < dated.earliest) or (dated.latest and last > dated.latest):
        return _NONE
    return first, last


@functools.lru_cache(maxsize=16_384)
def _throughout(edtf: str) -> tuple[str, str]:
    try:
        value = parse(edtf) if edtf else None
    except DateRefused:
        return _NONE
    match value:
        case Moment() if _exact(value):
            first = last = days(value)[0]
        case Interval(Moment() as start, Moment() as end) if _sure(start) and _sure(end):
            first, last = days(start)[1], days(end)[0]
        case _:
            return _NONE
    return (first.isoformat(), last.isoformat()) if first <= last else _NONE


def _sure(moment: Moment) -> bool:
    return moment.qualifier is Qualifier.NONE


def _exact(moment: Moment) -> bool:
    return _sure(moment) and moment.precision is Precision.DAY and "X" not in moment.year + moment.month
