"""Durations, and bounds moved by one."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from khabar.dates.bounds import Bounds, add_days, add_months, month_end
from khabar.dates.edtf import DateRefused
from khabar.scalars import DURATION_PATTERN

Direction: TypeAlias = Literal["before", "after"]

_WHOLE = re.compile(DURATION_PATTERN)
_PART = re.compile(r"([0-9]+)([YMWD])")


class Duration(NamedTuple):
    """A length of time in whole months and days, neither of them negative."""

    months: int
    days: int


def parse_duration(text: str) -> Duration:
    """The duration that ``text`` writes in ISO 8601: years, months, weeks and days, whole numbers all.

    Raises DateRefused (KH030).

    >>> parse_duration("P1Y2M"), parse_duration("P1W")
    (Duration(months=14, days=0), Duration(months=0, days=7))
    """
    if not _WHOLE.fullmatch(text):
        raise DateRefused(
            code="KH030",
            where="duration",
            expected="a duration of years, months, weeks or days, such as P7D",
            found=repr(text[:60]),
            remedy="a week is P7D, a month P1M",
        )
    count = {unit: int(number) for number, unit in _PART.findall(text)}
    return Duration(
        count.get("Y", 0) * 12 + count.get("M", 0),
        count.get("W", 0) * 7 + count.get("D", 0),
    )


def shift(extent: Bounds, duration: Duration, direction: Direction) -> Bounds:
    """The days that lie ``duration`` before or after a day of ``extent``.

    "A month after" can be counted from either end (31 January is a month before 28 February, and 28 January is as
    well), and months and days in either order: the bounds contain every such day, so that moving there and back
    contains where one began. A side that leaves the years 0001 to 9999 is None. Raises DateRefused (KH031) where no
    day at all is left.

    >>> shift(Bounds(date(2023, 2, 28), date(2023, 2, 28)), Duration(1, 0), "before")
    Bounds(earliest=datetime.date(2023, 1, 28), latest=datetime.date(2023, 1, 31))
    """
    sign = 1 if direction == "after" else -1
    months, days = sign * duration.months, sign * duration.days
    earliest = _first(extent.earliest, months, days) if extent.earliest else None
    latest = _last(extent.latest, months, days) if extent.latest else None
    nearest, moved = (extent.latest, latest) if direction == "before" else (extent.earliest, earliest)
    if nearest and not moved:
        raise DateRefused(
            code="KH031",
            where="duration",
            expected="a date in the years 0001 to 9999",
            found=f"{duration.months} months and {duration.days} days {direction} {nearest}",
        )
    return Bounds(earliest, latest)


def _first(day: date, months: int, days: int) -> date | None:
    return _least(_then_days(add_months(day, months), days), _then_months(add_days(day, days), months))


def _last(day: date, months: int, days: int) -> date | None:
    moved = add_days(day, days)
    other = add_months(moved, months) if moved else None
    if moved and other and months and moved == month_end(moved):
        other = month_end(other)
    one = _then_days(add_months(day, months), days)
    return max(one, other) if one and other else None


def _least(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else None


def _then_days(day: date | None, days: int) -> date | None:
    return add_days(day, days) if day else None


def _then_months(day: date | None, months: int) -> date | None:
    return add_months(day, months) if day else None
